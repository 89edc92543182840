import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lockProvider } from "../../lib/terraform/provider-mirror.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "lock-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const read = () => readFileSync(join(directory, ".terraform.lock.hcl"), "utf8");
const lock = (before?: string) => {
  if (before !== undefined) writeFileSync(join(directory, ".terraform.lock.hcl"), before);
  lockProvider(directory, { source: "hashicorp/aws", version: "5.100.0" });
  return read();
};

const MINIMAL = `provider "registry.terraform.io/hashicorp/aws" {
  version     = "5.100.0"
  constraints = "5.100.0"
}
`;
const COMPLETE = `# This file is maintained automatically by "terraform init".

provider "registry.terraform.io/hashicorp/aws" {
  version     = "5.100.0"
  constraints = "5.100.0"
  hashes = [
    "h1:edXOJWE4ORX8Fm+dpVpICzMZJat4AX0VRCAy/xkcOc0=",
  ]
}
`;
const RANDOM = `provider "registry.terraform.io/hashicorp/random" {
  version     = "3.7.2"
  constraints = "3.7.2"
  hashes = [
    "h1:abc=",
  ]
}
`;

test("without a lock file, a minimal one is written, and nothing else", () => {
  expect(lock()).toBe(MINIMAL);
  expect(readdirSync(directory)).toEqual([".terraform.lock.hcl"]);
});

test("an entry for that version keeps its hashes", () => {
  expect(lock(COMPLETE)).toBe(COMPLETE);
});

test("an entry for another version is replaced, for init would refuse it", () => {
  const old = COMPLETE.replaceAll("5.100.0", "5.99.0");
  expect(lock(`${old}\n${RANDOM}`)).toBe(
    `# This file is maintained automatically by "terraform init".\n\n${MINIMAL}\n${RANDOM}`,
  );
});

test("an entry without a constraint, as `terraform init` writes for an unpinned provider, is replaced: cdktf looks for it", () => {
  expect(lock(MINIMAL.replace(/ {2}constraints.*\n/, ""))).toBe(MINIMAL);
});

test("other providers' entries stay as they are", () => {
  expect(lock(RANDOM)).toBe(`${RANDOM}\n${MINIMAL}`);
});

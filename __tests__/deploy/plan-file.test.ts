import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strToU8, unzipSync, zipSync } from "fflate";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPlan, packPlan, requireSamePlace, requireSameSource } from "../../lib/deploy/plan-file.ts";
import { digestOf } from "../../lib/deploy/project.ts";
import { UserError } from "../../lib/errors.ts";
import { NO_DRIFT } from "../../lib/review/drift.ts";

let directory: string;
const file = (name: string) => join(directory, name);
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "plan-file-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const TFPLAN = zipSync({ tfplan: strToU8("plan"), "tfconfig/m-/cdk.tf.json": strToU8("{}") });
const NOTE = {
  source: "abc",
  found: {
    strangers: ["stranger@example.com"],
    drift: NO_DRIFT,
  },
  state: "none",
  fingerprints: { "a@example.com": "f00" },
};

test("a kept plan has all that Terraform wrote, and what was found in the pool", () => {
  writeFileSync(file("kept"), packPlan(TFPLAN, NOTE));
  const { tfplan, note } = openPlan(file("kept"));
  expect(note).toMatchObject(NOTE);
  expect(unzipSync(tfplan)).toMatchObject(unzipSync(TFPLAN));
});

test("what was found is shown and no more: whatever else somebody writes into the file is not read", () => {
  const found = { ...NOTE.found, readdressed: [{ username: "evil@example.org", sub: "s" }] };
  writeFileSync(file("edited"), packPlan(TFPLAN, { ...NOTE, found }));
  expect(openPlan(file("edited")).note.found).toEqual(NOTE.found);
});

test("a directory in its place is named", () => {
  expect(() => openPlan(directory)).toThrow(expect.objectContaining({ code: "EISDIR", path: directory }));
});

test.each([
  ["region", { region: "eu-west-1" }],
  ["account", { account: "2" }],
])("a plan that was reviewed for another %s is refused", (what, here) => {
  const note = { ...NOTE, region: "us-east-1", account: "1" };
  expect(() => requireSamePlace("x.tfplan", note, here)).toThrow(
    expect.objectContaining({ exitCode: 3, message: expect.stringContaining(what) }),
  );
  expect(() => requireSamePlace("x.tfplan", note, { region: "us-east-1", account: "1" })).not.toThrow();
  expect(() => requireSamePlace("x.tfplan", NOTE, here)).not.toThrow();
});

test.each([
  ["a note without what was found", packPlan(TFPLAN, { ...NOTE, found: {} } as unknown as typeof NOTE)],
  ["or a plain Terraform plan,", TFPLAN],
  ["a damaged file", packPlan(TFPLAN, NOTE).slice(0, 100)],
  ["something else", strToU8("hello")],
  ["nothing", new Uint8Array()],
  ["a note of another version", zipSync({ "cognito-roster.json": strToU8('{"format":2}') })],
])("%s is refused, with the command that makes one", (_, content) => {
  writeFileSync(file("wrong"), content);
  let thrown: unknown;
  try {
    openPlan(file("wrong"));
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(UserError);
  expect(thrown).toMatchObject({
    exitCode: 2,
    next: ["name one that it saved", "or make one: npm run plan -- --out FILE"],
  });
});

test("what a plan was made from: the roster, whatever line ends a checkout gives it, and the settings", () => {
  const settings = { stack: "s", roster: "users.json", pool: { name: "p" }, client: { name: "c" } };
  const made = digestOf("a\nb", settings);
  expect(digestOf("a\r\nb", settings)).toBe(made);
  expect(digestOf("a\nc", settings)).not.toBe(made);
  expect(digestOf("a\nb", { ...settings, destroyable: true })).not.toBe(made);
  expect(() => requireSameSource("x.tfplan", { ...NOTE, source: made }, made)).not.toThrow();
  expect(() => requireSameSource("x.tfplan", NOTE, made)).toThrow(
    expect.objectContaining({ exitCode: 3, message: expect.stringContaining("another roster") }),
  );
});

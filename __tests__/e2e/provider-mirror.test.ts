/** @module-tag full */

import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findTerraform } from "../../lib/terraform/find.ts";
import { findProviderMirror, useProviderMirror } from "../../lib/terraform/provider-mirror.ts";
import { terraform } from "../../lib/terraform/run.ts";

const AWS = { source: "hashicorp/aws", version: "5.100.0" };
const CONFIG = {
  terraform: { required_providers: { aws: { source: "aws", version: AWS.version } } },
  provider: { aws: [{}] },
};
/** Nothing but the mirror can serve: whatever goes to the network ends at a closed port. */
const OFFLINE = {
  ...process.env,
  TF_CLI_CONFIG_FILE: "/nonexistent/terraformrc",
  HTTPS_PROXY: "http://127.0.0.1:9",
  HTTP_PROXY: "http://127.0.0.1:9",
};
const mirror = findProviderMirror(AWS, { env: { HOME: process.env.HOME } });

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "provider-mirror-"));
  writeFileSync(join(directory, "cdk.tf.json"), JSON.stringify(CONFIG));
});
afterEach(() => rmSync(directory, { recursive: true }));

async function init(args: readonly string[] = []) {
  const { path } = await findTerraform({ cacheDirectory: join(import.meta.dirname, "..", "..", ".cache") });
  const messages: string[] = [];
  const { stdout } = await terraform({ binary: path, directory, env: OFFLINE }, ["init", "-json", ...args], {
    onEvent: (event) => messages.push(event["@message"]),
  });
  return [...messages, stdout].join("\n");
}
const lock = () => readFileSync(join(directory, ".terraform.lock.hcl"), "utf8");

test.skipIf(mirror === undefined)(
  "where the registry cannot be reached, `terraform init` takes the provider from the mirror that was found",
  async () => {
    expect(useProviderMirror(directory, AWS, { env: OFFLINE })).toBe(mirror);
    expect(await init()).toContain("Installed provider version: hashicorp/aws v5.100.0");
    // init has completed our entry, and kept the constraint that cdktf looks for
    expect(lock()).toMatch(/constraints = "5\.100\.0"\n {2}hashes = \[\n {4}"h1:/);

    const completed = lock();
    useProviderMirror(directory, AWS, { env: OFFLINE });
    expect(await init(["-lockfile=readonly"])).toContain("Using previously-installed provider version");
    expect(lock()).toBe(completed);
  },
);

test("without a mirror the error says what would help", async () => {
  useProviderMirror(directory, AWS, { env: { HOME: directory }, roots: [] });
  expect(existsSync(join(directory, "terraform.d"))).toBe(false);
  await expect(init()).rejects.toMatchObject({
    message: expect.stringContaining("terraform init failed"),
    next: [expect.stringContaining("TF_PLUGIN_MIRROR")],
  });
});

test.skipIf(mirror === undefined)("the stack's directory can be moved: init mends its links", async () => {
  useProviderMirror(directory, AWS, { env: OFFLINE });
  await init();
  const moved = mkdtempSync(join(tmpdir(), "provider-mirror-"));
  cpSync(directory, moved, { recursive: true, verbatimSymlinks: true });
  rmSync(directory, { recursive: true });
  directory = moved;
  expect(await init()).toContain("hashicorp/aws v5.100.0");
});

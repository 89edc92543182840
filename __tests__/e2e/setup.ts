import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import type { TestProject } from "vitest/node";
import { AWS_PROVIDER } from "../../lib/stack/synth/roster-stack.ts";
import { findTerraform } from "../../lib/terraform/find.ts";
import { findProviderMirror } from "../../lib/terraform/provider-mirror.ts";
import { findChromium } from "../support/browser.ts";
import { loadMotoOnce } from "../support/moto.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Whether moto_server is there: tests on it are skipped elsewhere than in CI when it is not. */
    moto: boolean;
    /** Whether a Chromium is there: likewise for the tests of pages. */
    chromium: boolean;
  }
}

/** Makes sure, once, of what the end-to-end tests need: Terraform, fetched if it is required, a provider mirror, moto, and a browser. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const say = (message: string) => process.stderr.write(`${message}\n`);
  const { path } = await findTerraform({
    cacheDirectory: fileURLToPath(new URL("../../.cache", import.meta.url)),
    onProgress: say,
  });
  process.env.TERRAFORM_BINARY_NAME = path; // cdktf and every test use this one
  // Nothing leaves this machine here, and with a CA bundle no two plans can share a provider.
  delete process.env.AWS_CA_BUNDLE;

  if (process.env.CI && findProviderMirror(AWS_PROVIDER) === undefined) {
    throw new Error("No mirror of the AWS provider is on this machine, and in CI no test may be skipped");
  }
  const { failed } = await execa("moto_server", ["--help"], { reject: false });
  if (failed && process.env.CI)
    throw new Error("moto_server is not on the PATH, and in CI no test may be skipped");
  if (failed) say("The tests on moto are skipped: for moto_server, pip install 'moto[server]==5.2.1'");
  project.provide("moto", !failed);
  const shared = await share(!failed, say);

  const browser = findChromium() !== undefined;
  if (!browser && process.env.CI)
    throw new Error("chromium is not on the PATH, and in CI no test may be skipped");
  if (!browser) say("The tests of pages are skipped: for chromium, apt-get install chromium");
  project.provide("chromium", browser);
  return shared;
}

/**
 * What saves the tests of a run most of their preparations: see shareCache and startMoto. Once, also if several projects run.
 * @returns ends it
 */
async function share(hasMoto: boolean, say: (message: string) => void): Promise<() => Promise<void>> {
  if (process.env.ROSTER_TEST_CACHE !== undefined) return async () => {};
  const cache = mkdtempSync(join(tmpdir(), "roster-cache-"));
  process.env.ROSTER_TEST_CACHE = cache;
  const loaded = hasMoto ? await loadMotoOnce() : undefined;
  if (loaded !== undefined) process.env.ROSTER_TEST_MOTO = loaded.socket;
  else if (hasMoto) say("The python3 on the PATH has no moto: each test loads it anew");
  return async () => {
    await loaded?.stop();
    rmSync(cache, { recursive: true, force: true });
  };
}

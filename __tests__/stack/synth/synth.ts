import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import type { Person } from "../../../lib/roster/roster.ts";
import type { Settings } from "../../../lib/stack/settings.ts";
import { synthesize } from "../../../lib/stack/synth/roster-stack.ts";
import { usable } from "../rules/usable.ts";

/** Where `synth` writes; removed when the test file has run. */
export const outdir = mkdtempSync(join(tmpdir(), "roster-stack-"));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** The synthesized stack, read back. */
export function synth(
  people: readonly Person[],
  settings: Partial<Settings> = {},
  env: NodeJS.ProcessEnv = {},
) {
  const directory = synthesize({
    settings: { ...usable(), ...settings },
    roster: { file: "users.json", people },
    env,
    outdir,
  });
  return JSON.parse(readFileSync(join(directory, "cdk.tf.json"), "utf8"));
}

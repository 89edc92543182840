import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import type { Person } from "../../../lib/roster/roster.ts";
import type { PoolSettings, Settings } from "../../../lib/stack/settings.ts";
import { synthesize } from "../../../lib/stack/synth/roster-stack.ts";
import { person } from "../../support/people.ts";
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

/** The resources, where the state has this pool already. */
export function resources(pool: Partial<PoolSettings>, deployed: object = {}) {
  const directory = synthesize({
    settings: usable(pool),
    roster: { file: "users.json", people: [person("a@example.com")] },
    recorded: [{ type: "aws_cognito_user_pool", name: "pool", key: null, attributes: { ...deployed } }],
    env: {},
    outdir,
  });
  return JSON.parse(readFileSync(join(directory, "cdk.tf.json"), "utf8")).resource;
}

/** The arguments of the pool. */
export const poolOf = (...given: Parameters<typeof resources>) =>
  resources(...given).aws_cognito_user_pool.pool;

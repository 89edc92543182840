import { randomUUID } from "node:crypto";
import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

/** As scripts/compile.mjs names what a command was last compiled from; everything else there is a build. */
const INPUTS = "inputs.json";

/** What commands were compiled to, and what lib/terraform/shared-provider.ts keeps of the provider. */
const [BUILD, SCHEMAS] = ["build", "provider-schemas"] as const;

/** What a project may have in .cache before its first command. */
export const SHARED: readonly string[] = [BUILD, SCHEMAS];

/**
 * To compile a command takes half a second of CPU, and to ask the provider for its schemas a second. The many projects of a run have
 * the same sources and the same provider: each gets what others have found out, and leaves them what it has. Both are found by what they
 * were made from (scripts/compile.mjs), so that those of another config.ts do no harm.
 * @param project its directory
 */
export function shareCache(project: string): void {
  const shared = sharedCache();
  if (shared === undefined) return;
  const own = join(project, ".cache");
  for (const [from, to] of [
    [shared, own],
    [own, shared],
  ] as const) {
    copyMissing(join(from, BUILD), join(to, BUILD));
    if (!existsSync(join(from, SCHEMAS)) || existsSync(join(to, SCHEMAS))) continue;
    mkdirSync(to, { recursive: true });
    putInPlace(join(to, SCHEMAS), (part) => linkSync(join(from, SCHEMAS), part));
  }
}

/** Set by e2e/setup.ts for the run and whatever it starts. */
export const sharedCache = () => process.env.ROSTER_TEST_CACHE;

function copyMissing(from: string, to: string): void {
  for (const command of existsSync(from) ? readdirSync(from) : []) {
    for (const name of readdirSync(join(from, command))) {
      const [original, copy] = [from, to].map((folder) => join(folder, command, name)) as [string, string];
      if (name.includes(".part") || existsSync(copy)) continue;
      mkdirSync(join(to, command), { recursive: true });
      putInPlace(copy, (part) => {
        if (name === INPUTS) return copyFileSync(original, part);
        mkdirSync(part);
        for (const file of readdirSync(original)) linkSync(join(original, file), join(part, file));
      });
    }
  }
}

function putInPlace(copy: string, make: (part: string) => void): void {
  const part = join(dirname(copy), `${randomUUID()}.part`);
  make(part);
  try {
    renameSync(part, copy);
  } catch {
    // Another worker was faster.
    rmSync(part, { recursive: true, force: true });
  }
}

import { randomUUID } from "node:crypto";
import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

/** As scripts/compile.mjs names what a command was last compiled from; everything else there is a build. */
const INPUTS = "inputs.json";

/**
 * To compile a command takes half a second of CPU, and the many projects of a run have the same sources: each gets what others have
 * compiled, and leaves them what it has. A build is found by the contents that it was made from (scripts/compile.mjs), so that one of
 * another config.ts does no harm.
 * @param project its directory
 */
export function shareBuilds(project: string): void {
  // Set by e2e/setup.ts for the run and whatever it starts.
  const shared = process.env.ROSTER_TEST_BUILDS;
  if (shared === undefined) return;
  const own = join(project, ".cache", "build");
  copyMissing(shared, own);
  copyMissing(own, shared);
}

function copyMissing(from: string, to: string): void {
  for (const command of existsSync(from) ? readdirSync(from) : []) {
    for (const name of readdirSync(join(from, command))) {
      const [original, copy] = [from, to].map((folder) => join(folder, command, name)) as [string, string];
      if (name.includes(".part") || existsSync(copy)) continue;
      mkdirSync(join(to, command), { recursive: true });
      const part = join(to, command, `${randomUUID()}.part`);
      if (name === INPUTS) copyFileSync(original, part);
      else {
        mkdirSync(part);
        for (const file of readdirSync(original)) linkSync(join(original, file), join(part, file));
      }
      try {
        renameSync(part, copy);
      } catch {
        // Another worker was faster.
        rmSync(part, { recursive: true, force: true });
      }
    }
  }
}

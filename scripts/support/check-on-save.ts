import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { paintFor } from "./paint.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** How often it is looked, and how long a file must have been the same: an editor may empty it first, then write it. */
const EVERY_MS = 200;

/**
 * Runs `dev --once` now and after every save, until it is interrupted. Each run is a process of its own, since this one has
 * read config.ts for good. It is looked by path, not waited for events: those are of the file that an editor puts another in
 * place of, and do not reach a container's mounted directory.
 * @param roster as config.ts names it; each run tells it anew
 * @param signal ends it, and a run that is under way
 */
export async function checkOnSave(roster: string, signal: AbortSignal): Promise<void> {
  const wait = () => sleep(EVERY_MS, undefined, { signal }).catch(() => {});
  let files = ["config.ts", roster];
  let stamp: string | undefined;
  let checked: readonly string[] = [];
  for (; !signal.aborted; await wait()) {
    const now = files.map(stampOf).join();
    if (now === stamp) continue;
    await wait();
    if (signal.aborted || files.map(stampOf).join() !== now) continue;
    stamp = now;
    const contents = files.map(contentOf);
    // Written twice, or saved without a change.
    if (contents.join() === checked.join()) continue;
    checked = contents;
    await run(signal, (named) => {
      if (named === files[1]) return;
      files = ["config.ts", named];
      // Not yet read by the run: what is saved from here on is seen.
      checked = [contents[0] ?? "", contentOf(named)];
    });
  }
}

/** @param onRoster gets the roster's file before it is read, unless config.ts is too broken to tell */
async function run(signal: AbortSignal, onRoster: (file: string) => void): Promise<void> {
  const { dim } = paintFor(process.stdout);
  process.stdout.write(`\n${dim(new Date().toTimeString().slice(0, 8))}\n`);
  const child = spawn(process.execPath, [resolve(ROOT, "scripts/run.mjs"), "dev", "--once"], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  child.on("message", (file) => onRoster(String(file)));
  const stop = () => child.kill();
  signal.addEventListener("abort", stop, { once: true });
  await once(child, "close");
  signal.removeEventListener("abort", stop);
}

/** Changes with every save, also one that puts another file in its place. */
function stampOf(file: string): string {
  const found = statSync(resolve(ROOT, file), { throwIfNoEntry: false });
  return found === undefined ? "" : [found.ino, found.mtimeMs, found.size].join("-");
}

function contentOf(file: string): string {
  try {
    const path = resolve(ROOT, file);
    return statSync(path).isFile() ? createHash("sha256").update(readFileSync(path)).digest("hex") : "";
  } catch {
    return ""; // The run says why it can't be read.
  }
}

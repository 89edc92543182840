import { readdirSync, readFileSync } from "node:fs";

/**
 * The commands of the running processes whose environment has `marker` in it: whatever a marked command started, and what
 * that started, until it ends. Linux only, like the machine that CI runs on.
 */
export function processesMarked(marker: string): string[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .flatMap((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/environ`, "utf8").includes(marker)) return [];
        // A zombie has an empty command line.
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim() || [];
      } catch {
        return []; // ended in the meantime, or somebody else's
      }
    });
}

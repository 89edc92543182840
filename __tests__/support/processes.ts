import { readdirSync, readFileSync } from "node:fs";

/** The processes whose environment has `marker` in it, by id, with their commands. */
function marked(marker: string): { readonly pid: number; readonly command: string }[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .flatMap((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/environ`, "utf8").includes(marker)) return [];
        // A zombie has an empty command line.
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
        return command === "" ? [] : [{ pid: Number(pid), command }];
      } catch {
        return []; // ended in the meantime, or somebody else's
      }
    });
}

/**
 * The commands of the running processes whose environment has `marker` in it: whatever a marked command started, and what
 * that started, until it ends. Linux only, like the machine that CI runs on.
 */
export function processesMarked(marker: string): string[] {
  return marked(marker).map(({ command }) => command);
}

/** Kills them all at once, as a power cut would, process groups of their own or not; also what they start meanwhile. */
export function killMarked(marker: string): void {
  for (let found = marked(marker); found.length > 0; found = marked(marker)) {
    for (const { pid } of found) {
      try {
        process.kill(pid, "SIGKILL");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    }
  }
}

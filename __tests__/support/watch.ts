import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";

export interface Watch {
  /** Command lines of all processes that were seen, whosever they are. */
  readonly commandLines: ReadonlySet<string>;
  /** What was in the plan files while they existed: Terraform's are zip files. */
  readonly plans: ReadonlyMap<string, string>;
  stop(): void;
}

const EVERY_MS = 20;

/**
 * Looks on while commands run, at what is gone again when they end: the process list, and the plan files.
 * @param stackDirectory where Terraform runs
 */
export function watch(stackDirectory: string): Watch {
  const commandLines = new Set<string>();
  const plans = new Map<string, string>();
  const look = () => {
    for (const pid of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
      const line = reading(() => readFileSync(`/proc/${pid}/cmdline`, "utf8"));
      if (line) commandLines.add(line.replaceAll("\0", " "));
    }
    for (const name of reading(() => readdirSync(stackDirectory)) ?? []) {
      if (!name.endsWith(".tfplan")) continue;
      const entries = reading(() => unzipSync(readFileSync(join(stackDirectory, name))));
      for (const [entry, content] of Object.entries(entries ?? {})) {
        plans.set(
          `${name}/${entry}`,
          `${plans.get(`${name}/${entry}`) ?? ""}${Buffer.from(content).toString("latin1")}`,
        );
      }
    }
  };
  const timer = setInterval(look, EVERY_MS);
  return { commandLines, plans, stop: () => clearInterval(timer) };
}

/** Processes end and files are half-written while one looks. */
function reading<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

import { fstatSync } from "node:fs";
import { withoutRunnerCommands } from "../../lib/text/runner-log.ts";

/** One of them is set in every job of a CI system whose runner reads commands from the log. */
const RUNNERS = ["CI", "GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION"];

/** What a runner is told by us, past the guard. */
let writePlainly = (text: string): void => void process.stdout.write(text);

/**
 * In a CI job, keeps whatever this process prints from being a command to the job's runner: a name, an attribute, an answer
 * of Terraform or of Cognito. The one place that does, for every command and both streams. A file gets what was written: it is
 * no log.
 */
export function guardRunnerLog(env: NodeJS.ProcessEnv = process.env): void {
  if (!RUNNERS.some((name) => env[name])) return;
  const plainly = process.stdout.write.bind(process.stdout);
  writePlainly = (text) => void plainly(text);
  for (const stream of [process.stdout, process.stderr]) {
    if (isFile(stream.fd)) continue;
    const write = stream.write.bind(stream) as (chunk: unknown, ...more: unknown[]) => boolean;
    stream.write = (chunk: unknown, ...more: unknown[]) =>
      write(typeof chunk === "string" ? withoutRunnerCommands(chunk) : chunk, ...more);
  }
}

function isFile(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile();
  } catch {
    return false;
  }
}

/** Prints commands that the runner is to carry out, such as annotations. Their texts have to be escaped (`annotation`). */
export function writeRunnerCommands(lines: readonly string[]): void {
  if (lines.length > 0) writePlainly(`${lines.join("\n")}\n`);
}

import { fstatSync } from "node:fs";
import { withoutRunnerCommands } from "../../lib/text/runner-log.ts";

/** One of them is set in every job of a CI system whose runner reads commands from the log. */
const RUNNERS = ["CI", "GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION"];

/** Our own messages to a runner, past the guard. */
let writePlainly = (text: string): void => void process.stdout.write(text);

/**
 * In a CI job, makes sure that nothing this process prints is a command to the job's runner: a name, an attribute, a response
 * from Terraform or Cognito. It is done only here, for every command and both streams. A file gets the original text: it is no
 * log.
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

/** Prints commands that the runner should execute, such as annotations. Their texts have to be escaped (`annotation`). */
export function writeRunnerCommands(lines: readonly string[]): void {
  if (lines.length > 0) writePlainly(`${lines.join("\n")}\n`);
}

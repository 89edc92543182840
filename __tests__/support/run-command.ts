import { fileURLToPath } from "node:url";
import { execa } from "execa";

const launcher = fileURLToPath(new URL("../../scripts/run.mjs", import.meta.url));

export interface CommandResult {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command as npm does, in an environment of its own, with lines on standard input (none: closed at once). */
export async function runCommand(
  name: string,
  args: readonly string[],
  { env, lines = [] }: { env: Record<string, string>; lines?: readonly string[] },
): Promise<CommandResult> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [launcher, name, ...args], {
    env,
    extendEnv: false,
    input: lines.map((line) => `${line}\n`).join(""),
    reject: false,
  });
  return { exitCode, stdout, stderr };
}

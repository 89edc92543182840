import { confirm } from "@inquirer/prompts";
import { UserError } from "../../lib/errors.ts";

export interface AgreedOptions {
  /** As typed, for whoever has no terminal and adds `--yes`. */
  readonly command: string;
  readonly signal: AbortSignal;
}

/**
 * Asks on the terminal; Enter alone means no.
 * @throws UserError (exit 2) where there is no terminal
 */
export async function agreed(message: string, { command, signal }: AgreedOptions): Promise<boolean> {
  if (!(process.stdin.isTTY && process.stderr.isTTY)) {
    throw new UserError("There is no terminal to ask on whether to go on", {
      why: `The question would be: ${message}`,
      next: [`without being asked: ${command} -- … --yes`],
      exitCode: 2,
    });
  }
  return confirm({ message, default: false }, { output: process.stderr, signal });
}

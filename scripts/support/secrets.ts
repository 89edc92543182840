import type { Answers } from "../../lib/auth/answers.ts";
import { UserError } from "../../lib/errors.ts";
import { answersFromLines } from "./line-answers.ts";
import { answersFromTerminal } from "./prompts.ts";

/** Answers, and the password that everything begins with. */
export interface Secrets extends Answers {
  /** @param label what it is, as `Temporary password of taro` */
  password(label: string): Promise<string>;
  /** Lets go of standard input; without it an open pipe would keep the command from ending. */
  close(): void;
}

/**
 * Where this run's secrets come from: lines of standard input, or hidden prompts.
 * @param onInterrupt called at Ctrl-C on the terminal while no prompt is open
 * @throws UserError (exit 2) when there is no terminal to ask on
 */
export function openSecrets(
  { passwordStdin }: { readonly passwordStdin?: boolean },
  onInterrupt: () => void,
): Secrets {
  if (passwordStdin) return answersFromLines(process.stdin);
  if (process.stdin.isTTY && process.stderr.isTTY) return answersFromTerminal(onInterrupt);
  throw new UserError("There is no terminal to ask for the password on", {
    why: "Passwords are typed at a hidden prompt, or read from standard input when that is asked for.",
    next: ["add --password-stdin and give one secret a line; --help says in which order"],
    exitCode: 2,
  });
}

import type { Answers } from "../../lib/auth/answers.ts";
import { UserError } from "../../lib/errors.ts";
import { answersFromLines } from "./line-answers.ts";
import type { PersonOptions } from "./person-command.ts";
import { answersFromTerminal } from "./prompts.ts";

/** Answers, and the secrets that everything begins with. */
export interface Secrets extends Answers {
  /** @param label what it is, as `Temporary password of taro` */
  password(label: string): Promise<string>;
  /** Lets go of standard input; without it an open pipe would keep the command from ending. */
  close(): void;
}

/**
 * Where this run's secrets come from: lines of standard input as soon as one of the -stdin options is given (it cannot be
 * both), else hidden prompts. Where there is no terminal either, only a command that has nothing to ask goes through.
 * @param ways the -stdin options that this command has
 * @param onInterrupt called at Ctrl-C on the terminal while no prompt is open
 */
export function openSecrets(
  { passwordStdin, tokenStdin, codeStdin, totpSecretStdin }: PersonOptions,
  ways: readonly string[],
  onInterrupt: () => void,
): Secrets {
  if (passwordStdin || tokenStdin || codeStdin || totpSecretStdin) return answersFromLines(process.stdin);
  if (process.stdin.isTTY && process.stderr.isTTY) return answersFromTerminal(onInterrupt);
  const nobody = async () => {
    throw new UserError("There is no terminal to ask on", {
      why: "Passwords, tokens and codes are typed at a hidden prompt, or read from standard input when that is asked for.",
      next: [`add ${ways.join(" or ")} and give one secret a line; --help says in which order`],
      exitCode: 2,
    });
  };
  return { password: nobody, newPassword: nobody, attribute: nobody, code: nobody, close: () => {} };
}

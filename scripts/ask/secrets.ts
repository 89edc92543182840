import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { input, password, select } from "@inquirer/prompts";
import type { Answers, CodeQuestion } from "../../lib/auth/answers.ts";
import { brokenRules, describePolicy } from "../../lib/auth/new-password.ts";
import { EXIT, UserError } from "../../lib/errors.ts";
import { wrapIndented } from "../../lib/text/terminal.ts";
import { authenticatorLines, quietTerminal } from "./quiet-terminal.ts";

/**
 * Reads each answer from the next line when it is needed: a program may write a code after it was sent. CRLF is treated like
 * LF. A refused answer is an error: no one can correct it.
 */
export function answersFromLines(input: Readable): Secrets {
  const reader = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  const lines = reader[Symbol.asyncIterator]();
  let count = 0;
  const next = async (what: string): Promise<string> => {
    const { value, done } = await lines.next();
    count++;
    // Windows shells put a byte order mark before the first line.
    const line = count === 1 ? value?.replace(/^\uFEFF/, "") : value;
    if (!done && line) return line;
    throw new UserError(
      `Standard input ${done ? "ended before" : "has an empty line as"} line ${count}: the ${what}`,
      {
        next: ["put one secret on each line; --help says in which order"],
        exitCode: EXIT.wrong,
      },
    );
  };
  return {
    password: (label) => next(label.charAt(0).toLowerCase() + label.slice(1)),
    async newPassword({ refused }) {
      if (refused.length === 0) return next("new password");
      throw new UserError("The new password was refused", {
        why: `It must ${refused.join(", and ")}. The previous one stays valid.`,
        next: ["run the command again with another password"],
        exitCode: EXIT.wrong,
      });
    },
    attribute: (name) => next(`attribute ${name}, which the user pool requires`),
    async code({ refused }) {
      if (!refused) return next("one-time code");
      throw new UserError("The one-time code was wrong", {
        next: ["run the command again with the latest code"],
      });
    },
    async choose(options) {
      const choice = await next(`choice between ${options.join(", ")}`);
      if (options.includes(choice)) return choice;
      throw new UserError(`Line ${count} of standard input must be one of ${options.join(", ")}`, {
        next: ["use one of these names exactly"],
        exitCode: EXIT.wrong,
      });
    },
    close() {
      reader.close();
      input.destroy();
    },
  };
}

/** Answers, and the secrets that come first. */
export interface Secrets extends Answers {
  /** @param label what it is, as `Temporary password of taro` */
  password(label: string): Promise<string>;
  /** Releases standard input; without it an open pipe would keep the command from ending. */
  close(): void;
}

/** The -stdin options, as given. */
export interface SecretsOptions {
  readonly passwordStdin?: boolean;
  readonly tokenStdin?: boolean;
  readonly codeStdin?: boolean;
  readonly totpSecretStdin?: boolean;
}

/**
 * Where this run's secrets come from: lines of standard input if any of the -stdin options is given (it can't be both), else
 * hidden prompts. Without a terminal, only a command with nothing to ask works.
 * @param ways the -stdin options that this command has
 * @param onInterrupt called at Ctrl-C on the terminal while no prompt is open
 */
export function openSecrets(
  { passwordStdin, tokenStdin, codeStdin, totpSecretStdin }: SecretsOptions,
  ways: readonly string[],
  onInterrupt: () => void,
): Secrets {
  const atTerminal = process.stdin.isTTY && process.stderr.isTTY;
  if (passwordStdin || tokenStdin || codeStdin || totpSecretStdin) {
    if (atTerminal) say(FROM_THIS_TERMINAL);
    return answersFromLines(process.stdin);
  }
  if (atTerminal) return answersFromTerminal(onInterrupt);
  const nobody = async () => {
    throw new UserError("There is no terminal for prompts", {
      why: "Passwords, tokens and codes are entered at a hidden prompt, or read from standard input with an option.",
      next: [`add ${ways.join(" or ")} and put one secret on each line; --help says in which order`],
      exitCode: EXIT.wrong,
    });
  };
  return { password: nobody, newPassword: nobody, attribute: nobody, code: nobody, close: () => {} };
}

/** Everything goes to stderr: stdout is for the result, and with --json for one document only. */
const screen = { output: process.stderr };
const FROM_THIS_TERMINAL =
  "Standard input is this terminal, where everyone can see what you type. For a hidden prompt, press Ctrl-C and leave out the option that ends in -stdin.";
const say = (message: string) =>
  void process.stderr.write(`${wrapIndented("  ", message, process.stderr.columns).join("\n")}\n`);

/**
 * Hidden prompts on the terminal. A refused answer is explained and asked for again.
 * @param onInterrupt called at Ctrl-C while no prompt is open; at a prompt the answer is an ExitPromptError
 */
export function answersFromTerminal(onInterrupt: () => void): Secrets {
  const terminal = quietTerminal(process.stdin, onInterrupt);
  let policyShown = false;

  /**
   * Without inquirer's `validate`: after a refusal that would keep the refused text in the invisible line, and what is
   * typed next would be added to it.
   */
  const hidden = async (message: string): Promise<string> => {
    for (;;) {
      const answer = await terminal.around(() => password({ message }, screen));
      if (answer !== "") return answer;
      say("Nothing was entered. Press Ctrl-C to stop.");
    }
  };

  return {
    password: (label) => hidden(`${label}:`),
    async newPassword({ policy, refused }) {
      if (policy && !policyShown) say(`The new password needs ${describePolicy(policy)}.`);
      policyShown = true;
      let broken = refused;
      for (;;) {
        if (broken.length > 0) say(`That password is not accepted: it must ${broken.join(", and ")}.`);
        const first = await hidden("New password:");
        broken = brokenRules(first, policy);
        if (broken.length > 0) continue;
        if ((await hidden("The new password again:")) === first) return first;
        say("The passwords don't match. Try again.");
      }
    },
    attribute(name) {
      const message = `The user pool also needs the attribute ${name}:`;
      return terminal.around(() => input({ message, required: true }, screen));
    },
    code(question) {
      if (question.refused) say("That code is wrong. Enter the latest one.");
      return terminal.around(() => password({ message: codeLabel(question), mask: "*" }, screen));
    },
    async authenticator(setup) {
      for (const line of await authenticatorLines(setup, process.stderr.columns))
        process.stderr.write(`${line}\n`);
    },
    choose(options) {
      const choices = options.map((value) => ({ value, name: CHOICES[value] ?? value }));
      return terminal.around(() => select({ message: "Choose how to continue:", choices }, screen));
    },
    close: terminal.release,
  };
}

/** What Cognito's names mean to a person. */
const CHOICES: Readonly<Record<string, string>> = {
  SOFTWARE_TOKEN_MFA: "a code from the authenticator app",
  SMS_MFA: "a code by SMS",
  SMS_OTP: "a code by SMS",
  EMAIL_OTP: "a code by e-mail",
  PASSWORD: "the password",
};

function codeLabel({ medium, destination }: CodeQuestion): string {
  const source = { app: "from the authenticator app", sms: "sent by SMS", email: "sent by e-mail" }[medium];
  return `Code ${source}${destination === undefined ? "" : ` (${destination})`}:`;
}

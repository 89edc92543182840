import { input, password, select } from "@inquirer/prompts";
import type { CodeQuestion } from "../../lib/auth/answers.ts";
import { brokenRules, describePolicy } from "../../lib/auth/password-policy.ts";
import { authenticatorLines } from "./authenticator-screen.ts";
import { quietTerminal } from "./quiet-terminal.ts";
import type { Secrets } from "./secrets.ts";
import { hanging } from "./wrap.ts";

/** Everything goes to stderr: stdout is for the result, and with --json for one document only. */
const screen = { output: process.stderr };
const say = (message: string) =>
  void process.stderr.write(`${hanging("  ", message, process.stderr.columns).join("\n")}\n`);

/**
 * Hidden prompts on the terminal. A refused answer is explained and asked for again.
 * @param onInterrupt called at Ctrl-C while no prompt is open; at a prompt the answer is an ExitPromptError
 */
export function answersFromTerminal(onInterrupt: () => void): Secrets {
  const terminal = quietTerminal(process.stdin, onInterrupt);
  let policyTold = false;

  /**
   * Without inquirer's `validate`: after a refusal that would keep the refused text in the invisible line, and what is
   * typed next would be added to it.
   */
  const hidden = async (message: string): Promise<string> => {
    for (;;) {
      const answer = await terminal.around(() => password({ message }, screen));
      if (answer !== "") return answer;
      say("Nothing was typed. Ctrl-C stops here.");
    }
  };

  return {
    password: (label) => hidden(`${label}:`),
    async newPassword({ policy, refused }) {
      if (policy && !policyTold) say(`The new password needs ${describePolicy(policy)}.`);
      policyTold = true;
      let broken = refused;
      for (;;) {
        if (broken.length > 0) say(`That password is not accepted: it must ${broken.join(", and ")}.`);
        const first = await hidden("New password:");
        broken = brokenRules(first, policy);
        if (broken.length > 0) continue;
        if ((await hidden("The new password again:")) === first) return first;
        say("The two are not the same: once more, please.");
      }
    },
    attribute(name) {
      const message = `The user pool also needs the attribute ${name}:`;
      return terminal.around(() => input({ message, required: true }, screen));
    },
    code(question) {
      if (question.refused) say("That code is wrong. The newest one, please.");
      return terminal.around(() => password({ message: codeLabel(question), mask: "*" }, screen));
    },
    async authenticator(setup) {
      for (const line of await authenticatorLines(setup, process.stderr.columns))
        process.stderr.write(`${line}\n`);
    },
    choose(options) {
      const choices = options.map((value) => ({ value, name: CHOICES[value] ?? value }));
      return terminal.around(() => select({ message: "Cognito lets you choose:", choices }, screen));
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
};

function codeLabel({ medium, destination }: CodeQuestion): string {
  const source = { app: "from the authenticator app", sms: "sent by SMS", email: "sent by e-mail" }[medium];
  return `Code ${source}${destination === undefined ? "" : ` (${destination})`}:`;
}

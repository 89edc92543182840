import { quote } from "../roster/problem.ts";
import * as limits from "./cognito-limits.ts";
import { type SettingProblem, wrong } from "./setting-problem.ts";
import { count, outOfRange, refused } from "./setting-words.ts";
import type { MessageTemplate } from "./settings.ts";

/**
 * What is wrong with a message.
 * @param setting its path, such as `pool.invitation`
 * @param placeholders what each text, save for the subject, has to hold
 */
export function* messageProblems(
  setting: string,
  { emailSubject, emailMessage, smsMessage }: MessageTemplate,
  placeholders: readonly string[],
): Generator<SettingProblem> {
  const texts = [
    { name: "emailSubject", text: emailSubject, range: limits.EMAIL_SUBJECT, needs: [], mail: true },
    {
      name: "emailMessage",
      text: emailMessage,
      range: limits.EMAIL_MESSAGE,
      needs: placeholders,
      mail: true,
    },
    { name: "smsMessage", text: smsMessage, range: limits.SMS_MESSAGE, needs: placeholders, mail: false },
  ];
  for (const { name, text, range, needs, mail } of texts) {
    if (text === undefined) continue;
    const path = `${setting}.${name}`;
    yield* outOfRange(path, count(text), range, "characters");
    const missing = needs.filter((placeholder) => !text.includes(placeholder));
    if (missing.length > 0) {
      yield wrong({
        setting: path,
        message: `${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} missing`,
        why: `Cognito puts ${missing.map((one) => MEANING[one]).join(" and ")} there: without it nobody can sign in.`,
        next: `Write ${missing.join(" and ")} where the reader should find it.`,
      });
    }
    const bad = mail
      ? Array.from(text).find((character) => !limits.EMAIL_CHARACTER.test(character))
      : undefined;
    if (bad !== undefined) {
      yield wrong({
        setting: path,
        message: `the character ${quote(bad)} can't be in it`,
        why: refused("CreateUserPool"),
        next: /\p{Z}/u.test(bad) ? "Write an ordinary space." : "Delete it.",
      });
    }
  }
}

const MEANING: Readonly<Record<string, string>> = {
  "{username}": "the username",
  "{####}": "the temporary password or the code",
};

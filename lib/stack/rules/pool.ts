import { quote } from "../../roster/redact.ts";
import { type MessageTemplate, type PasswordPolicy, type PoolSettings, sendsSms } from "../settings.ts";
import { aliasProblems } from "./aliases.ts";
import { attributeProblems } from "./attributes.ts";
import * as limits from "./cognito-limits.ts";
import { factorProblems } from "./factors.ts";
import {
  badName,
  count,
  doubtful,
  outOfRange,
  refused,
  type SettingProblem,
  tooMany,
  wrong,
} from "./problem.ts";
import { senderProblems } from "./senders.ts";

/**
 * What is wrong with a message.
 * @param setting its path, such as `pool.invitation`
 * @param placeholders what each text, save for the subject, has to hold
 */
function* messageProblems(
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

/** What is wrong or doubtful about the pool's settings. */
export function* poolProblems(pool: PoolSettings): Generator<SettingProblem> {
  if (!limits.NAME.test(pool.name)) yield badName("pool.name", pool.name);
  yield* aliasProblems(pool);
  yield* attributeProblems(pool.customAttributes ?? []);
  yield* policyProblems(pool.passwordPolicy ?? {});
  yield* factorProblems(pool);
  if (pool.domainPrefix !== undefined) yield* domainProblems(pool.domainPrefix);
  if (pool.autoVerify?.includes("phone_number") && !sendsSms(pool)) {
    yield doubtful({
      setting: "pool.autoVerify",
      message: "phone numbers are to be verified, but the pool has no sender of SMS",
      why: "Cognito sends the code by SMS, through an IAM role: without one it sends none.",
      next: 'Leave "phone_number" out, or write the role into pool.sms (docs/settings.md).',
    });
  }
  yield* messageProblems("pool.invitation", pool.invitation ?? {}, ["{username}", "{####}"]);
  yield* messageProblems("pool.verification", pool.verification ?? {}, ["{####}"]);
  yield* senderProblems(pool);
  yield* tagProblems(pool.tags ?? {});
}

function* policyProblems(policy: Partial<PasswordPolicy>): Generator<SettingProblem> {
  const { minimumLength: length, temporaryPasswordValidityDays: days } = policy;
  const setting = "pool.passwordPolicy.minimumLength";
  yield* outOfRange(setting, length, limits.PASSWORD_LENGTH, "characters");
  if (
    length !== undefined &&
    length >= limits.PASSWORD_LENGTH.min &&
    length < limits.PASSWORD_LENGTH_ADVISED
  ) {
    yield doubtful({
      setting,
      message: `passwords of ${length} characters are allowed`,
      why: `So short a password is soon guessed; NIST asks for ${limits.PASSWORD_LENGTH_ADVISED} at least.`,
      next: `Write ${limits.PASSWORD_LENGTH_ADVISED} or more; the default is 12.`,
    });
  }
  yield* outOfRange(
    "pool.passwordPolicy.temporaryPasswordValidityDays",
    days,
    limits.TEMPORARY_PASSWORD_DAYS,
    "days",
  );
}

function* domainProblems(prefix: string): Generator<SettingProblem> {
  const setting = "pool.domainPrefix";
  const why = `${refused("CreateUserPoolDomain")} By then the pool and its people would be there.`;
  if (!limits.DOMAIN_PREFIX.test(prefix)) {
    yield wrong({
      setting,
      message: `${quote(prefix)} is not a domain prefix`,
      why,
      next: "Write 1–63 lower-case letters, digits and hyphens, the first and last no hyphen; no dots.",
    });
  }
  const word = limits.DOMAIN_RESERVED.find((reserved) => prefix.includes(reserved));
  if (word !== undefined) {
    yield wrong({
      setting,
      message: `${quote(prefix)} contains the reserved word ${quote(word)}`,
      why,
      next: `Leave ${limits.DOMAIN_RESERVED.join(", ")} out of it.`,
    });
  }
}

function* tagProblems(tags: Readonly<Record<string, string>>): Generator<SettingProblem> {
  yield* tooMany("pool.tags", Object.keys(tags).length, limits.TAGS_MAX);
  for (const [key, value] of Object.entries(tags)) {
    const setting = `pool.tags[${quote(key)}]`;
    if (/^aws:/i.test(key)) {
      yield wrong({
        setting,
        message: "its key starts with aws:",
        why: "AWS keeps these keys for itself.",
        next: "Write another.",
      });
    }
    if (!limits.TAG_TEXT.test(key) || !limits.TAG_TEXT.test(value)) {
      yield wrong({
        setting,
        message: "it has a character that a tag can't have",
        why: refused("CreateUserPool"),
        next: "Write letters, digits, spaces and _ . : / = + - @",
      });
    }
    yield* outOfRange(setting, count(key), limits.TAG_KEY, "characters in its key");
    yield* outOfRange(setting, count(value), limits.TAG_VALUE, "characters");
  }
}

import { quote } from "../../roster/redact.ts";
import { isPasswordless } from "../factors.ts";
import { type MessageTemplate, type PasswordPolicy, type PoolSettings, sendsSms } from "../settings.ts";
import { aliasProblems } from "./aliases.ts";
import { attributeProblems } from "./attributes.ts";
import * as limits from "./cognito-limits.ts";
import { domainProblems } from "./domain.ts";
import { FACTOR_RULES } from "./factors.ts";
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
import { emailProblems, smsProblems } from "./senders.ts";
import { triggerProblems } from "./triggers.ts";

/**
 * What is wrong with a message.
 * @param setting its path, such as `pool.invitation`
 * @param placeholders what each text, except the subject, has to contain
 * @param passwordless whether newcomers get no password to put there
 */
function* messageProblems(
  setting: string,
  { emailSubject, emailMessage, smsMessage }: MessageTemplate,
  placeholders: readonly string[],
  passwordless = false,
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
        why: passwordless
          ? "Terraform's provider (5.100.0) requires it in invitations, even where new people get no password."
          : `Cognito puts ${missing.map((one) => MEANING[one]).join(" and ")} there; without it no one can sign in.`,
        next: `Add ${missing.join(" and ")} where the reader should find it.`,
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

type Rule = (pool: PoolSettings) => Iterable<SettingProblem>;

/** What is wrong or doubtful about the pool's settings. Each ends where it needs an unreadable one, the others go on. */
export const POOL_RULES: readonly Rule[] = [
  ({ name }) => (limits.NAME.test(name) ? [] : [badName("pool.name", name)]),
  aliasProblems,
  phoneSignInProblems,
  ({ customAttributes }) => attributeProblems(customAttributes ?? []),
  ({ passwordPolicy }) => policyProblems(passwordPolicy ?? {}),
  ...FACTOR_RULES,
  domainProblems,
  autoVerifyProblems,
  ({ invitation = {}, firstFactors }) =>
    messageProblems("pool.invitation", invitation, ["{username}", "{####}"], isPasswordless(firstFactors)),
  ({ verification = {} }) => messageProblems("pool.verification", verification, ["{####}"]),
  emailProblems,
  smsProblems,
  triggerProblems,
  ({ tags }) => tagProblems(tags ?? {}),
];

function* phoneSignInProblems(pool: PoolSettings): Generator<SettingProblem> {
  if (pool.signInWith === "phone" && !sendsSms(pool)) {
    yield doubtful({
      setting: "pool.signInWith",
      message: "people sign in with their phone number, but the pool has no SMS sender",
      why: "No one would get invitations or codes: you would have to issue every first and every forgotten password.",
      next: "Set pool.sms (docs/settings.md).",
    });
  }
}

function* autoVerifyProblems(pool: PoolSettings): Generator<SettingProblem> {
  if (pool.autoVerify?.includes("phone_number") && !sendsSms(pool)) {
    yield doubtful({
      setting: "pool.autoVerify",
      message: "phone numbers are verified, but the pool has no SMS sender",
      why: "Cognito sends the code by SMS through an IAM role, and can't send it without one.",
      next: 'Leave "phone_number" out, or set pool.sms (docs/settings.md).',
    });
  }
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
      why: `Such short passwords are soon guessed; NIST asks for at least ${limits.PASSWORD_LENGTH_ADVISED}.`,
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

function* tagProblems(tags: Readonly<Record<string, string>>): Generator<SettingProblem> {
  yield* tooMany("pool.tags", Object.keys(tags).length, limits.TAGS_MAX);
  for (const [key, value] of Object.entries(tags)) {
    const setting = `pool.tags[${quote(key)}]`;
    if (/^aws:/i.test(key)) {
      yield wrong({
        setting,
        message: "its key starts with aws:",
        why: "AWS reserves these keys.",
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

import { quote } from "../../roster/redact.ts";
import { POOL, poolDefaults } from "../defaults.ts";
import { type FirstFactor, isPasswordless, type Recovery, type SecondFactor, type Tier } from "../factors.ts";
import { type PoolSettings, sendsSms } from "../settings.ts";
import { doubtful, outOfRange, refused, type SettingProblem, wrong } from "./problem.ts";

/** PasswordHistorySizeType; 0 is none. */
const HISTORY = { min: 0, max: 24 };

/** RelyingPartyIdType: a domain. */
const DOMAIN = /^(?=.{1,127}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/;

/** What is wrong or doubtful about how people prove who they are. */
export const FACTOR_RULES: readonly ((pool: PoolSettings) => Iterable<SettingProblem>)[] = [
  secondFactorProblems,
  recoveryProblems,
  firstFactorProblems,
  tierProblems,
  ({ passwordPolicy }) =>
    outOfRange("pool.passwordPolicy.history", passwordPolicy?.history, HISTORY, "passwords"),
  passkeyProblems,
];

/** What is wrong or doubtful about how people prove who they are, in settings that are readable. */
export const factorProblems = (pool: PoolSettings): SettingProblem[] =>
  FACTOR_RULES.flatMap((rule) => [...rule(pool)]);

function* passkeyProblems(pool: PoolSettings): Generator<SettingProblem> {
  const { relyingPartyId } = pool.passkeys ?? {};
  if (relyingPartyId !== undefined && !DOMAIN.test(relyingPartyId)) {
    yield wrong({
      setting: "pool.passkeys.relyingPartyId",
      message: `${quote(relyingPartyId)} is not a domain`,
      why: refused("SetUserPoolMfaConfig"),
      next: 'Write it like "example.com": no https://, no path, no port.',
    });
  }
}

function* secondFactorProblems(pool: PoolSettings): Generator<SettingProblem> {
  const { mfa = POOL.mfa, mfaFactors } = pool;
  const setting = "pool.mfaFactors";
  if (mfa !== "off" && mfaFactors?.length === 0) {
    yield wrong({
      setting,
      message: `MFA is ${mfa}, but there is no factor`,
      why:
        mfa === "required"
          ? "No one could finish signing in, so Cognito refuses it."
          : "No one could set one up, so Cognito refuses it.",
      next: 'Use ["totp"], leave mfaFactors out, or set mfa: "off".',
    });
  }
  if (mfa === "off" && mfaFactors !== undefined && mfaFactors.length > 0) {
    yield wrong({
      setting,
      message: 'mfaFactors are listed, but mfa is "off"',
      why: "Cognito wouldn't ask anyone for one, although the settings suggest it.",
      next: 'Set mfa: "optional" or "required", or delete mfaFactors.',
    });
  }
  if (mfa === "off" || mfaFactors?.length === 0) return;
  const factors: readonly SecondFactor[] = mfaFactors ?? POOL.mfaFactors;
  if (factors.includes("sms") && pool.sms === undefined && pool.asIs?.smsConfiguration === undefined) {
    yield wrong({
      setting,
      message: '"sms" is a second factor, but the pool has no SMS sender',
      why: refused("SetUserPoolMfaConfig"),
      next: "Set pool.sms (docs/settings.md), or leave it out.",
    });
  }
  if (pool.sms !== undefined && !factors.includes("sms")) {
    yield wrong({
      setting,
      message: "the pool has an SMS sender, so SMS would be a second factor too",
      why: "Terraform's provider (5.100.0) always turns it on when MFA is on and there is a sender.",
      next: `Write mfaFactors: [${[...factors, "sms"].map(quote).join(", ")}], or delete pool.sms.`,
    });
  }
  if (factors.includes("email") && !sendsByOwn(pool)) {
    yield wrong({
      setting,
      message: '"email" is a second factor, but Cognito\'s own sender sends the e-mail',
      why: `Cognito only allows it with Amazon SES. ${refused("SetUserPoolMfaConfig")}`,
      next: "Set pool.email (docs/settings.md), or leave it out.",
    });
  }
}

const sendsByOwn = ({ email, asIs = {} }: PoolSettings) =>
  email !== undefined || asIs.emailConfiguration?.emailSendingAccount === "DEVELOPER";

/** Whether e-mail is the only way to recover an account. */
export const isOnlyEmail = (names: readonly string[]) => names.length === 1 && names[0] === "verified_email";

function* recoveryProblems(pool: PoolSettings): Generator<SettingProblem> {
  const { signInWith, mfa = POOL.mfa, mfaFactors = POOL.mfaFactors, asIs = {} } = pool;
  const { recovery = poolDefaults(signInWith, sendsSms(pool)).recovery } = pool;
  const setting = "pool.recovery";
  const ways: readonly string[] = recovery === "admin_only" ? [recovery] : recovery;
  if (ways.length === 0 || new Set(ways).size < ways.length) {
    yield wrong({
      setting,
      message: ways.length === 0 ? "it is empty" : "a way is listed twice",
      why: refused("CreateUserPool"),
      next: 'List each way once, the preferred one first; or use "admin_only" if only administrators may recover accounts.',
    });
  }
  if (ways.includes("verified_phone_number" satisfies Recovery) && !sendsSms(pool)) {
    const words = ways.length === 1 ? wrong : doubtful;
    yield words({
      setting,
      message: "accounts are recovered by SMS, but the pool has no SMS sender",
      why: "People without another way could never get back in.",
      next: 'Set pool.sms (docs/settings.md), or leave "verified_phone_number" out.',
    });
  }
  const factors: readonly SecondFactor[] = mfa === "off" ? [] : mfaFactors;
  if (factors.includes("email") && isOnlyEmail(ways) && asIs.accountRecoverySetting === undefined) {
    yield wrong({
      setting,
      message: "e-mail is a second factor, and the only way to recover an account",
      why: "Cognito doesn't send both to one address, and refuses it (SetUserPoolMfaConfig).",
      next: 'Write ["verified_phone_number", "verified_email"], or "admin_only".',
    });
  }
  if (factors.includes("sms") && ways.includes("verified_phone_number")) {
    yield doubtful({
      setting,
      message: "a phone number is a second factor, and a way to recover an account",
      why: "People who get codes by SMS can't recover their account by SMS, and Cognito refuses some pools with both (InvalidParameterException).",
      next: 'Leave "verified_phone_number" out, unless you know that your pool accepts it.',
    });
  }
}

function* firstFactorProblems(pool: PoolSettings): Generator<SettingProblem> {
  const { firstFactors, mfa = POOL.mfa } = pool;
  if (firstFactors === undefined) return;
  const setting = "pool.firstFactors";
  const others = othersThanPassword(firstFactors);
  if (others.length === firstFactors.length || new Set(firstFactors).size < firstFactors.length) {
    yield wrong({
      setting,
      message:
        others.length === firstFactors.length ? '"PASSWORD" is not among them' : "a factor is listed twice",
      why: "Cognito accepts each factor once, and always requires the password.",
      next: `Write [${["PASSWORD", ...new Set(others)].map(quote).join(", ")}].`,
    });
  }
  if (mfa === "required" && others.length > 0) {
    yield wrong({
      setting,
      message: `a second factor is required, and ${others.map(quote).join(", ")} would be the only one`,
      why: `Cognito only accepts them where MFA is optional or off. ${refused("UpdateUserPool")}`,
      next: 'Write mfa: "optional", or ["PASSWORD"].',
    });
  }
  if (others.includes("SMS_OTP") && !sendsSms(pool)) {
    yield wrong({
      setting,
      message: "people sign in with a code by SMS, but the pool has no SMS sender",
      why: "Nobody would get one.",
      next: "Set pool.sms (docs/settings.md), or leave it out.",
    });
  }
  if (others.includes("EMAIL_OTP") && !sendsByOwn(pool) && pool.triggers?.customEmailSender === undefined) {
    yield doubtful({
      setting,
      message: "people sign in with a code by e-mail, which Cognito's own sender sends",
      why: "It sends 50 messages a day for the whole account; after that, no one can sign in with a code.",
      next: "Set pool.email (docs/settings.md).",
    });
  }
}

const othersThanPassword = (factors: readonly FirstFactor[]) =>
  factors.filter((factor) => factor !== "PASSWORD");

/** The app's side: without this flow it can offer only the password. */
export function* choiceProblems(
  { firstFactors = [] }: Pick<PoolSettings, "firstFactors">,
  client: string,
  flows: readonly string[],
): Generator<SettingProblem> {
  const others = othersThanPassword(firstFactors);
  if (others.length === 0 || flows.includes("ALLOW_USER_AUTH")) return;
  yield doubtful({
    setting: `${client}.authFlows`,
    message: `ALLOW_USER_AUTH is missing, but the pool allows ${others.map(quote).join(", ")}`,
    why: `Apps offer these through that flow (USER_AUTH); without it, people can only use the password${isPasswordless(firstFactors) ? ", and new people get none in such a pool" : ""}.`,
    next: 'Add it to the others: authFlows: ["ALLOW_USER_AUTH", …].',
  });
}

/** The pool's feature plan, as far as config.ts sets it. */
export const tierOf = ({ tier, asIs = {} }: PoolSettings) => tier ?? (asIs.userPoolTier as Tier | undefined);

/**
 * What each setting requires of the tier (developer guide, "User pool feature plans"). A pool without one counts as ESSENTIALS.
 */
function* tierProblems(pool: PoolSettings): Generator<SettingProblem> {
  const { mfaFactors = [], firstFactors = [], passkeys, passwordPolicy, threatProtection } = pool;
  const tier = tierOf(pool);
  const essentials: readonly (readonly [setting: string, what: string, used: boolean])[] = [
    ["pool.mfaFactors", '"email"', mfaFactors.includes("email")],
    ["pool.firstFactors", "more than the password", othersThanPassword(firstFactors).length > 0],
    ["pool.passkeys", "signing in with passkeys", passkeys !== undefined],
    ["pool.passwordPolicy.history", "a history of passwords", (passwordPolicy?.history ?? 0) > 0],
  ];
  for (const [setting, what, used] of essentials) {
    if (!used || tier !== "LITE") continue;
    yield wrong({
      setting,
      message: `${what} needs the tier ESSENTIALS or PLUS, and the pool's is LITE`,
      why: refused("UpdateUserPool, FeatureUnavailableInTierException"),
      next: 'Set tier: "ESSENTIALS", which costs more per active user, or leave it out.',
    });
  }
  if (threatProtection !== undefined && threatProtection !== "off" && tier !== "PLUS") {
    yield wrong({
      setting: "pool.threatProtection",
      message: `it needs the tier PLUS, and the pool's is ${tier ?? "ESSENTIALS unless config.ts says so"}`,
      why: refused("UpdateUserPool, FeatureUnavailableInTierException"),
      next: 'Set tier: "PLUS", which costs more per active user, or threatProtection: "off".',
    });
  }
}

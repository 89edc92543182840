import { quote } from "../../roster/redact.ts";
import { POOL } from "../defaults.ts";
import type { FirstFactor, Recovery, SecondFactor, Tier } from "../factors.ts";
import { type PoolSettings, sendsSms } from "../settings.ts";
import { doubtful, outOfRange, refused, type SettingProblem, wrong } from "./problem.ts";

/** PasswordHistorySizeType; 0 is none. */
const HISTORY = { min: 0, max: 24 };

/** RelyingPartyIdType: a domain. */
const DOMAIN = /^(?=.{1,127}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/;

/** What is wrong or doubtful about how people prove who they are. */
export function* factorProblems(pool: PoolSettings): Generator<SettingProblem> {
  yield* secondFactorProblems(pool);
  yield* recoveryProblems(pool);
  yield* firstFactorProblems(pool);
  yield* tierProblems(pool);
  yield* outOfRange("pool.passwordPolicy.history", pool.passwordPolicy?.history, HISTORY, "passwords");
  const { relyingPartyId } = pool.passkeys ?? {};
  if (relyingPartyId !== undefined && !DOMAIN.test(relyingPartyId)) {
    yield wrong({
      setting: "pool.passkeys.relyingPartyId",
      message: `${quote(relyingPartyId)} is not a domain`,
      why: refused("SetUserPoolMfaConfig"),
      next: 'Write it as "example.com": no https://, no path, no port.',
    });
  }
}

function* secondFactorProblems(pool: PoolSettings): Generator<SettingProblem> {
  const { mfa = POOL.mfa, mfaFactors } = pool;
  const setting = "pool.mfaFactors";
  if (mfa !== "off" && mfaFactors?.length === 0) {
    yield wrong({
      setting,
      message: `a second factor is ${mfa}, but there is none`,
      why:
        mfa === "required"
          ? "Nobody could finish signing in, so Cognito refuses it."
          : "Nobody could set one up, so Cognito refuses it.",
      next: 'Write ["totp"] or leave mfaFactors out; or write mfa: "off".',
    });
  }
  if (mfa === "off" && mfaFactors !== undefined && mfaFactors.length > 0) {
    yield wrong({
      setting,
      message: 'second factors are named, but mfa is "off"',
      why: "Cognito would ask nobody for one, though the settings read as if it did.",
      next: 'Write mfa: "optional" or "required", or delete mfaFactors.',
    });
  }
  if (mfa === "off" || mfaFactors?.length === 0) return;
  const factors: readonly SecondFactor[] = mfaFactors ?? POOL.mfaFactors;
  if (factors.includes("sms") && pool.sms === undefined && pool.asIs?.smsConfiguration === undefined) {
    yield wrong({
      setting,
      message: '"sms" is a second factor, but the pool has no sender of SMS',
      why: refused("SetUserPoolMfaConfig"),
      next: "Write pool.sms (docs/settings.md), or leave it out.",
    });
  }
  if (pool.sms !== undefined && !factors.includes("sms")) {
    yield wrong({
      setting,
      message: "the pool has a sender of SMS, so SMS would be a second factor as well",
      why: "Terraform's provider (5.100.0) turns it on wherever MFA is on and there is a sender: it knows no other way.",
      next: `Write mfaFactors: [${[...factors, "sms"].map(quote).join(", ")}], or delete pool.sms.`,
    });
  }
  if (factors.includes("email") && !sendsByOwn(pool)) {
    yield wrong({
      setting,
      message: '"email" is a second factor, but Cognito\'s own sender sends the e-mail',
      why: `Cognito takes it with Amazon SES only. ${refused("SetUserPoolMfaConfig")}`,
      next: "Write pool.email (docs/settings.md), or leave it out.",
    });
  }
}

const sendsByOwn = ({ email, asIs = {} }: PoolSettings) =>
  email !== undefined || asIs.emailConfiguration?.emailSendingAccount === "DEVELOPER";

/** Whether nobody could recover an account but by e-mail. */
export const isOnlyEmail = (names: readonly string[]) => names.length === 1 && names[0] === "verified_email";

function* recoveryProblems(pool: PoolSettings): Generator<SettingProblem> {
  const { recovery, mfa = POOL.mfa, mfaFactors = POOL.mfaFactors, asIs = {} } = pool;
  const setting = "pool.recovery";
  const ways: readonly string[] = recovery === "admin_only" ? [recovery] : (recovery ?? ["verified_email"]);
  if (ways.length === 0 || new Set(ways).size < ways.length) {
    yield wrong({
      setting,
      message: ways.length === 0 ? "it is empty" : "a way stands in it twice",
      why: refused("CreateUserPool"),
      next: 'Write each way once, the preferred one first; or "admin_only", where nobody may recover an account alone.',
    });
  }
  if (ways.includes("verified_phone_number" satisfies Recovery) && !sendsSms(pool)) {
    const words = ways.length === 1 ? wrong : doubtful;
    yield words({
      setting,
      message: "accounts are to be recovered by SMS, but the pool has no sender of SMS",
      why: "Whoever has no other way could never get back in.",
      next: 'Write pool.sms (docs/settings.md), or leave "verified_phone_number" out.',
    });
  }
  const factors: readonly SecondFactor[] = mfa === "off" ? [] : mfaFactors;
  if (factors.includes("email") && isOnlyEmail(ways) && asIs.accountRecoverySetting === undefined) {
    yield wrong({
      setting,
      message: "e-mail is a second factor, and the only way to recover an account",
      why: "Cognito sends both to no one address, and refuses it (SetUserPoolMfaConfig).",
      next: 'Write ["verified_phone_number", "verified_email"], or "admin_only".',
    });
  }
  if (factors.includes("sms") && ways.includes("verified_phone_number")) {
    yield doubtful({
      setting,
      message: "a phone number is a second factor, and a way to recover an account",
      why: "Who gets codes by SMS can't recover the account by it, and Cognito refuses some pools that have both (InvalidParameterException).",
      next: 'Leave "verified_phone_number" out, unless your pool is known to take it.',
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
        others.length === firstFactors.length
          ? '"PASSWORD" is not among them'
          : "a factor stands in it twice",
      why: "Cognito takes each factor once, and none without the password: invitations carry one.",
      next: `Write [${["PASSWORD", ...new Set(others)].map(quote).join(", ")}].`,
    });
  }
  if (mfa === "required" && others.length > 0) {
    yield wrong({
      setting,
      message: `a second factor is required, and ${others.map(quote).join(", ")} would be the only one`,
      why: `Cognito takes them in pools where MFA is optional or off. ${refused("UpdateUserPool")}`,
      next: 'Write mfa: "optional", or ["PASSWORD"].',
    });
  }
  if (others.includes("SMS_OTP") && !sendsSms(pool)) {
    yield wrong({
      setting,
      message: "people are to sign in with a code by SMS, but the pool has no sender of SMS",
      why: "Nobody would get one.",
      next: "Write pool.sms (docs/settings.md), or leave it out.",
    });
  }
  if (others.includes("EMAIL_OTP") && !sendsByOwn(pool)) {
    yield doubtful({
      setting,
      message: "people are to sign in with a code by e-mail, which Cognito's own sender sends",
      why: "It sends 50 messages a day for the whole account: after that nobody can sign in with one.",
      next: "Write pool.email (docs/settings.md).",
    });
  }
}

const othersThanPassword = (factors: readonly FirstFactor[]) =>
  factors.filter((factor) => factor !== "PASSWORD");

/** The app's side: without this flow it can offer no factor but the password. */
export function* choiceProblems(
  { firstFactors = [] }: Pick<PoolSettings, "firstFactors">,
  client: string,
  flows: readonly string[],
): Generator<SettingProblem> {
  const others = othersThanPassword(firstFactors);
  if (others.length === 0 || flows.includes("ALLOW_USER_AUTH")) return;
  yield doubtful({
    setting: `${client}.authFlows`,
    message: `ALLOW_USER_AUTH is not among them, but the pool takes ${others.map(quote).join(", ")}`,
    why: "An app asks what somebody can sign in with by that flow (USER_AUTH): without it, only by the password.",
    next: 'Write it beside those that there are: authFlows: ["ALLOW_USER_AUTH", …].',
  });
}

/** The feature plan that the pool has, as far as config.ts says. */
export const tierOf = ({ tier, asIs = {} }: PoolSettings) => tier ?? (asIs.userPoolTier as Tier | undefined);

/** What each setting needs of the tier (developer guide, "User pool feature plans"). A pool that says none is taken to be ESSENTIALS. */
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
      next: 'Write tier: "ESSENTIALS", which costs more for each active user, or leave it out.',
    });
  }
  if (threatProtection !== undefined && threatProtection !== "off" && tier !== "PLUS") {
    yield wrong({
      setting: "pool.threatProtection",
      message: `it needs the tier PLUS, and the pool's is ${tier ?? "ESSENTIALS unless config.ts says so"}`,
      why: refused("UpdateUserPool, FeatureUnavailableInTierException"),
      next: 'Write tier: "PLUS", which costs more for each active user, or threatProtection: "off".',
    });
  }
}

import type { CognitoUserPoolConfig } from "@cdktf/provider-aws/lib/cognito-user-pool/index.js";
import type { CognitoUserPoolClientConfig } from "@cdktf/provider-aws/lib/cognito-user-pool-client/index.js";
import type { TerraformMetaArguments } from "cdktf";
import { closest, plain } from "../../roster/problem.ts";
import { POOL } from "../defaults.ts";
import { FIRST_FACTORS, RECOVERIES } from "../factors.ts";
import {
  ALIASES,
  ALL_AUTH_FLOWS,
  type ClientSettings,
  DURATION_UNITS,
  type PoolSettings,
  type Settings,
} from "../settings.ts";
import { EXTERNAL_ID, ROLE_ARN, SES_IDENTITY, STANDARD_SCOPES } from "./cognito-limits.ts";
import { tierOf } from "./factors.ts";
import { doubtful, type SettingProblem, settingPath, wrong } from "./problem.ts";

type Given = Readonly<Record<string, unknown>>;

/** How an argument of Terraform's is treated here. */
interface Ours {
  /** Our setting for it. @default none: use `asIs` */
  readonly setting?: string;
  /** Whether the setting can express this value. @default any value */
  readonly says?: (value: unknown, asIs: Given, pool: Partial<Settings["pool"]>) => boolean;
  /** The stack overwrites it, so in `asIs` it does nothing. */
  readonly ignored?: true;
}

/**
 * Every argument of a resource, so that the compiler reports when a provider release has another one. `region`, which provider
 * 6 adds to each, is not used here: the pool and its client are in the region of `settings.region`.
 */
type Arguments<Config> = Readonly<
  Record<Exclude<keyof Config, keyof TerraformMetaArguments | "region">, Ours>
>;

const all = (value: unknown, known: readonly string[]) =>
  Array.isArray(value) && value.length > 0 && value.every((one) => known.includes(one));
const only = (value: unknown, names: readonly string[]) =>
  Object.keys(Object(value)).every((name) => names.includes(name));
const is = (setting: string): Ours => ({ setting });
const NONE: Ours = {};

const MESSAGE = ["emailSubject", "emailMessage", "smsMessage"];

/** The recovery ways of the provider's blocks in order, if `pool.recovery` can express them. */
export function recoveryOf(mechanisms: unknown): PoolSettings["recovery"] {
  if (!Array.isArray(mechanisms) || mechanisms.length === 0) return undefined;
  const ordered = mechanisms.toSorted((a, b) => Object(a).priority - Object(b).priority);
  const names = ordered.map((one) => Object(one).name);
  if (names.join() === "admin_only") return "admin_only";
  return all(names, RECOVERIES) && new Set(names).size === names.length ? names : undefined;
}

const POOL_ARGUMENTS: Arguments<CognitoUserPoolConfig> = {
  accountRecoverySetting: {
    setting: "pool.recovery",
    says: (value) => recoveryOf(Object(value).recoveryMechanism) !== undefined,
  },
  adminCreateUserConfig: is("pool.selfSignUp and pool.invitation"),
  aliasAttributes: {
    setting: "pool.aliases",
    says: (value, _, { signInWith }) => signInWith === "username" && all(value, ALIASES),
  },
  autoVerifiedAttributes: { setting: "pool.autoVerify", says: Array.isArray },
  deletionProtection: { setting: "destroyable", ignored: true },
  deviceConfiguration: is("pool.devices"),
  emailConfiguration: {
    setting: "pool.email",
    says: (value) =>
      Object(value).emailSendingAccount === "DEVELOPER" &&
      SES_IDENTITY.test(Object(value).sourceArn) &&
      Object(value).fromEmailAddress !== undefined,
  },
  emailMfaConfiguration: NONE,
  emailVerificationMessage: is("pool.verification.emailMessage"),
  emailVerificationSubject: is("pool.verification.emailSubject"),
  id: NONE,
  // An empty one keeps what the pool has.
  lambdaConfig: { setting: "pool.triggers", says: (value) => Object.keys(Object(value)).length > 0 },
  mfaConfiguration: is("pool.mfa"),
  name: is("pool.name"),
  passwordPolicy: {
    setting: "pool.passwordPolicy",
    says: (value, _, pool) =>
      !(Object(value).passwordHistorySize > 0) || tierOf({ name: "", ...pool }) !== "LITE",
  },
  // Attributes whose schema customAttributes would not create; the others are ordinary ones.
  schema: { setting: "pool.customAttributes", says: () => false },
  signInPolicy: {
    setting: "pool.firstFactors",
    says: (value, _, pool) =>
      all(Object(value).allowedFirstAuthFactors, FIRST_FACTORS) && pool.mfa !== "required",
  },
  smsAuthenticationMessage: NONE,
  smsConfiguration: {
    setting: "pool.sms",
    // With MFA on, the provider makes it a second factor, so `mfaFactors` has to name it.
    says: (value, _, { mfa = POOL.mfa, mfaFactors = POOL.mfaFactors }) =>
      ROLE_ARN.test(Object(value).snsCallerArn) &&
      EXTERNAL_ID.test(Object(value).externalId) &&
      (mfa === "off" || mfaFactors.includes("sms")),
  },
  smsVerificationMessage: is("pool.verification.smsMessage"),
  softwareTokenMfaConfiguration: {
    setting: "pool.mfaFactors",
    // mfaFactors with MFA off is an error.
    says: (value, _, { mfa = POOL.mfa }) => Object(value).enabled === true && mfa !== "off",
  },
  tags: is("pool.tags"),
  tagsAll: NONE,
  userAttributeUpdateSettings: NONE,
  userPoolAddOns: {
    setting: "pool.threatProtection",
    says: (value, _, pool) =>
      only(value, ["advancedSecurityMode"]) &&
      (Object(value).advancedSecurityMode === "OFF" || tierOf({ name: "", ...pool }) === "PLUS"),
  },
  userPoolTier: is("pool.tier"),
  usernameAttributes: {
    setting: "pool.signInWith",
    says: (value) => Array.isArray(value) && ["email", "phone_number"].includes(value.join()),
  },
  usernameConfiguration: is("pool.caseSensitive"),
  verificationMessageTemplate: {
    setting: "pool.verification",
    says: (value) =>
      only(value, [...MESSAGE, "defaultEmailOption"]) &&
      [undefined, "CONFIRM_WITH_CODE"].includes(Object(value).defaultEmailOption),
  },
  webAuthnConfiguration: is("pool.passkeys"),
};

/** With client_credentials, which `oauth` can't express, the rest of OAuth stays in `asIs`, too. */
const oauth = (name: string): Ours => ({
  setting: `client.oauth.${name}`,
  says: (
    _,
    { allowedOauthFlowsUserPoolClient, allowedOauthFlows: flows, allowedOauthScopes, callbackUrls },
  ) =>
    allowedOauthFlowsUserPoolClient !== false &&
    (allowedOauthScopes === undefined || all(allowedOauthScopes, STANDARD_SCOPES)) &&
    (flows === undefined || all(flows, ["code", "implicit"])) &&
    (callbackUrls === undefined || (Array.isArray(callbackUrls) && callbackUrls.length > 0)),
});

/** Seconds, and the provider's own units where `asIs` has none, can't be expressed; then all of them stay in `asIs`. */
const validity = (name: string): Ours => ({
  setting: `client.tokenValidity.${name}`,
  says: (_, asIs) => {
    if (!("tokenValidityUnits" in asIs)) return true;
    const units: Given = Object([asIs.tokenValidityUnits].flat()[0]);
    return name in units && all(Object.values(units), DURATION_UNITS);
  },
});

const CLIENT_ARGUMENTS: Arguments<CognitoUserPoolClientConfig> = {
  accessTokenValidity: validity("accessToken"),
  allowedOauthFlows: oauth("flows"),
  allowedOauthFlowsUserPoolClient: {
    setting: "client.oauth",
    says: (value, asIs) => value === true && oauth("").says?.(value, asIs, {}) === true,
  },
  allowedOauthScopes: oauth("scopes"),
  analyticsConfiguration: NONE,
  authSessionValidity: is("client.sessionValidityMinutes"),
  callbackUrls: oauth("callbackUrls"),
  defaultRedirectUri: NONE,
  enablePropagateAdditionalUserContextData: NONE,
  enableTokenRevocation: NONE,
  explicitAuthFlows: { setting: "client.authFlows", says: (value) => all(value, ALL_AUTH_FLOWS) },
  generateSecret: is("client.secret"),
  idTokenValidity: validity("idToken"),
  logoutUrls: oauth("logoutUrls"),
  name: is("client.name"),
  preventUserExistenceErrors: NONE,
  readAttributes: is("client.readAttributes"),
  refreshTokenRotation: {
    setting: "client.refreshTokenRotation",
    says: (value) => Object([value].flat()[0]).feature === "ENABLED",
  },
  refreshTokenValidity: validity("refreshToken"),
  supportedIdentityProviders: {
    setting: "client.identityProviders",
    says: (value) => Array.isArray(value) && value.length > 0,
  },
  tokenValidityUnits: { setting: "client.tokenValidity", says: () => false },
  userPoolId: NONE,
  writeAttributes: is("client.writeAttributes"),
};

/** Arguments of every resource. */
const META: readonly (keyof TerraformMetaArguments)[] = [
  "dependsOn",
  "count",
  "provider",
  "lifecycle",
  "forEach",
  "provisioners",
  "connection",
];

type Blocks = { readonly [Name in keyof CognitoUserPoolConfig]?: readonly string[] };

/** Names within a block that people may look for outside it; those of our own settings are found without this. */
const WITHIN: Blocks = {
  userAttributeUpdateSettings: ["attributesRequireVerificationBeforeUpdate"],
};

/** Likewise Terraform's own names that have a setting. */
const WITHIN_OURS: Readonly<Record<string, string>> = {
  allowAdminCreateUserOnly: "pool.selfSignUp",
  inviteMessageTemplate: "pool.invitation",
  emailSendingAccount: "pool.email",
  fromEmailAddress: "pool.email.ses.from",
  replyToEmailAddress: "pool.email.ses.replyTo",
  snsRegion: "pool.sms.region",
  preTokenGenerationConfig: "pool.triggers.preTokenGeneration",
  recoveryMechanism: "pool.recovery",
  challengeRequiredOnNewDevice: "pool.devices.challengeOnNewDevice",
  deviceOnlyRememberedOnUserPrompt: "pool.devices.remember",
  passwordHistorySize: "pool.passwordPolicy.history",
  allowedFirstAuthFactors: "pool.firstFactors",
  advancedSecurityMode: "pool.threatProtection",
};

const RESOURCES = [
  { section: "pool", resource: "aws_cognito_user_pool", arguments: POOL_ARGUMENTS },
  { section: "client", resource: "aws_cognito_user_pool_client", arguments: CLIENT_ARGUMENTS },
] as const;

/** Not for you to write. */
const NOT_WRITTEN: ReadonlySet<string> = new Set(["id", "tagsAll", "userPoolId"]);

/**
 * What to do about a name that is no setting of ours, but an argument of Terraform's.
 * @param name in camelCase, snake_case or as AWS's API has it
 * @param section where it is; an argument of both resources is taken as one of this
 * @returns undefined if Terraform has no such name either
 */
export function explainArgument(name: string, section: PropertyKey | undefined): string | undefined {
  const wanted = plain(name);
  const same = (candidate: string) => plain(candidate) === wanted && !NOT_WRITTEN.has(candidate);
  const ordered = [...RESOURCES].sort(
    (a, b) => Number(b.section === section) - Number(a.section === section),
  );
  for (const { section, resource, arguments: known } of ordered) {
    const found = Object.entries<Ours>(known).find(([candidate]) => same(candidate));
    if (found === undefined) continue;
    const [argument, { setting }] = found;
    return setting === undefined
      ? `It is an argument of Terraform's ${resource}: write it as ${section}.asIs.${argument}.`
      : `Here it is called ${setting}.`;
  }
  const ours = Object.keys(WITHIN_OURS).find(same);
  if (ours !== undefined) return `Here it is called ${WITHIN_OURS[ours]}.`;
  for (const [block, names] of Object.entries(WITHIN)) {
    const inner = names?.find(same);
    if (inner !== undefined)
      return `It is an argument of Terraform's aws_cognito_user_pool: write it as pool.asIs.${block}.${inner}.`;
  }
  return undefined;
}

/**
 * What is wrong with `asIs`, and which of its arguments have a setting, where a reader would look first.
 * @param section `pool`, or a client's place
 */
export function* asIsProblems(
  section: string,
  { asIs: given = {} }: Pick<Settings["pool"], "asIs"> | Pick<ClientSettings, "asIs">,
  pool: Settings["pool"],
): Generator<SettingProblem> {
  const { resource, arguments: known } = section === "pool" ? RESOURCES[0] : RESOURCES[1];
  const asIs = given as Given;
  const here = (setting: string) => (section === "pool" ? setting : setting.replace(/^client\b/, section));
  for (const [name, value] of Object.entries(asIs)) {
    const setting = `${section}.${settingPath(["asIs", name])}`;
    const ours = Object.hasOwn(known, name) ? (known as Readonly<Record<string, Ours>>)[name] : undefined;
    if (ours === undefined && !(META as readonly string[]).includes(name)) {
      const meant = closest(name, Object.keys(known));
      yield wrong({
        setting,
        message: `${resource} has no such argument`,
        why: "It would be dropped silently: Terraform would never see it.",
        next: meant ? `Did you mean ${meant}?` : "Write its arguments in camelCase, or delete it.",
      });
    } else if (ours?.ignored || (section === "pool" && name === "lifecycle")) {
      yield doubtful({
        setting,
        message: "it does nothing",
        why: "The stack overwrites it: `destroyable` decides whether the pool can be deleted.",
        next: "Delete it.",
      });
    } else if (ours?.setting !== undefined && hasWord(value, ours, asIs, pool)) {
      const place = here(ours.setting);
      yield doubtful({
        setting,
        message: `it has a setting of its own: ${place}`,
        why: `asIs wins over ${place}, where a reader would look.`,
        next: `Use ${place}, and delete it here.`,
      });
    }
  }
}

/** No setting can express leaving something out (undefined), or a reference to another resource. */
function hasWord(value: unknown, { says }: Ours, asIs: Given, pool: Partial<Settings["pool"]>): boolean {
  return value !== undefined && (says === undefined || says(value, asIs, pool));
}

import type {
  CognitoUserPoolConfig,
  CognitoUserPoolSchema,
} from "@cdktf/provider-aws/lib/cognito-user-pool/index.js";
import type { CognitoUserPoolClientConfig } from "@cdktf/provider-aws/lib/cognito-user-pool-client/index.js";
import { type CustomAttributes, namesOf } from "../roster/attribute-types.ts";
import type { RosterSetting } from "../roster/files.ts";
import type { RosterRules } from "../roster/roster.ts";
import type { SignInWith } from "../roster/sign-in-names.ts";
import { attributeTypes } from "./attributes.ts";
import type { BackendSettings } from "./backend-settings.ts";
import type { DomainSettings } from "./domain.ts";
import type {
  DeviceSettings,
  FirstFactor,
  PasskeySettings,
  Recovery,
  SecondFactor,
  ThreatProtection,
  Tier,
} from "./factors.ts";
import type { IdentityPoolSettings } from "./identity-pool.ts";
import type { IdentityProviders } from "./identity-providers.ts";
import type { QuotaSettings } from "./quotas.ts";
import type { ResourceServers } from "./resource-servers.ts";
import type { EmailSettings, SmsSettings } from "./senders.ts";
import type { TriggerSettings } from "./triggers.ts";

export type * from "./backend-settings.ts";

/** Arguments under the provider's own names. An argument that is undefined is left out, even if there is a default for it. */
export type Arguments<Config> = { readonly [Name in keyof Config]?: Config[Name] | undefined };

/** Arguments of `aws_cognito_user_pool`. */
export type PoolArguments = Omit<Arguments<CognitoUserPoolConfig>, "schema"> & {
  /** Attributes whose schema differs from what `customAttributes` would create. */
  readonly schema?: readonly CognitoUserPoolSchema[];
};

/** Arguments of `aws_cognito_user_pool_client`. */
export type ClientArguments = Arguments<CognitoUserPoolClientConfig>;

/** Cognito's names (ExplicitAuthFlowsType), without the legacy ones, which can't be mixed with them. */
export const ALL_AUTH_FLOWS = [
  "ALLOW_USER_SRP_AUTH",
  "ALLOW_USER_PASSWORD_AUTH",
  "ALLOW_ADMIN_USER_PASSWORD_AUTH",
  "ALLOW_USER_AUTH",
  "ALLOW_CUSTOM_AUTH",
  "ALLOW_REFRESH_TOKEN_AUTH",
] as const;
export type AuthFlow = (typeof ALL_AUTH_FLOWS)[number];

/** The flows that this repository's commands can use, with what the client has to allow for each. */
export const SIGN_IN_FLOWS = {
  srp: "ALLOW_USER_SRP_AUTH",
  password: "ALLOW_USER_PASSWORD_AUTH",
  admin: "ALLOW_ADMIN_USER_PASSWORD_AUTH",
  choice: "ALLOW_USER_AUTH",
} as const satisfies Record<string, AuthFlow>;
/**
 * How the password is proved: SRP never sends it, `password` sends it, `admin` sends it signed with AWS credentials. `choice`
 * lets the person choose how to begin: with the password (by SRP where the pool allows it), or a code by e-mail or SMS.
 */
export type SignInFlow = keyof typeof SIGN_IN_FLOWS;
export const FLOW_NAMES = Object.keys(SIGN_IN_FLOWS) as readonly SignInFlow[];

const MINUTES = { minutes: 1, hours: 60, days: 1440 } as const;
type Unit = keyof typeof MINUTES;

/** A length of time in Cognito's units, such as "30 minutes", "12 hours" or "30 days". */
export type Duration = `${number} ${Unit}`;

export const DURATION_UNITS = Object.keys(MINUTES) as readonly Unit[];
const WRITTEN = new RegExp(`^[1-9]\\d* (?:${DURATION_UNITS.join("|")})$`);

/** A positive whole number, as Cognito requires. */
export function isDuration(value: unknown): value is Duration {
  return typeof value === "string" && WRITTEN.test(value);
}

/** @returns the number and the unit, for Cognito's two separate settings */
export function partsOf(duration: Duration): { readonly value: number; readonly unit: Unit } {
  const [value, unit] = duration.split(" ") as [string, Unit];
  return { value: Number(value), unit };
}

/** The length in minutes. */
export function minutesOf(duration: Duration): number {
  const { value, unit } = partsOf(duration);
  return value * MINUTES[unit];
}

/** The settings of an app client. Defaults come from `defaults.ts`. */
export interface ClientSettings {
  /** The app client's name, 1–128 characters. */
  readonly name: string;
  /**
   * The sign-in flows that Cognito allows on this client (its ExplicitAuthFlows).
   * @default SRP, password, and refresh unless `refreshTokenRotation` is on
   */
  readonly authFlows?: readonly AuthFlow[];
  /** The flow that this repository's commands use without `--flow`. @default "srp" if the client allows it */
  readonly signInFlow?: SignInFlow;
  /**
   * A secret that every request has to prove: for servers, which can keep one. Cognito generates it, and it is in the Terraform
   * state. Can't be changed later: Terraform would replace the client.
   * @default false
   */
  readonly secret?: boolean;
  /** Where to store the secret. It is then in no output, but still in the Terraform state. @default an output */
  readonly secretStore?: SecretStore;
  /** Sign-in on Cognito's own pages in a browser. @default none */
  readonly oauth?: OAuthSettings;
  /**
   * Lets a server request tokens for itself (the client_credentials grant) with its secret: no person signs in. Needs `secret:
   * true` and a domain on the pool; can't be combined with `oauth`. Each token is billed.
   * @default off
   */
  readonly clientCredentials?: ClientCredentialsSettings;
  /**
   * The attributes of people that the app may read: standard ones, and custom ones without `custom:`. @default all
   */
  readonly readAttributes?: readonly string[];
  /**
   * The attributes that the app may write when people change their own; must include the pool's required ones. @default all
   * writable ones
   */
  readonly writeAttributes?: readonly string[];
  /** The identity providers, such as "Google", to sign in with. @default "COGNITO" with `oauth`, else Cognito's default */
  readonly identityProviders?: readonly string[];
  readonly tokenValidity?: TokenValidity;
  /**
   * Every refresh returns a new refresh token and ends the old one. The app has to use GetTokensFromRefreshToken.
   * @default off
   */
  readonly refreshTokenRotation?: RefreshTokenRotation;
  /** Minutes a person has to answer a challenge, 3–15. @default Cognito's: 3 */
  readonly sessionValidityMinutes?: number;
  /** Overrides everything above: for what an adopted client has and no setting covers. @default none */
  readonly asIs?: ClientArguments;
}

/** How long tokens are valid. A token can't be withdrawn earlier, except by revoking its refresh token. */
export interface TokenValidity {
  /** 5 minutes to 1 day, and no longer than the refresh token. @default "60 minutes" */
  readonly accessToken?: Duration;
  /** 5 minutes to 1 day, and no longer than the refresh token. @default "60 minutes" */
  readonly idToken?: Duration;
  /** 60 minutes to 3650 days; then the person has to sign in again. @default "30 days" */
  readonly refreshToken?: Duration;
}

export interface RefreshTokenRotation {
  /** Seconds during which the old refresh token still works, for an app that lost the response, 0–60. @default 10 */
  readonly gracePeriodSeconds?: number;
}

/** Sign-in on Cognito's own pages (managed login). The pool needs a domain. */
export interface OAuthSettings {
  /** Use "code" for new apps; "implicit" puts tokens into the address bar. @default ["code"] */
  readonly flows?: readonly OAuthFlow[];
  /** What the access token may be used for, 1–50 scopes. @default ["openid"] */
  readonly scopes?: readonly string[];
  /** Where Cognito may redirect the browser after sign-in, 1–100: https, http on localhost, or an app's own scheme. */
  readonly callbackUrls: readonly string[];
  /** Where it may redirect the browser after sign-out, at most 100. @default none */
  readonly logoutUrls?: readonly string[];
}

/** A grant for machines. */
export interface ClientCredentialsSettings {
  /** Scopes of resource servers, 1–50. Cognito's own scopes are about a person, so they aren't allowed. */
  readonly scopes: readonly string[];
}

/** Where a client's secret is stored: a parameter (SecureString) in AWS Systems Manager, or a secret in AWS Secrets Manager. */
export type SecretStore =
  /** The parameter's name, such as "/people/web/client-secret". */
  | { readonly ssm: string }
  /** The secret's name. */
  | { readonly secretsManager: string };

/** client_credentials is left out: no person signs in with it. */
export type OAuthFlow = "code" | "implicit";

/** Limits on what one change may do, to catch mistakes. */
export interface GuardSettings {
  /** Usernames that must be in the roster, enabled and not leaving: those who could restore access. @default none */
  readonly required?: readonly string[];
  /**
   * How many people may lose access in one deploy, deleted and disabled together (leaving, or `"enabled": false`): a number, or
   * a share of all deployed people, rounded down. `npm run deploy -- --allow-removals N` overrides it once.
   * @default the larger of 3 and 10 %
   */
  readonly maxRemovals?: number | `${number}%`;
  /** The fewest people in the roster who aren't leaving. @default 1, since an empty roster is refused anyway */
  readonly minPeople?: number;
  /** How often everyone's access has to be confirmed, such as "90 days": `npm run check` warns if it wasn't. @default never */
  readonly recertifyEvery?: `${number} days`;
}

/** The rules for a new password, in Cognito's terms. They are also a Terraform output, which the scripts read. */
export interface PasswordPolicy {
  /** Characters, 6–99 (Cognito); fewer than 8 gives a warning. */
  readonly minimumLength: number;
  readonly requireLowercase: boolean;
  readonly requireUppercase: boolean;
  readonly requireNumbers: boolean;
  readonly requireSymbols: boolean;
  /** Days until an unused temporary password expires, 1–365 (Cognito). */
  readonly temporaryPasswordValidityDays: number;
}

/** The password settings, with those that only Cognito reads. */
export interface PasswordPolicySettings extends Partial<PasswordPolicy> {
  /** How many previous passwords can't be reused, 0–24 (Cognito). @default none */
  readonly history?: number;
}

/** Cognito's names for what people may sign in with besides their username (AliasAttributeType). */
export const ALIASES = ["preferred_username", "email", "phone_number"] as const;
export type Alias = (typeof ALIASES)[number];

/** The settings of the user pool. Defaults come from `defaults.ts`. */
export interface PoolSettings {
  /** The pool's name, 1–128 characters. Can't be changed later: Terraform would replace the pool and everyone in it. */
  readonly name: string;
  /**
   * What people type to sign in: their e-mail address, their phone number (the pool then needs `sms`), or a separate username.
   * Can't be changed later: the pool and everyone in it would be replaced.
   * @default "email"
   */
  readonly signInWith?: SignInWith;
  /**
   * Whether Hanako and hanako are two people. Like `signInWith`, it can't be changed later.
   * @default false
   */
  readonly caseSensitive?: boolean;
  /**
   * What people may sign in with besides their username, if `signInWith` is "username": each value must be unique to one person
   * (`check` verifies this). Like `signInWith`, it can't be changed later.
   * @default nothing
   */
  readonly aliases?: readonly Alias[];
  /** What a person has to verify after changing it. @default ["email"]; if people sign in by phone, their number */
  readonly autoVerify?: readonly ("email" | "phone_number")[];
  /** Lets people create accounts themselves: the pool then has people who aren't in the roster. @default false */
  readonly selfSignUp?: boolean;
  /**
   * Custom attributes the roster may use: names without `custom:`, 1–20 characters, at most 50. A list declares texts that can
   * change; an object declares types: `{ level: { type: "number", min: 1, max: 5 }, team: { type: "string", immutable: true }
   * }`. You can add one to a deployed pool, but never change or remove it, and Cognito can't make one required.
   * @default none
   */
  readonly customAttributes?: CustomAttributes;
  /** @default 12 characters of all four kinds; temporary passwords expire after 7 days */
  readonly passwordPolicy?: PasswordPolicySettings;
  /** A second factor at sign-in: optional for each person, or required for everyone. @default "off" */
  readonly mfa?: "off" | "optional" | "required";
  /**
   * Which second factors are available: "totp" is a code from an authenticator app; "sms" needs `sms`; "email" needs `email`
   * and a `recovery` other than e-mail.
   * @default ["totp"] unless `mfa` is "off"
   */
  readonly mfaFactors?: readonly SecondFactor[];
  /**
   * How people recover a forgotten password, preferred way first; "admin_only": only an administrator can reset it.
   * @default ["verified_email"]; if people sign in by phone, their number
   */
  readonly recovery?: readonly Recovery[] | "admin_only";
  /** What a sign-in may begin with, "PASSWORD" included; apps offer the others with ALLOW_USER_AUTH. @default the password */
  readonly firstFactors?: readonly FirstFactor[];
  /** Used with "WEB_AUTHN" in `firstFactors`. @default Cognito's own values */
  readonly passkeys?: PasskeySettings;
  /**
   * The feature plan: decides what an active user costs, and what the pool can do.
   * @default what the pool has, since it affects the price: ESSENTIALS for a new one. Removing it from config.ts changes
   *   nothing
   */
  readonly tier?: Tier;
  /** Detects stolen passwords and unusual sign-ins: "audit" logs them, "enforced" acts on them. Needs PLUS. @default "off" */
  readonly threatProtection?: ThreatProtection;
  /** Whether Cognito remembers people's devices. @default it doesn't */
  readonly devices?: DeviceSettings;
  /**
   * The `<prefix>` of `<prefix>.auth.<region>.amazoncognito.com` (in GovCloud `auth-fips`), unique in its region.
   * @default no domain
   */
  readonly domainPrefix?: string;
  /** The same with more options: managed login, or your own domain name with its certificate. @default no domain */
  readonly domain?: DomainSettings;
  /**
   * What Cognito sends to a new person; each text needs {username} and {####}, the temporary password (the provider requires it
   * even if `firstFactors` leaves newcomers without one). @default Cognito's
   */
  readonly invitation?: MessageTemplate;
  /** What Cognito sends to verify an address; each text needs {####}, the code. @default Cognito's */
  readonly verification?: MessageTemplate;
  /** Who sends invitations and codes by e-mail. @default Cognito's own sender: 50 messages a day for the whole account */
  readonly email?: EmailSettings;
  /** How Cognito sends SMS: invitations and codes. @default no SMS: it costs money, and a phone number can be hijacked */
  readonly sms?: SmsSettings;
  /** Lambda functions that Cognito calls at sign-up or sign-in, for tokens, or to send messages. @default none */
  readonly triggers?: TriggerSettings;
  /** At most 50. @default none */
  readonly tags?: Readonly<Record<string, string>>;
  /** Overrides everything above: for what an adopted pool has and no setting covers. @default none */
  readonly asIs?: PoolArguments;
}

/** Texts of a message; those you leave out stay Cognito's own. */
export interface MessageTemplate {
  /** 1–140 characters. */
  readonly emailSubject?: string;
  /** 6–20,000 characters; HTML is allowed. */
  readonly emailMessage?: string;
  /** 6–140 characters. */
  readonly smsMessage?: string;
}

/** A group's settings, and what its members get. */
export interface GroupSettings {
  /** At most 2,048 characters. @default none */
  readonly description?: string;
  /** If a person is in several groups with a role, the group with the lowest number decides, 0–2,147,483,647. @default none */
  readonly precedence?: number;
  /** The IAM role that members can assume through an identity pool. @default none */
  readonly roleArn?: string;
  /** People join only if the reviewed change names the group; any other way in is refused (exit 3). @default false */
  readonly privileged?: true;
  /**
   * The only roster files, by name or pattern, whose people may be in this group, such as those that `.github/CODEOWNERS`
   * protects. People in other files are reported with their line. @default any file
   */
  readonly grantedIn?: readonly string[];
}

/** Your settings: the type of `config.ts`. */
export interface Settings {
  /** Names the stack, its `cdktf.out/stacks` directory and its state file. @default of an environment: "<stack>-<its name>" */
  readonly stack: string;
  /**
   * The roster's file, relative to the repository's root; or several, as a pattern or a list of files and patterns, such as
   * "people/*.json": `*` matches anything within one name, `?` one character. Each person is in one file.
   */
  readonly roster: RosterSetting;
  /** AWS region. @default what AWS_REGION or the AWS profile says */
  readonly region?: string;
  readonly pool: PoolSettings;
  /** The app client that people sign in through: the short form of `clients` for a pool with one. */
  readonly client?: ClientSettings;
  /**
   * Several app clients, such as `{ web: {…}, mobile: {…}, backend: {…} }`; commands accept `--client NAME`, and use the first
   * one that people sign in through by default. Names consist of lowercase letters, digits and _. Moving from `client` to
   * `clients`, or renaming one here, leaves a client unchanged if it keeps its own `name`.
   * @default `client` alone
   */
  readonly clients?: Readonly<Record<string, ClientSettings>>;
  /**
   * All groups, by name: if set, a group that only the roster names is reported as a problem.
   * @default the groups that the roster names
   */
  readonly groups?: Readonly<Record<string, GroupSettings>>;
  /** APIs with their own scopes, by identifier: `{ "https://api.example.com": { scopes: { read: "…" } } }`. @default none */
  readonly resourceServers?: ResourceServers;
  /** Other identity providers, by name: `{ Google: { type: "Google", clientId: "…" } }`. @default only Cognito */
  readonly identityProviders?: IdentityProviders;
  /** Temporary AWS credentials for the pool's people, and which roles they get. @default none */
  readonly identityPool?: IdentityPoolSettings;
  /** Where Terraform keeps its state. @default a file beside `cdktf.out`, ignored by git */
  readonly backend?: BackendSettings;
  /** The time zone in which the last day of an `until` ends: an IANA name, such as "Asia/Tokyo". @default "UTC" */
  readonly timeZone?: string;
  /** Limits on what one change may do, to catch mistakes. @default no one required, 3 removals or 10 % at once */
  readonly guards?: GuardSettings;
  /** Requests per second, where they differ from Cognito's published quotas: `{ UserUpdate: 10 }`. @default `quotas.ts` */
  readonly quotas?: QuotaSettings;
  /** Lets `npm run destroy` remove the pool and everyone in it. Use it for rehearsals, never for real people. @default false */
  readonly destroyable?: boolean;
  /**
   * Several environments in one clone, by name, such as `{ dev: {}, prod: { protected: true } }`: each lists what differs from
   * the settings above, which are no environment. `--env NAME` or ROSTER_ENV selects one.
   * @default the settings above are the only environment
   */
  readonly environments?: Readonly<Record<string, EnvironmentSettings>>;
}

/** What differs: objects are merged by key, `asIs` by argument; lists and other values replace, `undefined` removes. */
export type Override<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [Key in keyof T]?: (Key extends "asIs" ? T[Key] : Override<T[Key]>) | undefined }
    : T;

/** An environment: what differs from the common settings, and how it is protected. */
export type EnvironmentSettings = Override<Omit<Settings, "environments">> & {
  /** Commands that change something in it ask you to type its name, or to pass `--confirm NAME`. @default false */
  readonly protected?: true;
};

/** Whether the pool can send SMS: through your own IAM role, or a Lambda function that sends in its place. */
export function sendsSms({
  sms,
  triggers,
  asIs = {},
}: Pick<PoolSettings, "sms" | "triggers" | "asIs">): boolean {
  const sender = triggers?.customSmsSender ?? asIs.lambdaConfig?.customSmsSender;
  return (sms ?? asIs.smsConfiguration ?? sender) !== undefined;
}

/** What people sign in with besides their username, and no two people may share. */
function aliasesOf({ aliases = [], asIs = {} }: PoolSettings): readonly string[] {
  return [...new Set([...aliases, ...(asIs.aliasAttributes ?? []), ...(asIs.usernameAttributes ?? [])])];
}

/**
 * The rules that the settings set for the roster: the pool's, and the groups' names if they are declared. Every roster is read
 * with these; `settings.pool` alone leaves out the groups, which a {@link CognitoRosterStack} then checks.
 */
export function rosterRules({ pool, groups }: Pick<Settings, "pool" | "groups">): Partial<RosterRules> {
  const { signInWith, customAttributes, asIs } = pool;
  const types = attributeTypes(customAttributes, asIs?.schema);
  const aliases = aliasesOf(pool);
  const granted = Object.entries(groups ?? {}).flatMap(([name, { grantedIn }]) =>
    grantedIn === undefined ? [] : [[name, grantedIn] as const],
  );
  return {
    ...(signInWith && { signInWith }),
    ...(customAttributes && { customAttributes: namesOf(customAttributes) }),
    sendsSms: sendsSms(pool),
    ...(aliases.length > 0 && { aliases }),
    ...(Object.keys(types).length > 0 && { attributeTypes: types }),
    ...(groups && { groups: Object.keys(groups) }),
    ...(granted.length > 0 && { grantedIn: Object.fromEntries(granted) }),
  };
}

/** The names of the groups that people join only if the reviewed change names them. */
export function privilegedGroups({ groups = {} }: Pick<Settings, "groups">): string[] {
  return Object.keys(groups).filter((name) => groups[name]?.privileged === true);
}

/** Settings of a stack in your own CDKTF app: those that only this repository's commands read may be left out. */
export type StackSettings = Omit<Settings, "stack" | "roster" | "environments"> &
  Partial<Pick<Settings, "stack" | "roster">>;

import type {
  CognitoUserPoolConfig,
  CognitoUserPoolSchema,
} from "@cdktf/provider-aws/lib/cognito-user-pool/index.js";
import type { CognitoUserPoolClientConfig } from "@cdktf/provider-aws/lib/cognito-user-pool-client/index.js";
import { type CustomAttributes, namesOf } from "../roster/attribute-types.ts";
import type { RosterSetting } from "../roster/files.ts";
import type { RosterRules } from "../roster/roster.ts";
import { attributeTypes } from "./attributes.ts";
import type {
  DeviceSettings,
  FirstFactor,
  PasskeySettings,
  Recovery,
  SecondFactor,
  ThreatProtection,
  Tier,
} from "./factors.ts";
import type { QuotaSettings } from "./quotas.ts";
import type { EmailSettings, SmsSettings } from "./senders.ts";

/** Arguments in the provider's own words; one that is undefined is left out, whatever the defaults say. */
export type Arguments<Config> = { readonly [Name in keyof Config]?: Config[Name] | undefined };

/** Of `aws_cognito_user_pool`. */
export type PoolArguments = Omit<Arguments<CognitoUserPoolConfig>, "schema"> & {
  /** Attributes that are not shaped as `customAttributes` would make them. */
  readonly schema?: readonly CognitoUserPoolSchema[];
};

/** Of `aws_cognito_user_pool_client`. */
export type ClientArguments = Arguments<CognitoUserPoolClientConfig>;

/** A file beside `cdktf.out`, which git ignores: for one person on one machine. */
export interface LocalBackendSettings {
  readonly type: "local";
}

/** An object in a bucket that exists already, with versioning on so that every earlier state can be had back. */
export interface S3BackendSettings {
  readonly type: "s3";
  readonly bucket: string;
  /** The object's name. @default "<stack>.tfstate" */
  readonly key?: string;
  /** The bucket's region. @default the settings' `region`, else what AWS_REGION or the AWS profile says */
  readonly region?: string;
  /** ARN of the key that encrypts the state. @default the bucket's own encryption, at least SSE-S3 */
  readonly kmsKeyId?: string;
}

/** A workspace of HCP Terraform. With the execution mode "Local", Terraform runs where the command runs. */
export interface HcpBackendSettings {
  readonly type: "hcp";
  readonly organization: string;
  readonly workspace: string;
}

/** Where Terraform keeps its state. Two runs at once are kept apart by each of them: the second one is refused. */
export type BackendSettings = LocalBackendSettings | S3BackendSettings | HcpBackendSettings;

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

/** The flows of this repository's commands, with what the client has to allow for each. */
export const SIGN_IN_FLOWS = {
  srp: "ALLOW_USER_SRP_AUTH",
  password: "ALLOW_USER_PASSWORD_AUTH",
  admin: "ALLOW_ADMIN_USER_PASSWORD_AUTH",
} as const satisfies Record<string, AuthFlow>;
/** How the password is proved: SRP keeps it here, `password` sends it, `admin` sends it signed with AWS credentials. */
export type SignInFlow = keyof typeof SIGN_IN_FLOWS;
export const FLOW_NAMES = Object.keys(SIGN_IN_FLOWS) as readonly SignInFlow[];

const MINUTES = { minutes: 1, hours: 60, days: 1440 } as const;
type Unit = keyof typeof MINUTES;

/** A length of time as Cognito keeps it, such as "30 minutes", "12 hours" or "30 days". */
export type Duration = `${number} ${Unit}`;

export const DURATION_UNITS = Object.keys(MINUTES) as readonly Unit[];
const WRITTEN = new RegExp(`^[1-9]\\d* (?:${DURATION_UNITS.join("|")})$`);

/** Whole and positive, as Cognito takes it. */
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

/** What a team says about its app client. Everything left out is taken from `defaults.ts`. */
export interface ClientSettings {
  /** The app client's name, 1–128 characters. */
  readonly name: string;
  /**
   * The ways to sign in that Cognito allows on this client (its ExplicitAuthFlows).
   * @default SRP, password, and refresh unless `refreshTokenRotation` is on
   */
  readonly authFlows?: readonly AuthFlow[];
  /** The flow that this repository's commands take without `--flow`. @default "srp" where the client allows it */
  readonly signInFlow?: SignInFlow;
  /**
   * A secret that every call has to prove: for servers, which can keep one. Cognito makes it; the Terraform state has it.
   * Can't be changed later: Terraform would replace the client.
   * @default false
   */
  readonly secret?: boolean;
  /** Sign-in on Cognito's own pages, in a browser. @default none */
  readonly oauth?: OAuthSettings;
  /** Who may vouch for people, such as "COGNITO" or "Google". @default "COGNITO" with `oauth`, else left to Cognito */
  readonly identityProviders?: readonly string[];
  readonly tokenValidity?: TokenValidity;
  /**
   * Every refresh answers with a new refresh token and ends the old one. Needs GetTokensFromRefreshToken in the app.
   * @default off
   */
  readonly refreshTokenRotation?: RefreshTokenRotation;
  /** Minutes that a person has to answer a challenge, 3–15. @default left to Cognito: 3 */
  readonly sessionValidityMinutes?: number;
  /** Over everything above: what an adopted client has that the settings have no word for. @default none */
  readonly asIs?: ClientArguments;
}

/** How long tokens are good for; a token can't be taken back before, except by revoking its refresh token. */
export interface TokenValidity {
  /** 5 minutes to 1 day, and no longer than the refresh token. @default "60 minutes" */
  readonly accessToken?: Duration;
  /** 5 minutes to 1 day, and no longer than the refresh token. @default "60 minutes" */
  readonly idToken?: Duration;
  /** 60 minutes to 3650 days: after that a person signs in again. @default "30 days" */
  readonly refreshToken?: Duration;
}

export interface RefreshTokenRotation {
  /** Seconds in which the old refresh token still works, for an app that lost the answer, 0–60. @default 10 */
  readonly gracePeriodSeconds?: number;
}

/** Sign-in on Cognito's own pages (managed login), for which the pool needs a domain. */
export interface OAuthSettings {
  /** "code" for every new app; "implicit" puts tokens into the address bar. @default ["code"] */
  readonly flows?: readonly OAuthFlow[];
  /** What the access token may be used for, 1–50. @default ["openid"] */
  readonly scopes?: readonly string[];
  /** Where Cognito may send the browser after sign-in, 1–100: https, http on localhost, or an app's own scheme. */
  readonly callbackUrls: readonly string[];
  /** Where it may send the browser after sign-out, at most 100. @default none */
  readonly logoutUrls?: readonly string[];
}

/** client_credentials is left out: it signs no person in. */
export type OAuthFlow = "code" | "implicit";

/** What no change may do by mistake, however it came about. */
export interface GuardSettings {
  /** Usernames that must be in the roster, enabled and not leaving: whoever could let the others back in. @default none */
  readonly required?: readonly string[];
  /**
   * How many people one deploy may take access from, deleted and disabled together (leaving, or `"enabled": false`): a
   * number, or a part of everyone who is deployed, rounded down. `npm run deploy -- --allow-removals N` is the exception
   * for one run.
   * @default the larger of 3 and 10 %
   */
  readonly maxRemovals?: number | `${number}%`;
  /** The fewest people the roster may hold who are not leaving. @default 1, since an empty roster is refused anyway */
  readonly minPeople?: number;
}

/** The rules for a new password, in Cognito's terms; also handed out as a Terraform output, for the scripts. */
export interface PasswordPolicy {
  /** Characters, 6–99 (Cognito); below 8 with a warning. */
  readonly minimumLength: number;
  readonly requireLowercase: boolean;
  readonly requireUppercase: boolean;
  readonly requireNumbers: boolean;
  readonly requireSymbols: boolean;
  /** Days until a temporary password that was not used expires, 1–365 (Cognito). */
  readonly temporaryPasswordValidityDays: number;
}

/** What a team says of it, and what only Cognito reads. */
export interface PasswordPolicySettings extends Partial<PasswordPolicy> {
  /** How many of the last passwords can't be chosen again, 0–24 (Cognito). @default none */
  readonly history?: number;
}

/** Cognito's names of what people may sign in with beside their username (AliasAttributeType). */
export const ALIASES = ["preferred_username", "email", "phone_number"] as const;
export type Alias = (typeof ALIASES)[number];

/** What a team says about its pool. Everything left out is taken from `defaults.ts`. */
export interface PoolSettings {
  /** The pool's name, 1–128 characters. Can't be changed later: Terraform would replace the pool, and everyone in it. */
  readonly name: string;
  /**
   * What people type to sign in: their e-mail address, or a username of its own.
   * Can't be changed later: Cognito would replace the pool, and everyone in it.
   * @default "email"
   */
  readonly signInWith?: "email" | "username";
  /**
   * Whether Hanako and hanako are two people. Can't be changed later, as `signInWith`.
   * @default false
   */
  readonly caseSensitive?: boolean;
  /**
   * What people may sign in with beside their username, where `signInWith` is "username": no two people may have the same
   * (`check` looks). Can't be changed later, as `signInWith`.
   * @default nothing
   */
  readonly aliases?: readonly Alias[];
  /** What a person has to prove after changing it. @default ["email"] */
  readonly autoVerify?: readonly ("email" | "phone_number")[];
  /** Lets people create accounts themselves: the pool then has people whom the roster does not know. @default false */
  readonly selfSignUp?: boolean;
  /**
   * Custom attributes the roster may use: names without `custom:`, 1–20 characters, at most 50. A list means texts that can
   * change; with their types: `{ level: { type: "number", min: 1, max: 5 }, team: { type: "string", immutable: true } }`.
   * One can be added to a deployed pool, but never changed or taken out; Cognito can't require one of anybody.
   * @default none
   */
  readonly customAttributes?: CustomAttributes;
  /** @default 12 characters of all four kinds; temporary passwords live 7 days */
  readonly passwordPolicy?: PasswordPolicySettings;
  /** A second factor at sign-in: whoever wants one, or everybody. @default "off" */
  readonly mfa?: "off" | "optional" | "required";
  /**
   * Which second factors there are: "totp" is a code from an authenticator app; "sms" needs `sms`, "email" needs `email` and
   * another way of `recovery` than e-mail.
   * @default ["totp"] unless `mfa` is "off"
   */
  readonly mfaFactors?: readonly SecondFactor[];
  /**
   * How people get back in who have forgotten their password, the preferred way first; "admin_only": by ops alone.
   * @default ["verified_email"]
   */
  readonly recovery?: readonly Recovery[] | "admin_only";
  /** With what a sign-in may begin, "PASSWORD" among them; apps offer the others by ALLOW_USER_AUTH. @default the password */
  readonly firstFactors?: readonly FirstFactor[];
  /** For "WEB_AUTHN" in `firstFactors`. @default Cognito's own values */
  readonly passkeys?: PasskeySettings;
  /**
   * The feature plan: what an active user costs, and what the pool can do.
   * @default what the pool has, since it is a price: ESSENTIALS for a new one. Taking it out of config.ts changes nothing
   */
  readonly tier?: Tier;
  /** Looks for stolen passwords and unusual sign-ins: "audit" logs them, "enforced" acts. Needs PLUS. @default "off" */
  readonly threatProtection?: ThreatProtection;
  /** Whether Cognito remembers the devices of people. @default it does not */
  readonly devices?: DeviceSettings;
  /**
   * The `<prefix>` of `<prefix>.auth.<region>.amazoncognito.com` (in GovCloud `auth-fips`), unique in its region.
   * @default no domain
   */
  readonly domainPrefix?: string;
  /** What Cognito sends to a new person; each text needs {username} and {####}, the temporary password. @default Cognito's */
  readonly invitation?: MessageTemplate;
  /** What Cognito sends to verify an address; each text needs {####}, the code. @default Cognito's */
  readonly verification?: MessageTemplate;
  /** Who sends invitations and codes by e-mail. @default Cognito's own sender: 50 messages a day for the whole account */
  readonly email?: EmailSettings;
  /** How Cognito sends SMS: invitations, codes. @default no SMS: it costs, and a phone number can be taken over */
  readonly sms?: SmsSettings;
  /** At most 50. @default none */
  readonly tags?: Readonly<Record<string, string>>;
  /** Over everything above: what an adopted pool has that the settings have no word for. @default none */
  readonly asIs?: PoolArguments;
}

/** Texts of a message; what is left out stays Cognito's own. */
export interface MessageTemplate {
  /** 1–140 characters. */
  readonly emailSubject?: string;
  /** 6–20,000 characters; HTML is allowed. */
  readonly emailMessage?: string;
  /** 6–140 characters. */
  readonly smsMessage?: string;
}

/** What a group is, and what being in it gives. */
export interface GroupSettings {
  /** At most 2,048 characters. @default none */
  readonly description?: string;
  /** Of several groups with a role, the lowest number decides which one a person gets, 0–2,147,483,647. @default none */
  readonly precedence?: number;
  /** The IAM role that members can take on through an identity pool. @default none */
  readonly roleArn?: string;
  /** Nobody comes in unless the reviewed change names it: every other way in is refused (exit 3). @default false */
  readonly privileged?: true;
  /**
   * The only files of the roster, by name or pattern, whose people may be in this group: what `.github/CODEOWNERS` lets few
   * approve. Others are a problem at their line. @default any file
   */
  readonly grantedIn?: readonly string[];
}

/** A team's settings: the type of `config.ts`. */
export interface Settings {
  /** Names the stack, its directory under `cdktf.out/stacks` and its state file. */
  readonly stack: string;
  /**
   * The roster's file, relative to the repository's root; or several, by a pattern or a list of files and patterns, such as
   * "people/*.json": `*` is anything within one name, `?` one character. Each person is in one file.
   */
  readonly roster: RosterSetting;
  /** AWS region. @default what AWS_REGION or the AWS profile says */
  readonly region?: string;
  readonly pool: PoolSettings;
  /** The app client that people sign in through. */
  readonly client: ClientSettings;
  /**
   * Every group that there is, by its name: with it, a group that only the roster names is a problem of the roster.
   * @default the groups that the roster names
   */
  readonly groups?: Readonly<Record<string, GroupSettings>>;
  /** Where Terraform keeps its state. @default a file beside `cdktf.out`, ignored by git */
  readonly backend?: BackendSettings;
  /** What no change may do by mistake. @default nobody required, 3 removals or 10 % at once */
  readonly guards?: GuardSettings;
  /** Requests per second where they differ from Cognito's published quotas, such as `{ UserUpdate: 10 }`. @default `quotas.ts` */
  readonly quotas?: QuotaSettings;
  /** Lets `destroy` remove the pool and everyone in it. For rehearsals, never for people. @default false */
  readonly destroyable?: boolean;
}

/** Whether the pool can send SMS: by an IAM role of the team's, or a Lambda function that sends in its place. */
export function sendsSms({ sms, asIs = {} }: Pick<PoolSettings, "sms" | "asIs">): boolean {
  return (sms ?? asIs.smsConfiguration ?? asIs.lambdaConfig?.customSmsSender) !== undefined;
}

/** What people sign in with beside their username, and must have for themselves. */
function aliasesOf({ aliases = [], asIs = {} }: PoolSettings): readonly string[] {
  return [...new Set([...aliases, ...(asIs.aliasAttributes ?? []), ...(asIs.usernameAttributes ?? [])])];
}

/**
 * What the settings mean for the roster: the pool's rules and, where groups are declared, their names. Every roster of a
 * team is read with these; `settings.pool` alone leaves out the groups, which a {@link CognitoRosterStack} then asks for.
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

/** The names of the groups that nobody comes into unless the reviewed change says so. */
export function privilegedGroups({ groups = {} }: Pick<Settings, "groups">): string[] {
  return Object.keys(groups).filter((name) => groups[name]?.privileged === true);
}

/** Settings of a stack in an app of the team's own: what only this repository's commands read may be left out. */
export type StackSettings = Omit<Settings, "stack" | "roster"> & Partial<Pick<Settings, "stack" | "roster">>;

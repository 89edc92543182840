import type { PoolArguments } from "./as-is.ts";
import type { BackendSettings } from "./backend.ts";
import type { ClientSettings } from "./client-settings.ts";
import type { GuardSettings } from "./guards.ts";
import type { PasswordPolicy } from "./password-policy.ts";
import type { QuotaSettings } from "./quotas.ts";

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
  /** What a person has to prove after changing it. @default ["email"] */
  readonly autoVerify?: readonly ("email" | "phone_number")[];
  /** Lets people create accounts themselves: the pool then has people whom the roster does not know. @default false */
  readonly selfSignUp?: boolean;
  /** Custom attributes the roster may use: names without `custom:`, 1–20 characters; strings, mutable. @default none */
  readonly customAttributes?: readonly string[];
  /** @default 12 characters of all four kinds; temporary passwords live 7 days */
  readonly passwordPolicy?: Partial<PasswordPolicy>;
  /** A second factor at sign-in: whoever wants one, or everybody. @default "off" */
  readonly mfa?: "off" | "optional" | "required";
  /** Which second factors there are: "totp" is a code from an authenticator app. @default ["totp"] unless `mfa` is "off" */
  readonly mfaFactors?: readonly "totp"[];
  /** The `<prefix>` of `<prefix>.auth.<region>.amazoncognito.com`, unique in its region. @default no domain */
  readonly domainPrefix?: string;
  /** What Cognito sends to a new person; each text needs {username} and {####}, the temporary password. @default Cognito's */
  readonly invitation?: MessageTemplate;
  /** What Cognito sends to verify an address; each text needs {####}, the code. @default Cognito's */
  readonly verification?: MessageTemplate;
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

/** A team's settings: the type of `config.ts`. */
export interface Settings {
  /** Names the stack, its directory under `cdktf.out/stacks` and its state file. */
  readonly stack: string;
  /** The roster's file, relative to the repository's root. */
  readonly roster: string;
  /** AWS region. @default what AWS_REGION or the AWS profile says */
  readonly region?: string;
  readonly pool: PoolSettings;
  /** `client-settings.ts` */
  readonly client: ClientSettings;
  /** Where Terraform keeps its state: `backend.ts` has the choices. @default a file beside `cdktf.out`, ignored by git */
  readonly backend?: BackendSettings;
  /** What no change may do by mistake: `guards.ts` has them. @default nobody required, 3 removals or 10 % at once */
  readonly guards?: GuardSettings;
  /** Requests per second where they differ from Cognito's published quotas, such as `{ UserUpdate: 10 }`. @default `quotas.ts` */
  readonly quotas?: QuotaSettings;
  /** Lets `destroy` remove the pool and everyone in it. For rehearsals, never for people. @default false */
  readonly destroyable?: boolean;
}

/** Settings of a stack in an app of the team's own: what only this repository's commands read may be left out. */
export type StackSettings = Omit<Settings, "stack" | "roster"> & Partial<Pick<Settings, "stack" | "roster">>;

import type { PasswordPolicy } from "./password-policy.ts";

/** What a team says about its pool. Everything left out is taken from `defaults.ts`. */
export interface PoolSettings {
  /** The pool's name, 1–128 characters. */
  readonly name: string;
  /**
   * What people type to sign in: their e-mail address, or a username of its own.
   * Can't be changed later: Cognito would replace the pool, and everyone in it.
   * @default "email"
   */
  readonly signInWith?: "email" | "username";
  /** Custom attributes the roster may use: names without `custom:`, 1–20 characters; strings, mutable. @default none */
  readonly customAttributes?: readonly string[];
  /** @default 12 characters of all four kinds; temporary passwords live 7 days */
  readonly passwordPolicy?: Partial<PasswordPolicy>;
}

/** What a team says about its app client. Everything left out is taken from `defaults.ts`. */
export interface ClientSettings {
  /** The app client's name, 1–128 characters. */
  readonly name: string;
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
  readonly client: ClientSettings;
  /** Lets `destroy` remove the pool and everyone in it. For rehearsals, never for people. @default false */
  readonly destroyable?: boolean;
}

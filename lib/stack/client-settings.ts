import type { ClientArguments } from "./as-is.ts";
import type { AuthFlow, SignInFlow } from "./auth-flows.ts";
import type { Duration } from "./duration.ts";

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

import type { ClientSettings } from "./client-settings.ts";
import { AUTH_FLOWS } from "./defaults.ts";

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
export type SignInFlow = keyof typeof SIGN_IN_FLOWS;

/**
 * What the client allows in the end. With refresh-token rotation the default has no ALLOW_REFRESH_TOKEN_AUTH, since
 * Cognito takes only one of both.
 */
export function authFlowsOf({ authFlows, refreshTokenRotation }: ClientSettings): readonly AuthFlow[] {
  if (authFlows !== undefined) return authFlows;
  return refreshTokenRotation === undefined
    ? AUTH_FLOWS
    : AUTH_FLOWS.filter((flow) => flow !== "ALLOW_REFRESH_TOKEN_AUTH");
}

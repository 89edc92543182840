import {
  AdminDeleteSoftwareTokenCommand,
  AdminSetUserMFAPreferenceCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import type { CognitoClient } from "../../cognito/client.ts";

export interface ResetMfaOptions {
  readonly userPoolId: string;
  /** Cognito's own name. */
  readonly username: string;
}

/**
 * - `deleted`: the authenticator app is removed, and another can be set up.
 * - `none`: there was none.
 * - `turned-off`: this endpoint can't delete it; it is no longer asked for where the pool makes MFA optional.
 */
export type MfaReset = "deleted" | "none" | "turned-off";

/**
 * Removes a person's authenticator app: AdminDeleteSoftwareToken, which Cognito has had since August 2026; where an endpoint
 * lacks it (an emulator, a region), the preference is turned off instead. Other factors stay. Safe to repeat.
 * @throws what the SDK throws; `explainPoolFailure` explains it
 */
export async function resetMfa(
  client: CognitoClient,
  { userPoolId: UserPoolId, username: Username }: ResetMfaOptions,
): Promise<MfaReset> {
  try {
    await client.send(new AdminDeleteSoftwareTokenCommand({ UserPoolId, Username }));
    return "deleted";
  } catch (error) {
    if (error instanceof Error && error.name === "SoftwareTokenMFANotFoundException") return "none";
    if (!lacksOperation(error)) throw error;
  }
  const off = { Enabled: false, PreferredMfa: false };
  await client.send(
    new AdminSetUserMFAPreferenceCommand({ UserPoolId, Username, SoftwareTokenMfaSettings: off }),
  );
  return "turned-off";
}

const LACKING: ReadonlySet<string> = new Set(["UnknownOperationException", "OperationNotEnabledException"]);

/** Emulators answer with a page or their own exception where AWS has UnknownOperationException. */
function lacksOperation(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof SyntaxError && "$metadata" in error) return true;
  return LACKING.has(error.name) || /^Unsupported(Operation)?$/.test(error.name);
}

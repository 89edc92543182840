import { AdminUserGlobalSignOutCommand } from "@aws-sdk/client-cognito-identity-provider";
import type { CognitoClient } from "../auth/client.ts";

export interface RevokeOptions {
  readonly userPoolId: string;
  readonly usernames: readonly string[];
  readonly signal?: AbortSignal | undefined;
  /** Told after each person how many are done. */
  readonly onProgress?: (done: number) => void;
}

export interface Revoked {
  readonly revoked: readonly string[];
  readonly failed: readonly { readonly username: string; readonly error: unknown }[];
}

/**
 * Ends every session of these people (AdminUserGlobalSignOut): refresh tokens stop working at once, access tokens as soon as
 * Cognito is asked. Repeating it does no harm. One after the
 * other: few people leave at a time, and the quota (UserUpdate, 25 requests a second) is shared with the whole account.
 */
export async function revokeSessions(client: CognitoClient, options: RevokeOptions): Promise<Revoked> {
  const { userPoolId, usernames, signal, onProgress } = options;
  const revoked: string[] = [];
  const failed: { username: string; error: unknown }[] = [];
  for (const username of usernames) {
    signal?.throwIfAborted();
    try {
      const command = new AdminUserGlobalSignOutCommand({ UserPoolId: userPoolId, Username: username });
      await client.send(command, signal === undefined ? {} : { abortSignal: signal });
      revoked.push(username);
    } catch (error) {
      signal?.throwIfAborted();
      if (hasNoSession(error)) revoked.push(username);
      else failed.push({ username, error });
    }
    onProgress?.(revoked.length + failed.length);
  }
  return { revoked, failed };
}

/** Whoever is gone has none; and of the disabled, Cognito has revoked the tokens when it disabled them (AdminDisableUser). */
function hasNoSession(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    error.name === "UserNotFoundException" ||
    (error.name === "NotAuthorizedException" && /disabled/i.test(error.message))
  );
}

import { AdminUserGlobalSignOutCommand } from "@aws-sdk/client-cognito-identity-provider";
import type { CognitoClient } from "../auth/client.ts";
import { forEveryone } from "./for-everyone.ts";

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
 * Cognito is asked. Repeating it does no harm. At UserUpdate's quota (25 requests a second) where the client is `cognitoClient`.
 * @returns both in the order of `usernames`
 */
export async function revokeSessions(client: CognitoClient, options: RevokeOptions): Promise<Revoked> {
  const { userPoolId, usernames, signal, onProgress } = options;
  const outcomes = await forEveryone(
    {
      people: usernames.map((username) => ({ username })),
      signal,
      onProgress: onProgress && (({ done }) => onProgress(done)),
    },
    async ({ username }) => {
      const command = new AdminUserGlobalSignOutCommand({ UserPoolId: userPoolId, Username: username });
      try {
        await client.send(command, signal === undefined ? {} : { abortSignal: signal });
      } catch (error) {
        if (!hasNoSession(error)) throw error;
      }
    },
  );
  signal?.throwIfAborted();
  return {
    revoked: outcomes.flatMap(({ state, username }) => (state === "done" ? [username] : [])),
    failed: outcomes.flatMap((outcome) =>
      outcome.state === "failed" ? [{ username: outcome.username, error: outcome.error }] : [],
    ),
  };
}

/** Whoever is gone has none; and of the disabled, Cognito has revoked the tokens when it disabled them (AdminDisableUser). */
function hasNoSession(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    error.name === "UserNotFoundException" ||
    (error.name === "NotAuthorizedException" && /disabled/i.test(error.message))
  );
}

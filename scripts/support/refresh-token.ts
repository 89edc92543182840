import type { Tokens } from "../../lib/auth/tokens.ts";
import { UserError } from "../../lib/errors.ts";
import type { Secrets } from "./secrets.ts";

/**
 * @param saved from --tokens FILE; without one the person is asked
 * @throws UserError (exit 2) when the file has no refresh token
 */
export async function refreshTokenOf(
  saved: Tokens | undefined,
  username: string,
  secrets: Secrets,
): Promise<string> {
  if (saved === undefined) return secrets.password(`Refresh token of ${username}`);
  if (saved.refreshToken !== undefined) return saved.refreshToken;
  throw new UserError("The file has no refresh token", {
    next: ["sign in again: npm run sign-in -- USERNAME --save FILE"],
    exitCode: 2,
  });
}

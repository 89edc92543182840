import { AdminUpdateUserAttributesCommand } from "@aws-sdk/client-cognito-identity-provider";
import type { CognitoClient } from "../auth/client.ts";

export interface RestoreAddressesOptions {
  readonly userPoolId: string;
  readonly people: readonly {
    /** The name that Cognito still knows. */
    readonly sub: string;
    /** The e-mail address to be put back: the username of the roster. */
    readonly username: string;
    readonly emailVerified: boolean;
  }[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * Puts back the e-mail addresses by which people are known in a pool that signs in by e-mail (AdminUpdateUserAttributes). Only
 * this package's own calls can: the provider asks for the old address, which Cognito does not know any more.
 * @throws what the SDK throws; `explainPoolFailure` has the words. AliasExistsException: another account has the address now
 */
export async function restoreAddresses(
  client: CognitoClient,
  { userPoolId, people, signal }: RestoreAddressesOptions,
): Promise<void> {
  for (const { sub, username, emailVerified } of people) {
    const command = new AdminUpdateUserAttributesCommand({
      UserPoolId: userPoolId,
      Username: sub,
      UserAttributes: [
        { Name: "email", Value: username },
        { Name: "email_verified", Value: String(emailVerified) },
      ],
    });
    await client.send(command, signal === undefined ? {} : { abortSignal: signal });
  }
}

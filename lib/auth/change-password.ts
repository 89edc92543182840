import { ChangePasswordCommand } from "@aws-sdk/client-cognito-identity-provider";
import type { PersonAtClient } from "./authenticate.ts";
import type { CognitoClient } from "./client.ts";
import { explainFailure } from "./failure.ts";
import { sendNewPassword } from "./new-password.ts";

export interface ChangePasswordOptions extends PersonAtClient {
  /** Of the person who is signed in. */
  readonly accessToken: string;
  readonly presentPassword: string;
}

/**
 * Asks for a new password and puts it in the place of the present one. A refused one can be corrected.
 * @throws UserError in words for everything that a person can mend
 */
export async function changePassword(client: CognitoClient, options: ChangePasswordOptions): Promise<void> {
  const { accessToken: AccessToken, presentPassword: PreviousPassword, answers, policy } = options;
  try {
    await sendNewPassword(answers, policy, (ProposedPassword) =>
      client.send(new ChangePasswordCommand({ AccessToken, PreviousPassword, ProposedPassword })),
    );
    answers.onProgress?.("new-password-set");
  } catch (error) {
    throw explainFailure(error, { ...options, command: "change-password" });
  }
}

import {
  ChangePasswordCommand,
  ConfirmForgotPasswordCommand,
  ForgotPasswordCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import type { CognitoClient } from "../cognito/client.ts";
import type { CodeQuestion } from "./answers.ts";
import { isWrongCode } from "./classify-error.ts";
import { explainFailure } from "./explain-error.ts";
import { MAX_ATTEMPTS, sendNewPassword } from "./new-password.ts";
import { secretHash } from "./secret-hash.ts";
import type { PersonAtClient } from "./sign-in.ts";
import { digitsOf } from "./totp.ts";

export interface ForgotPasswordOptions extends PersonAtClient {
  /** A code was already sent, as by an administrator's reset: none is requested. @default false */
  readonly haveCode?: boolean | undefined;
}

/**
 * Sends a code to the person's verified address, and sets a new password with it. A wrong code and a refused password can be
 * corrected in place.
 * @throws UserError for everything the user can fix, also when only a new invitation helps
 */
export async function forgotPassword(client: CognitoClient, options: ForgotPasswordOptions): Promise<void> {
  const { clientId: ClientId, username: Username, answers, policy } = options;
  const { SECRET_HASH } = secretHash(options, Username);
  const person = { ClientId, Username, ...(SECRET_HASH === undefined ? {} : { SecretHash: SECRET_HASH }) };
  try {
    const sent = options.haveCode ? undefined : await client.send(new ForgotPasswordCommand(person));
    if (sent) answers.onProgress?.("code-sent");
    const { DeliveryMedium, Destination: destination } = sent?.CodeDeliveryDetails ?? {};
    const medium: CodeQuestion["medium"] = DeliveryMedium === "SMS" ? "sms" : "email";
    const askCode = async (refused: boolean) =>
      digitsOf(await answers.code({ medium, destination, refused }));

    let ConfirmationCode = await askCode(false);
    await sendNewPassword(answers, policy, async (Password) => {
      for (let attempt = 1; ; attempt++) {
        try {
          const confirmation = { ...person, ConfirmationCode, Password };
          return await client.send(new ConfirmForgotPasswordCommand(confirmation));
        } catch (error) {
          if (!isWrongCode(error) || attempt >= MAX_ATTEMPTS) throw error;
          ConfirmationCode = await askCode(true);
        }
      }
    });
    answers.onProgress?.("new-password-set");
  } catch (error) {
    throw explainFailure(error, { ...options, command: "forgot-password" });
  }
}

export interface ChangePasswordOptions extends PersonAtClient {
  /** The signed-in person's token. */
  readonly accessToken: string;
  readonly presentPassword: string;
}

/**
 * Replaces the current password with a new one. A refused one can be corrected.
 * @throws UserError for everything the user can fix
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

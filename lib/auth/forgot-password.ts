import {
  ConfirmForgotPasswordCommand,
  ForgotPasswordCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import type { CodeQuestion } from "./answers.ts";
import { secretHash } from "./app-client.ts";
import type { PersonAtClient } from "./authenticate.ts";
import type { CognitoClient } from "./client.ts";
import { explainFailure } from "./failure.ts";
import { MAX_ATTEMPTS, sendNewPassword } from "./new-password.ts";
import { isWrongCode } from "./refusals.ts";
import { digitsOf } from "./totp-enrolment.ts";

export interface ForgotPasswordOptions extends PersonAtClient {
  /** A code was sent before, as after an administrator's reset: none is requested now. @default false */
  readonly haveCode?: boolean | undefined;
}

/**
 * Has a code sent to the person's verified address, and sets a new password with it. A wrong code and a refused password
 * can be corrected in place.
 * @throws UserError in words for everything that a person can mend, also when only a new invitation helps
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

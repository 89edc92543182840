import {
  type CodeDeliveryDetailsType,
  ConfirmSignUpCommand,
  ResendConfirmationCodeCommand,
  SignUpCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import type { CognitoClient } from "../cognito/client.ts";
import type { CodeQuestion } from "./answers.ts";
import { isWrongCode, missingAttributes } from "./classify-error.ts";
import { explainFailure } from "./explain-error.ts";
import { MAX_ATTEMPTS, sendNewPassword } from "./new-password.ts";
import { secretHash } from "./secret-hash.ts";
import type { PersonAtClient } from "./sign-in.ts";
import { digitsOf } from "./totp.ts";

/** Where a code went. */
export interface SentCode {
  readonly medium: Exclude<CodeQuestion["medium"], "app">;
  /** Masked by Cognito, as `h***@e***`. */
  readonly destination: string | undefined;
}

export interface SignUpOptions extends PersonAtClient {
  /**
   * Attributes to ask for at the start, by Cognito's names; others that the pool requires are asked for when it reports them.
   * @default none
   */
  readonly attributes?: readonly string[];
}

export interface SignUpResult {
  /** A Lambda trigger confirmed the account immediately. */
  readonly confirmed: boolean;
  /** Absent when no code was sent: only an administrator can then confirm. */
  readonly code?: SentCode;
}

/**
 * Creates an account as the person themselves. The password is checked against the policy before it is sent; a refused one
 * can be corrected. Required attributes are asked for when Cognito reports them, since only an administrator can read the
 * pool's schema.
 * @throws UserError for everything the user can fix, also where only administrators create accounts
 */
export async function signUp(client: CognitoClient, options: SignUpOptions): Promise<SignUpResult> {
  const { answers, policy, attributes = [] } = options;
  const given = new Map<string, string>();
  const ask = async (names: readonly string[]) => {
    for (const name of names) if (!given.has(name)) given.set(name, await answers.attribute(name));
  };
  let result: SignUpResult = { confirmed: false };
  try {
    await sendNewPassword(answers, policy, async (Password) => {
      await ask(attributes);
      const UserAttributes = () => [...given].map(([Name, Value]) => ({ Name, Value }));
      const send = () =>
        client.send(new SignUpCommand({ ...personOf(options), Password, UserAttributes: UserAttributes() }));
      const { UserConfirmed = false, CodeDeliveryDetails } = await send().catch(async (error: unknown) => {
        const missing = missingAttributes(error).filter((name) => !given.has(name));
        if (missing.length === 0) throw error;
        await ask(missing);
        return send();
      });
      result = { confirmed: UserConfirmed, ...codeOf(CodeDeliveryDetails) };
    });
    return result;
  } catch (error) {
    throw explainFailure(error, { ...options, command: "sign-up" });
  }
}

/**
 * Confirms an account with the code that was sent. A wrong code can be corrected.
 * @throws UserError for everything the user can fix
 */
export async function confirmSignUp(client: CognitoClient, options: PersonAtClient): Promise<void> {
  const { answers } = options;
  try {
    for (let attempt = 1; ; attempt++) {
      // Cognito doesn't say here where the code went; the medium is a guess that only affects the label.
      const code = await answers.code({ medium: "email", destination: undefined, refused: attempt > 1 });
      try {
        const ConfirmationCode = digitsOf(code);
        await client.send(new ConfirmSignUpCommand({ ...personOf(options), ConfirmationCode }));
        return;
      } catch (error) {
        if (!isWrongCode(error) || attempt >= MAX_ATTEMPTS) throw error;
      }
    }
  } catch (error) {
    throw explainFailure(error, { ...options, command: "confirm-sign-up" });
  }
}

/**
 * Sends a new code to a person who signed up and hasn't confirmed.
 * @returns where it went
 * @throws UserError for everything the user can fix
 */
export async function resendCode(
  client: CognitoClient,
  options: PersonAtClient,
): Promise<SentCode | undefined> {
  try {
    const answer = await client.send(new ResendConfirmationCodeCommand(personOf(options)));
    return codeOf(answer.CodeDeliveryDetails).code;
  } catch (error) {
    throw explainFailure(error, { ...options, command: "resend-code" });
  }
}

function personOf(options: PersonAtClient) {
  const { clientId: ClientId, username: Username } = options;
  const { SECRET_HASH: SecretHash } = secretHash(options, Username);
  return { ClientId, Username, ...(SecretHash === undefined ? {} : { SecretHash }) };
}

function codeOf(details: CodeDeliveryDetailsType | undefined): { readonly code?: SentCode } {
  if (details === undefined) return {};
  const medium = details.DeliveryMedium === "SMS" ? "sms" : "email";
  return { code: { medium, destination: details.Destination } };
}

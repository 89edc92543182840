import { describe, expect, test } from "vitest";
import { forgotPassword } from "../../lib/auth/passwords.ts";
import { answering, failing } from "./answering.ts";
import { cognitoException, type Recorded, recordedCognito } from "./recorded-cognito.ts";

const secretApp = { userPoolId: "us-east-1_pool", clientId: "client", clientSecret: "top" };
const HASH = expect.stringMatching(/^[\w+/]{43}=$/);

describe("forgotPassword", () => {
  const sentTo = { CodeDeliveryDetails: { DeliveryMedium: "EMAIL", Destination: "h***@e***" } };
  const forgot = (
    recorded: Recorded[],
    given: { passwords?: string[]; codes?: string[]; haveCode?: boolean } = {},
  ) => {
    const { client, sent } = recordedCognito(...recorded);
    const { answers, asked, progress } = answering(given.passwords ?? ["next"], given.codes ?? ["123 456"]);
    const options = { ...secretApp, username: "taro", answers, haveCode: given.haveCode };
    return { result: forgotPassword(client, options), sent, asked, progress };
  };

  test("asks for the code and the new password in one go", async () => {
    const { result, sent, asked, progress } = forgot([sentTo, {}]);
    await result;
    expect(asked[0]).toEqual({ medium: "email", destination: "h***@e***", refused: false });
    expect(sent).toEqual([
      { operation: "ForgotPassword", input: { ClientId: "client", Username: "taro", SecretHash: HASH } },
      {
        operation: "ConfirmForgotPassword",
        input: {
          ClientId: "client",
          Username: "taro",
          SecretHash: HASH,
          ConfirmationCode: "123456",
          Password: "next",
        },
      },
    ]);
    expect(progress).toEqual(["code-sent", "new-password-set"]);
  });

  test("with a code that was sent before, sends no other", async () => {
    const { result, sent } = forgot([{}], { haveCode: true });
    await result;
    expect(sent.map(({ operation }) => operation)).toEqual(["ConfirmForgotPassword"]);
  });

  test("a wrong code and a refused password are corrected in place, each alone", async () => {
    const { result, sent, asked } = forgot(
      [sentTo, cognitoException("CodeMismatchException"), cognitoException("InvalidPasswordException"), {}],
      { codes: ["1", "2"], passwords: ["weak", "better"] },
    );
    await result;
    expect(asked.map((question) => ("medium" in question ? `code ${question.refused}` : "password"))).toEqual(
      ["code false", "password", "code true", "password"],
    );
    expect(sent.slice(1).map(({ input }) => [input.ConfirmationCode, input.Password])).toEqual([
      ["1", "weak"],
      ["2", "weak"],
      ["2", "better"],
    ]);
  });

  test.each([
    [
      "somebody who never finished the first login must be invited again",
      "NotAuthorizedException",
      "User password cannot be reset in the current state.",
      /has not finished the first login[\s\S]*again\.[\s\S]*npm run invite -- taro/,
    ],
    [
      "somebody without a verified address",
      "InvalidParameterException",
      "Cannot reset password for the user as there is no registered/verified email or phone_number",
      /no verified e-mail address or phone number[\s\S]*users\.json/,
    ],
    [
      "a pool where only administrators reset",
      "NotAuthorizedException",
      "Contact administrator to reset password.",
      /only an administrator[\s\S]*admin-reset-user-password/,
    ],
    [
      "too many requests",
      "LimitExceededException",
      "Attempt limit exceeded, please try after some time.",
      /limit[\s\S]*wait/,
    ],
    ["a sender that does not send", "CodeDeliveryFailureException", "", /could not send the code/],
  ])("%s: told in words, before any question", async (_, name, message, words) => {
    const { result, asked } = forgot([cognitoException(name, message)]);
    expect(await failing(result)).toMatch(words);
    expect(asked).toEqual([]);
  });

  test("an expired code needs a new one", async () => {
    const { result } = forgot([sentTo, cognitoException("ExpiredCodeException")]);
    expect(await failing(result)).toMatch(/code has expired[\s\S]*npm run forgot-password -- taro/);
  });
});

import { describe, expect, test } from "vitest";
import type { Answers } from "../../lib/auth/answers.ts";
import { confirmSignUp, resendCode, signUp } from "../../lib/auth/sign-up.ts";
import { answering, failing } from "./answering.ts";
import { cognitoException, type Recorded, recordedCognito } from "./recorded-cognito.ts";

const app = { userPoolId: "us-east-1_pool", clientId: "client" };
const GOOD = "Correct-horse-77!";
const policy = {
  minimumLength: 12,
  requireLowercase: true,
  requireUppercase: true,
  requireNumbers: true,
  requireSymbols: true,
  temporaryPasswordValidityDays: 7,
};
const DELIVERY = {
  CodeDeliveryDetails: { Destination: "h***@e***", DeliveryMedium: "EMAIL", AttributeName: "email" },
};
const signedUp = { UserConfirmed: false, UserSub: "sub", ...DELIVERY };

function signingUp(
  recorded: Recorded[],
  { passwords = [GOOD], attributes = [] as string[], secret = false } = {},
) {
  const { client, sent } = recordedCognito(...recorded);
  const { answers, asked } = answering(passwords);
  const named: string[] = [];
  const asking: Answers = {
    ...answers,
    attribute: async (name) => {
      named.push(name);
      return `the ${name}`;
    },
  };
  const person = { ...app, username: "hanako", answers: asking, policy, attributes };
  const result = signUp(client, secret ? { ...person, clientSecret: "top" } : person);
  return { result, sent, asked, named };
}

describe("sign-up", () => {
  test("sends the password and what was asked for, and says where the code went", async () => {
    const { result, sent, named } = signingUp([signedUp], { attributes: ["email"] });
    expect(await result).toEqual({
      confirmed: false,
      code: { medium: "email", destination: "h***@e***" },
    });
    expect(named).toEqual(["email"]);
    expect(sent).toEqual([
      {
        operation: "SignUp",
        input: {
          ClientId: "client",
          Username: "hanako",
          Password: GOOD,
          UserAttributes: [{ Name: "email", Value: "the email" }],
        },
      },
    ]);
  });

  test("a password that breaks the policy is never sent", async () => {
    const { result, sent, asked } = signingUp([signedUp], { passwords: ["weak", GOOD] });
    await result;
    expect(asked).toHaveLength(2);
    expect(sent.map(({ input }) => input.Password)).toEqual([GOOD]);
  });

  test("attributes that the pool requires are asked for once it says so, and the password is not typed again", async () => {
    const refusal = cognitoException(
      "InvalidParameterException",
      "Attributes did not conform to the schema: family_name: The attribute is required\ncustom:team: The attribute is required",
    );
    const { result, sent, asked, named } = signingUp([refusal, signedUp], { attributes: ["email"] });
    await result;
    expect(named).toEqual(["email", "family_name", "custom:team"]);
    expect(asked).toHaveLength(1);
    expect(sent[1]?.input.UserAttributes).toEqual([
      { Name: "email", Value: "the email" },
      { Name: "family_name", Value: "the family_name" },
      { Name: "custom:team", Value: "the custom:team" },
    ]);
  });

  test("a password that Cognito refuses can be corrected, and the attributes are kept", async () => {
    const refusal = cognitoException("InvalidPasswordException", "Password did not conform with policy");
    const { result, sent, named } = signingUp([refusal, signedUp], {
      passwords: [GOOD, `${GOOD}2`],
      attributes: ["email"],
    });
    await result;
    expect(named).toEqual(["email"]);
    expect(sent[1]?.input).toMatchObject({ Password: `${GOOD}2`, UserAttributes: [{ Name: "email" }] });
  });

  test("of a client with a secret it carries the hash; nobody but an administrator confirms where no code is sent", async () => {
    const { result, sent } = signingUp([{ UserConfirmed: false, UserSub: "sub" }], { secret: true });
    expect(await result).toEqual({ confirmed: false });
    expect(sent[0]?.input.SecretHash).toMatch(/^[\w+/]{43}=$/);
  });

  test("a trigger may confirm at once", async () => {
    expect(await signingUp([{ UserConfirmed: true, UserSub: "sub" }]).result).toEqual({ confirmed: true });
  });

  test.each([
    [
      "where only administrators make accounts",
      cognitoException("NotAuthorizedException", "SignUp is not permitted for this user pool"),
      /doesn't allow sign-up[\s\S]*add hanako to users\.json[\s\S]*pool\.selfSignUp/,
    ],
    [
      "where the account exists",
      cognitoException("UsernameExistsException", "User already exists"),
      /hanako already has an account[\s\S]*npm run sign-in -- hanako[\s\S]*npm run resend-code -- hanako/,
    ],
    [
      "where an attribute has the wrong form",
      cognitoException("InvalidParameterException", "Invalid phone number format."),
      /refused one of the values/,
    ],
  ])("%s the words say what to do", async (_, refusal, words) => {
    expect(await failing(signingUp([refusal]).result)).toMatch(words);
  });
});

describe("confirm-sign-up", () => {
  const confirming = (recorded: Recorded[], codes = ["123 456"]) => {
    const { client, sent } = recordedCognito(...recorded);
    const { answers, asked } = answering([], codes);
    return { result: confirmSignUp(client, { ...app, username: "hanako", answers }), sent, asked };
  };

  test("sends the code without its spaces; a wrong one can be corrected", async () => {
    const wrong = cognitoException("CodeMismatchException", "Invalid verification code provided");
    const { result, sent, asked } = confirming([wrong, {}], ["123 456", "654321"]);
    await result;
    expect(sent.map(({ input }) => input.ConfirmationCode)).toEqual(["123456", "654321"]);
    expect(asked).toMatchObject([{ refused: false }, { refused: true }]);
  });

  test.each([
    [
      cognitoException("ExpiredCodeException", "Invalid code provided, please request a code again."),
      /expired[\s\S]*npm run resend-code -- hanako/,
    ],
    [
      cognitoException("NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED"),
      /hanako is already confirmed[\s\S]*npm run sign-in -- hanako/,
    ],
    [
      cognitoException("AliasExistsException", "An account with the email already exists."),
      /Another account/,
    ],
  ])("$message", async (refusal, words) => {
    expect(await failing(confirming([refusal]).result)).toMatch(words);
  });
});

describe("resend-code", () => {
  test("says where the new code went", async () => {
    const { client, sent } = recordedCognito(DELIVERY);
    const { answers } = answering();
    expect(await resendCode(client, { ...app, username: "hanako", answers })).toEqual({
      medium: "email",
      destination: "h***@e***",
    });
    expect(sent).toEqual([
      { operation: "ResendConfirmationCode", input: { ClientId: "client", Username: "hanako" } },
    ]);
  });

  test("for whoever is already confirmed, the words say how to go on", async () => {
    const refusal = cognitoException("InvalidParameterException", "User is already confirmed.");
    const { answers } = answering();
    const words = failing(
      resendCode(recordedCognito(refusal).client, { ...app, username: "hanako", answers }),
    );
    expect(await words).toMatch(/hanako is already confirmed[\s\S]*npm run sign-in -- hanako/);
  });
});

import { describe, expect, test } from "vitest";
import type { Answers, AuthenticatorSetup, CodeQuestion } from "../../lib/auth/answers.ts";
import { enrolMfa, signIn } from "../../lib/auth/sign-in.ts";
import { cognitoException, type Recorded, recordedCognito, tokens } from "./recorded-cognito.ts";

const SECRET = "JBSWY3DPEHPK3PXP";
const mfaSetup = (parameters: Record<string, unknown> = { MFAS_CAN_SETUP: '["SOFTWARE_TOKEN_MFA"]' }) => ({
  ChallengeName: "MFA_SETUP",
  Session: "s1",
  ChallengeParameters: { USER_ID_FOR_SRP: "sub", ...parameters },
});
const associated = { SecretCode: SECRET, Session: "s2" };
const verified = { Status: "SUCCESS", Session: "s3" };
const wrong = cognitoException(
  "EnableSoftwareTokenMFAException",
  "Code mismatch and fail enable Software Token MFA",
);
const expired = cognitoException(
  "NotAuthorizedException",
  "Invalid session for the user, session is expired.",
);

function person(recorded: Recorded[], codes: string[] = [], more: Partial<Answers> = {}) {
  const { client, sent } = recordedCognito(...recorded);
  const shown: AuthenticatorSetup[] = [];
  const asked: CodeQuestion[] = [];
  const answers: Answers = {
    newPassword: async () => "Correct-horse-7",
    attribute: async () => "",
    authenticator: async (setup) => void shown.push(setup),
    async code(question) {
      asked.push(question);
      return codes.shift() ?? "";
    },
    ...more,
  };
  const options = {
    userPoolId: "us-east-1_pool",
    clientId: "client",
    username: "hanako@example.com",
    answers,
    flow: "password",
    deviceName: "phone",
  } as const;
  return { client, sent, shown, asked, options, signIn: () => signIn(client, { ...options, password: "p" }) };
}
const operations = (sent: readonly { operation: string }[]) => sent.map(({ operation }) => operation);

describe("MFA_SETUP", () => {
  test.each([
    ["as Cognito lists the possibilities", { MFAS_CAN_SETUP: '["SMS_MFA","SOFTWARE_TOKEN_MFA"]' }],
    ["as moto does", { MFAS_CAN_SETUP: ["SOFTWARE_TOKEN_MFA"] }],
    ["not listed at all", {}],
  ])(
    "shows the secret, verifies its code, and answers with the newest session (%s)",
    async (_, parameters) => {
      const { signIn, sent, shown, asked } = person(
        [mfaSetup(parameters), associated, verified, tokens],
        ["123 456"],
      );
      await signIn();
      expect(shown).toEqual([
        {
          secret: SECRET,
          uri: `otpauth://totp/us-east-1_pool:hanako%40example.com?secret=${SECRET}&issuer=us-east-1_pool`,
        },
      ]);
      expect(asked).toEqual([{ medium: "app", destination: "phone", refused: false }]);
      expect(sent.slice(1)).toEqual([
        { operation: "AssociateSoftwareToken", input: { Session: "s1" } },
        {
          operation: "VerifySoftwareToken",
          input: { Session: "s2", UserCode: "123456", FriendlyDeviceName: "phone" },
        },
        {
          operation: "RespondToAuthChallenge",
          input: {
            ClientId: "client",
            ChallengeName: "MFA_SETUP",
            Session: "s3",
            ChallengeResponses: { USERNAME: "sub" },
          },
        },
      ]);
    },
  );

  test.each([
    ["with its exception", wrong],
    ["with a status", { Status: "ERROR", Session: "s9" }],
  ])("a wrong code, told %s, can be entered again without a new secret", async (_, refusal) => {
    const { signIn, asked, shown } = person([mfaSetup(), associated, refusal, verified, tokens], ["0", "1"]);
    await signIn();
    expect(asked.map(({ refused }) => refused)).toEqual([false, true]);
    expect(shown).toHaveLength(1);
  });

  test("a session that ends meanwhile starts again by itself, with a new secret", async () => {
    const { signIn, shown, sent } = person(
      [mfaSetup(), associated, expired, mfaSetup(), { ...associated, SecretCode: "NEWER" }, verified, tokens],
      ["0", "1"],
    );
    await signIn();
    expect(shown.map(({ secret }) => secret)).toEqual([SECRET, "NEWER"]);
    expect(operations(sent).filter((operation) => operation === "InitiateAuth")).toHaveLength(2);
  });

  test("where only SMS can be set up it says so, and makes no secret", async () => {
    const { signIn, sent } = person([mfaSetup({ MFAS_CAN_SETUP: '["SMS_MFA"]' })]);
    await expect(signIn()).rejects.toThrow("a second factor that this command cannot set up");
    expect(sent).toHaveLength(1);
  });

  test("where nobody could see the secret none is made", async () => {
    const { client, options, sent } = person([mfaSetup()]);
    const { authenticator: _, ...answers } = options.answers;
    await expect(signIn(client, { ...options, answers, password: "p" })).rejects.toThrow(
      "which needs a terminal",
    );
    expect(sent).toHaveLength(1);
  });
});

describe("setting an authenticator app up when it is optional", () => {
  test("goes by the access token, and makes it the preferred factor", async () => {
    const { client, options, sent } = person([{ SecretCode: SECRET }, wrong, verified, {}], ["0", "1"]);
    await enrolMfa(client, { ...options, accessToken: "access" });
    expect(operations(sent)).toEqual([
      "AssociateSoftwareToken",
      "VerifySoftwareToken",
      "VerifySoftwareToken",
      "SetUserMFAPreference",
    ]);
    expect(sent[3]?.input).toEqual({
      AccessToken: "access",
      SoftwareTokenMfaSettings: { Enabled: true, PreferredMfa: true },
    });
  });

  test("is explained where the pool has none", async () => {
    const { client, options } = person([cognitoException("SoftwareTokenMFANotFoundException")]);
    await expect(enrolMfa(client, { ...options, accessToken: "access" })).rejects.toThrow(
      "doesn't allow authenticator apps",
    );
  });
});

describe("choices", () => {
  const select = (ChallengeName: string, more: object) => ({ ChallengeName, Session: "s1", ...more });
  const mfas = (list: string[]) =>
    select("SELECT_MFA_TYPE", { ChallengeParameters: { MFAS_CAN_CHOOSE: JSON.stringify(list) } });
  const responses = (sent: readonly { input: Record<string, unknown> }[]) =>
    sent[1]?.input.ChallengeResponses;

  test("between second factors are the person's", async () => {
    const { signIn, sent } = person([mfas(["SMS_MFA", "SOFTWARE_TOKEN_MFA"]), tokens], [], {
      choose: async (options) => options[1] ?? "",
    });
    await signIn();
    expect(responses(sent)).toEqual({ ANSWER: "SOFTWARE_TOKEN_MFA", USERNAME: "hanako@example.com" });
  });

  test("of which there is only one are not asked", async () => {
    const { signIn, sent } = person([mfas(["EMAIL_OTP"]), tokens]);
    await signIn();
    expect(responses(sent)).toMatchObject({ ANSWER: "EMAIL_OTP" });
  });

  test("that nobody can make end in words", async () => {
    await expect(person([mfas(["SMS_MFA", "EMAIL_OTP"])]).signIn()).rejects.toThrow("none of the choices");
  });

  test("SELECT_CHALLENGE takes the password that was typed", async () => {
    const { signIn, sent } = person([
      select("SELECT_CHALLENGE", { AvailableChallenges: ["WEB_AUTHN", "PASSWORD", "EMAIL_OTP"] }),
      tokens,
    ]);
    await signIn();
    expect(responses(sent)).toEqual({ ANSWER: "PASSWORD", PASSWORD: "p", USERNAME: "hanako@example.com" });
  });

  test("SELECT_CHALLENGE without a password goes by a code", async () => {
    const { signIn, sent } = person(
      [
        select("SELECT_CHALLENGE", { AvailableChallenges: ["WEB_AUTHN", "SMS_OTP"] }),
        { ChallengeName: "SMS_OTP", Session: "s2" },
        tokens,
      ],
      ["123456"],
    );
    await signIn();
    expect(sent[2]?.input.ChallengeResponses).toMatchObject({ SMS_OTP_CODE: "123456" });
  });

  test("SELECT_CHALLENGE with nothing but a passkey is refused in words", async () => {
    const { signIn } = person([select("SELECT_CHALLENGE", { AvailableChallenges: ["WEB_AUTHN"] })]);
    await expect(signIn()).rejects.toThrow(
      "can only sign in with a passkey, which a terminal doesn't support",
    );
  });
});

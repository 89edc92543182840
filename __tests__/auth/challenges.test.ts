import { describe, expect, test } from "vitest";
import type { Answers, CodeQuestion, NewPasswordQuestion, Progress } from "../../lib/auth/answers.ts";
import { walkChallenges } from "../../lib/auth/challenges.ts";
import { passwordFlow } from "../../lib/auth/flows.ts";
import { UserError } from "../../lib/errors.ts";
import type { PasswordPolicy } from "../../lib/stack/settings.ts";
import {
  cognitoException,
  newPasswordRequired,
  type Recorded,
  recordedCognito,
  tokens,
} from "./recorded-cognito.ts";

const policy: PasswordPolicy = {
  minimumLength: 8,
  requireLowercase: true,
  requireUppercase: false,
  requireNumbers: true,
  requireSymbols: false,
  temporaryPasswordValidityDays: 7,
};
const expired = cognitoException(
  "NotAuthorizedException",
  "Invalid session for the user, session is expired.",
);
const wrongPassword = cognitoException("NotAuthorizedException", "Incorrect username or password.");
const softwareToken = (session: string) => ({ ChallengeName: "SOFTWARE_TOKEN_MFA", Session: session });

/** Walks a recorded sequence with prepared answers; keeps what was asked and sent. */
function walk(recorded: Recorded[], prepared: { passwords?: string[]; codes?: string[] } = {}) {
  const { client, sent } = recordedCognito(...recorded);
  const asked: (NewPasswordQuestion | CodeQuestion | string)[] = [];
  const progress: Progress[] = [];
  const next = <Question extends NewPasswordQuestion | CodeQuestion>(list: string[] = []) => {
    const left = [...list];
    return async (question: Question) => {
      asked.push(question);
      const answer = left.shift();
      if (answer === undefined) throw new Error("asked more often than expected");
      return answer;
    };
  };
  const answers: Answers = {
    newPassword: next(prepared.passwords),
    code: next(prepared.codes),
    async attribute(name) {
      asked.push(name);
      return `my ${name}`;
    },
    onProgress: (step) => void progress.push(step),
  };
  const flow = passwordFlow(client, { userPoolId: "us-east-1_pool", clientId: "client" }, "taro");
  return { result: walkChallenges({ flow, password: "temporary", answers, policy }), sent, asked, progress };
}

const responses = ({ input }: { input: Record<string, unknown> } = { input: {} }) => input.ChallengeResponses;

describe("a sign-in without a challenge", () => {
  test("is over at once", async () => {
    const { result, sent } = walk([tokens]);
    expect(await result).toEqual({
      tokens: { accessToken: "access", idToken: "id", refreshToken: "refresh", expiresIn: 3600 },
      answered: [],
    });
    expect(sent).toEqual([
      {
        operation: "InitiateAuth",
        input: {
          ClientId: "client",
          AuthFlow: "USER_PASSWORD_AUTH",
          AuthParameters: { USERNAME: "taro", PASSWORD: "temporary" },
        },
      },
    ]);
  });
});

describe("NEW_PASSWORD_REQUIRED", () => {
  test("is answered with the new password, in the session of the challenge", async () => {
    const { result, sent, asked, progress } = walk([newPasswordRequired("s1"), tokens], {
      passwords: ["better-pass-1"],
    });
    expect((await result).answered).toEqual(["NEW_PASSWORD_REQUIRED"]);
    expect(asked).toEqual([{ policy, refused: [] }]);
    expect(sent[1]).toEqual({
      operation: "RespondToAuthChallenge",
      input: {
        ClientId: "client",
        ChallengeName: "NEW_PASSWORD_REQUIRED",
        Session: "s1",
        ChallengeResponses: { NEW_PASSWORD: "better-pass-1", USERNAME: "taro" },
      },
    });
    expect(progress).toEqual(["new-password-set"]);
  });

  test.each([
    ["bare", '["name","custom:team"]'],
    ["as Cognito prefixes them", '["userAttributes.name","userAttributes.custom:team"]'],
  ])("asks for the required attributes, named %s", async (_, required) => {
    const { result, sent, asked } = walk([newPasswordRequired("s1", required), tokens], {
      passwords: ["better-pass-1"],
    });
    await result;
    expect(asked.slice(1)).toEqual(["name", "custom:team"]);
    expect(responses(sent[1])).toEqual({
      NEW_PASSWORD: "better-pass-1",
      "userAttributes.name": "my name",
      "userAttributes.custom:team": "my custom:team",
      USERNAME: "taro",
    });
  });

  test("a password that breaks the policy is never sent", async () => {
    const { result, sent, asked } = walk([newPasswordRequired("s1"), tokens], {
      passwords: ["weak", "better-pass-1"],
    });
    await result;
    expect(asked[1]).toEqual({ policy, refused: ["have at least 8 characters", "contain a number"] });
    expect(JSON.stringify(sent)).not.toContain('"weak"');
  });

  test.each([
    [
      "Password did not conform with policy: Password must have uppercase characters",
      "have uppercase characters",
    ],
    ["Password did not conform with policy: Password not long enough", "be longer"],
    [
      "The provided password does not confirm to the configured password policy",
      "meet the user pool's password policy",
    ],
  ])("one that Cognito refuses is asked for again in the same session: %s", async (message, refused) => {
    const { result, sent, asked } = walk(
      [newPasswordRequired("s1"), cognitoException("InvalidPasswordException", message), tokens],
      { passwords: ["better-pass-1", "even-better-2"] },
    );
    await result;
    expect(asked[1]).toEqual({ policy, refused: [refused] });
    expect(sent.map(({ operation }) => operation)).toEqual([
      "InitiateAuth",
      "RespondToAuthChallenge",
      "RespondToAuthChallenge",
    ]);
    expect(sent[2]?.input.Session).toBe("s1");
    expect(responses(sent[2])).toMatchObject({ NEW_PASSWORD: "even-better-2" });
  });

  test("a weak password given for ever ends in words", async () => {
    const { result } = walk([newPasswordRequired("s1")], { passwords: Array(50).fill("weak") });
    await expect(result).rejects.toThrow("None of the passwords was accepted by the user pool's policy");
  });
});

describe("codes", () => {
  test.each([
    [
      "SOFTWARE_TOKEN_MFA",
      "SOFTWARE_TOKEN_MFA_CODE",
      { FRIENDLY_DEVICE_NAME: "phone" },
      { medium: "app", destination: "phone" },
    ],
    [
      "SMS_MFA",
      "SMS_MFA_CODE",
      { CODE_DELIVERY_DELIVERY_MEDIUM: "SMS", CODE_DELIVERY_DESTINATION: "+*******1234" },
      { medium: "sms", destination: "+*******1234" },
    ],
    ["EMAIL_OTP", "EMAIL_OTP_CODE", {}, { medium: "email", destination: undefined }],
  ])("%s is answered in %s", async (name, field, parameters, question) => {
    const { result, sent, asked } = walk(
      [{ ChallengeName: name, Session: "s1", ChallengeParameters: parameters }, tokens],
      { codes: ["123 456"] },
    );
    await result;
    expect(asked).toEqual([{ ...question, refused: false }]);
    expect(responses(sent[1])).toEqual({ [field]: "123456", USERNAME: "taro" });
  });

  test("a wrong one can be entered again", async () => {
    const { result, asked } = walk([softwareToken("s1"), cognitoException("CodeMismatchException"), tokens], {
      codes: ["000000", "123456"],
    });
    await result;
    expect(asked).toMatchObject([{ refused: false }, { refused: true }]);
  });

  test("wrong ones for ever end with Cognito's exception", async () => {
    const wrong = Array(50).fill(cognitoException("CodeMismatchException"));
    const { result, asked } = walk([softwareToken("s1"), ...wrong], { codes: Array(50).fill("000000") });
    await expect(result).rejects.toMatchObject({ name: "CodeMismatchException" });
    expect(asked).toHaveLength(10);
  });

  test("challenges come in any order and number, each answered in its own session", async () => {
    const { result, sent } = walk(
      [newPasswordRequired("s1"), softwareToken("s2"), { ChallengeName: "SMS_MFA", Session: "s3" }, tokens],
      { passwords: ["better-pass-1"], codes: ["111111", "222222"] },
    );
    expect((await result).answered).toEqual(["NEW_PASSWORD_REQUIRED", "SOFTWARE_TOKEN_MFA", "SMS_MFA"]);
    expect(sent.map(({ input }) => input.Session)).toEqual([undefined, "s1", "s2", "s3"]);
  });

  test("Cognito's own name for the person is used where the challenge gives one", async () => {
    const challenge = {
      ChallengeName: "SMS_MFA",
      Session: "s1",
      ChallengeParameters: { USERNAME: "sub-uuid" },
    };
    const { result, sent } = walk([challenge, tokens], { codes: ["123456"] });
    await result;
    expect(responses(sent[1])).toMatchObject({ USERNAME: "sub-uuid" });
  });
});

describe("a session that ends", () => {
  test.each([
    ["expired", expired],
    [
      "used up",
      cognitoException(
        "NotAuthorizedException",
        "Invalid session for the user, session can only be used once.",
      ),
    ],
    ["unknown to moto", cognitoException("ResourceNotFoundException", "s1")],
  ])("(%s) starts again by itself with what was typed", async (_, ended) => {
    const { result, sent, asked, progress } = walk(
      [newPasswordRequired("s1", '["name"]'), ended, newPasswordRequired("s2", '["name"]'), tokens],
      { passwords: ["better-pass-1"] },
    );
    await result;
    expect(asked).toHaveLength(2);
    expect(progress).toEqual(["session-restarted", "new-password-set"]);
    expect(sent[3]?.input.Session).toBe("s2");
    expect(responses(sent[3])).toEqual(responses(sent[1]));
  });

  test("after the new password was taken starts again with the new one, and asks for a new code", async () => {
    const { result, sent, asked } = walk(
      [newPasswordRequired("s1"), softwareToken("s2"), expired, softwareToken("s3"), tokens],
      { passwords: ["better-pass-1"], codes: ["111111", "222222"] },
    );
    expect((await result).answered).toContain("NEW_PASSWORD_REQUIRED");
    expect(sent[3]?.input.AuthParameters).toMatchObject({ PASSWORD: "better-pass-1" });
    expect(asked).toHaveLength(3);
  });

  test("because its answer was lost, after the new password was set, goes on with the new one", async () => {
    const { result, sent, asked, progress } = walk(
      [newPasswordRequired("s1"), expired, wrongPassword, tokens],
      {
        passwords: ["better-pass-1"],
      },
    );
    expect((await result).answered).toEqual(["NEW_PASSWORD_REQUIRED"]);
    expect(sent[3]?.input.AuthParameters).toMatchObject({ PASSWORD: "better-pass-1" });
    expect(asked).toHaveLength(1);
    expect(progress).toEqual(["session-restarted", "new-password-set"]);
  });

  test("and then neither password: the first refusal is told", async () => {
    const { result, sent } = walk([newPasswordRequired("s1"), expired, wrongPassword, wrongPassword], {
      passwords: ["better-pass-1"],
    });
    await expect(result).rejects.toBe(wrongPassword);
    expect(sent).toHaveLength(4);
  });

  test("starts again once only", async () => {
    const { result, sent } = walk(
      [newPasswordRequired("s1"), expired, newPasswordRequired("s2"), expired, tokens],
      {
        passwords: ["better-pass-1"],
      },
    );
    await expect(result).rejects.toMatchObject({ name: "SessionEnded" });
    expect(sent).toHaveLength(4);
  });

  test("a refusal of the password itself does not start anything again", async () => {
    const { result, sent } = walk([wrongPassword]);
    await expect(result).rejects.toMatchObject({ name: "NotAuthorizedException" });
    expect(sent).toHaveLength(1);
  });
});

describe("what nobody here can answer", () => {
  test.each([
    "MFA_SETUP",
    "PASSWORD_VERIFIER",
    "DEVICE_SRP_AUTH",
    "DEVICE_PASSWORD_VERIFIER",
    "CUSTOM_CHALLENGE",
    "WEB_AUTHN",
    "SOMETHING_NEW",
    "constructor",
  ])("%s is named and refused after one request", async (name) => {
    const { result, sent } = walk([{ ChallengeName: name, Session: "s1", ChallengeParameters: {} }]);
    const error = await result.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toContain(name);
    expect(sent).toHaveLength(1);
  });

  test("a server that asks for ever is left after ten answers", async () => {
    const { result, sent } = walk(Array(100).fill(softwareToken("s1")), { codes: Array(100).fill("123456") });
    await expect(result).rejects.toThrow("The sign-in doesn't end: after 10 answers");
    expect(sent).toHaveLength(11);
  });

  test("an answer with neither tokens nor a challenge is a defect, not a success", async () => {
    await expect(walk([{}]).result).rejects.toThrow("neither a challenge nor tokens");
  });
});

import { describe, expect, test } from "vitest";
import type { Answers, CodeQuestion } from "../../lib/auth/answers.ts";
import { firstLogin, signIn } from "../../lib/auth/sign-in.ts";
import { failing } from "./answering.ts";
import { cognitoException, newPasswordRequired, recordedCognito, tokens } from "./recorded-cognito.ts";
import { srpCognito } from "./srp-cognito.ts";

const PASSWORD = "Correct-horse-77!";
const APP = { userPoolId: "us-east-1_AbCdEf", clientId: "client" };
const POOL = {
  ...APP,
  alias: "hanako@example.com",
  username: "5a1b0c3e-sub",
  userId: "5a1b0c3e-id",
  password: PASSWORD,
};

/** Somebody who chooses `way` where there is a choice, and types the password only when asked. */
function person(way: string, { codes = ["123 456"], password = PASSWORD } = {}) {
  const asked: (readonly string[] | CodeQuestion | "password")[] = [];
  const answers: Answers = {
    newPassword: async () => PASSWORD,
    attribute: async () => "hanako@example.com",
    async code(question) {
      asked.push(question);
      return codes.shift() ?? "";
    },
    async choose(options) {
      asked.push(options);
      return way;
    },
  };
  return {
    asked,
    options: {
      ...APP,
      username: "hanako@example.com",
      flow: "choice" as const,
      answers,
      password: async () => {
        asked.push("password");
        return password;
      },
    },
  };
}

/** The server half is independent of the client's library; the sequence is that of the developer guide's flow by choice. */
describe("a sign-in by choice", () => {
  test("with the password goes by SRP where that is offered, and the password never leaves the machine", async () => {
    const { client, sent } = srpCognito({ ...POOL, offers: ["PASSWORD", "PASSWORD_SRP", "EMAIL_OTP"] });
    const { asked, options } = person("PASSWORD");
    expect((await signIn(client, options)).tokens.accessToken).toBe("access");
    expect(asked).toEqual([["PASSWORD", "EMAIL_OTP"], "password"]);
    expect(sent.map(({ input }) => input.AuthFlow ?? input.ChallengeName)).toEqual([
      "USER_AUTH",
      "SELECT_CHALLENGE",
      "PASSWORD_VERIFIER",
    ]);
    expect(JSON.stringify(sent)).not.toContain(PASSWORD);
  });

  test("with a wrong password it is refused by the proof alone", async () => {
    const { client } = srpCognito({ ...POOL, offers: ["PASSWORD_SRP"] });
    const { options } = person("PASSWORD", { password: "another" });
    expect(await failing(signIn(client, options))).toContain("refused the username or the password");
  });

  test("with the password goes over TLS where SRP is not offered, with the client's secret hash", async () => {
    const { client, sent } = srpCognito({ ...POOL, clientSecret: "top", offers: ["PASSWORD", "SMS_OTP"] });
    const { options } = person("PASSWORD");
    await signIn(client, { ...options, clientSecret: "top" });
    expect(sent[1]?.input.ChallengeResponses).toMatchObject({ ANSWER: "PASSWORD", PASSWORD });
  });

  test.each([
    ["EMAIL_OTP", "email", "h***@e***"],
    ["SMS_OTP", "sms", "+*******1234"],
  ])(
    "with %s asks for no password, only for the code, and again for a wrong one",
    async (way, medium, destination) => {
      const { client, sent } = srpCognito({ ...POOL, offers: ["PASSWORD", way, "WEB_AUTHN"] });
      const { asked, options } = person(way, { codes: ["000000", "123 456"] });
      await signIn(client, options);
      expect(asked).toEqual([
        ["PASSWORD", way],
        { medium, destination, refused: false },
        { medium, destination, refused: true },
      ]);
      expect(sent).toHaveLength(4);
    },
  );

  test("of one way asks for no choice", async () => {
    const { client } = srpCognito({ ...POOL, offers: ["EMAIL_OTP"] });
    const { asked, options } = person("");
    await signIn(client, options);
    expect(asked).toMatchObject([{ medium: "email" }]);
  });

  test("of a passkey alone is sent to the browser, also where Cognito asks for it at once", async () => {
    const offered = srpCognito({ ...POOL, offers: ["WEB_AUTHN"] });
    const atOnce = recordedCognito({ ChallengeName: "WEB_AUTHN", Session: "s1", ChallengeParameters: {} });
    for (const { client } of [offered, atOnce]) {
      const words = await failing(signIn(client, person("").options));
      expect(words).toMatch(
        /a passkey.*, which a terminal doesn't support[\s\S]*npm run sign-in -- --browser/,
      );
    }
  });

  test("where Cognito asks for the password at once, without a choice", async () => {
    const { client, sent } = recordedCognito(
      { ChallengeName: "PASSWORD", Session: "s1", ChallengeParameters: {} },
      tokens,
    );
    await signIn(client, person("").options);
    expect(sent[1]?.input).toMatchObject({ ChallengeName: "PASSWORD", ChallengeResponses: { PASSWORD } });
  });

  test("that the client does not allow is said with what to add", async () => {
    const { client } = srpCognito(POOL);
    const words = await failing(signIn(client, person("").options));
    expect(words).toMatch(/doesn't allow this sign-in flow \(USER_AUTH\)[\s\S]*ALLOW_USER_AUTH/);
  });

  test("is a first login, too: the temporary password is known, so there is nothing to choose", async () => {
    const select = {
      ChallengeName: "SELECT_CHALLENGE",
      Session: "s1",
      AvailableChallenges: ["PASSWORD", "EMAIL_OTP"],
      ChallengeParameters: {},
    };
    const { client, sent } = recordedCognito(select, newPasswordRequired("s2"), tokens);
    const { asked, options } = person("EMAIL_OTP");
    const { outcome } = await firstLogin(client, { ...options, temporaryPassword: "Temporary-1!" });
    expect(outcome).toBe("confirmed");
    expect(asked).toEqual([]);
    expect(sent[1]?.input.ChallengeResponses).toMatchObject({ ANSWER: "PASSWORD", PASSWORD: "Temporary-1!" });
  });
});

describe("a second factor that is set up at sign-in", () => {
  const setup = (...possible: string[]) => ({
    ChallengeName: "MFA_SETUP",
    Session: "s1",
    ChallengeParameters: { MFAS_CAN_SETUP: JSON.stringify(possible) },
  });
  const typed = { ...person("").options, flow: "password" as const, password: PASSWORD };

  test("may be e-mail: the address is asked for, and then the code that was sent there", async () => {
    const code = { ChallengeName: "EMAIL_OTP", Session: "s2", ChallengeParameters: {} };
    const { client, sent } = recordedCognito(setup("EMAIL_OTP", "SMS_MFA"), code, tokens);
    await signIn(client, { ...typed, answers: person("").options.answers });
    expect(sent.slice(1).map(({ input }) => input.ChallengeResponses)).toEqual([
      { EMAIL: "hanako@example.com", USERNAME: "hanako@example.com" },
      { EMAIL_OTP_CODE: "123456", USERNAME: "hanako@example.com" },
    ]);
  });

  test("can't be SMS, whose number must be on the account: the words say who puts it there", async () => {
    const { client } = recordedCognito(setup("SMS_MFA"));
    expect(await failing(signIn(client, typed))).toMatch(/cannot set up[\s\S]*verified phone number/);
  });

  test("already set up, is answered by its code: by SMS or by e-mail", async () => {
    for (const [ChallengeName, field] of [
      ["SMS_MFA", "SMS_MFA_CODE"],
      ["EMAIL_OTP", "EMAIL_OTP_CODE"],
    ] as const) {
      const { client, sent } = recordedCognito(
        { ChallengeName, Session: "s1", ChallengeParameters: {} },
        cognitoException("CodeMismatchException"),
        tokens,
      );
      await signIn(client, { ...typed, answers: person("", { codes: ["1", "2"] }).options.answers });
      expect(sent[2]?.input.ChallengeResponses).toMatchObject({ [field]: "2" });
    }
  });
});

import { describe, expect, test } from "vitest";
import { chooseFlow } from "../../lib/auth/flows.ts";
import type { SignInFlow } from "../../lib/stack/settings.ts";
import { cognitoException, type Recorded, recordedCognito, tokens } from "./recorded-cognito.ts";

const app = { userPoolId: "us-east-1_pool", clientId: "client", clientSecret: "top" };
const srpRefused = cognitoException(
  "InvalidParameterException",
  "USER_SRP_AUTH is not enabled for the client.",
);

function chosen(name: SignInFlow | undefined, ...recorded: Recorded[]) {
  const { client, sent } = recordedCognito(...recorded);
  const told: string[] = [];
  const flow = chooseFlow(client, app, "taro", name, (progress) => void told.push(progress));
  const asked = () => sent.map(({ input }) => input.AuthFlow ?? input.ChallengeName);
  return { flow, sent, told, asked };
}

describe("the flow", () => {
  test.each([
    [undefined, "InitiateAuth", "USER_SRP_AUTH"],
    ["srp", "InitiateAuth", "USER_SRP_AUTH"],
    ["password", "InitiateAuth", "USER_PASSWORD_AUTH"],
    ["admin", "AdminInitiateAuth", "ADMIN_USER_PASSWORD_AUTH"],
  ] as const)("%s begins with %s %s, and with the secret hash", async (name, operation, authFlow) => {
    const { flow, sent } = chosen(name, tokens);
    await flow.begin("p");
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ operation, input: { AuthFlow: authFlow } });
    expect(sent[0]?.input.AuthParameters).toMatchObject({
      USERNAME: "taro",
      SECRET_HASH: expect.stringMatching(/^[\w+/]{43}=$/),
    });
    expect(JSON.stringify(sent)).not.toContain("top");
  });

  test.each([
    ["Cognito", srpRefused],
    [
      "cognito-local",
      cognitoException(
        "Unsupported",
        "Cognito Local unsupported feature: InitAuth with AuthFlow=USER_SRP_AUTH",
      ),
    ],
  ])("falls back to the password with a word, once, where SRP is not allowed (%s)", async (_, refusal) => {
    const { flow, told, asked } = chosen(undefined, refusal, tokens, tokens);
    await flow.begin("p");
    await flow.begin("p");
    expect(asked()).toEqual(["USER_SRP_AUTH", "USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH"]);
    expect(told).toEqual(["srp-not-allowed"]);
  });

  test("that was asked for by name does not fall back", async () => {
    const { flow, told } = chosen("srp", srpRefused);
    await expect(flow.begin("p")).rejects.toBe(srpRefused);
    expect(told).toEqual([]);
  });

  test("does not fall back for a wrong password: that would send it in the open", async () => {
    const wrong = cognitoException("NotAuthorizedException", "Incorrect username or password.");
    const { flow, sent } = chosen(undefined, wrong);
    await expect(flow.begin("p")).rejects.toBe(wrong);
    expect(sent).toHaveLength(1);
  });

  test("of an administrator answers challenges as one, in the same user pool", async () => {
    const challenge = {
      ChallengeName: "SMS_MFA",
      Session: "s1",
      ChallengeParameters: { USER_ID_FOR_SRP: "sub" },
    };
    const { flow, sent } = chosen("admin", challenge, tokens);
    const step = await flow.begin("p");
    if (!("challenge" in step)) throw new Error("no challenge");
    await flow.respond(step.challenge, { responses: { SMS_MFA_CODE: "1" } });
    expect(sent[1]).toMatchObject({
      operation: "AdminRespondToAuthChallenge",
      input: { UserPoolId: "us-east-1_pool", ChallengeResponses: { USERNAME: "sub", SMS_MFA_CODE: "1" } },
    });
  });

  test("SRP answers SELECT_CHALLENGE with a proof, never with the password", async () => {
    const select = {
      ChallengeName: "SELECT_CHALLENGE",
      Session: "s1",
      AvailableChallenges: ["PASSWORD_SRP"],
    };
    const { flow, sent } = chosen("srp", select, tokens);
    const step = await flow.begin("very-private");
    if (!("challenge" in step)) throw new Error("no challenge");
    await flow.respond(step.challenge, { responses: { ANSWER: "PASSWORD", PASSWORD: "very-private" } });
    expect(sent[1]?.input.ChallengeResponses).toMatchObject({
      ANSWER: "PASSWORD_SRP",
      SRP_A: expect.any(String),
    });
    const openOnly = { ...step.challenge, offered: ["PASSWORD"] };
    await expect(
      flow.respond(openOnly, { responses: { ANSWER: "PASSWORD", PASSWORD: "very-private" } }),
    ).rejects.toThrow("on this machine");
    expect(JSON.stringify(sent)).not.toContain("very-private");
  });

  test("keeps Cognito's own name for the person, and its hash, through challenges that do not repeat it", async () => {
    const first = {
      ChallengeName: "NEW_PASSWORD_REQUIRED",
      Session: "s1",
      ChallengeParameters: { USER_ID_FOR_SRP: "sub" },
    };
    const second = { ChallengeName: "SMS_MFA", Session: "s2" };
    const { flow, sent } = chosen("password", first, second, tokens);
    for (let step = await flow.begin("p"); "challenge" in step; )
      step = await flow.respond(step.challenge, { responses: {} });
    const [typed, ...later] = sent.map(
      ({ input }) => (input.AuthParameters ?? input.ChallengeResponses) as object,
    );
    expect(later[0]).toMatchObject({ USERNAME: "sub" });
    expect(later[1]).toEqual(later[0]);
    expect(typed).not.toMatchObject({ SECRET_HASH: (later[0] as { SECRET_HASH: string }).SECRET_HASH });
  });
});

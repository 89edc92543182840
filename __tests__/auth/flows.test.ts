import { describe, expect, test } from "vitest";
import type { Answers } from "../../lib/auth/answers.ts";
import { firstLogin, signIn } from "../../lib/auth/sign-in.ts";
import { UserError } from "../../lib/errors.ts";
import { cognitoException, newPasswordRequired, recordedCognito, tokens } from "./recorded-cognito.ts";

const answers: Answers = {
  newPassword: async () => "Correct-horse-7",
  attribute: async () => "",
  code: async () => "123456",
};
const person = {
  userPoolId: "us-east-1_pool",
  clientId: "client",
  username: "taro",
  answers,
  flow: "password",
} as const;

describe("firstLogin", () => {
  test("ends confirmed, with tokens", async () => {
    const { client } = recordedCognito(newPasswordRequired("s1"), tokens);
    expect(await firstLogin(client, { ...person, temporaryPassword: "t" })).toMatchObject({
      outcome: "confirmed",
      tokens: { accessToken: "access" },
    });
  });

  test("of somebody who finished it says so and changes nothing", async () => {
    const { client, sent } = recordedCognito(tokens);
    expect(await firstLogin(client, { ...person, temporaryPassword: "t" })).toMatchObject({
      outcome: "already-finished",
    });
    expect(sent.map(({ operation }) => operation)).toEqual(["InitiateAuth"]);
  });

  test("fails in words", async () => {
    const { client } = recordedCognito(cognitoException("UserNotFoundException"));
    await expect(firstLogin(client, { ...person, temporaryPassword: "t" })).rejects.toBeInstanceOf(UserError);
  });
});

describe("signIn", () => {
  test("yields the tokens", async () => {
    const { client } = recordedCognito(tokens);
    expect((await signIn(client, { ...person, password: "p" })).tokens.accessToken).toBe("access");
  });

  test("of somebody with a temporary password sends them to first-login and answers nothing", async () => {
    const { client, sent } = recordedCognito(newPasswordRequired("s1"));
    await expect(signIn(client, { ...person, password: "p" })).rejects.toMatchObject({
      message: "taro has not finished the first login",
      next: ["npm run first-login -- taro"],
    });
    expect(sent).toHaveLength(1);
  });
});

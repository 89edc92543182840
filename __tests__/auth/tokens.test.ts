import { expect, test } from "vitest";
import { summarizeTokens } from "../../lib/auth/tokens.ts";

const jwt = (claims: unknown) =>
  `header.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.signature`;

test("the tokens say who it is, in which groups, and until when", () => {
  expect(
    summarizeTokens({
      accessToken: jwt({ sub: "1", username: "taro", exp: 1_700_000_000, "cognito:groups": ["ops"] }),
      idToken: jwt({ sub: "1", "cognito:username": "taro", email: "taro@example.com", exp: 1_800_000_000 }),
    }),
  ).toEqual({
    username: "taro",
    sub: "1",
    email: "taro@example.com",
    groups: ["ops"],
    expiresAt: new Date(1_700_000_000_000),
  });
});

test.each(["", "opaque", "a.b.c", `a.${Buffer.from("null").toString("base64url")}.c`])(
  "a token that is no JWT (%j) yields fewer facts and no error",
  (accessToken) => {
    expect(summarizeTokens({ accessToken, expiresIn: 60 }, 1_000)).toEqual({
      groups: [],
      expiresAt: new Date(61_000),
    });
  },
);

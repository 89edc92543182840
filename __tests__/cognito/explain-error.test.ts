import { describe, expect, test } from "vitest";
import { explainPoolFailure } from "../../lib/cognito/explain-error.ts";
import { checkedPoolId, regionOf } from "../../lib/cognito/pool-id.ts";
import { UserError } from "../../lib/errors.ts";
import { cognitoException } from "../auth/recorded-cognito.ts";

const context = { userPoolId: "eu-west-1_Abc", clientId: "client1" };

describe("an administrator's call that failed", () => {
  test.each<[string, Error, RegExp, RegExp, number]>([
    [
      "no credentials",
      cognitoException("CredentialsProviderError", "Could not load credentials from any providers"),
      /no AWS credentials/,
      /AWS_PROFILE/,
      2,
    ],
    [
      "unknown credentials",
      cognitoException("UnrecognizedClientException"),
      /doesn't recognize/,
      /aws sts/,
      1,
    ],
    ["expired credentials", cognitoException("ExpiredTokenException"), /expired/, /aws sso login/, 1],
    [
      "a permission that is missing",
      cognitoException(
        "AccessDeniedException",
        "User: arn:aws:iam::1:user/x is not authorized to perform: cognito-idp:ListUsers on resource: y",
      ),
      /aren't allowed to call cognito-idp:ListUsers on the user pool eu-west-1_Abc/,
      /allow cognito-idp:ListUsers/,
      1,
    ],
    [
      "a pool of another region or account",
      cognitoException("ResourceNotFoundException", "User pool eu-west-1_Abc does not exist."),
      /no user pool eu-west-1_Abc in eu-west-1, the region that its id names/,
      /list-user-pools --max-results 60 --region eu-west-1/,
      1,
    ],
    [
      "another pool's client",
      cognitoException("ResourceNotFoundException", "User pool client client1 does not exist."),
      /eu-west-1_Abc has no app client client1/,
      /list-user-pool-clients/,
      1,
    ],
    ["throttling", cognitoException("TooManyRequestsException"), /too many requests/, /wait a minute/, 1],
    ["no answer", cognitoException("TimeoutError"), /Can't reach Cognito/, /network/, 1],
  ])("%s has its own words and way out", (_, error, message, wayOut, exitCode) => {
    const explained = explainPoolFailure(error, context);
    expect(explained).toBeInstanceOf(UserError);
    const { next, cause } = explained as UserError;
    expect((explained as UserError).message).toMatch(message);
    expect(next.join("\n")).toMatch(wayOut);
    expect((explained as UserError).exitCode).toBe(exitCode);
    expect(cause).toBe(error);
  });

  test.each([
    ["a defect of ours", new TypeError("x is not a function")],
    ["words that were found already", new UserError("told")],
  ])("%s stays what it is", (_, error) => {
    expect(explainPoolFailure(error, context)).toBe(error);
  });
});

describe("a pool's id", () => {
  test.each(["eu-west-1_AbCdEfGhI", "us-gov-west-1_x1", "local_6nL2"])("%s is one", (id) => {
    expect(checkedPoolId(id)).toBe(id);
  });
  test.each(["nonsense", "eu-west-1", "eu-west-1_", "eu-west-1_a b", "eu-west-1_a/b", `x_${"a".repeat(60)}`])(
    "%s is none",
    (id) => {
      expect(() => checkedPoolId(id)).toThrow(expect.objectContaining({ exitCode: 2 }));
    },
  );
  test("names the region, except an emulator's", () => {
    expect(regionOf("ap-northeast-1_x")).toBe("ap-northeast-1");
    expect(regionOf("us-gov-west-1_x")).toBe("us-gov-west-1");
    expect(regionOf("eusc-de-east-1_x")).toBe("eusc-de-east-1");
    expect(regionOf("local_6nL2")).toBeUndefined();
  });
});

import { describe, expect, test } from "vitest";
import { SessionEnded } from "../../lib/auth/classify-error.ts";
import { explainFailure } from "../../lib/auth/explain-error.ts";
import { UserError } from "../../lib/errors.ts";
import { cognitoException } from "./recorded-cognito.ts";

const context = {
  command: "first-login",
  username: "taro@example.com",
  clientId: "client1",
  userPoolId: "eu-west-1_P",
} as const;
const node = (code: string, more = {}) => Object.assign(new Error(code), { code, ...more });

/** Everything a reader would see. */
function told(error: unknown): string {
  expect(error).toBeInstanceOf(UserError);
  const { message, why = "", next } = error as UserError;
  expect(next.length, "a way out").toBeGreaterThan(0);
  return [message, why, ...next].join("\n");
}

describe("explainFailure", () => {
  test.each<[string, Error, RegExp, RegExp]>([
    [
      "a wrong password",
      cognitoException("NotAuthorizedException", "Incorrect username or password."),
      /refused the username or the password of taro@example.com/,
      /finished the first login\? npm run sign-in -- taro@example\.com/,
    ],
    [
      "an expired temporary password",
      cognitoException(
        "NotAuthorizedException",
        "Temporary password has expired and must be reset by an administrator.",
      ),
      /temporary password of taro@example.com has expired/,
      /npm run invite -- taro@example.com/,
    ],
    [
      "a disabled person",
      cognitoException("NotAuthorizedException", "User is disabled."),
      /taro@example.com is disabled/,
      /users.json/,
    ],
    [
      "a lockout",
      cognitoException("NotAuthorizedException", "Password attempts exceeded"),
      /Too many wrong passwords/,
      /wait 15 minutes/,
    ],
    [
      "a client with a secret",
      cognitoException(
        "NotAuthorizedException",
        "Client x is configured with secret but SECRET_HASH was not received",
      ),
      /secret is missing or wrong/,
      /COGNITO_CLIENT_SECRET/,
    ],
    [
      "any other refusal",
      cognitoException("NotAuthorizedException", "Something new"),
      /refused the first-login of taro@example.com/,
      /status/,
    ],
    [
      "an unknown person",
      cognitoException("UserNotFoundException", "User does not exist."),
      /taro@example.com is not in the user pool eu-west-1_P/,
      /spelling/,
    ],
    [
      "a password that was reset",
      cognitoException("PasswordResetRequiredException"),
      /password of taro@example.com was reset/,
      /npm run forgot-password -- taro@example.com --have-code/,
    ],
    [
      "an unconfirmed sign-up",
      cognitoException("UserNotConfirmedException"),
      /never confirmed/,
      /admin-confirm-sign-up --user-pool-id eu-west-1_P/,
    ],
    [
      "a session that ended twice",
      new SessionEnded(undefined),
      /session expired twice/,
      /run the command again/,
    ],
    ["throttling", cognitoException("TooManyRequestsException"), /too many requests/, /wait a minute/],
    [
      "throttling by the front",
      cognitoException("ThrottlingException"),
      /too many requests/,
      /wait a minute/,
    ],
    ["a limit", cognitoException("LimitExceededException"), /limit/, /wait a minute/],
    [
      "wrong codes",
      cognitoException("TooManyFailedAttemptsException"),
      /Too many wrong codes/,
      /wait a minute/,
    ],
    ["a wrong code", cognitoException("CodeMismatchException"), /code was wrong/, /clock/],
    [
      "a password refused for ever",
      cognitoException("InvalidPasswordException"),
      /refused every new password/,
      /policy/,
    ],
    ["wrong ids", cognitoException("ResourceNotFoundException", "x"), /no app client client1/, /AWS_REGION/],
    [
      "a flow that is not allowed",
      cognitoException("InvalidParameterException", "USER_PASSWORD_AUTH flow not enabled for this client"),
      /client1 doesn't allow this sign-in flow \(USER_PASSWORD_AUTH\)/,
      /ALLOW_USER_PASSWORD_AUTH/,
    ],
    [
      "a malformed attribute",
      cognitoException("InvalidParameterException", "Invalid phone number format."),
      /refused one of the values/,
      /attributes/,
    ],
    [
      "a secret that does not fit",
      cognitoException("NotAuthorizedException", "Unable to verify secret hash for client client1"),
      /secret is missing or wrong/,
      /leave out --user-pool-id and --client-id/,
    ],
    [
      "no AWS credentials",
      cognitoException("CredentialsProviderError"),
      /--flow admin needs valid AWS credentials,/,
      /--flow srp/,
    ],
    [
      "AWS credentials that ended",
      cognitoException("ExpiredTokenException"),
      /--flow admin needs valid AWS/,
      /aws sso login/,
    ],
    [
      "AWS credentials that may not",
      cognitoException("AccessDeniedException"),
      /aren't allowed to sign people in/,
      /AdminInitiateAuth/,
    ],
    ["a code that was used", cognitoException("ExpiredCodeException"), /expired or was/, /forgot-password/],
    ["a Lambda trigger", cognitoException("UserLambdaValidationException"), /Lambda trigger/, /CloudWatch/],
    ["a firewall", cognitoException("ForbiddenException"), /WAF/, /network/],
    [
      "nobody there",
      node("ECONNREFUSED", { address: "127.0.0.1", port: 1 }),
      /Can't reach Cognito at 127.0.0.1:1/,
      /ENDPOINT/,
    ],
    [
      "no such host",
      node("ENOTFOUND", { hostname: "nowhere.invalid" }),
      /reach Cognito at nowhere.invalid/,
      /network/,
    ],
    ["no answer in time", cognitoException("TimeoutError"), /Can't reach Cognito \(timeout\)/, /network/],
    ["an endpoint that is no URL", node("ERR_INVALID_URL"), /is not a URL/, /http:\/\//],
    [
      "an emulator's gap",
      Object.assign(
        new Error('Cognito Local unsupported feature: Unsupported x-amz-target header "GlobalSignOut"'),
        {
          name: "Unsupported",
        },
      ),
      /cognito-local doesn't support GlobalSignOut/,
      /--emulator moto/,
    ],
    ["no region", new Error("Region is missing"), /The AWS region/, /AWS_REGION/],
    [
      "something else there",
      Object.assign(new SyntaxError("<html>"), { $metadata: {} }),
      /it isn't Cognito/,
      /ENDPOINT/,
    ],
  ])("%s has its own words and way out", (_, error, message, wayOut) => {
    const explained = explainFailure(error, context);
    const words = told(explained);
    expect((explained as UserError).message).toMatch(message);
    expect(words).toMatch(wayOut);
    expect((explained as UserError).cause).toBe(error);
  });

  test("a wrong password at sign-in points to first-login, not to itself", () => {
    const error = cognitoException("NotAuthorizedException", "Incorrect username or password.");
    expect(told(explainFailure(error, { ...context, command: "sign-in" }))).toContain(
      "npm run first-login -- taro@example.com",
    );
  });

  test.each(["NotAuthorizedException", "ResourceNotFoundException", "InvalidParameterException"])(
    "Cognito's own text, which some servers fill with a session or a hash, is not passed on: %s",
    (name) => {
      expect(told(explainFailure(cognitoException(name, "very-private-value"), context))).not.toContain(
        "very-private",
      );
    },
  );

  test("a username that a shell would take apart is quoted in the commands", () => {
    const error = cognitoException("NotAuthorizedException", "Incorrect username or password.");
    expect(told(explainFailure(error, { ...context, username: "o'neil; rm" }))).toContain(
      `-- 'o'\\''neil; rm'`,
    );
  });

  test.each([
    ["a defect of ours", new TypeError("x is not a function")],
    ["words that were found already", new UserError("told")],
    ["a value that isn't an error", "text"],
    ["an exception nobody knows", cognitoException("InternalErrorException")],
  ])("%s stays what it is, with its stack", (_, error) => {
    expect(explainFailure(error, context)).toBe(error);
  });
});

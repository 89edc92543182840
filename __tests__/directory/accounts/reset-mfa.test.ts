import { expect, test } from "vitest";
import { resetMfa } from "../../../lib/directory/accounts/reset-mfa.ts";
import { cognitoException, recordedCognito } from "../../auth/recorded-cognito.ts";

const whom = { userPoolId: "p", username: "sub-1" };
const operations = (sent: readonly { readonly operation: string }[]) =>
  sent.map(({ operation }) => operation);

test("the authenticator app is deleted, and nothing else is touched", async () => {
  const { client, sent } = recordedCognito({});
  expect(await resetMfa(client, whom)).toBe("deleted");
  expect(sent).toEqual([
    { operation: "AdminDeleteSoftwareToken", input: { UserPoolId: "p", Username: "sub-1" } },
  ]);
});

test("who has none has none", async () => {
  const { client, sent } = recordedCognito(cognitoException("SoftwareTokenMFANotFoundException"));
  expect(await resetMfa(client, whom)).toBe("none");
  expect(sent).toHaveLength(1);
});

test.each([
  ["AWS of a region without it", cognitoException("UnknownOperationException")],
  ["a secondary region", cognitoException("OperationNotEnabledException")],
  ["cognito-local", cognitoException("Unsupported")],
  ["moto", Object.assign(new SyntaxError("Unexpected token '<'"), { $metadata: { httpStatusCode: 500 } })],
])("where the operation is missing (%s) the preference is turned off, SMS stays", async (_, missing) => {
  const { client, sent } = recordedCognito(missing, {});
  expect(await resetMfa(client, whom)).toBe("turned-off");
  expect(operations(sent)).toEqual(["AdminDeleteSoftwareToken", "AdminSetUserMFAPreference"]);
  expect(sent[1]?.input).toEqual({
    UserPoolId: "p",
    Username: "sub-1",
    SoftwareTokenMfaSettings: { Enabled: false, PreferredMfa: false },
  });
});

test.each(["TooManyRequestsException", "AccessDeniedException", "UnsupportedUserStateException"])(
  "%s is no missing operation",
  async (name) => {
    const failure = cognitoException(name);
    const { client } = recordedCognito(failure);
    await expect(resetMfa(client, whom)).rejects.toBe(failure);
  },
);

import { DescribeUserPoolClientCommand } from "@aws-sdk/client-cognito-identity-provider";
import { expect, test } from "vitest";
import { undeclaredClients } from "../../lib/deploy/undeclared-clients.ts";
import type { StateInstance } from "../../lib/terraform/state.ts";

const client = (attributes: Record<string, unknown>): StateInstance => ({
  type: "aws_cognito_user_pool_client",
  name: "client",
  key: null,
  attributes,
});

/** Answers ListUserPoolClients in two pages, and DescribeUserPoolClient. */
const cognito = {
  send: async (command: { input: Record<string, string> }) => {
    const { input } = command;
    if (command instanceof DescribeUserPoolClientCommand)
      return {
        UserPoolClient: {
          ExplicitAuthFlows: ["ALLOW_USER_SRP_AUTH"],
          CallbackURLs: [`https://${input.ClientId}/`],
        },
      };
    return input.NextToken === undefined
      ? { UserPoolClients: [{ ClientId: "ours", ClientName: "app" }], NextToken: "more" }
      : { UserPoolClients: [{ ClientId: "theirs", ClientName: "stranger" }] };
  },
};
const failing = (name: string) => ({
  send: async () => Promise.reject(Object.assign(new Error(name), { name })),
});
const look = (by: unknown) =>
  undeclaredClients(by as never, { userPoolId: "pool", state: [client({ id: "ours" })] });

test("a client that the state does not have is named, with what it allows", async () => {
  expect(await look(cognito)).toEqual({
    clients: [{ id: "theirs", name: "stranger", allows: ["ALLOW_USER_SRP_AUTH", "https://theirs/"] }],
    notices: [],
  });
});

test("without the right to look, that is said", async () => {
  const { clients, notices } = await look(failing("AccessDeniedException"));
  expect(clients).toEqual([]);
  expect(notices).toEqual([expect.stringContaining("cognito-idp:ListUserPoolClients")]);
});

test("any other failure is one", async () => {
  await expect(look(failing("InternalErrorException"))).rejects.toThrow("InternalErrorException");
});

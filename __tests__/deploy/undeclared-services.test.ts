import { expect, test } from "vitest";
import { undeclaredServices } from "../../lib/deploy/undeclared-services.ts";
import { cognitoException, type Recorded, recordedCognito } from "../auth/recorded-cognito.ts";

const OPTIONS = { userPoolId: "us-east-1_x" };
const SERVERS = {
  ResourceServers: [{ Identifier: "jobs" }, { Identifier: "by-hand" }, { Identifier: "left" }],
};
const PROVIDERS = { Providers: [{ ProviderName: "Google" }, { ProviderName: "ByHand" }] };
const DECLARED = {
  resourceServers: { jobs: { scopes: {} } },
  identityProviders: { Google: { type: "Google", clientId: "x" } },
} as const;
/** On its way out: what the plan deletes is told there. */
const STATE = [
  {
    type: "aws_cognito_resource_server",
    name: "servers",
    key: "left",
    attributes: { identifier: "left" },
  } as never,
];
const look = (...answers: Recorded[]) =>
  undeclaredServices(recordedCognito(...answers).client, OPTIONS, DECLARED, STATE);

test("what neither config.ts nor the state has is found with a call for each kind", async () => {
  const { client, sent } = recordedCognito(SERVERS, PROVIDERS);
  expect(await undeclaredServices(client, OPTIONS, DECLARED, STATE)).toEqual({
    services: [
      { what: "identity provider", name: "ByHand" },
      { what: "resource server", name: "by-hand" },
    ],
    notices: [],
  });
  expect(sent.map(({ operation }) => operation)).toEqual(["ListResourceServers", "ListIdentityProviders"]);
});

test("without the right to look, that is said", async () => {
  const denied = cognitoException("AccessDeniedException");
  expect(await look(denied, PROVIDERS)).toEqual({
    services: [{ what: "identity provider", name: "ByHand" }],
    notices: [expect.stringContaining("the permission cognito-idp:ListResourceServers is missing")],
  });
});

test("any other failure stops the plan: it could not look", async () => {
  await expect(look(SERVERS, cognitoException("InternalErrorException"))).rejects.toThrow();
});

import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { ListUsersCommand } from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { cognitoClient } from "../../lib/cognito/client.ts";
import { explainPoolFailure } from "../../lib/cognito/explain-error.ts";
import { callerAccount } from "../../lib/deploy/target.ts";
import { networkAgents } from "../../lib/network/agents.ts";
import { download } from "../../lib/network/download.ts";
import { answerAsAws } from "../support/answer-as-aws.ts";
import { type Authority, makeAuthority } from "../support/authority.ts";

let authority: Authority;
let server: Server;
const at = (name: string) => join(authority.directory, name);

/** A company's proxy, which answers in AWS's place with a certificate that its own authority has signed. */
beforeAll(async () => {
  authority = makeAuthority();
  const secrets = authority.serverOptions(["localhost", "127.0.0.1"]);
  server = createServer(secrets, (request, response) => {
    if (request.url === "/keys") return void response.end('{"keys":[]}');
    if (request.url === "/gone") return void response.writeHead(404).end();
    answerAsAws(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  server?.close();
  authority?.remove();
});
afterEach(() => vi.unstubAllEnvs());

const atServer = (env: Record<string, string>) => {
  const all = {
    AWS_ENDPOINT_URL: `https://localhost:${(server.address() as AddressInfo).port}`,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_CA_BUNDLE: "",
    NODE_EXTRA_CA_CERTS: "",
    ...env,
  };
  for (const [name, value] of Object.entries(all)) vi.stubEnv(name, value);
  return all;
};
const listed = async () => (await cognitoClient().send(new ListUsersCommand({ UserPoolId: "p" }))).Users;

test("the authority that AWS_CA_BUNDLE names is trusted, by Cognito's client and by that of STS", async () => {
  const env = atServer({ AWS_CA_BUNDLE: at("ca.pem") });
  expect(await listed()).toEqual([{ Username: "a" }]);
  expect(await callerAccount(env, "us-east-1")).toEqual({ account: "123456789012" });
});

test("so are a user pool's public keys, without which no token can be verified", async () => {
  const { AWS_ENDPOINT_URL } = atServer({ AWS_CA_BUNDLE: at("ca.pem") });
  expect(Buffer.from(await download(`${AWS_ENDPOINT_URL}/keys`)).toString()).toBe('{"keys":[]}');
  await expect(download(`${AWS_ENDPOINT_URL}/gone`)).rejects.toThrow("404");
  atServer({});
  await expect(download(`${AWS_ENDPOINT_URL}/keys`)).rejects.toThrow(
    "unable to verify the first certificate",
  );
});

test("without it the answer is not taken for AWS's, and the words name the way", async () => {
  atServer({});
  const error = await listed().catch((thrown: unknown) => explainPoolFailure(thrown, { userPoolId: "p" }));
  expect(error).toMatchObject({
    message: expect.stringMatching(/is not trusted \([A-Z_]+\)$/),
    next: [expect.stringContaining("set AWS_CA_BUNDLE")],
  });
});

test.each([
  ["that is not there", "nowhere.pem", "can't be read"],
  ["that has none", "names", "has no certificate in it"],
])("a file %s is one error in words", (_, name, words) => {
  expect(() => networkAgents({ AWS_CA_BUNDLE: at(name) })).toThrowError(
    expect.objectContaining({ exitCode: 2, message: expect.stringContaining(words) }),
  );
});

test("nothing is set where nothing is named", () => {
  expect(networkAgents({})).toEqual({});
});

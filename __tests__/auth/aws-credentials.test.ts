import { text } from "node:stream/consumers";
import { afterEach, describe, expect, test } from "vitest";
import { awsCredentials, identityEndpoint, identityPoolRegion } from "../../lib/auth/aws-credentials.ts";
import type { Exchange } from "../../lib/cognito/client.ts";
import { UserError } from "../../lib/errors.ts";
import { listenOnLoopback } from "../support/loopback.ts";

const POOL = "eu-west-1:12345678-1234-1234-1234-123456789012";
const ISSUER = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC";
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const idToken = `${part({ alg: "RS256" })}.${part({ iss: `https://${ISSUER}` })}.signature`;
const tokens = { accessToken: "access", idToken };

interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body: unknown;
}
const IDENTITY: Answer = { body: { IdentityId: "eu-west-1:identity" } };
const CREDENTIALS: Answer = {
  body: {
    Credentials: { AccessKeyId: "ASIA", SecretKey: "secret", SessionToken: "session", Expiration: 1.8e9 },
  },
};
const refusal = (__type: string, message = ""): Answer => ({ status: 400, body: { __type, message } });

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

/** An identity pool that gives these answers in turn, and keeps what it was sent. */
async function identityPool(...answers: readonly Answer[]) {
  const sent: { target: unknown; authorization: unknown; body: unknown }[] = [];
  const { endpoint, stop } = await listenOnLoopback(async (request, response) => {
    const { "x-amz-target": target, authorization } = request.headers;
    sent.push({ target, authorization, body: JSON.parse(await text(request)) });
    const { status = 200, headers = {}, body } = answers[sent.length - 1] ?? { status: 500, body: {} };
    response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body));
  });
  stops.push(stop);
  const exchanges: Exchange[] = [];
  const asking = (more: { tokens?: typeof tokens | { accessToken: string } } = {}) =>
    awsCredentials({
      identityPoolId: POOL,
      clientId: "app",
      username: "hanako",
      tokens,
      env: { AWS_ENDPOINT_URL: endpoint },
      onExchange: (exchange) => exchanges.push(exchange),
      ...more,
    });
  return { asking, sent, exchanges, host: new URL(endpoint).host };
}

const refused = async (promise: Promise<unknown>): Promise<UserError> => {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof UserError)) throw new Error(`not a UserError: ${String(error)}`);
  return error;
};

describe("temporary credentials", () => {
  test("are those of the identity that the ID token belongs to", async () => {
    const { asking } = await identityPool(IDENTITY, CREDENTIALS);
    expect(await asking()).toEqual({
      identityId: "eu-west-1:identity",
      accessKeyId: "ASIA",
      secretAccessKey: "secret",
      sessionToken: "session",
      expiration: new Date("2027-01-15T08:00:00.000Z"),
    });
  });

  test("take two unsigned requests, with the token under its issuer's name", async () => {
    const { asking, sent } = await identityPool(IDENTITY, CREDENTIALS);
    await asking();
    const Logins = { [ISSUER]: idToken };
    expect(sent).toEqual([
      { target: "AWSCognitoIdentityService.GetId", body: { IdentityPoolId: POOL, Logins } },
      {
        target: "AWSCognitoIdentityService.GetCredentialsForIdentity",
        body: { IdentityId: "eu-west-1:identity", Logins },
      },
    ]);
  });

  test("each request is reported without its content", async () => {
    const { asking, exchanges } = await identityPool(IDENTITY, refusal("TooManyRequestsException"));
    await refused(asking());
    expect(exchanges).toMatchObject([
      { operation: "GetId", status: 200, failure: undefined },
      { operation: "GetCredentialsForIdentity", status: 400, failure: "TooManyRequestsException" },
    ]);
    expect(JSON.stringify(exchanges)).not.toContain(idToken);
  });

  test("need an ID token: without one nothing is sent", async () => {
    const { asking, sent } = await identityPool();
    const { message, next } = await refused(asking({ tokens: { accessToken: "access" } }));
    expect(message).toBe("The sign-in yielded no ID token, and an identity pool accepts nothing else");
    expect(next.join()).toContain('add "openid" to client.oauth.scopes');
    expect(sent).toEqual([]);
  });
});

describe("what the identity pool refuses", () => {
  test.each([
    [
      "NotAuthorizedException",
      "Token is not from a supported provider of this identity pool.",
      `The identity pool ${POOL} doesn't trust the app client app`,
      "add the client to identityPool.clients",
    ],
    [
      "NotAuthorizedException",
      "Invalid login token. User is disabled.",
      "The identity pool gives hanako no credentials",
      "npm run access -- hanako",
    ],
    [
      "InvalidIdentityPoolConfigurationException",
      "Invalid identity pool configuration. Check assigned IAM roles for this pool.",
      `The identity pool ${POOL} can't assume the role it has for this person`,
      "trust policy",
    ],
    [
      "TooManyRequestsException",
      "Rate exceeded",
      "Cognito is receiving too many requests for credentials from this account",
      "wait a minute",
    ],
    [
      "com.amazonaws.cognito#InternalErrorException",
      "",
      "Cognito could not issue credentials (InternalErrorException)",
      "in a minute",
    ],
    ["NewKindOfException", "", "Cognito could not issue credentials (NewKindOfException)", "in a minute"],
  ])("%s %s", async (type, text, message, next) => {
    const { asking } = await identityPool(IDENTITY, refusal(type, text));
    const error = await refused(asking());
    expect(error.message).toBe(message);
    expect(error.next.join()).toContain(next);
  });

  test("an identity pool that is not there: the message names the place that was asked", async () => {
    const { asking, host } = await identityPool(refusal("ResourceNotFoundException"));
    expect((await refused(asking())).message).toBe(`There is no identity pool ${POOL} at ${host}`);
  });

  test("the exception may be in the header alone", async () => {
    const headers = { "x-amzn-errortype": "TooManyRequestsException:http://internal.amazon.com/" };
    const { asking } = await identityPool({ status: 400, headers, body: {} });
    expect((await refused(asking())).message).toContain("too many requests for credentials");
  });

  test.each([
    ["no JSON", { status: 404, body: "<html>" }],
    ["an answer without an identity", { body: {} }],
  ])("another server: %s", async (_, answer) => {
    const { asking, host } = await identityPool(answer);
    expect((await refused(asking())).message).toBe(
      `The endpoint ${host} answered, but it isn't Cognito's identity pools`,
    );
  });

  test("neither a token nor the service's own words are in what a person reads", async () => {
    const { asking } = await identityPool(refusal("NotAuthorizedException", `bad ${idToken}`));
    const { message, why, next } = await refused(asking());
    expect([message, why, ...next].join()).not.toMatch(/bad|signature/);
  });
});

describe("where the identity pool is", () => {
  const at = (env: Record<string, string>, identityPoolId = POOL) =>
    refused(awsCredentials({ identityPoolId, clientId: "app", username: "hanako", tokens, env }));

  test("an emulator's token is never sent to AWS", async () => {
    const error = await at({ AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: "http://127.0.0.1:9229" });
    expect(error).toMatchObject({ message: "The endpoint of the identity pool is unknown", exitCode: 2 });
    expect(error.next[0]).toContain("https://cognito-identity.eu-west-1.amazonaws.com");
  });

  test.each([
    ["eu-west-1", {}, "https://cognito-identity.eu-west-1.amazonaws.com"],
    ["cn-north-1", {}, "https://cognito-identity.cn-north-1.amazonaws.com.cn"],
    [
      "us-gov-west-1",
      { AWS_USE_FIPS_ENDPOINT: "true" },
      "https://cognito-identity-fips.us-gov-west-1.amazonaws.com",
    ],
  ])("AWS's own for %s", (region, env, address) => {
    expect(identityEndpoint(region, env)).toBe(address);
  });

  test("its own variable comes before the general one", () => {
    const env = {
      AWS_ENDPOINT_URL: "http://127.0.0.1:1",
      AWS_ENDPOINT_URL_COGNITO_IDENTITY: "http://127.0.0.1:2",
    };
    expect(identityEndpoint("eu-west-1", env)).toBe("http://127.0.0.1:2");
  });

  test.each(["nonsense", "file:///etc/passwd"])("%s is no endpoint", async (own) => {
    expect(await at({ AWS_ENDPOINT_URL_COGNITO_IDENTITY: own })).toMatchObject({
      message: "The endpoint in AWS_ENDPOINT_URL[_COGNITO_IDENTITY] is not a URL",
      exitCode: 2,
    });
  });

  test("a server that isn't there", async () => {
    const { endpoint, stop } = await listenOnLoopback(async () => {});
    await stop();
    expect((await at({ AWS_ENDPOINT_URL: endpoint })).message).toContain("Can't reach Cognito at 127.0.0.1");
  });

  test("its region is in its id", () => {
    expect(identityPoolRegion(POOL)).toBe("eu-west-1");
  });

  test.each(["", "eu-west-1_AbC", "eu-west-1:XYZ", `eu-west-1:${"a".repeat(60)}`])(
    "%j is no id of an identity pool",
    (id) => {
      expect(() => identityPoolRegion(id)).toThrow(
        expect.objectContaining({ message: "That is not the id of an identity pool", exitCode: 2 }),
      );
    },
  );
});

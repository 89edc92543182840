import { createServer, type IncomingMessage } from "node:http";
import { createServer as createSecure } from "node:https";
import { type AddressInfo, connect, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { ListUsersCommand } from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { cognitoClient } from "../../lib/cognito/client.ts";
import { explainPoolFailure } from "../../lib/cognito/explain-error.ts";
import { callerAccount } from "../../lib/deploy/target.ts";
import type { UserError } from "../../lib/errors.ts";
import { download, openUrl } from "../../lib/network/download.ts";
import { answerAsAws } from "../support/answer-as-aws.ts";
import { type Authority, makeAuthority } from "../support/authority.ts";

/**
 * A network from which nothing leads out but a proxy: the names below are known to nobody else here. Behind it is a server that
 * answers as AWS does, with a certificate of the test's own authority.
 */
const COGNITO = "cognito-idp.eu-west-1.test.invalid";
const IP = "192.0.2.7";
const PASSWORD = "hush@hush";

let authority: Authority;
let aws: Server;
let proxy: Server;
/** A proxy that is spoken to in TLS. */
let secureProxy: Server;
/** What the proxies were asked for. */
let asked: string[];
/** What they answer, if not what was asked for. */
let refusal: string | undefined;

const portOf = (server: Server) => (server.address() as AddressInfo).port;
const listen = (server: Server) =>
  new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));

const tunnel = (request: IncomingMessage, socket: Socket) => {
  const login = request.headers["proxy-authorization"];
  asked.push(`${request.url}${login === undefined ? "" : ` ${atob(login.slice(6))}`}`);
  socket.on("error", () => {});
  if (refusal !== undefined) return void socket.end(`HTTP/1.1 ${refusal}\r\n\r\n<html>No</html>`);
  const onward = connect(portOf(aws), "127.0.0.1", () => {
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    socket.pipe(onward).pipe(socket);
  });
  onward.on("error", () => socket.destroy());
};

beforeAll(async () => {
  authority = makeAuthority();
  const certificate = authority.serverOptions([COGNITO, "*.test.invalid", IP, "localhost"]);
  aws = createSecure(certificate, (request, response) => {
    if (request.url === "/keys") return void response.end('{"keys":[]}');
    if (request.url === "/moved") return void response.writeHead(302, { location: "/keys" }).end();
    if (request.url === "/plain")
      return void response.writeHead(302, { location: "http://test.invalid" }).end();
    answerAsAws(request, response);
  });
  proxy = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end("from the mirror");
  }).on("connect", tunnel);
  secureProxy = createSecure(certificate).on("connect", tunnel);
  await Promise.all([aws, proxy, secureProxy].map(listen));
});
afterAll(() => {
  for (const server of [aws, proxy, secureProxy]) server?.close();
  authority?.remove();
});
beforeEach(() => {
  asked = [];
  refusal = undefined;
  const caBundle = join(authority.directory, "ca.pem");
  const settings = {
    AWS_ENDPOINT_URL: `https://${COGNITO}`,
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_CA_BUNDLE: caBundle,
    NODE_EXTRA_CA_CERTS: "",
    HTTPS_PROXY: `http://127.0.0.1:${portOf(proxy)}`,
    https_proxy: "",
    HTTP_PROXY: "",
    http_proxy: "",
    NO_PROXY: "",
    no_proxy: "",
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
});
afterEach(() => vi.unstubAllEnvs());

const users = async () => {
  const client = cognitoClient();
  try {
    return (await client.send(new ListUsersCommand({ UserPoolId: "p" }))).Users;
  } catch (error) {
    throw explainPoolFailure(error, { userPoolId: "p" });
  } finally {
    client.destroy();
  }
};
const failure = (work: Promise<unknown>) =>
  work.then(
    () => expect.fail("it went well"),
    (error: UserError) => error,
  );
const text = async (url: string) => (await (await openUrl(url, { redirects: 1 })).toArray()).join("");

test("what we ask Cognito goes through HTTPS_PROXY", async () => {
  expect(await users()).toEqual([{ Username: "a" }]);
  expect(asked).toEqual([`${COGNITO}:443`]);
});

test("so does the question to STS whose credentials these are", async () => {
  expect(await callerAccount(process.env, "eu-west-1")).toEqual({ account: "123456789012" });
  expect(asked).toEqual([`${COGNITO}:443`]);
});

test("so does that for the public keys, by which tokens are verified", async () => {
  expect(Buffer.from(await download(`https://${COGNITO}/keys`)).toString()).toBe('{"keys":[]}');
  expect(asked).toEqual([`${COGNITO}:443`]);
});

test("one connection serves several requests", async () => {
  const client = cognitoClient();
  for (const _ of [1, 2, 3]) await client.send(new ListUsersCommand({ UserPoolId: "p" }));
  client.destroy();
  expect(asked).toHaveLength(1);
});

test("an http request is asked of HTTP_PROXY itself, not through a tunnel", async () => {
  vi.stubEnv("HTTP_PROXY", `http://127.0.0.1:${portOf(proxy)}`);
  expect(await text("http://mirror.invalid/terraform/file")).toBe("from the mirror");
  expect(asked).toEqual(["http://mirror.invalid/terraform/file"]);
});

test("a redirect is followed as often as it may be, and never from https to http", async () => {
  expect(await text(`https://${COGNITO}/moved`)).toBe('{"keys":[]}');
  await expect(download(`https://${COGNITO}/moved`)).rejects.toThrow("redirects");
  await expect(text(`https://${COGNITO}/plain`)).rejects.toThrow(
    "redirects to http://test.invalid, which is not followed",
  );
});

test("NO_PROXY leads past it: here to nowhere, which is said with the way out", async () => {
  vi.stubEnv("NO_PROXY", ".test.invalid");
  const error = await failure(users());
  expect(error.message).toMatch(/^Can't reach Cognito at cognito-idp\S+ \(E\w+\)$/);
  expect(error.next.join()).toContain("HTTPS_PROXY");
  expect(asked).toEqual([]);
});

test("loopback is reached without it", async () => {
  vi.stubEnv("AWS_ENDPOINT_URL", `https://localhost:${portOf(aws)}`);
  expect(await users()).toEqual([{ Username: "a" }]);
  expect(asked).toEqual([]);
});

test("user name and password of the proxy are given to it", async () => {
  vi.stubEnv("HTTPS_PROXY", `http://anna:${encodeURIComponent(PASSWORD)}@127.0.0.1:${portOf(proxy)}`);
  await users();
  expect(asked).toEqual([`${COGNITO}:443 anna:${PASSWORD}`]);
});

test("a proxy may be spoken to in TLS: AWS_CA_BUNDLE holds for it, too", async () => {
  vi.stubEnv("HTTPS_PROXY", `https://localhost:${portOf(secureProxy)}`);
  expect(await users()).toEqual([{ Username: "a" }]);
});

test("a certificate has to be that of where the request goes, also where that is an IP address", async () => {
  vi.stubEnv("AWS_ENDPOINT_URL", `https://${IP}`);
  expect(await users()).toEqual([{ Username: "a" }]);
  vi.stubEnv("AWS_ENDPOINT_URL", "https://192.0.2.8");
  expect((await failure(users())).message).toContain("is not trusted (ERR_TLS_CERT_ALTNAME_INVALID)");
});

test("without AWS_CA_BUNDLE its authority is not trusted, and the words name the way", async () => {
  vi.stubEnv("AWS_CA_BUNDLE", "");
  const error = await failure(users());
  expect(error.message).toMatch(/^The certificate of Cognito's endpoint.* is not trusted \([A-Z_]+\)$/);
  expect(error.next).toEqual([expect.stringContaining("set AWS_CA_BUNDLE")]);
});

test.each([
  [
    "407 Proxy Authentication Required",
    "The proxy http://127.0.0.1:PORT (HTTPS_PROXY) requires a user name and password (407 Proxy Authentication Required)",
    "put them in HTTPS_PROXY: http://USER:PASSWORD@HOST:PORT",
  ],
  [
    "403 Forbidden",
    `The proxy http://127.0.0.1:PORT (HTTPS_PROXY) refused the connection to ${COGNITO}:443 (403 Forbidden)`,
    `ask the proxy's administrator to allow ${COGNITO}:443`,
  ],
  [
    "502 Bad Gateway",
    `The proxy http://127.0.0.1:PORT (HTTPS_PROXY) could not reach ${COGNITO}:443 (502 Bad Gateway)`,
    `ask the proxy's administrator to allow ${COGNITO}:443`,
  ],
])("a proxy that answers %s is not taken for AWS", async (answer, message, next) => {
  refusal = answer;
  const error = await failure(users());
  expect(error.message.replace(/:\d{4,}(?= )/, ":PORT")).toBe(message);
  expect(error.next[0]).toBe(next);
});

test("a password that the proxy does not take is nowhere in what is said", async () => {
  refusal = "407 Proxy Authentication Required";
  vi.stubEnv("HTTPS_PROXY", `http://anna:${encodeURIComponent(PASSWORD)}@127.0.0.1:${portOf(proxy)}`);
  const error = await failure(users());
  expect(error.message).toContain("refused the user name and password");
  expect(`${error.message} ${error.why} ${error.next}`).not.toContain("hush");
});

test("a proxy that is not there is named, instead of Cognito", async () => {
  vi.stubEnv("HTTPS_PROXY", "http://proxy.test.invalid:3128");
  const error = await failure(download(`https://${COGNITO}/keys`));
  expect(error.message).toMatch(
    /^The proxy http:\/\/proxy\.test\.invalid:3128 \(HTTPS_PROXY\) cannot be reached \(E\w+\)$/,
  );
  expect(error.next[0]).toBe("check HTTPS_PROXY, which Terraform uses too, and that the proxy is running");
});

test("one whose certificate is not trusted, too", async () => {
  vi.stubEnv("AWS_CA_BUNDLE", "");
  vi.stubEnv("HTTPS_PROXY", `https://localhost:${portOf(secureProxy)}`);
  const error = await failure(download(`https://${COGNITO}/keys`));
  expect(error.message).toMatch(
    /^The certificate of the proxy https:\/\/localhost:\d+ \(HTTPS_PROXY\) is not/,
  );
});

test("one that these commands can't speak with ends the request, in words", async () => {
  vi.stubEnv("HTTPS_PROXY", "socks5://127.0.0.1:1080");
  expect(await failure(users())).toMatchObject({ exitCode: 2, message: expect.stringContaining("socks5") });
});

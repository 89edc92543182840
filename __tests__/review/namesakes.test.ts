import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { namesakes } from "../../lib/review/namesakes.ts";
import { listenOnLoopback } from "../support/loopback.ts";

type Pool = { Id: string; Name: string };

/** Undefined: refused. */
let pages: (Pool[] | undefined)[] = [];
let server: Awaited<ReturnType<typeof listenOnLoopback>>;
const asked: string[] = [];

beforeAll(async () => {
  server = await listenOnLoopback(async (incoming, outgoing) => {
    asked.push(String(incoming.headers["x-amz-target"]));
    const page = pages.shift();
    outgoing.writeHead(page ? 200 : 400, { "content-type": "application/x-amz-json-1.1" });
    outgoing.end(
      JSON.stringify(
        page
          ? { UserPools: page, ...(pages.length > 0 && { NextToken: "more" }) }
          : { __type: "AccessDeniedException" },
      ),
    );
  });
  for (const [name, value] of [
    ["AWS_ENDPOINT_URL", server.endpoint],
    ["AWS_ACCESS_KEY_ID", "test"],
    ["AWS_SECRET_ACCESS_KEY", "test"],
  ] as const)
    vi.stubEnv(name, value);
});
afterEach(() => {
  pages = [];
  asked.length = 0;
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.stop();
});

const find = () =>
  namesakes({
    name: "people",
    region: "us-east-1",
    quotas: undefined,
    signal: new AbortController().signal,
  });

test("a pool of the same name is told, with its id, on whatever page it is", async () => {
  pages = [[{ Id: "us-east-1_A", Name: "others" }], [{ Id: "us-east-1_B", Name: "people" }]];
  const [notice, ...more] = await find();
  expect(notice).toMatch(/^There is a user pool "people" already, us-east-1_B, .*a second time/);
  expect(notice).toContain("--user-pool-id us-east-1_B");
  expect(more).toEqual([]);
});

test("one that was found is told, also when the listing then fails", async () => {
  pages = [[{ Id: "us-east-1_B", Name: "people" }], undefined];
  expect(await find()).toHaveLength(1);
  expect(asked).toHaveLength(2);
});

test("a name that only begins alike is another's", async () => {
  pages = [[{ Id: "us-east-1_A", Name: "people-2" }]];
  expect(await find()).toEqual([]);
});

test("who may not list pools is told nothing, and can go on", async () => {
  expect(await find()).toEqual([]);
  expect(asked).toEqual(["AWSCognitoIdentityProviderService.ListUserPools"]);
});

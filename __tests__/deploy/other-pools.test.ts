import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { namesakes } from "../../lib/deploy/other-pools.ts";
import { reviewPlan } from "../../lib/review/review.ts";
import { change, planOf } from "../review/plans.ts";
import { listenOnLoopback } from "../support/loopback.ts";

type Pool = { Id: string; Name: string };

/** Undefined: refused. */
let pages: (Pool[] | undefined)[] = [];
/** What ListUserPools is answered with instead, every time: a status and a body. */
let instead: readonly [number, string] | undefined;
/** Who is in each pool; undefined: refused. */
let people: { readonly Username: string }[] | undefined = [{ Username: "a" }];
let server: Awaited<ReturnType<typeof listenOnLoopback>>;
const asked: string[] = [];

beforeAll(async () => {
  server = await listenOnLoopback(async (incoming, outgoing) => {
    const operation = String(incoming.headers["x-amz-target"]).split(".").at(-1) ?? "";
    asked.push(operation);
    if (operation === "ListUserPools" && instead !== undefined) {
      outgoing.writeHead(instead[0], { "content-type": "application/x-amz-json-1.1" }).end(instead[1]);
      return;
    }
    const page = operation === "ListUserPools" ? pages.shift() : people;
    outgoing.writeHead(page ? 200 : 400, { "content-type": "application/x-amz-json-1.1" });
    const answer =
      operation === "ListUsers"
        ? { Users: page }
        : { UserPools: page, ...(pages.length > 0 && { NextToken: "more" }) };
    outgoing.end(JSON.stringify(page ? answer : { __type: "AccessDeniedException" }));
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
  instead = undefined;
  people = [{ Username: "a" }];
  asked.length = 0;
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.stop();
});

const POOL = "aws_cognito_user_pool.pool";
const creating = reviewPlan(planOf(change(POOL, ["create"], null, { name: "people" })));
const find = ({ destroyable = false, allowReplace = [] as string[], review = creating } = {}) =>
  namesakes({
    review,
    settings: { pool: { name: "people" }, destroyable },
    region: "us-east-1",
    allowReplace,
    signal: new AbortController().signal,
  });
const NOTHING = { refused: [], notices: [] };

test("a pool of the same name with people in it is refused, with its id, on whatever page it is", async () => {
  pages = [[{ Id: "us-east-1_A", Name: "others" }], [{ Id: "us-east-1_B", Name: "people" }]];
  const { refused, notices } = await find();
  expect(refused).toEqual([
    {
      message: expect.stringMatching(/^a user pool "people" already exists \(us-east-1_B\), .*a second time/),
      hint: expect.stringMatching(/--user-pool-id us-east-1_B.*--allow-replace aws_cognito_user_pool\.pool$/),
    },
  ]);
  expect(notices).toEqual([]);
});

test.each([
  ["a stack that may be destroyed", { destroyable: true }],
  ["one that is meant", { allowReplace: [POOL] }],
])("for %s it is told", async (_, options) => {
  pages = [[{ Id: "us-east-1_B", Name: "people" }]];
  const { refused, notices } = await find(options);
  expect(refused).toEqual([]);
  expect(notices).toEqual([expect.stringContaining("(us-east-1_B), but it isn't in this stack's state")]);
});

test("one with nobody in it, as a killed deploy leaves it, is told: the next deploy goes on", async () => {
  pages = [[{ Id: "us-east-1_B", Name: "people" }]];
  people = [];
  const { refused, notices } = await find();
  expect(refused).toEqual([]);
  expect(notices).toEqual([expect.stringContaining("It is empty, as a")]);
});

test("one that may not be looked into counts as one with people", async () => {
  pages = [[{ Id: "us-east-1_B", Name: "people" }]];
  people = undefined;
  const [refusal] = (await find()).refused;
  expect(refusal?.hint).toMatch(/^Could not check whether anyone is in it\. /);
});

test("one that was found counts, also when the listing then fails", async () => {
  pages = [[{ Id: "us-east-1_B", Name: "people" }], undefined];
  expect((await find()).refused).toHaveLength(1);
  expect(asked).toEqual(["ListUserPools", "ListUsers", "ListUserPools"]);
});

test("a name that only begins alike is another's", async () => {
  pages = [[{ Id: "us-east-1_A", Name: "people-2" }]];
  expect(await find()).toEqual(NOTHING);
});

test("who may not list pools can go on, and is told that nobody looked", async () => {
  expect(await find()).toEqual({
    refused: [],
    notices: [expect.stringMatching(/^Could not check whether .*cognito-idp:ListUserPools/)],
  });
  expect(asked).toEqual(["ListUserPools"]);
});

describe("a first deploy that could not check is refused, and says why", () => {
  test.each<[string, readonly [number, string], string | RegExp]>([
    [
      "throttled",
      [400, '{"__type":"TooManyRequestsException"}'],
      /TooManyRequestsException|no usable answer in 8 seconds/,
    ],
    ["429 without words", [429, "{}"], /no usable answer in 8 seconds|\(\w+\)$/],
    ["a server error", [503, '{"__type":"ServiceUnavailable"}'], "ServiceUnavailable"],
    ["a sign-on page of the network", [200, "<html>"], "SyntaxError"],
    ["an answer that is no list", [200, "{}"], "OddAnswer"],
    ["expired credentials", [400, '{"__type":"ExpiredTokenException"}'], "ExpiredTokenException"],
    ["the same page without end", [200, '{"UserPools":[],"NextToken":"more"}'], "OddAnswer"],
  ])("%s", async (_, answer, why) => {
    instead = answer;
    const began = Date.now();
    const { refused, notices } = await find();
    expect(refused).toEqual([
      {
        message: expect.stringMatching(/^could not check whether a user pool "people" already exists/),
        hint: expect.stringContaining("a second time"),
      },
    ]);
    expect(refused[0]?.message).toMatch(why);
    expect(notices).toEqual([]);
    expect(Date.now() - began).toBeLessThan(9_500);
  });

  test("unless another pool is meant, or everything may be destroyed: then it is told", async () => {
    instead = [200, "{}"];
    for (const options of [{ destroyable: true }, { allowReplace: [POOL] }]) {
      const { refused, notices } = await find(options);
      expect(refused).toEqual([]);
      expect(notices).toEqual([expect.stringMatching(/^Could not check .*OddAnswer/)]);
    }
  });
});

test.each([
  ["changes the pool", planOf(change(POOL, ["update"], { name: "people" }, { name: "people", tags: {} }))],
  ["has nothing to do with it", planOf()],
])("for a plan that %s nobody is asked", async (_, plan) => {
  expect(await find({ review: reviewPlan(plan) })).toEqual(NOTHING);
  expect(asked).toEqual([]);
});

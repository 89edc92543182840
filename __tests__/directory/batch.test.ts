import { getActiveResourcesInfo } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { AdminUserGlobalSignOutCommand } from "@aws-sdk/client-cognito-identity-provider";
import { afterEach, describe, expect, test, vi } from "vitest";
import { cognitoClient } from "../../lib/cognito/client.ts";
import { type BatchProgress, estimate, runBatch } from "../../lib/directory/batch.ts";
import { UserError } from "../../lib/errors.ts";
import { cognitoException } from "../auth/recorded-cognito.ts";
import { mostInASecond, startCountingCognito } from "../support/counting-cognito.ts";
import { emulatorEnvironment } from "../support/project.ts";
import { seededRandom, tellSeed } from "../support/random.ts";

const people = (count: number) => Array.from({ length: count }, (_, index) => ({ username: `p${index}` }));
const usernames = (outcomes: readonly { readonly username: string }[]) =>
  outcomes.map(({ username }) => username);

/** Vitest has one of its own. */
const timers = () => getActiveResourcesInfo().filter((name) => name === "Timeout").length;

describe("a job for everyone", () => {
  test("runs for many at once, for 50 at most; the results are in the order of the people", async () => {
    const random = seededRandom(tellSeed("EVERYONE_SEED"));
    let running = 0;
    let most = 0;
    const outcomes = await runBatch({ people: people(200), look: undefined }, async ({ username }) => {
      most = Math.max(most, ++running);
      await sleep(random() * 5);
      running -= 1;
      return username.toUpperCase();
    });
    expect(most).toBe(50);
    expect(outcomes).toEqual(
      people(200).map(({ username }) => ({ username, state: "done", result: username.toUpperCase() })),
    );
  });

  test("that fails for one keeps nobody else from theirs", async () => {
    const trouble = new UserError("trouble");
    const outcomes = await runBatch({ people: people(3), look: undefined }, async ({ username }) => {
      if (username === "p1") throw trouble;
      return 1;
    });
    expect(outcomes).toEqual([
      { username: "p0", state: "done", result: 1 },
      { username: "p1", state: "failed", error: trouble },
      { username: "p2", state: "done", result: 1 },
    ]);
  });

  test("for nobody is done", async () => {
    expect(await runBatch({ people: [], look: undefined }, async () => 1)).toEqual([]);
  });

  test("is tried again after the others for whoever was throttled, also where words were made of it", async () => {
    const throttled = cognitoException("TooManyRequestsException");
    const inWords = new UserError("too many requests", { cause: throttled });
    const goes: string[] = [];
    const told: BatchProgress[] = [];
    const outcomes = await runBatch(
      { people: people(4), look: undefined, onProgress: (howFar) => told.push(howFar) },
      async ({ username }) => {
        goes.push(username);
        if (username === "p0" && goes.length <= 4) throw throttled;
        if (username === "p1" && goes.length <= 6) throw inWords;
      },
    );
    expect(goes).toEqual(["p0", "p1", "p2", "p3", "p0", "p1", "p1"]);
    expect(outcomes.map(({ state }) => state)).toEqual(["done", "done", "done", "done"]);
    expect(told.at(-1)).toEqual({ done: 4, total: 4 });
  });

  test("ends when a whole round of the throttled gets nobody done", async () => {
    let goes = 0;
    const throttled = cognitoException("TooManyRequestsException");
    const outcomes = await runBatch({ people: people(2), look: undefined }, async () => {
      goes += 1;
      throw throttled;
    });
    expect(outcomes.map(({ state }) => state)).toEqual(["failed", "failed"]);
    expect(goes).toBe(4);
  });

  test("that is aborted lets those under way end, begins no other, and says who is left", async () => {
    const before = timers();
    const controller = new AbortController();
    const ended: string[] = [];
    const outcomes = await runBatch(
      { people: people(60), look: undefined, signal: controller.signal },
      async ({ username }) => {
        if (username === "p49") controller.abort();
        await sleep(20);
        ended.push(username);
      },
    );
    expect(ended).toHaveLength(50);
    expect(outcomes.filter(({ state }) => state === "done")).toHaveLength(50);
    expect(usernames(outcomes.filter(({ state }) => state === "left"))).toEqual(
      usernames(people(60).slice(50)),
    );
    expect(timers()).toBeLessThanOrEqual(before);
  });

  test("whose own request is aborted is left, not failed", async () => {
    const controller = new AbortController();
    const outcomes = await runBatch(
      { people: people(1), look: undefined, signal: controller.signal },
      async () => {
        controller.abort();
        throw new Error("Request aborted");
      },
    );
    expect(outcomes).toEqual([{ username: "p0", state: "left" }]);
  });
});

describe("how far it is", () => {
  test.each([
    ["too early to say", { before: 0, ended: 3, total: 10, elapsed: 0.5 }, { done: 3, total: 10 }],
    ["nobody done yet", { before: 5, ended: 0, total: 10, elapsed: 9 }, { done: 5, total: 10 }],
    [
      "the rest at the speed so far",
      { before: 0, ended: 120, total: 1_000, elapsed: 6 },
      { done: 120, total: 1_000, secondsLeft: 44 },
    ],
    [
      "whom an earlier run got done says nothing of the speed",
      { before: 500, ended: 10, total: 1_000, elapsed: 2 },
      { done: 510, total: 1_000, secondsLeft: 98 },
    ],
    ["at the end", { before: 0, ended: 10, total: 10, elapsed: 2 }, { done: 10, total: 10, secondsLeft: 0 }],
  ])("%s", (_, course, expected) => {
    expect(estimate(course)).toEqual(expected);
  });
});

describe("with a real client, throttled hard", () => {
  afterEach(() => vi.unstubAllEnvs());

  test("nobody is skipped and no second sees more than the quota", async () => {
    const began = performance.now();
    const server = await startCountingCognito({
      befalls: ({ at }) => (at - began < 1_500 ? "throttled" : undefined),
    });
    for (const [name, value] of Object.entries(emulatorEnvironment(server.endpoint))) vi.stubEnv(name, value);
    const client = cognitoClient({ quotas: { UserUpdate: 45 } });
    const outcomes = await runBatch({ people: people(20), look: undefined }, ({ username: Username }) =>
      client.send(new AdminUserGlobalSignOutCommand({ UserPoolId: "us-east-1_x", Username })),
    );
    await server.stop();
    expect(usernames(outcomes.filter(({ state }) => state === "done"))).toEqual(usernames(people(20)));
    expect(mostInASecond(server.arrivals)).toBeLessThanOrEqual(45);
  }, 90_000);
});

import { getActiveResourcesInfo } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import {
  AdminGetUserCommand,
  AdminUserGlobalSignOutCommand,
  type CognitoIdentityProviderClient,
  RespondToAuthChallengeCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type CognitoClientOptions, cognitoClient } from "../../lib/cognito/client.ts";
import { turnOf } from "../../lib/cognito/rate-limit.ts";
import { CATEGORIES } from "../../lib/stack/quotas.ts";
import {
  type Arrival,
  type CountingCognito,
  type CountingOptions,
  mostInASecond,
  startCountingCognito,
} from "../support/counting-cognito.ts";
import { emulatorEnvironment } from "../support/project.ts";

/** Vitest has one of its own. */
const timers = () => getActiveResourcesInfo().filter((name) => name === "Timeout").length;

describe("the pace of one category", () => {
  test.each([
    ...new Set(Object.values(CATEGORIES).map(({ perSecond }) => perSecond)),
    1,
    2,
    7,
    19,
    99,
    1_000,
  ])(
    "%i a second: never more in a second, nor in one that the network stretches, and few fewer",
    (perSecond) => {
      const { requests, everyMs } = turnOf(perSecond);
      // Turns at 0, everyMs, 2 × everyMs, …: as many as begin within 1,100 ms.
      expect(requests * Math.ceil(1_100 / everyMs)).toBeLessThanOrEqual(perSecond);
      expect((requests * 1_000) / everyMs).toBeGreaterThan(perSecond * 0.79);
    },
  );
});

describe("a client's requests", () => {
  let server: CountingCognito;
  afterEach(async () => {
    vi.unstubAllEnvs();
    await server.stop();
  });

  async function client(options: CognitoClientOptions = {}, answers: CountingOptions = {}) {
    server = await startCountingCognito(answers);
    for (const [name, value] of Object.entries(emulatorEnvironment(server.endpoint))) vi.stubEnv(name, value);
    return cognitoClient(options);
  }
  const signOut = (to: CognitoIdentityProviderClient, person: number, abortSignal?: AbortSignal) =>
    to.send(
      new AdminUserGlobalSignOutCommand({ UserPoolId: "us-east-1_x", Username: `p${person}` }),
      abortSignal === undefined ? {} : { abortSignal },
    );
  const many = <T>(count: number, each: (index: number) => Promise<T>) =>
    Array.from({ length: count }, (_, index) => each(index));

  test("never come faster than their category's quota, and nearly as fast", async () => {
    const cognito = await client();
    const began = performance.now();
    await Promise.all(many(60, (index) => signOut(cognito, index)));
    expect(mostInASecond(server.arrivals)).toBeLessThanOrEqual(25);
    expect(performance.now() - began).toBeLessThan(4_500);
  });

  test("of two clients share one quota, since the account has one", async () => {
    const first = await client({ quotas: { UserUpdate: 40 } });
    const second = cognitoClient({ quotas: { UserUpdate: 40 } });
    await Promise.all([
      ...many(40, (index) => signOut(first, index)),
      ...many(40, (index) => signOut(second, index)),
    ]);
    expect(server.arrivals).toHaveLength(80);
    expect(mostInASecond(server.arrivals)).toBeLessThanOrEqual(40);
  });

  test("of another category don't wait for them, and the quotas can be the account's own", async () => {
    const cognito = await client({ quotas: { UserUpdate: 2, UserRead: 500 } });
    const slow = many(3, (index) => signOut(cognito, index));
    await Promise.all(
      many(100, (index) => cognito.send(new AdminGetUserCommand({ UserPoolId: "x", Username: `p${index}` }))),
    );
    const { arrivals } = server;
    expect(arrivals.filter(({ operation }) => operation === "AdminGetUser")).toHaveLength(100);
    expect(arrivals.filter(({ operation }) => operation === "AdminUserGlobalSignOut").length).toBeLessThan(3);
    await Promise.all(slow);
  });

  test("that set a new password keep to UserAccountRecovery, not to the wider UserAuthentication", async () => {
    const cognito = await client({ quotas: { UserAccountRecovery: 20 } });
    const respond = (ChallengeName: "NEW_PASSWORD_REQUIRED" | "SOFTWARE_TOKEN_MFA") =>
      cognito.send(new RespondToAuthChallengeCommand({ ClientId: "c", ChallengeName }));
    const began = performance.now();
    await Promise.all(many(30, () => respond("SOFTWARE_TOKEN_MFA")));
    expect(performance.now() - began).toBeLessThan(900);
    const before = server.arrivals.length;
    await Promise.all(many(30, () => respond("NEW_PASSWORD_REQUIRED")));
    expect(mostInASecond(server.arrivals.slice(before))).toBeLessThanOrEqual(20);
  });

  test("that are sent again, because Cognito broke down, wait for another turn", async () => {
    const known = new Set<string | undefined>();
    const befalls = ({ username }: Arrival) => {
      const again = known.has(username);
      known.add(username);
      return again ? undefined : "broken";
    };
    const cognito = await client({ quotas: { UserUpdate: 26 } }, { befalls });
    await Promise.all(many(25, (index) => signOut(cognito, index)));
    expect(server.arrivals).toHaveLength(50);
    expect(mostInASecond(server.arrivals)).toBeLessThanOrEqual(26);
  });

  test("that Cognito throttles are tried again within the quota, and slow the others down", async () => {
    // As when other apps of the account use three quarters of the quota.
    const cognito = await client(
      { quotas: { UserUpdate: 60 } },
      {
        befalls: ({ at }, arrivals) =>
          arrivals.filter((other) => other.at > at - 1_000).length > 15 ? "throttled" : undefined,
      },
    );
    const results = await Promise.allSettled(many(24, (index) => signOut(cognito, index)));
    expect(mostInASecond(server.arrivals)).toBeLessThanOrEqual(60);
    const done = results.filter(({ status }) => status === "fulfilled").length;
    expect(done).toBeGreaterThan(15);
    // Without slowing down all attempts of all would have come: 24 × 5.
    expect(server.arrivals.length).toBeLessThan(90);
  }, 60_000);

  test("stop waiting for their turn with their own signal, or with the client's, and leave no timer", async () => {
    await sleep(200); // what the buckets of other tests still wait for
    const before = timers();
    const own = new AbortController();
    const all = new AbortController();
    const cognito = await client({ quotas: { UserUpdate: 1 }, signal: all.signal });
    const sent = many(6, (index) => signOut(cognito, index, index < 3 ? own.signal : undefined));
    const ended = Promise.allSettled(sent);
    await vi.waitFor(() => expect(server.arrivals).toHaveLength(1));
    own.abort(new Error("own"));
    await expect(sent[2]).rejects.toThrow();
    all.abort(new Error("all"));
    await expect(sent[5]).rejects.toThrow();
    await expect(signOut(cognito, 7)).rejects.toThrow("all");
    await ended;
    const arrived = server.arrivals.length;
    // The bucket's own, which is as long as a turn.
    await sleep(1_200);
    expect(timers()).toBe(before);
    expect(server.arrivals).toHaveLength(arrived);
  });
});

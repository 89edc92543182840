import { describe, expect, test } from "vitest";
import type { CognitoClient } from "../../../lib/cognito/client.ts";
import { canaryFailure, runCanary } from "../../../lib/directory/canary/canary.ts";
import { UserError } from "../../../lib/errors.ts";
import { cognitoException } from "../../auth/recorded-cognito.ts";

const APP = { userPoolId: "us-east-1_pool", clientId: "client" };
type Answer = object | Error | ((input: Record<string, unknown>) => object);

/** A pool by e-mail; what it answers to each operation may be told. Nobody can sign in, for there are no keys to sign tokens with. */
function pool(answers: Record<string, Answer> = {}) {
  const calls: { operation: string; Username: string }[] = [];
  const all: Record<string, Answer> = {
    DescribeUserPool: { UserPool: { UsernameAttributes: ["email"] } },
    ListUsers: { Users: [] },
    AdminCreateUser: {},
    AdminDeleteUser: {},
    InitiateAuth: cognitoException("NotAuthorizedException", "Incorrect username or password."),
    ...answers,
  };
  const clientWith = (signal?: AbortSignal): CognitoClient => {
    const send = async (command: { constructor: { name: string }; input: Record<string, unknown> }) => {
      signal?.throwIfAborted();
      const operation = command.constructor.name.replace(/Command$/, "");
      calls.push({ operation, Username: String(command.input.Username) });
      const answer = all[operation];
      if (answer instanceof Error || answer === undefined) throw answer;
      return typeof answer === "function" ? answer(command.input) : answer;
    };
    return { send } as unknown as CognitoClient;
  };
  const run = (more: { signal?: AbortSignal; now?: () => number; onBegin?: (name: string) => void } = {}) =>
    runCanary({
      app: APP,
      connect: clientWith,
      signal: new AbortController().signal,
      endpoint: () => undefined,
      onBegin: () => {},
      onStep: () => {},
      onWait: () => {},
      ...more,
    });
  const deleted = () =>
    calls.filter(({ operation }) => operation === "AdminDeleteUser").map(({ Username }) => Username);
  return { run, calls, deleted };
}

const failed = (report: Awaited<ReturnType<typeof runCanary>>) =>
  report.steps.filter(({ failure }) => failure).map(({ name }) => name);

describe("a canary is deleted again", () => {
  test("after a step that failed; the words name it, and not what only a person could do", async () => {
    const { run, deleted } = pool();
    const report = await run();
    expect(report.steps.map(({ name }) => name)).toEqual(["create", "first login", "delete"]);
    expect(deleted()).toEqual([report.username]);
    const told = canaryFailure(report, APP) as UserError;
    expect(told).toBeInstanceOf(UserError);
    expect(told.message).toContain('failed at its step "first login"');
    expect(told.next.at(-1)).toContain("what the last deploy changed");
    expect(told.next.join()).not.toContain("npm run");
  });

  test("when the answer to its creation was lost", async () => {
    const lost = Object.assign(cognitoException("TimeoutError"), { $metadata: {} });
    const { run, deleted } = pool({ AdminCreateUser: lost });
    const report = await run();
    expect(failed(report)).toEqual(["create"]);
    expect(deleted()).toEqual([report.username]);
  });

  test("when a further attempt finds it created already: it goes on", async () => {
    const { run } = pool({ AdminCreateUser: cognitoException("UsernameExistsException") });
    expect(failed(await run())).toEqual(["first login"]);
  });

  test("after an abort, by requests that the abort does not reach", async () => {
    const { run, deleted } = pool();
    const controller = new AbortController();
    const report = await run({
      signal: controller.signal,
      onBegin: (name) => name === "first login" && controller.abort(),
    });
    expect(deleted()).toEqual([report.username]);
    expect(report.steps.at(-1)).toMatchObject({ name: "delete" });
    expect(report.timedOut).toBe(false);
  });

  test("unless Cognito refused to create it", async () => {
    const { run, deleted } = pool({ AdminCreateUser: cognitoException("AccessDeniedException") });
    const report = await run();
    expect(deleted()).toEqual([]);
    expect(canaryFailure(report, APP)).toMatchObject({
      message: expect.stringContaining('failed at its step "create": these credentials aren\'t allowed'),
    });
  });

  test("and where that fails, the words say how it goes away", async () => {
    const { run } = pool({ AdminDeleteUser: cognitoException("AccessDeniedException") });
    const report = await run();
    expect(failed(report)).toEqual(["first login", "delete"]);
    expect((canaryFailure(report, APP) as UserError).next.at(-1)).toContain(
      `admin-delete-user --user-pool-id us-east-1_pool --username ${report.username}`,
    );
  });

  test("already: that is what was wanted", async () => {
    const { run } = pool({ AdminDeleteUser: cognitoException("UserNotFoundException") });
    expect(failed(await run())).toEqual(["first login"]);
  });
});

describe("what killed runs left", () => {
  const user = (email: string, profile: string, age: number) => ({
    Username: `sub-of-${email}`,
    UserCreateDate: new Date(1_000_000_000 - age),
    Attributes: [
      { Name: "email", Value: email },
      { Name: "profile", Value: profile },
    ],
  });
  const MARK = "https://example.invalid/cognito-roster-canary";
  const old = "cognito-roster-canary-00000000000000aa@example.invalid";
  const young = "cognito-roster-canary-00000000000000bb@example.invalid";
  const person = "cognito-roster-canary-keeper@example.com";

  test("is removed, but for what may be at work, and nobody else", async () => {
    const Users = [user(old, MARK, 600_000), user(young, MARK, 60_000), user(person, MARK, 900_000)];
    const { run, deleted } = pool({ ListUsers: { Users } });
    const report = await run({ now: () => 1_000_000_000 });
    expect(report).toMatchObject({ removed: [old], others: 1 });
    expect(deleted()).toEqual([`sub-of-${old}`, report.username]);
  });

  test("is looked for by the name alone: one page, not everybody", async () => {
    let filter: unknown;
    const { run } = pool({
      ListUsers: (input) => {
        filter = input.Filter;
        return { Users: [] };
      },
    });
    await run();
    expect(filter).toBe('email ^= "cognito-roster-canary-"');
  });
});

/** @module-tag full */
/** @module-tag long */

import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { InitiateAuthCommand } from "@aws-sdk/client-cognito-identity-provider";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { expectClearError } from "../support/damage.ts";
import { startFaultyProxy } from "../support/faulty-proxy.ts";
import { type HandmadePool, makePoolByHand } from "../support/handmade-pool.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";
import { seededRandom, tellSeed } from "../support/random.ts";
import { type Call, type RetouchingProxy, startRetouchingProxy } from "../support/retouching-proxy.ts";
import { openTerminal } from "../support/terminal.ts";
import { filesContaining } from "../support/written.ts";

const PENDING = 60;
const nameOf = (index: number) => `pending${index}@example.com`;
const everyone = Array.from({ length: PENDING }, (_, index) => nameOf(index));

/**
 * moto is trusted for who there is, for refusing wrong passwords, and for AdminSetUserPassword. Not for RESEND, of which it makes
 * a second person (cognito-local knows none): the proxy in front answers that, as the API reference says, and notes who was sent
 * what. Nor for AdminDeleteSoftwareToken, which moto does not have.
 */
describe.skipIf(!inject("moto"))("invitations, passwords and second factors", () => {
  let moto: RunningEmulator;
  let pool: HandmadePool;
  let proxy: RetouchingProxy;
  let project: Project;
  /** Of the server: changed by tests. */
  let server = { ownSender: true, deletesTokens: true };
  const run = (command: string, env: NodeJS.ProcessEnv = {}) =>
    project.run(`node scripts/run.mjs ${command}`, { env });
  const resent = (calls: readonly Call[] = proxy.calls) =>
    calls.flatMap(({ operation, input }) =>
      operation === "AdminCreateUser" ? [String(input.Username)] : [],
    );
  const since = async <Result>(work: () => Promise<Result>) => {
    const before = proxy.calls.length;
    const result = await work();
    return { result, calls: proxy.calls.slice(before) };
  };

  beforeAll(async () => {
    moto = await startMoto();
    // Of every ten the fifth has not logged in.
    pool = await makePoolByHand({ endpoint: moto.endpoint, people: 6, groups: [] });
    proxy = await startRetouchingProxy(moto.endpoint, {
      answer: ({ operation, input }) => {
        if (operation === "AdminCreateUser" && input.MessageAction === "RESEND")
          return { body: { User: {} } };
        return operation === "AdminDeleteSoftwareToken" && server.deletesTokens ? { body: {} } : undefined;
      },
      retouch: ({ operation }, body) =>
        operation === "DescribeUserPool" && server.ownSender
          ? {
              UserPool: {
                ...(body.UserPool as object),
                EmailConfiguration: { EmailSendingAccount: "DEVELOPER" },
              },
            }
          : body,
    });
    project = new Project({ ...emulatorEnvironment(proxy.endpoint), COGNITO_USER_POOL_ID: pool.userPoolId });
    // Slow enough to be interrupted.
    project.configure(
      'pool: { name: "people" }',
      'pool: { name: "people", asIs: { smsConfiguration: { snsCallerArn: "arn:aws:iam::123456789012:role/sms", externalId: "people" } } }',
    );
    project.configure(
      'client: { name: "app" },',
      'client: { name: "app" },\n  quotas: { UserCreation: 20, UserAccountRecovery: 20 },',
    );
    const { AdminCreateUserCommand } = await import("@aws-sdk/client-cognito-identity-provider");
    for (const Username of [...everyone, "bot@example.com"]) {
      const UserPoolId = pool.userPoolId;
      await pool.admin.send(new AdminCreateUserCommand({ UserPoolId, Username, MessageAction: "SUPPRESS" }));
    }
    project.writeRoster({
      ...Object.fromEntries(everyone.map((name) => [name, {}])),
      [nameOf(1)]: { invite: "sms", phone: "+819012345678" },
      "bot@example.com": { invite: "none" },
      "person0@example.com": {},
    });
  });
  afterEach(() => {
    server = { ownSender: true, deletesTokens: true };
    // What was done so far; what is compiled stays.
    const kept = join(project.directory, ".cache");
    for (const name of readdirSync(kept)) if (name.endsWith(".done")) rmSync(join(kept, name));
  });
  afterAll(async () => {
    project?.remove();
    await proxy?.stop();
    await moto?.stop();
  });

  /** Ends a command when the server has heard so many of its requests. */
  async function stopped(command: string, operation: string, count: number, signal: "SIGINT" | "SIGKILL") {
    const began = proxy.calls.length;
    const child = execa("node", ["scripts/run.mjs", ...command.split(" ")], {
      cwd: project.directory,
      env: { ...emulatorEnvironment(proxy.endpoint), COGNITO_USER_POOL_ID: pool.userPoolId },
      reject: false,
      all: true,
    });
    const heard = () => proxy.calls.slice(began).filter((call) => call.operation === operation).length;
    await expect.poll(heard, { timeout: 20_000, interval: 10 }).toBeGreaterThanOrEqual(count);
    child.kill(signal);
    return { ...(await child), calls: proxy.calls.slice(began) };
  }

  describe("npm run invite", () => {
    test("sends to those who are named, by their medium, and asks nobody for a few", async () => {
      const { result, calls } = await since(() => run(`invite ${nameOf(0)} PENDING1@example.com`));
      expect(result.exitCode, result.all).toBe(0);
      expect(result.stdout).toBe("✔ 2 invitations sent");
      const sent = calls.filter(({ operation }) => operation === "AdminCreateUser");
      expect(sent.map(({ input }) => input)).toEqual([
        expect.objectContaining({
          Username: nameOf(0),
          MessageAction: "RESEND",
          DesiredDeliveryMediums: ["EMAIL"],
        }),
        expect.objectContaining({
          Username: nameOf(1),
          MessageAction: "RESEND",
          DesiredDeliveryMediums: ["SMS"],
        }),
      ]);
    });

    test("refuses who has finished, gets none, or is not there: nobody is sent anything", async () => {
      const { result, calls } = await since(() =>
        run(`invite ${nameOf(0)} person0@example.com bot@example.com nobody@example.com`),
      );
      expectClearError(result, 2, "nobody@example.com is not in the user pool");
      expectClearError(
        await run(`invite ${nameOf(0)} person0@example.com bot@example.com`),
        2,
        'person0@example.com has already finished the first login; bot@example.com gets no invitation ("invite": "none")',
      );
      expect(resent(calls)).toEqual([]);
    });

    test.each([
      ["", "Name at least one person"],
      ["--expired --all-pending", "can't be combined"],
      ["--all-pending", "There is no terminal to ask for confirmation"],
      [`${nameOf(0)} --user-pool-id x`, "is not a user pool id"],
      [`${nameOf(0)} --loudly`, "Unknown option"],
    ])("with %j is one clear error", async (options, words) => {
      const { result, calls } = await since(() => run(`invite ${options}`.trim()));
      expectClearError(result, 2, words);
      expect(resent(calls)).toEqual([]);
    });

    test("--expired is nobody here, and no failure", async () => {
      const { result, calls } = await since(() => run("invite --expired --json"));
      expect(result.exitCode, result.all).toBe(0);
      expect(JSON.parse(result.stdout)).toMatchObject({ done: [], doneBefore: [], failed: [], left: [] });
      expect(resent(calls)).toEqual([]);
    });

    test("asks on a terminal before more than 10; no means nobody", async () => {
      const before = resent().length;
      const env = { ...emulatorEnvironment(proxy.endpoint), COGNITO_USER_POOL_ID: pool.userPoolId };
      const terminal = openTerminal(
        ["scripts/run.mjs", "invite", "--all-pending"],
        { ...env, PATH: process.env.PATH } as Record<string, string>,
        [],
        project.directory,
      );
      await terminal.shows(`Send ${PENDING} invitations?`);
      terminal.type("n");
      expect(await terminal.ended).toBe(1);
      expect(terminal.screen()).toContain("No invitation was sent.");
      expect(resent().length).toBe(before);
    });

    test("by Cognito's own sender sends 50 a day, says so, and goes on from there", async () => {
      server.ownSender = false;
      const first = await since(() => run("invite --all-pending --yes"));
      expect(first.result.exitCode, first.result.all).toBe(1);
      expect(first.result.words).toContain(
        "Cognito's own sender sends 50 e-mails a day: this needs 50; this pool",
      );
      expect(first.result.words).toContain(
        '1 more person is pending but gets no invitation ("invite": "none")',
      );
      expect(first.result.words).toContain(`Only 51 of ${PENDING} now`);
      expect(resent(first.calls)).toHaveLength(51);

      const sameDay = await since(() => run("invite --all-pending --yes"));
      expect(resent(sameDay.calls)).toEqual([]);
      expect(sameDay.result.words).toContain(`Only 0 of ${PENDING - 51} now`);

      server.ownSender = true;
      const rest = await since(() => run("invite --all-pending"));
      expect(rest.result.exitCode, rest.result.all).toBe(0);
      expect([...resent(first.calls), ...resent(rest.calls)].sort()).toEqual([...everyone].sort());
      expect(
        existsSync(join(project.directory, ".cache", `invite.${pool.userPoolId}.all-pending.done`)),
      ).toBe(false);
    });

    test.each(["SIGINT", "SIGKILL"] as const)(
      "stopped by %s it is taken up: the rest is sent theirs",
      async (signal) => {
        const first = await stopped("invite --all-pending --yes", "AdminCreateUser", 15, signal);
        const sentFirst = resent(first.calls);
        expect(sentFirst.length).toBeLessThan(PENDING);
        if (signal === "SIGINT") {
          expect(first.exitCode, first.all).toBe(130);
          expect(first.all).toContain("Run the same command again: it continues where this one stopped.");
        }
        const rest = await since(() => run("invite --all-pending --yes"));
        expect(rest.result.exitCode, rest.result.all).toBe(0);
        const twice = resent(rest.calls).filter((name) => sentFirst.includes(name));
        // A kill may come between an answer and the journal's line.
        expect(twice.length).toBeLessThanOrEqual(signal === "SIGINT" ? 0 : 3);
        expect(new Set([...sentFirst, ...resent(rest.calls)])).toEqual(new Set(everyone));
      },
    );

    test("throttled, and with answers lost, it reaches everyone", async () => {
      const random = seededRandom(tellSeed("INVITE_SEED"));
      const faulty = await startFaultyProxy(proxy.endpoint, {
        faults: { throttle: 0.15, drop: 0.05, delay: 0 },
        random,
      });
      const { result, calls } = await since(() =>
        run(`invite ${everyone.slice(0, 25).join(" ")} --yes --json`, emulatorEnvironment(faulty.endpoint)),
      );
      await faulty.stop();
      expect(result.exitCode, result.all).toBe(0);
      expect(new Set(resent(calls))).toEqual(new Set(everyone.slice(0, 25)));
      expect(JSON.parse(result.stdout).done).toHaveLength(25);
    });
  });

  /** What Cognito answers to somebody who signs in with it. */
  const signIn = async (username: string, password: string) =>
    (
      await pool.admin.send(
        new InitiateAuthCommand({
          ClientId: pool.clientId,
          AuthFlow: "USER_PASSWORD_AUTH",
          AuthParameters: { USERNAME: username, PASSWORD: password },
        }),
      )
    ).ChallengeName ?? "signed in";

  const passwordsIn = (file: string): Record<string, string>[] =>
    readFileSync(join(project.directory, file), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  const set = (calls: readonly Call[]) =>
    calls.filter(({ operation }) => operation === "AdminSetUserPassword");

  describe("npm run issue-password", () => {
    test("writes a temporary password that works, to a file for its owner alone, and nowhere else", async () => {
      const result = await run("issue-password bot@example.com --out bot.passwords");
      expect(result.exitCode, result.all).toBe(0);
      expect(statSync(join(project.directory, "bot.passwords")).mode & 0o777).toBe(0o600);
      const [issued] = passwordsIn("bot.passwords");
      const password = issued?.temporaryPassword ?? "";
      expect(await signIn("bot@example.com", password)).toBe("NEW_PASSWORD_REQUIRED");
      expect(result.all).not.toContain(password);
      expect(filesContaining(project.directory, password).map((file) => file.split("/").at(-1))).toEqual([
        "bot.passwords",
      ]);
    });

    test("shows it once on a terminal; without one it wants a file, and sets nothing", async () => {
      const env = { ...emulatorEnvironment(proxy.endpoint), COGNITO_USER_POOL_ID: pool.userPoolId };
      const terminal = openTerminal(
        ["scripts/run.mjs", "issue-password", "bot@example.com"],
        { ...env, PATH: process.env.PATH } as Record<string, string>,
        [],
        project.directory,
      );
      expect(await terminal.ended).toBe(0);
      const password = /bot@example\.com\s+(\S+)/.exec(terminal.screen())?.[1] ?? "";
      expect(await signIn("bot@example.com", password)).toBe("NEW_PASSWORD_REQUIRED");
      expect(terminal.screen().split(password)).toHaveLength(2);
      expect(filesContaining(project.directory, password)).toEqual([]);

      const { result, calls } = await since(() => run("issue-password bot@example.com --json"));
      expectClearError(result, 2, "There is no terminal to show the password on");
      expect(set(calls)).toEqual([]);
    });

    test("--permanent is asked twice: one no, and nothing is set", async () => {
      const env = { ...emulatorEnvironment(proxy.endpoint), COGNITO_USER_POOL_ID: pool.userPoolId };
      const ask = (file: string) =>
        openTerminal(
          ["scripts/run.mjs", "issue-password", "bot@example.com", "--permanent", "--out", file],
          { ...env, PATH: process.env.PATH } as Record<string, string>,
          [],
          project.directory,
        );
      const { calls } = await since(async () => {
        const refused = ask("no.passwords");
        await refused.shows("password for 1 account?");
        refused.type("y");
        await refused.shows("Are you sure?");
        refused.type("n");
        expect(await refused.ended).toBe(1);
      });
      expect(set(calls)).toEqual([]);
      expect(existsSync(join(project.directory, "no.passwords.part"))).toBe(false);

      const agreed = ask("yes.passwords");
      await agreed.shows("password for 1 account?");
      agreed.type("y");
      await agreed.shows("Are you sure?");
      agreed.type("y");
      expect(await agreed.ended).toBe(0);
      const [issued] = passwordsIn("yes.passwords");
      expect(await signIn("bot@example.com", issued?.password ?? "")).toBe("signed in");
    });

    test("refuses who has finished, unless --reset", async () => {
      const { result, calls } = await since(() =>
        run(`issue-password person0@example.com ${nameOf(2)} --out a.passwords`),
      );
      expectClearError(result, 2, "person0@example.com already has their own password");
      expect(set(calls)).toEqual([]);
      const reset = await run("issue-password person0@example.com --reset --out a.passwords");
      expect(reset.exitCode, reset.all).toBe(0);
      const [issued] = passwordsIn("a.passwords");
      expect(await signIn("person0@example.com", issued?.temporaryPassword ?? "")).toBe(
        "NEW_PASSWORD_REQUIRED",
      );
    });

    test.each([
      ["to a file that is there", `${nameOf(2)} --out package.json`, 2, "already exists"],
      ["to a directory that is not", `${nameOf(2)} --out nowhere/file`, 1, "cannot be written to"],
      ["to nobody", "--out x.passwords", 2, "Missing argument: USERNAME"],
      ["to nobody there", "nobody@example.com --out x.passwords", 2, "is not in the user pool"],
      [
        "for good, with nobody to ask",
        `${nameOf(2)} --permanent --out x.passwords`,
        2,
        "There is no terminal to ask for confirmation",
      ],
    ])("%s is one clear error, and nothing is set", async (_, options, exitCode, words) => {
      const { result, calls } = await since(() => run(`issue-password ${options}`));
      expectClearError(result, exitCode, words);
      expect(set(calls)).toEqual([]);
      expect(project.read("package.json")).toContain('"cognito-roster"');
    });

    test.each(["SIGINT", "SIGKILL"] as const)(
      "stopped by %s it is taken up: every password in the file works",
      async (signal) => {
        const people = everyone.slice(3, 43);
        const command = `issue-password ${people.join(" ")} --out ${signal}.passwords`;
        const first = await stopped(command, "AdminSetUserPassword", 8, signal);
        expect(existsSync(join(project.directory, `${signal}.passwords`)), first.all).toBe(false);
        expect(statSync(join(project.directory, `${signal}.passwords.part`)).mode & 0o777).toBe(0o600);
        const rest = await since(() => run(command));
        expect(rest.result.exitCode, rest.result.all).toBe(0);
        expect(set(rest.calls).length).toBeLessThan(people.length);
        const issued = passwordsIn(`${signal}.passwords`);
        expect(issued.map(({ username }) => username)).toEqual(people);
        for (const { username = "", temporaryPassword = "" } of issued) {
          expect(await signIn(username, temporaryPassword)).toBe("NEW_PASSWORD_REQUIRED");
        }
        expect(existsSync(join(project.directory, `${signal}.passwords.part`))).toBe(false);
      },
    );

    test("throttled, and with answers lost, every password in the file works", async () => {
      const random = seededRandom(tellSeed("ISSUE_SEED"));
      const faulty = await startFaultyProxy(proxy.endpoint, {
        faults: { throttle: 0.15, drop: 0.05, delay: 0 },
        random,
      });
      const people = everyone.slice(45, 60);
      const result = await run(
        `issue-password ${people.join(" ")} --out faulty.passwords`,
        emulatorEnvironment(faulty.endpoint),
      );
      await faulty.stop();
      expect(result.exitCode, result.all).toBe(0);
      for (const { username = "", temporaryPassword = "" } of passwordsIn("faulty.passwords")) {
        expect(await signIn(username, temporaryPassword)).toBe("NEW_PASSWORD_REQUIRED");
      }
    });
  });

  describe("npm run reset-mfa", () => {
    test("deletes the authenticator app of one person, once that is agreed", async () => {
      const asked = await since(() => run("reset-mfa person1@example.com"));
      expectClearError(asked.result, 2, "There is no terminal to ask for confirmation");
      expect(asked.calls.map(({ operation }) => operation)).not.toContain("AdminDeleteSoftwareToken");
      const { result, calls } = await since(() => run("reset-mfa person1@example.com --yes"));
      expect(result.exitCode, result.all).toBe(0);
      expect(result.stdout).toContain("✔ person1@example.com no longer has an authenticator app");
      expect(result.stdout).toContain("npm run sign-in -- person1@example.com --mfa-enroll");
      expect(calls.at(-1)?.operation).toBe("AdminDeleteSoftwareToken");
    });

    test("where the server cannot, turns it off and says so", async () => {
      server.deletesTokens = false;
      const { result, calls } = await since(() => run("reset-mfa person1@example.com --yes --json"));
      expect(result.exitCode, result.all).toBe(0);
      expect(JSON.parse(result.stdout)).toEqual({
        username: "person1@example.com",
        outcome: "turned-off",
        mfaRequired: false,
        pool: expect.objectContaining({ id: expect.any(String) }),
      });
      expect(calls.at(-1)?.operation).toBe("AdminSetUserMFAPreference");
    });

    test.each([
      ["", "Missing argument: USERNAME"],
      ["nobody@example.com --yes", "is not in the user pool"],
      ["a@example.com b@example.com", "Too many arguments"],
    ])("with %j is one clear error", async (options, words) => {
      expectClearError(await run(`reset-mfa ${options}`.trim()), 2, words);
    });
  });
});

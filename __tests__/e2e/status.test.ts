/** @module-tag full */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AdminSetUserPasswordCommand } from "@aws-sdk/client-cognito-identity-provider";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { TestBrowser } from "../support/browser.ts";
import { expectClearError } from "../support/damage.ts";
import { startFaultyProxy } from "../support/faulty-proxy.ts";
import { emailOf, type HandmadePool, makePoolByHand, OLD_PASSWORD } from "../support/handmade-pool.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";
import { seededRandom, tellSeed } from "../support/random.ts";
import { type RetouchingProxy, startRetouchingProxy } from "../support/retouching-proxy.ts";
import { CTRL_C, openTerminal } from "../support/terminal.ts";

const PEOPLE = 1_000;
const STATUS = "node scripts/run.mjs status";
const DAY_S = 86_400;

interface PoolUser {
  Attributes: { Name: string; Value: string }[];
  UserStatus: string;
  Enabled: boolean;
  UserLastModifiedDate: number;
}

/** What moto cannot have: old accounts, and statuses that Cognito itself gives. The pool's passwords last 30 days. */
function retouch(user: PoolUser): PoolUser {
  const email = user.Attributes.find(({ Name }) => Name === "email")?.Value;
  const aged = (days: number) => ({
    ...user,
    UserLastModifiedDate: user.UserLastModifiedDate - days * DAY_S,
  });
  switch (email) {
    case emailOf(0):
      return { ...user, UserStatus: "RESET_REQUIRED" };
    case emailOf(1):
      return { ...user, UserStatus: "COMPROMISED", Enabled: false };
    case emailOf(2):
      return { ...user, UserStatus: "EXTERNAL_PROVIDER" };
    case emailOf(5):
      return aged(31.5);
    case emailOf(15):
      return aged(29.5);
    default:
      return user;
  }
}

/**
 * moto is trusted for the pages of ListUsers, for what it stores, and for second factors; the proxy in front of it for the
 * statuses and dates that it cannot have.
 */
describe.skipIf(!inject("moto"))(`the board of ${PEOPLE} people`, () => {
  let moto: RunningEmulator;
  let pool: HandmadePool;
  let proxy: RetouchingProxy;
  let project: Project;
  const run = (options = "") => project.run(`${STATUS} --user-pool-id ${pool.userPoolId} ${options}`.trim());
  const operations = (since: number) => proxy.calls.slice(since).map(({ operation }) => operation);

  beforeAll(async () => {
    moto = await startMoto();
    pool = await makePoolByHand({ endpoint: moto.endpoint, people: PEOPLE, groups: [] });
    proxy = await startRetouchingProxy(moto.endpoint, {
      retouch: ({ operation }, body) =>
        operation === "ListUsers" ? { ...body, Users: (body.Users as PoolUser[]).map(retouch) } : body,
    });
    project = await Project.withProvider(emulatorEnvironment(proxy.endpoint));
    const known = Array.from({ length: PEOPLE - 10 }, (_, index) => [
      emailOf(index),
      {
        ...(index % 10 === 3 && index !== 3 && index !== 13 && { enabled: false }),
        ...(index === 13 && { leaving: true }),
        ...(index === 25 && { invite: "none" }),
      },
    ]);
    project.writeRoster({ ...Object.fromEntries(known), "new@example.com": {} });
  });
  afterAll(async () => {
    project?.remove();
    await proxy?.stop();
    await moto?.stop();
  });

  test("counts everyone, from 17 pages and the pool's settings alone", async () => {
    const since = proxy.calls.length;
    const { exitCode, stdout, all } = await run("--json");
    expect(exitCode, all).toBe(0);
    expect(operations(since).sort()).toEqual(["DescribeUserPool", ...Array<string>(17).fill("ListUsers")]);
    const { counts, people, expected, waiting } = JSON.parse(stdout);
    expect(counts).toEqual({
      compromised: 1,
      "reset-required": 1,
      expired: 1,
      missing: 1,
      "mfa-pending": 0,
      invited: 98,
      unconfirmed: 0,
      disabled: 98,
      leaving: 1,
      undeclared: 10,
      unknown: 1,
      confirmed: 789,
      mfa: 0,
    });
    expect(people).toHaveLength(PEOPLE + 1);
    // Neither the leaving one nor the 97 disabled by the roster; one who is disabled otherwise is none who waits.
    expect({ expected, waiting }).toEqual({ expected: 893, waiting: 102 });
    expect(people[0]).toMatchObject({ username: emailOf(1), state: "compromised" });
    const [soonest] = people.filter(({ state }: { state: string }) => state === "invited");
    expect(soonest).toMatchObject({
      username: emailOf(15),
      daysLeft: 0,
      help: expect.stringContaining("npm run invite"),
    });
  });

  test("tells first what it comes down to, then who needs something; who is in is only counted", async () => {
    const { stdout, exitCode } = await run();
    expect(exitCode).toBe(0);
    const [headline, bar, legend] = stdout.split("\n");
    expect(headline).toBe(
      "102 of 893 haven't signed in yet: 1 compromised, 1 reset required, 1 expired, 1 missing, 98 invited",
    );
    expect(bar).toMatch(/^[█▓▒░━]+$/u);
    expect(legend).toContain("━ 789 confirmed");
    expect(stdout).toContain(`npm run forgot-password -- ${emailOf(0)}`);
    expect(stdout).toContain(
      `npm run issue-password -- ${emailOf(1)} --reset --user-pool-id ${pool.userPoolId}`,
    );
    expect(stdout).toContain("the temporary password expired 1 day ago");
    expect(stdout).toContain("… and 88 more: npm run status -- --only invited");
    expect(stdout).not.toContain("Confirmed (");
    expect(stdout.split("\n").length).toBeLessThan(80);
  });

  test("--only shows those, in full, and may be repeated; what is none names those there are", async () => {
    const { stdout } = await run("--only invited --only missing");
    expect(stdout).toContain("Invited (98)");
    expect(stdout).toContain("Missing (1)");
    expect(stdout.match(/person\d+@/g)).toHaveLength(98 * 2);
    expect((await run("--only mfa")).stdout).toContain("No one is in this state: mfa.");
    const wrong = await run("--only asleep");
    expectClearError(wrong, 2, "compromised, reset-required, expired, missing, mfa-pending, invited");
    expectClearError(await run("--json --csv"), 2, "can't be combined");
  });

  test("--csv is a table: a line each, CRLF", async () => {
    const { stdout } = await execa(
      "node",
      ["scripts/run.mjs", "status", "--user-pool-id", pool.userPoolId, "--csv"],
      { cwd: project.directory, env: emulatorEnvironment(proxy.endpoint), stripFinalNewline: false },
    );
    const lines = stdout.split("\r\n");
    expect(lines).toHaveLength(PEOPLE + 3);
    expect(lines[0]).toBe("username,state,status,enabled,days_left,expires_at,what,help");
    expect(lines.find((line) => line.startsWith("new@"))).toBe(
      'new@example.com,missing,,,,,"in the roster, but not in the pool",npm run deploy',
    );
  });

  test("throttled at a fifth of its requests it says the same", async () => {
    const random = seededRandom(tellSeed("STATUS_SEED"));
    const faulty = await startFaultyProxy(proxy.endpoint, {
      // The SDK tries five times: at a third, one run in ten would meet five refusals in a row.
      faults: { throttle: 0.2, drop: 0.02, delay: 0 },
      random,
    });
    const { stdout, all } = await project.run(`${STATUS} --user-pool-id ${pool.userPoolId} --json`, {
      env: emulatorEnvironment(faulty.endpoint),
    });
    await faulty.stop();
    expect(JSON.parse(stdout || "{}").waiting, all).toBe(102);
    expect(faulty.counts.throttle).toBeGreaterThan(0);
  });

  test.skipIf(!inject("chromium"))("--html is a page to search and filter, in a real browser", async () => {
    const result = await run("--html board.html");
    expect(result.exitCode, result.all).toBe(0);
    const browser = await TestBrowser.start();
    try {
      const { page, complaints } = await browser.open(
        readFileSync(join(project.directory, "board.html"), "utf8"),
      );
      expect(await page.locator(".verdict").textContent()).toContain("102 of 893 haven't signed in yet");
      expect(await page.locator("#shown").textContent()).toBe("1,001 of 1,001 shown");
      await page.getByRole("button", { name: /^Expired/ }).click();
      expect(await page.locator("tbody tr:visible th").allTextContents()).toEqual([emailOf(5)]);
      expect(await page.locator("tbody tr:visible code").textContent()).toContain(
        `npm run invite -- ${emailOf(5)}`,
      );
      await page.keyboard.press("Escape");
      await page.getByRole("searchbox").fill("NEW@example.com");
      await expect.poll(() => page.locator("#shown").textContent()).toBe("1 of 1,001 shown");
      expect(await page.locator("tbody tr:visible th").allTextContents()).toEqual(["new@example.com"]);
      expect(complaints).toEqual([]);
    } finally {
      await browser.stop();
    }
  });

  test("ends in one clear error for a pool that is none, or not there, and without credentials", async () => {
    expectClearError(await project.run(`${STATUS} --user-pool-id nonsense`), 2, "is not a user pool id");
    expectClearError(
      await project.run(`${STATUS} --user-pool-id us-east-1_Absent000`),
      1,
      "There is no user pool",
    );
    const nobody = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", HOME: "/nonexistent" };
    const result = await project.run(`${STATUS} --user-pool-id ${pool.userPoolId}`, { env: nobody });
    expectClearError(result, 2, "There are no AWS credentials");
  });
});

describe.skipIf(!inject("moto"))("the board of a few people", () => {
  let moto: RunningEmulator;
  let pool: HandmadePool;
  let proxy: RetouchingProxy;
  let project: Project;
  beforeAll(async () => {
    moto = await startMoto();
    pool = await makePoolByHand({ endpoint: moto.endpoint, people: 6, groups: [] });
    proxy = await startRetouchingProxy(moto.endpoint);
    project = await Project.withProvider({
      ...emulatorEnvironment(proxy.endpoint),
      COGNITO_USER_POOL_ID: pool.userPoolId,
    });
    const people = [0, 1, 2, 3, 4, 5].map((index) => [emailOf(index), index === 3 ? { enabled: false } : {}]);
    project.writeRoster(Object.fromEntries(people));
  });
  afterAll(async () => {
    project?.remove();
    await proxy?.stop();
    await moto?.stop();
  });

  test("--mfa says what it costs, then reads who has finished, and nobody else", async () => {
    const since = proxy.calls.length;
    const { stderr, stdout } = await project.run(`${STATUS} --mfa`);
    expect(stderr).toMatch(
      /--mfa reads 4 people one by one.*bills each as a monthly active user[\s\S]*factors/,
    );
    expect(proxy.calls.slice(since).filter(({ operation }) => operation === "AdminGetUser")).toHaveLength(4);
    expect(stdout).toContain("━ 4 confirmed");
  });

  test("--watch ends at Ctrl-C, with the last board and the terminal as it was", async () => {
    const env = {
      ...emulatorEnvironment(proxy.endpoint),
      COGNITO_USER_POOL_ID: pool.userPoolId,
      PATH: process.env.PATH,
    };
    const terminal = openTerminal(
      ["scripts/run.mjs", "status", "--watch"],
      env as Record<string, string>,
      [],
      project.directory,
    );
    await terminal.shows("1 of 5 hasn't signed in yet");
    await terminal.shows("refreshed every 10 s");
    terminal.press(CTRL_C);
    expect(await terminal.ended).toBe(0);
    expect(terminal.screen()).not.toMatch(/Interrupted|Error/);
  });

  test("--watch tells who came in, and ends when everyone is", async () => {
    const watching = project.run(`${STATUS} --watch`);
    const began = proxy.calls.length;
    await expect.poll(() => proxy.calls.length, { timeout: 20_000 }).toBeGreaterThan(began + 1);
    const person = { UserPoolId: pool.userPoolId, Username: emailOf(5) };
    await pool.admin.send(
      new AdminSetUserPasswordCommand({ ...person, Password: OLD_PASSWORD, Permanent: true }),
    );
    const { stdout, exitCode, all } = await watching;
    expect(exitCode, all).toBe(0);
    expect(stdout).toContain("1 of 5 hasn't signed in yet: 1 invited");
    expect(stdout).toMatch(/\d\d:\d\d:\d\d {2}person5@example.com: invited → confirmed/);
    expect(stdout).toContain("Everyone has signed in: all 5 have finished the first login");
  });
});

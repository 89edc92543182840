/** @module-tag full */

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AdminDisableUserCommand, CreateUserPoolCommand } from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type FaultyProxyOptions, startFaultyProxy } from "../support/faulty-proxy.ts";
import { type MotoPool, NEW, startMotoPool, TEMPORARY, WEAK } from "../support/moto-pool.ts";
import { emulatorEnvironment } from "../support/project.ts";
import { seededRandom, tellSeed } from "../support/random.ts";
import { type CommandResult, runCommand } from "../support/run-command.ts";
import { runSignalled } from "../support/run-signalled.ts";

const ACCOUNTS = 200;
const NO_FAULTS = { faults: { throttle: 0, drop: 0, delay: 0 }, random: () => 0 };

function expectNoSecret({ stdout, stderr }: CommandResult) {
  for (const secret of [TEMPORARY, NEW, WEAK, "eyJ"]) expect(stdout + stderr).not.toContain(secret);
}

/** moto, trusted for refusing wrong and weak passwords and for what it stores; not for SRP, so the password is sent. */
describe.skipIf(!inject("moto"))("npm run walk (moto)", () => {
  const directory = mkdtempSync(join(tmpdir(), "roster-walk-"));
  let pool: MotoPool;
  beforeAll(async () => {
    pool = await startMotoPool();
  }, 60_000);
  afterAll(async () => {
    rmSync(directory, { recursive: true });
    await pool?.stop();
  });

  const accounts = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(3, "0")}`);
  const inviteAll = (names: readonly string[]) => Promise.all(names.map((name) => pool.invite(name)));
  const statuses = async (names: readonly string[]) =>
    new Set(await Promise.all(names.map((name) => pool.statusOf(name))));
  const line = (username: string, more: object = {}) =>
    JSON.stringify({ username, temporaryPassword: TEMPORARY, newPassword: NEW, ...more });
  const write = (lines: readonly string[], mode = 0o600) => {
    const file = join(directory, "team.passwords");
    rmSync(file, { force: true });
    writeFileSync(file, lines.join("\n"));
    chmodSync(file, mode);
    return file;
  };
  const env = (endpoint = pool.endpoint) =>
    ({
      ...pool.env,
      ...emulatorEnvironment(endpoint),
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: endpoint,
    }) as Record<string, string>;
  const walk = (file: string, args: readonly string[] = [], endpoint?: string) =>
    runCommand("walk", [file, "--flow", "password", ...args], { env: env(endpoint) });
  const counted = async (more: Partial<FaultyProxyOptions> = {}) => {
    const calls: string[] = [];
    const proxy = await startFaultyProxy(pool.endpoint, {
      ...NO_FAULTS,
      ...more,
      onCall: (operation) => calls.push(operation),
    });
    const count = (operation: string) => calls.filter((call) => call === operation).length;
    return { ...proxy, count };
  };

  test(`${ACCOUNTS} accounts, interrupted in the middle: the next run does the rest, and a third nothing`, async () => {
    const names = accounts("bot", ACCOUNTS);
    await inviteAll(names);
    const file = write(names.map((name) => line(name)));

    const first = await runSignalled("walk", [file, "--flow", "password"], {
      target: pool.endpoint,
      env,
      signal: "SIGINT",
      at: { operation: "RespondToAuthChallenge", nth: 60 },
    });
    expect(first.exitCode, first.stderr).toBe(130);
    expect(first.stderr).toContain("Run the same command again: it skips finished accounts.");
    const [, finished = "", left = ""] = /200 accounts: (\d+) finished, (\d+) left/.exec(first.stdout) ?? [];
    expect(Number(finished) + Number(left)).toBe(ACCOUNTS);
    expect(Number(finished)).toBeGreaterThanOrEqual(59);
    expectNoSecret(first);

    const proxy = await counted();
    const second = await walk(file, [], proxy.endpoint);
    expect(second.exitCode, second.stderr).toBe(0);
    expect(second.stdout).toContain(`200 accounts: ${left} finished, ${finished} had finished before`);
    expect(second.stdout.split("\n")[1]).toMatch(/^bot-000 +✔ finished before/);
    expect(proxy.count("RespondToAuthChallenge")).toBe(Number(left));
    expect(await statuses(names)).toEqual(new Set(["CONFIRMED"]));
    expectNoSecret(second);

    const begun = proxy.count("InitiateAuth");
    const third = await walk(file, ["--json"], proxy.endpoint);
    expect(JSON.parse(third.stdout)).toMatchObject({ finished: 0, finishedBefore: ACCOUNTS, failed: 0 });
    expect(proxy.count("InitiateAuth")).toBe(begun);
    await proxy.stop();
  });

  test("throttled hard and with answers lost, everybody gets through all the same", async () => {
    const names = accounts("far", 8);
    await inviteAll(names);
    const proxy = await counted({
      faults: { throttle: 0.2, drop: 0.05, delay: 0 },
      random: seededRandom(tellSeed("WALK_SEED")),
    });
    const file = write(names.map((name) => line(name)));
    let result = await walk(file, [], proxy.endpoint);
    // Whose last answer was lost is CONFIRMED for the next run.
    for (let run = 1; result.exitCode !== 0 && run < 4; run++) result = await walk(file, [], proxy.endpoint);
    await proxy.stop();
    expect(result.exitCode, result.stdout + result.stderr).toBe(0);
    expect(await statuses(names)).toEqual(new Set(["CONFIRMED"]));
  });

  test("who can't finish is told with the reason, the others finish, and the exit code is 1", async () => {
    await inviteAll(["good", "wrong", "off"]);
    const off = { UserPoolId: pool.userPoolId, Username: "off" };
    await pool.admin.send(new AdminDisableUserCommand(off));
    const wrong = line("wrong", { temporaryPassword: "Not-the-temporary-1" });
    const file = write([line("good"), wrong, line("off"), line("nobody")]);
    const result = await walk(file);
    expect(result.exitCode, result.stderr).toBe(1);
    expect(result.stdout).toMatch(/good +✔ finished\n/);
    expect(result.stdout).toMatch(/wrong +✖ Cognito refused the username or the password of wrong/);
    expect(result.stdout).toMatch(/off +✖ off is disabled in the user pool/);
    expect(result.stdout).toMatch(/nobody +✖ nobody is not in the user pool/);
    expect(result.stdout).toContain("4 accounts: 1 finished, 3 failed");
    expect(result.stdout).toContain("→ enable the person");
    expectNoSecret(result);
    const json = await walk(file, ["--json"]);
    expect(JSON.parse(json.stdout).people[1]).toEqual({
      username: "wrong",
      outcome: "failed",
      problem: "Cognito refused the username or the password of wrong",
      next: expect.arrayContaining([expect.stringContaining("npm run sign-in -- wrong")]),
    });
    expectNoSecret(json);
  });

  test("a file that others may read is refused with the command that mends it, before anything is sent", async () => {
    const result = await walk(write([line("good")], 0o644), [], "http://127.0.0.1:1");
    expect(result).toMatchObject({ exitCode: 2, stdout: "" });
    expect(result.stderr).toMatch(/Its permissions are 0644[\s\S]*→ chmod 600 \S+team\.passwords/);
    expectNoSecret(result);
  });

  test("all problems of the file are told at once, by the pool's own policy, and nobody is walked", async () => {
    await inviteAll(["waiting"]);
    const lines = [line("waiting"), `x,${TEMPORARY},${NEW}`, line("other", { newPassword: WEAK })];
    const result = await walk(write(lines));
    expect(result).toMatchObject({ exitCode: 2, stdout: "" });
    expect(result.stderr).toMatch(/has 2 problems[\s\S]*team\.passwords:2 [\s\S]*team\.passwords:3 .*number/);
    expectNoSecret(result);
    expect(await pool.statusOf("waiting")).toBe("FORCE_CHANGE_PASSWORD");
  });

  test("without a file it says what one looks like", async () => {
    const none = await runCommand("walk", [], { env: env() });
    expect(none).toMatchObject({ exitCode: 2, stdout: "" });
    expect(none.stderr).toContain('{"username": "ci-bot@example.com"');
    const missing = await walk(join(directory, "none"));
    expect(missing.stderr).toContain("cannot be opened: there is no such file");
  });

  test("a pool that requires a second factor is refused: its secrets would be seen by nobody", async () => {
    const { UserPool } = await pool.admin.send(
      new CreateUserPoolCommand({ PoolName: "strict", MfaConfiguration: "ON" }),
    );
    const args = ["--user-pool-id", UserPool?.Id ?? "", "--client-id", pool.clientId];
    const result = await walk(write([line("good")]), args);
    expect(result).toMatchObject({ exitCode: 2, stdout: "" });
    expect(result.stderr).toContain("requires a second factor, which this command can't set up");
    expect(result.stderr).toContain("npm run first-login -- USERNAME");
  });
});

/** @module-tag full */

import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { type MotoPool, NEW, startMotoPool, TEMPORARY } from "../support/moto-pool.ts";
import { type CommandResult, runCommand } from "../support/run-command.ts";

const NEWER = "Even-newer-horse-88!";
const SECRETS = [TEMPORARY, NEW, NEWER, "eyJ"];

/** All that is printed beside the result of a command that changes something. */
const POOL_LINE = /^User pool \S+, region us-east-1, from COGNITO_USER_POOL_ID, not from config\.ts$/;

/** moto has no RevokeToken and no GetTokensFromRefreshToken: see auth-cognito-local.test.ts and __tests__/auth. */
describe.skipIf(!inject("moto"))("the flows after the first login, with a secret app client (moto)", () => {
  let pool: MotoPool;
  let env: Record<string, string>;
  const directory = mkdtempSync(join(tmpdir(), "roster-tokens-"));
  const file = join(directory, "tokens.json");
  beforeAll(async () => {
    pool = await startMotoPool({ client: { GenerateSecret: true } });
    env = { ...pool.env, COGNITO_CLIENT_SECRET: pool.clientSecret };
    await pool.invite("hanako");
    // SRP, as by default: moto looks at the secret hash there, at the password elsewhere.
    const first = await runCommand("first-login", ["hanako", "--password-stdin"], {
      env,
      lines: [TEMPORARY, NEW],
    });
    expect(first.stderr).toMatch(POOL_LINE);
  }, 60_000);
  afterAll(async () => {
    await pool?.stop();
    rmSync(directory, { recursive: true });
  });

  const run = (name: string, args: string[], lines: string[] = []) => runCommand(name, args, { env, lines });
  const quiet = ({ stdout, stderr }: CommandResult) => {
    for (const secret of [...SECRETS, pool.clientSecret]) expect(stdout + stderr).not.toContain(secret);
  };
  const signIn = (password: string, ...args: string[]) =>
    run("sign-in", ["hanako", "--password-stdin", ...args], [password]);

  test("sign-in --save writes a file for its owner alone, and refresh and change-password go on from it", async () => {
    const saved = await signIn(NEW, "--save", file);
    quiet(saved);
    expect(saved.stdout).toContain(`saved to      ${file}`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const before = JSON.parse(readFileSync(file, "utf8"));

    const refreshed = await run("refresh", ["hanako", "--tokens", file, "--save", file]);
    quiet(refreshed);
    expect(refreshed).toMatchObject({ exitCode: 0, stderr: "" });
    expect(refreshed.stdout).toContain("New tokens for hanako");
    const after = JSON.parse(readFileSync(file, "utf8"));
    expect(after.accessToken).not.toBe(before.accessToken);
    expect(after.refreshToken).toBe(before.refreshToken);

    const wrong = await run(
      "change-password",
      ["hanako", "--tokens", file, "--password-stdin"],
      ["Wrong-1!", NEWER],
    );
    expect(wrong).toMatchObject({ exitCode: 1, stdout: "" });
    const changed = await run(
      "change-password",
      ["hanako", "--tokens", file, "--password-stdin"],
      [NEW, NEWER],
    );
    quiet(changed);
    expect(changed).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(POOL_LINE) });
    expect(changed.stdout).toContain("The password of hanako was changed");
    expect((await signIn(NEWER, "--flow", "password")).exitCode).toBe(0);
    expect((await signIn(NEW, "--flow", "password")).exitCode).toBe(1);
  });

  test("a refresh token may also come from standard input", async () => {
    const { refreshToken } = JSON.parse(readFileSync(file, "utf8"));
    const { stdout, exitCode } = await run("refresh", ["hanako", "--token-stdin", "--json"], [refreshToken]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: "refreshed", tokens: { refreshToken } });
  });

  test("change-password without a file signs in first; a weak one is refused and changes nothing", async () => {
    const weak = await run("change-password", ["hanako", "--password-stdin"], [NEWER, "weak"]);
    expect(weak.exitCode).toBe(2);
    expect(weak.stderr).toContain("The previous one stays valid.");
    const back = await run("change-password", ["hanako", "--password-stdin", "--json"], [NEWER, NEW]);
    expect(JSON.parse(back.stdout)).toMatchObject({
      outcome: "password-changed",
      username: "hanako",
      pool: { id: pool.userPoolId, region: "us-east-1" },
    });
  });

  test("forgot-password: a code, and the new password with it", async () => {
    const result = await run("forgot-password", ["hanako", "--code-stdin"], ["123 456", NEWER]);
    quiet(result);
    expect(result).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(POOL_LINE) });
    expect(result.stdout).toContain("hanako has a new password");
    expect((await signIn(NEWER, "--flow", "password")).exitCode).toBe(0);
  });

  test("without its secret, or with a wrong one, nobody signs in", async () => {
    const { COGNITO_CLIENT_SECRET: _, ...without } = env;
    for (const other of [without, { ...env, COGNITO_CLIENT_SECRET: "wrong" }]) {
      const result = await runCommand("sign-in", ["hanako", "--password-stdin"], {
        env: other,
        lines: [NEWER],
      });
      expect(result).toMatchObject({ exitCode: 1, stdout: "" });
    }
  });

  test("--debug tells the requests, and nothing that was in them", async () => {
    const result = await signIn(NEWER, "--flow", "password", "--debug");
    quiet(result);
    expect(result.stderr).toMatch(/^debug: InitiateAuth http:\/\/127\.0\.0\.1:\d+: 200, \d+ ms/m);
    const failed = await signIn("Wrong-1!", "--flow", "password", "--debug");
    expect(failed.stderr).toMatch(/^debug: InitiateAuth \S+: 400 NotAuthorizedException, \d+ ms/m);
    expect(failed.stderr).not.toContain("Wrong-1!");
  });

  test("sign-out --everywhere ends the refresh token, too", async () => {
    await signIn(NEWER, "--save", file);
    const out = await run("sign-out", ["hanako", "--everywhere", "--tokens", file]);
    quiet(out);
    expect(out.stdout).toContain("hanako is signed out everywhere.");
    const refused = await run("refresh", ["hanako", "--tokens", file]);
    expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
    expect(refused.stderr).toContain("The refresh token of hanako is not valid");
    const again = await run("sign-out", ["hanako", "--everywhere", "--password-stdin"], [NEWER]);
    expect(again.exitCode).toBe(0);
  });
});

describe.skipIf(!inject("moto"))("what the commands refuse before anybody types a secret", () => {
  const env = {
    PATH: process.env.PATH ?? "",
    COGNITO_USER_POOL_ID: "us-east-1_pool",
    COGNITO_CLIENT_ID: "client",
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: "http://127.0.0.1:1",
  };
  const directory = mkdtempSync(join(tmpdir(), "roster-tokens-"));
  const other = join(directory, "other.json");
  beforeEach(() => writeFileSync(other, '{"precious":true}'));
  afterAll(() => rmSync(directory, { recursive: true }));

  test.each([
    ["sign-in", ["--save", other, "--password-stdin"], "already exists and isn't a token file"],
    ["sign-in", ["--save", join(directory, "no", "such"), "--password-stdin"], "can't be saved (ENOENT)"],
    ["refresh", ["--tokens", other], "The file contains no tokens"],
    ["sign-out", ["--tokens", `${other}.not`], "The file can't be read (ENOENT)"],
    ["sign-in", ["--flow", "telepathy", "--password-stdin"], "Allowed choices are srp, password, admin"],
    ["sign-in", ["--totp-secret-stdin"], "ended before line 1: the secret of the authenticator app"],
    ["refresh", [], "add --token-stdin"],
  ])("%s %j", async (name, args, words) => {
    const result = await runCommand(name, ["taro", ...args], { env });
    expect(result).toMatchObject({ exitCode: 2, stdout: "" });
    expect(result.stderr).toContain(words);
    expect(readFileSync(other, "utf8")).toBe('{"precious":true}');
    expect(existsSync(`${other}.not`)).toBe(false);
  });
});

/** @module-tag full */

import type { InitiateAuthCommand } from "@aws-sdk/client-cognito-identity-provider";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { firstLogin } from "../../lib/auth/sign-in.ts";
import type { CognitoClient } from "../../lib/cognito/client.ts";
import { type MotoPool, NEW, startMotoPool, TEMPORARY, WEAK } from "../support/moto-pool.ts";
import { type CommandResult, runCommand } from "../support/run-command.ts";

/** Nothing that was typed, nor any token, is in what was printed. */
/** All that is printed beside the result: whose account is changed is said before it is. */
const POOL_LINE = /^User pool \S+, region us-east-1, from COGNITO_USER_POOL_ID, not from config\.ts$/;

function expectNoSecret({ stdout, stderr }: CommandResult) {
  for (const secret of [TEMPORARY, NEW, WEAK, "eyJ"]) expect(stdout + stderr).not.toContain(secret);
}

describe("usage", () => {
  const env = {
    PATH: process.env.PATH ?? "",
    COGNITO_USER_POOL_ID: "us-east-1_pool",
    COGNITO_CLIENT_ID: "client",
  };

  test("a password on the command line is refused without being repeated", async () => {
    const result = await runCommand("first-login", ["taro", TEMPORARY], { env });
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain("Only the username may be on the command line");
    expectNoSecret(result);
  });

  test.each([
    ["as an option's value", `--password=${TEMPORARY}`],
    ["with a dash in front", `-${TEMPORARY}`],
  ])("nor is one %s", async (_, argument) => {
    const result = await runCommand("first-login", ["taro", argument], { env });
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain("Unknown option");
    expectNoSecret(result);
  });

  test.each([[[]], [[""]]])("without a username (%j) it says so", async (args) => {
    const result = await runCommand("first-login", args, { env });
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain("Missing argument: USERNAME");
  });

  test("without a terminal it names --password-stdin", async () => {
    const result = await runCommand("first-login", ["taro"], { env });
    expect(result).toMatchObject({ exitCode: 2, stdout: "" });
    expect(result.stderr).toContain("--password-stdin");
  });

  test("a pool without its client is not guessed at", async () => {
    const args = ["taro", "--password-stdin", "--user-pool-id", "us-east-1_x"];
    const result = await runCommand("first-login", args, { env: { PATH: env.PATH }, lines: [TEMPORARY] });
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain("There is a user pool id, but no app client id");
  });

  test("--help tells the order of the lines, on stdout", async () => {
    const { exitCode, stdout } = await runCommand("first-login", ["--help"], { env });
    expect(exitCode).toBe(0);
    expect(stdout.replace(/\s+/g, " ")).toContain(
      "the temporary password, the new password, then a line for each",
    );
  });

  test("an endpoint where nobody is gets its own words", async () => {
    const nobody = { ...env, AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: "http://127.0.0.1:1" };
    const result = await runCommand("first-login", ["taro", "--password-stdin"], {
      env: nobody,
      lines: [TEMPORARY],
    });
    expect(result).toMatchObject({ exitCode: 1, stdout: "" });
    expect(result.stderr).toContain("Can't reach Cognito at 127.0.0.1:1 (ECONNREFUSED)");
    expectNoSecret(result);
  });
});

describe.skipIf(!inject("moto"))("on a user pool (moto)", () => {
  let pool: MotoPool;
  beforeAll(async () => {
    pool = await startMotoPool();
  }, 60_000);
  afterAll(() => pool?.stop());

  // moto's SRP takes any password; its USER_PASSWORD_AUTH looks at it.
  const run = (username: string, lines: string[], ...options: string[]) =>
    runCommand("first-login", [username, "--password-stdin", "--flow", "password", ...options], {
      env: pool.env,
      lines,
    });

  test("walks to the end, without AWS credentials, and shows no secret", async () => {
    await pool.invite("hanako@example.com");
    const result = await run("hanako@example.com", [TEMPORARY, NEW]);
    expect(result.stderr).toMatch(POOL_LINE);
    expect(result.exitCode).toBe(0);
    expect(result.stdout).toContain("First login finished: hanako@example.com");
    expect(result.stdout).toContain("valid until");
    expectNoSecret(result);
    expect(await pool.statusOf("hanako@example.com")).toBe("CONFIRMED");
  });

  test("a second one says that it is finished and changes nothing", async () => {
    const result = await run("hanako@example.com", [NEW, "Another-horse-88!"]);
    expect(result.exitCode).toBe(0);
    expect(result.stdout).toContain("has already finished the first login. Nothing was changed.");
    expectNoSecret(result);
    expect(
      (
        await runCommand("sign-in", ["hanako@example.com", "--password-stdin"], {
          env: pool.env,
          lines: [NEW],
        })
      ).exitCode,
    ).toBe(0);
  });

  test("with the old temporary password it says what may have happened", async () => {
    const result = await run("hanako@example.com", [TEMPORARY, NEW]);
    expect(result).toMatchObject({ exitCode: 1, stdout: "" });
    expect(result.stderr).toContain(
      "already finished the first login? npm run sign-in -- hanako@example.com",
    );
  });

  test("a wrong temporary password is refused in words", async () => {
    await pool.invite("wrong");
    const result = await run("wrong", ["Not-the-temporary-1", NEW]);
    expect(result).toMatchObject({ exitCode: 1, stdout: "" });
    expect(result.stderr).toContain("Cognito refused the username or the password of wrong");
    expect(await pool.statusOf("wrong")).toBe("FORCE_CHANGE_PASSWORD");
  });

  test("somebody who is not in the pool is said to be unknown", async () => {
    const result = await run("nobody", [TEMPORARY]);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain("nobody is not in the user pool");
  });

  test("a weak new password is refused, and the temporary one stays good", async () => {
    await pool.invite("weak");
    const result = await run("weak", [TEMPORARY, WEAK]);
    expect(result).toMatchObject({ exitCode: 2, stdout: "" });
    expect(result.stderr).toContain("The new password was refused");
    expectNoSecret(result);
    expect(await pool.statusOf("weak")).toBe("FORCE_CHANGE_PASSWORD");
    expect((await run("weak", [TEMPORARY, NEW])).exitCode).toBe(0);
  });

  test("--json prints one document with the tokens, and nothing else", async () => {
    await pool.invite("json");
    const { stdout, stderr, exitCode } = await run("json", [TEMPORARY, NEW], "--json");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringMatching(POOL_LINE) });
    const known = { name: null, id: pool.userPoolId, account: null, region: "us-east-1" };
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: "confirmed",
      username: "json",
      pool: known,
      tokens: { accessToken: expect.stringMatching(/^eyJ/), refreshToken: expect.any(String) },
    });
    expect(JSON.parse((await run("json", [NEW], "--json")).stdout)).toEqual({
      outcome: "already-finished",
      username: "json",
      pool: known,
    });
  });

  test.each([
    ["nothing at all", [], "ended before line 1: the temporary password of lines"],
    ["an empty line", [""], "has an empty line as line 1"],
    ["no new password", [TEMPORARY], "ended before line 2: the new password"],
  ])("standard input with %s is explained", async (_, lines, words) => {
    await pool.invite("lines").catch(() => {});
    const result = await run("lines", lines);
    expect(result).toMatchObject({ exitCode: 2, stdout: "" });
    expect(result.stderr).toContain(words);
  });

  test("CRLF and a byte order mark, as Windows writes them, are tolerated", async () => {
    await pool.invite("windows");
    expect((await run("windows", [`\uFEFF${TEMPORARY}\r`, `${NEW}\r`])).exitCode).toBe(0);
  });

  test("an input that stays open does not keep the command from ending", async () => {
    const command = execa(
      process.execPath,
      ["scripts/run.mjs", "first-login", "windows", "--password-stdin"],
      {
        env: pool.env,
        extendEnv: false,
        reject: false,
      },
    );
    command.stdin.write(`${NEW}\n`);
    expect((await command).exitCode).toBe(0);
  });

  test("a session of somebody else is refused with our words", async () => {
    await pool.invite("session");
    const client = {
      // Whatever session Cognito gave, another is sent.
      send: (command: { input: { Session?: string } }) => {
        if (command.input.Session !== undefined)
          command.input.Session = "00000000-0000-4000-8000-000000000000";
        return pool.admin.send(command as InitiateAuthCommand);
      },
    } as CognitoClient;
    const answers = { newPassword: async () => NEW, attribute: async () => "", code: async () => "" };
    await expect(
      firstLogin(client, {
        userPoolId: pool.userPoolId,
        clientId: pool.clientId,
        flow: "password",
        username: "session",
        temporaryPassword: TEMPORARY,
        answers,
      }),
    ).rejects.toThrow("The session expired twice before all questions were answered");
    expect(await pool.statusOf("session")).toBe("FORCE_CHANGE_PASSWORD");
  });
});

/** @module-tag smoke */

import {
  AdminDisableUserCommand,
  AdminSetUserPasswordCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type MotoPool, NEW, startMotoPool, TEMPORARY } from "../support/moto-pool.ts";
import { runCommand } from "../support/run-command.ts";

describe.skipIf(!inject("moto"))("npm run sign-in, on a user pool (moto)", () => {
  let pool: MotoPool;
  beforeAll(async () => {
    pool = await startMotoPool();
    await pool.invite("hanako");
    await pool.admin.send(
      new AdminSetUserPasswordCommand({
        UserPoolId: pool.userPoolId,
        Username: "hanako",
        Password: NEW,
        Permanent: true,
      }),
    );
    await pool.invite("newcomer");
  }, 60_000);
  afterAll(() => pool?.stop());

  // moto's SRP takes any password; its USER_PASSWORD_AUTH looks at it.
  const run = (username: string, lines: string[], ...options: string[]) =>
    runCommand("sign-in", [username, "--password-stdin", "--flow", "password", ...options], {
      env: pool.env,
      lines,
    });

  test("says who is signed in and until when, and shows neither password nor token", async () => {
    const { exitCode, stdout, stderr } = await run("hanako", [NEW]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain("Signed in: hanako");
    expect(stdout).toContain("valid until");
    expect(stdout).not.toMatch(/eyJ/);
    expect(stdout).not.toContain(NEW);
  });

  test("--show-tokens shows them", async () => {
    expect((await run("hanako", [NEW], "--show-tokens")).stdout).toMatch(/access token +eyJ/);
  });

  test("--json is one document on stdout", async () => {
    const { stdout, stderr } = await run("hanako", [NEW], "--json");
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: "signed-in",
      username: "hanako",
      groups: [],
      tokens: { accessToken: expect.stringMatching(/^eyJ/) },
    });
  });

  test("the ids may be options", async () => {
    const { COGNITO_CLIENT_ID, COGNITO_USER_POOL_ID, ...env } = pool.env;
    const args = [
      "hanako",
      "--password-stdin",
      "--client-id",
      pool.clientId,
      "--user-pool-id",
      pool.userPoolId,
    ];
    expect((await runCommand("sign-in", args, { env, lines: [NEW] })).exitCode).toBe(0);
  });

  test("a failure leaves stdout empty, also with --json", async () => {
    const { exitCode, stdout, stderr } = await run("hanako", ["Wrong-horse-77!"], "--json");
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toContain("Cognito refused the username or the password of hanako");
    expect(stderr).not.toContain("Wrong-horse");
  });

  test("somebody whose first login is still to be done is sent there, and nothing is changed", async () => {
    const { exitCode, stderr } = await run("newcomer", [TEMPORARY]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("newcomer has not finished the first login");
    expect(stderr).toContain("npm run first-login -- newcomer");
    expect(await pool.statusOf("newcomer")).toBe("FORCE_CHANGE_PASSWORD");
  });

  test("a disabled person is told so", async () => {
    await pool.invite("disabled");
    await pool.admin.send(new AdminDisableUserCommand({ UserPoolId: pool.userPoolId, Username: "disabled" }));
    const { exitCode, stderr } = await run("disabled", [TEMPORARY]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("disabled is disabled in the user pool");
  });

  test("an app client that does not exist is not blamed on the password", async () => {
    const { exitCode, stderr } = await run("hanako", [NEW], "--client-id", "nosuchclient");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("There is no app client nosuchclient");
  });
});

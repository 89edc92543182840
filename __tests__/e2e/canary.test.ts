/** @module-tag full */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AdminCreateUserCommand,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  SetUserPoolMfaConfigCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { runCanary } from "../../lib/directory/canary/canary.ts";
import { type EmbeddedCognito, startCognitoLocal } from "../../lib/local/cognito-local.ts";
import { startFaultyProxy } from "../support/faulty-proxy.ts";
import { emulatorClient, livePeople } from "../support/live-people.ts";
import { type MotoPool, startMotoPool } from "../support/moto-pool.ts";
import { emulatorEnvironment } from "../support/project.ts";
import { seededRandom, tellSeed } from "../support/random.ts";
import { runCommand } from "../support/run-command.ts";
import { runSignalled } from "../support/run-signalled.ts";

const STEPS = ["create", "first login", "sign-in", "refresh", "change password", "sign-out", "delete"];

function environmentOf(pool: Pick<MotoPool, "userPoolId" | "clientId">, endpoint: string) {
  return {
    PATH: process.env.PATH ?? "",
    HOME: "/nonexistent",
    COGNITO_USER_POOL_ID: pool.userPoolId,
    COGNITO_CLIENT_ID: pool.clientId,
    ...emulatorEnvironment(endpoint),
  } as Record<string, string>;
}

/** moto, trusted for creating, finding and deleting people, for refusing wrong passwords and for ending sessions. */
describe.skipIf(!inject("moto"))("npm run canary (moto)", () => {
  let pool: MotoPool;
  const everyone = () => livePeople(pool.admin, pool.userPoolId);
  const env = () => environmentOf(pool, pool.endpoint);
  beforeAll(async () => {
    // Otherwise moto takes any code.
    process.env.MOTO_COGNITO_IDP_USER_POOL_ENABLE_TOTP = "true";
    const required = { AttributeDataType: "String", Required: true, Mutable: true } as const;
    pool = await startMotoPool({
      pool: {
        UsernameAttributes: ["email"],
        Schema: [
          { Name: "name", ...required },
          { Name: "phone_number", ...required },
        ],
      },
    });
    delete process.env.MOTO_COGNITO_IDP_USER_POOL_ENABLE_TOTP;
    await pool.invite("hanako@example.com");
  }, 60_000);
  afterAll(() => pool?.stop());

  test("walks every step in a pool by e-mail with required attributes, and is gone", async () => {
    const before = await everyone();
    const { exitCode, stdout, stderr } = await runCommand("canary", [], { env: env() });
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    const lines = stdout.trimEnd().split("\n");
    expect(lines.map((line) => line.replace(/ +\d+\.\d s$/, ""))).toEqual(STEPS.map((name) => `✔ ${name}`));
    expect(stdout + stderr).not.toMatch(/eyJ/);
    expect(await everyone()).toEqual(before);
  });

  test("--json is one document; a pool by username is walked as well", async () => {
    const { UserPool } = await pool.admin.send(new CreateUserPoolCommand({ PoolName: "by username" }));
    const UserPoolId = UserPool?.Id ?? "";
    const { UserPoolClient } = await pool.admin.send(
      new CreateUserPoolClientCommand({ UserPoolId, ClientName: "app", GenerateSecret: true }),
    );
    const { ClientId = "", ClientSecret = "" } = UserPoolClient ?? {};
    const args = ["--json", "--flow", "password", "--user-pool-id", UserPoolId, "--client-id", ClientId];
    const secret = { ...env(), COGNITO_CLIENT_SECRET: ClientSecret };
    const { exitCode, stdout, stderr } = await runCommand("canary", args, { env: secret });
    expect(exitCode, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      username: expect.stringMatching(/^cognito-roster-canary-[0-9a-f]{16}$/),
      steps: STEPS.map((name) => ({ name, ok: true, milliseconds: expect.any(Number) })),
      removed: [],
      others: 0,
    });
    expect(await livePeople(pool.admin, UserPoolId)).toEqual([]);
  });

  test("a client that does not exist fails the first login, in words, and the person is deleted", async () => {
    const before = await everyone();
    const args = ["--client-id", "nosuchclient", "--user-pool-id", pool.userPoolId];
    const { exitCode, stdout, stderr } = await runCommand("canary", args, { env: env() });
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/✔ create .*\n✖ first login .*\n✔ delete /);
    expect(stderr).toContain('failed at its step "first login": there is no app client nosuchclient');
    expect(stderr).toContain("→ compare --client-id");
    expect(await everyone()).toEqual(before);
  });

  test("Ctrl-C in the middle deletes the person first", async () => {
    const before = await everyone();
    const { exitCode, stdout, stderr } = await runSignalled("canary", [], {
      target: pool.endpoint,
      env: (endpoint) => environmentOf(pool, endpoint),
      signal: "SIGINT",
      at: { operation: "RespondToAuthChallenge", nth: 1 },
    });
    expect(exitCode, stderr).toBe(130);
    expect(stdout).toContain("✔ delete");
    expect(stderr).toContain("Interrupted: the throwaway person was deleted.");
    expect(await everyone()).toEqual(before);
  });

  test("what a killed run leaves is told at once, and removed by a run five minutes later; nobody else is", async () => {
    await pool.admin.send(
      new AdminCreateUserCommand({
        UserPoolId: pool.userPoolId,
        Username: "cognito-roster-canary-keeper@example.com",
        MessageAction: "SUPPRESS",
      }),
    );
    const before = await everyone();
    await runSignalled("canary", [], {
      target: pool.endpoint,
      env: (endpoint) => environmentOf(pool, endpoint),
      signal: "SIGKILL",
      at: { operation: "InitiateAuth", nth: 1 },
    });
    expect(await everyone()).toHaveLength(before.length + 1);

    const soon = await runCommand("canary", [], { env: env() });
    expect(soon.exitCode, soon.stderr).toBe(0);
    expect(soon.stderr).toContain("Another canary is in the pool and less than 5 minutes old, from");
    expect(await everyone()).toHaveLength(before.length + 1);

    const later = await runCanary({
      app: pool,
      connect: () => pool.admin,
      signal: new AbortController().signal,
      endpoint: () => pool.endpoint,
      onBegin: () => {},
      onStep: () => {},
      onWait: () => {},
      flow: "password",
      now: () => Date.now() + 6 * 60_000,
    }).catch((error: unknown) => error);
    expect(later).toMatchObject({
      removed: [expect.stringMatching(/^cognito-roster-canary-[0-9a-f]{16}@example\.invalid$/)],
      others: 0,
    });
    expect(await everyone()).toEqual(before);
  });

  test("gets through, and deletes, where a third of the calls is throttled and answers are lost", async () => {
    const before = await everyone();
    const proxy = await startFaultyProxy(pool.endpoint, {
      faults: { throttle: 0.25, drop: 0.05, delay: 0.1 },
      random: seededRandom(tellSeed("CANARY_SEED")),
    });
    let { exitCode, stderr } = await runCommand("canary", [], { env: environmentOf(pool, proxy.endpoint) });
    // On a network as bad as this a flow may give up; deleting must not.
    if (exitCode !== 0) {
      expect(stderr).toMatch(/The canary failed at its step/);
      ({ exitCode, stderr } = await runCommand("canary", [], { env: env() }));
    }
    await proxy.stop();
    expect(exitCode, stderr).toBe(0);
    expect(await everyone()).toEqual(before);
  });

  test("sets an authenticator app up by itself where the pool requires one, and shows its secret nowhere", async () => {
    await pool.admin.send(
      new SetUserPoolMfaConfigCommand({
        UserPoolId: pool.userPoolId,
        MfaConfiguration: "ON",
        SoftwareTokenMfaConfiguration: { Enabled: true },
      }),
    );
    const before = await everyone();
    const { exitCode, stdout, stderr } = await runCommand("canary", [], { env: env() });
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain("waiting for the next one");
    expect(stdout + stderr).not.toMatch(/otpauth|secret/i);
    expect(await everyone()).toEqual(before);
  });
});

/** cognito-local knows no GlobalSignOut: a pool in which one step fails. It changes the working directory. */
describe("npm run canary (cognito-local)", () => {
  const directory = mkdtempSync(join(tmpdir(), "roster-canary-"));
  const root = process.cwd();
  let server: EmbeddedCognito;
  beforeAll(async () => {
    server = await startCognitoLocal(directory);
  });
  afterAll(async () => {
    await server?.stop();
    process.chdir(root);
    rmSync(directory, { recursive: true });
  });

  test("goes as far as sign-out, says that it failed there, and deletes the person", async () => {
    const client = emulatorClient(server.endpoint);
    const { UserPool } = await client.send(
      new CreateUserPoolCommand({ PoolName: "people", UsernameAttributes: ["email"] }),
    );
    const userPoolId = UserPool?.Id ?? "";
    const { UserPoolClient } = await client.send(
      new CreateUserPoolClientCommand({ UserPoolId: userPoolId, ClientName: "app" }),
    );
    const pool = { userPoolId, clientId: UserPoolClient?.ClientId ?? "" };
    const { exitCode, stdout, stderr } = await runCommand("canary", ["--json"], {
      env: environmentOf(pool, server.endpoint),
    });
    expect(exitCode, stderr).toBe(1);
    const { ok, steps } = JSON.parse(stdout);
    expect(ok).toBe(false);
    expect(steps.map(({ name, ok }: { name: string; ok: boolean }) => [name, ok])).toEqual(
      STEPS.map((name) => [name, name !== "sign-out"]),
    );
    expect(await livePeople(client, userPoolId)).toEqual([]);
  });
});

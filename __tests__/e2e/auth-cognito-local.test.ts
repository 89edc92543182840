/** @module-tag full */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Answers } from "../../lib/auth/answers.ts";
import { enrolMfa, signIn } from "../../lib/auth/sign-in.ts";
import { verifyTokens } from "../../lib/auth/tokens.ts";
import { type EmbeddedCognito, startCognitoLocal } from "../../lib/local/cognito-local.ts";
import { NEW } from "../support/moto-pool.ts";
import { runCommand } from "../support/run-command.ts";

const NEWER = "Even-newer-horse-88!";

/** It really verifies TOTP codes, has RevokeToken, and no SRP. It changes the working directory: hence a file of its own. */
describe("on cognito-local", () => {
  const directory = mkdtempSync(join(tmpdir(), "roster-cognito-local-"));
  let server: EmbeddedCognito;
  let client: CognitoIdentityProviderClient;
  let app: { userPoolId: string; clientId: string };
  let env: Record<string, string>;
  beforeAll(async () => {
    server = await startCognitoLocal(directory);
    client = new CognitoIdentityProviderClient({
      endpoint: server.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    const MfaConfiguration = "OPTIONAL";
    const { UserPool } = await client.send(
      new CreateUserPoolCommand({ PoolName: "people", UsernameAttributes: ["email"], MfaConfiguration }),
    );
    const UserPoolId = UserPool?.Id ?? "";
    const { UserPoolClient } = await client.send(
      new CreateUserPoolClientCommand({ UserPoolId, ClientName: "app" }),
    );
    app = { userPoolId: UserPoolId, clientId: UserPoolClient?.ClientId ?? "" };
    env = {
      PATH: process.env.PATH ?? "",
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: server.endpoint,
      COGNITO_USER_POOL_ID: app.userPoolId,
      COGNITO_CLIENT_ID: app.clientId,
    };
    for (const Username of ["hanako@example.com", "taro@example.com"]) {
      const UserAttributes = [
        { Name: "email", Value: Username },
        { Name: "email_verified", Value: "true" },
      ];
      await client.send(
        new AdminCreateUserCommand({ UserPoolId, Username, UserAttributes, MessageAction: "SUPPRESS" }),
      );
      await client.send(
        new AdminSetUserPasswordCommand({ UserPoolId, Username, Password: NEW, Permanent: true }),
      );
    }
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(directory, { recursive: true });
  });

  const run = (name: string, args: string[], lines: string[] = []) => runCommand(name, args, { env, lines });

  test("where SRP is not to be had, sign-in says in one line that it sends the password", async () => {
    const result = await run("sign-in", ["taro@example.com", "--password-stdin"], [NEW]);
    expect(result.exitCode).toBe(0);
    expect(result.stderr.trim().split("\n")).toEqual([
      expect.stringContaining("The app client doesn't allow SRP, so the password is sent over TLS instead"),
    ]);
    const chosen = await run(
      "sign-in",
      ["taro@example.com", "--password-stdin", "--flow", "password"],
      [NEW],
    );
    expect(chosen).toMatchObject({ exitCode: 0, stderr: "" });
  });

  test("an authenticator app is set up with a real code, and then a right one signs in and a wrong one does not", async () => {
    let secret = "";
    let right = false;
    const questions: boolean[] = [];
    const answers: Answers = {
      newPassword: async () => NEW,
      attribute: async () => "",
      authenticator: async (setup) => {
        secret = setup.secret;
      },
      async code({ refused }) {
        questions.push(refused);
        if (!right) {
          right = true;
          return "000000";
        }
        return new TOTP({ secret: Secret.fromBase32(secret) }).generate();
      },
    };
    const username = "hanako@example.com";
    const person = { ...app, username, answers, flow: "password" as const };
    const { tokens } = await signIn(client, { ...person, password: NEW });
    expect(questions).toEqual([]);
    await enrolMfa(client, { ...person, accessToken: tokens.accessToken, deviceName: "phone" });
    expect(questions).toEqual([false, true]);

    right = false;
    const again = await signIn(client, { ...person, password: NEW });
    expect(questions.slice(2)).toEqual([false, true]);
    const summary = await verifyTokens(again.tokens, { ...app, endpoint: server.endpoint });
    expect(summary).toMatchObject({ email: username });

    const flags = ["--flow", "password", "--totp-secret-stdin"];
    const service = await run("sign-in", [username, ...flags], [secret, NEW]);
    expect(service).toMatchObject({ exitCode: 0, stderr: "" });
    expect(service.stdout).not.toContain(secret);
    const wrong = await run("sign-in", [username, ...flags], ["JBSWY3DPEHPK3PXP", NEW]);
    expect(wrong).toMatchObject({ exitCode: 1, stdout: "" });
    expect(wrong.stderr).toContain("Cognito refused the code computed from the given secret");
    expect(wrong.stderr).not.toContain("JBSWY3DPEHPK3PXP");
    const byLine = await run(
      "sign-in",
      [username, "--flow", "password", "--password-stdin"],
      [NEW, "000000"],
    );
    expect(byLine.stderr).toContain("The one-time code was wrong");
  });

  test("forgot-password: the code that was sent, a wrong one first; nothing else resets it", async () => {
    const username = "taro@example.com";
    const codes = ["wrong", undefined];
    const { forgotPassword } = await import("../../lib/auth/passwords.ts");
    await forgotPassword(client, {
      ...app,
      username,
      answers: {
        newPassword: async () => NEWER,
        attribute: async () => "",
        code: async () => codes.shift() ?? server.inbox.temporaryPassword(username) ?? "",
      },
    });
    const flags = ["--flow", "password", "--password-stdin"];
    expect((await run("sign-in", [username, ...flags], [NEWER])).exitCode).toBe(0);
    expect((await run("sign-in", [username, ...flags], [NEW])).exitCode).toBe(1);
    const guessed = await run("forgot-password", [username, "--code-stdin"], ["000000", NEW]);
    expect(guessed).toMatchObject({ exitCode: 1, stdout: "" });
  });

  test("sign-out revokes the refresh token", async () => {
    const file = join(directory, "tokens.json");
    const flags = ["--flow", "password", "--password-stdin"];
    await run("sign-in", ["taro@example.com", ...flags, "--save", file], [NEWER]);
    expect((await run("refresh", ["taro@example.com", "--tokens", file])).exitCode).toBe(0);
    const out = await run("sign-out", ["taro@example.com", "--tokens", file]);
    expect(out).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(/^User pool local_\w+, region /),
    });
    expect(out.stdout).toContain("the refresh token is revoked");
    expect((await run("refresh", ["taro@example.com", "--tokens", file])).exitCode).toBe(1);
  });
});

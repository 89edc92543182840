/** @module-tag full */

import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { listenOnLoopback } from "../support/loopback.ts";
import { type MotoPool, NEW, startMotoPool, WEAK } from "../support/moto-pool.ts";
import { runCommand } from "../support/run-command.ts";

const HANAKO = "hanako@example.com";

/**
 * moto is trusted for SignUp and ConfirmSignUp: the policy, the account's status, who exists already. It takes any code, and
 * answers 500 to ResendConfirmationCode: that one answer is ours, as the API reference has it.
 */
describe.skipIf(!inject("moto"))("a person makes an account", () => {
  let pool: MotoPool;
  beforeAll(async () => {
    pool = await startMotoPool({
      pool: {
        UsernameAttributes: ["email"],
        AutoVerifiedAttributes: ["email"],
        AccountRecoverySetting: { RecoveryMechanisms: [{ Name: "verified_email", Priority: 1 }] },
      },
      client: { GenerateSecret: true },
    });
  }, 60_000);
  afterAll(() => pool?.stop());

  const run = (name: string, args: string[], lines: string[] = [], endpoint = pool.endpoint) =>
    runCommand(name, [HANAKO, ...args], {
      env: {
        ...pool.env,
        COGNITO_CLIENT_SECRET: pool.clientSecret,
        AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: endpoint,
      },
      lines,
    });

  test("sign-up, confirm-sign-up, sign-in", async () => {
    const weak = await run("sign-up", ["--password-stdin"], [WEAK]);
    expect(weak.exitCode).toBe(2);
    expect(weak.stderr).toContain("The new password was refused");

    const made = await run("sign-up", ["--password-stdin"], [NEW]);
    expect(made).toMatchObject({ exitCode: 0, stderr: expect.stringContaining(pool.userPoolId) });
    expect(made.stdout).toMatch(
      /✔ hanako@example\.com has an account\. A code was sent by e-mail \(.+\): npm run confirm-sign-up -- hanako@example\.com/,
    );
    expect(made.stdout + made.stderr).not.toContain(NEW);
    expect(await pool.statusOf(HANAKO)).toBe("UNCONFIRMED");

    const again = await run("sign-up", ["--password-stdin"], [NEW]);
    expect(again).toMatchObject({ exitCode: 1, stdout: "" });
    expect(again.stderr).toContain(`${HANAKO} already has an account`);

    const early = await run("sign-in", ["--password-stdin", "--flow", "password"], [NEW]);
    expect(early.exitCode).toBe(1);
    expect(early.stderr).toContain(`npm run confirm-sign-up -- ${HANAKO}`);

    const confirmed = await run("confirm-sign-up", ["--code-stdin", "--json"], ["123 456"]);
    expect(JSON.parse(confirmed.stdout)).toMatchObject({ outcome: "confirmed", username: HANAKO });
    expect(await pool.statusOf(HANAKO)).toBe("CONFIRMED");
    const signedIn = await run("sign-in", ["--password-stdin", "--flow", "password"], [NEW]);
    expect(signedIn.stdout).toContain(`Signed in: ${HANAKO}`);
  });

  test("resend-code asks for nothing, and says where the code went", async () => {
    const asked: unknown[] = [];
    const { endpoint, stop } = await listenOnLoopback(async (incoming, outgoing) => {
      let body = "";
      for await (const chunk of incoming) body += chunk;
      asked.push([incoming.headers["x-amz-target"], JSON.parse(body).Username]);
      const details = { AttributeName: "email", DeliveryMedium: "EMAIL", Destination: "h***@e***" };
      outgoing.setHeader("content-type", "application/x-amz-json-1.1");
      outgoing.end(JSON.stringify({ CodeDeliveryDetails: details }));
    });
    const { exitCode, stdout } = await run("resend-code", [], [], endpoint);
    await stop();
    expect(stdout).toContain("✔ A code was sent by e-mail (h***@e***): npm run confirm-sign-up");
    expect(exitCode).toBe(0);
    expect(asked).toEqual([["AWSCognitoIdentityProviderService.ResendConfirmationCode", HANAKO]]);
  });
});

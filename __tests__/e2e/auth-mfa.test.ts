/** @module-tag full */

import { SetUserPoolMfaConfigCommand } from "@aws-sdk/client-cognito-identity-provider";
import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { AuthenticatorSetup } from "../../lib/auth/answers.ts";
import { firstLogin, signIn } from "../../lib/auth/sign-in.ts";
import { verifyTokens } from "../../lib/auth/tokens.ts";
import { type MotoPool, NEW, startMotoPool, TEMPORARY } from "../support/moto-pool.ts";
import { runCommand } from "../support/run-command.ts";
import { CTRL_C, openTerminal } from "../support/terminal.ts";

const codeOf = (secret: string) => new TOTP({ secret: Secret.fromBase32(secret) }).generate();

describe.skipIf(!inject("moto"))("a user pool that requires a second factor (moto)", () => {
  let pool: MotoPool;
  beforeAll(async () => {
    // Otherwise moto takes any code.
    process.env.MOTO_COGNITO_IDP_USER_POOL_ENABLE_TOTP = "true";
    pool = await startMotoPool({ pool: { UsernameAttributes: ["email"] } });
    delete process.env.MOTO_COGNITO_IDP_USER_POOL_ENABLE_TOTP;
    await pool.admin.send(
      new SetUserPoolMfaConfigCommand({
        UserPoolId: pool.userPoolId,
        MfaConfiguration: "ON",
        SoftwareTokenMfaConfiguration: { Enabled: true },
      }),
    );
  }, 60_000);
  afterAll(() => pool?.stop());

  test.each(["srp", "password", "admin"] as const)(
    "first login sets an authenticator app up, and the next sign-in takes its code (--flow %s)",
    async (flow) => {
      const username = `${flow}@example.com`;
      await pool.invite(username);
      const shown: AuthenticatorSetup[] = [];
      const asked: string[] = [];
      let wrong = 1;
      const answers = {
        newPassword: async () => NEW,
        attribute: async () => "",
        authenticator: async (setup: AuthenticatorSetup) => void shown.push(setup),
        async code({ medium, refused }: { medium: string; refused: boolean }) {
          asked.push(`${medium}${refused ? ", once more" : ""}`);
          return wrong-- > 0 ? "000000" : codeOf(shown[0]?.secret ?? "");
        },
      };
      const person = { ...pool, clientSecret: undefined, username, answers, flow, deviceName: "phone" };

      const first = await firstLogin(pool.admin, { ...person, temporaryPassword: TEMPORARY });
      expect(first.outcome).toBe("confirmed");
      expect(asked).toEqual(["app", "app, once more"]);
      expect(shown).toEqual([
        {
          secret: expect.stringMatching(/^[A-Za-z2-7]+$/),
          uri: `otpauth://totp/${pool.userPoolId}:${flow}%40example.com?secret=${shown[0]?.secret}&issuer=${pool.userPoolId}`,
        },
      ]);

      if (flow === "admin") return; // moto's AdminInitiateAuth forgets the verified app
      const { tokens } = await signIn(pool.admin, { ...person, password: NEW });
      expect(asked.slice(2)).toEqual(["app"]);
      expect(shown).toHaveLength(1);
      const { username: own, sub } = await verifyTokens(tokens, pool);
      expect(own).toBe(sub);
    },
  );

  test("without a terminal no secret is made, and it is said what holds already", async () => {
    await pool.invite("lines@example.com");
    const result = await runCommand("first-login", ["lines@example.com", "--password-stdin"], {
      env: pool.env,
      lines: [TEMPORARY, NEW, "123456"],
    });
    expect(result).toMatchObject({ exitCode: 1, stdout: "" });
    expect(result.stderr).toContain("The new password is set, but then something went wrong:");
    expect(result.stderr).toContain("An authenticator app must be set up first");
    expect(result.stderr).not.toContain("otpauth:");
  });

  test("at a terminal: a QR code, the secret, the link, a code; and a second sign-in with a code", async () => {
    await pool.invite("hanako@example.com");
    const secrets = [TEMPORARY, NEW];
    const terminal = openTerminal(
      ["scripts/run.mjs", "first-login", "hanako@example.com"],
      pool.env,
      secrets,
    );
    await terminal.shows("Temporary password of hanako@example.com:");
    terminal.type(TEMPORARY);
    await terminal.shows("New password:");
    terminal.type(NEW);
    await terminal.shows("The new password again:");
    terminal.type(NEW);
    await terminal.shows("The user pool requires");
    await terminal.shows("█▀▀▀▀▀█");
    await terminal.shows("otpauth://totp/");
    const [, shown = ""] = /secret {2}([\w ]+?)\s*\n/.exec(terminal.screen()) ?? [];
    const secret = shown.replaceAll(" ", "");
    await terminal.shows("Code from the authenticator app (authenticator app):");
    terminal.type("000000");
    await terminal.shows("That code is wrong");
    await terminal.shows("Code from the authenticator app");
    terminal.type(codeOf(secret));
    await terminal.shows("First login finished: hanako@example.com");
    expect(await terminal.ended).toBe(0);

    const again = openTerminal(["scripts/run.mjs", "sign-in", "hanako@example.com"], pool.env, secrets);
    await again.shows("Password of hanako@example.com:");
    again.type(NEW);
    await again.shows("Code from the authenticator app");
    again.type(codeOf(secret));
    await again.shows("Signed in: hanako@example.com");
    expect(again.screen()).not.toContain("otpauth:");
    expect(await again.ended).toBe(0);
  });

  test("Ctrl-C at the code says that the new password is set already", async () => {
    await pool.invite("stops@example.com");
    const terminal = openTerminal(["scripts/run.mjs", "first-login", "stops@example.com"], pool.env, [
      TEMPORARY,
      NEW,
    ]);
    for (const [question, answer] of [
      ["Temporary password of", TEMPORARY],
      ["New password:", NEW],
      ["The new password again:", NEW],
    ] as const) {
      await terminal.shows(question);
      terminal.type(answer);
    }
    await terminal.shows("Code from the authenticator app");
    terminal.press(CTRL_C);
    await terminal.shows("Stopped. The new password is already set: continue with npm run sign-in.");
    expect(await terminal.ended).toBe(130);
  });
});

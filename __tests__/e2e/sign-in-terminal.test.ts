/** @module-tag full */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type MotoPool, NEW, startMotoPool, TEMPORARY, WEAK } from "../support/moto-pool.ts";
import { CTRL_C, CTRL_D, openTerminal as open } from "../support/terminal.ts";

/** Whatever a test types: none of it may ever be on the screen. */
const SECRETS = [TEMPORARY, NEW, WEAK, "Mismatched-1234!"];
const openTerminal = (args: string[], env: Record<string, string>) => open(args, env, SECRETS);

describe.skipIf(!inject("moto"))("at a real terminal, on a user pool (moto)", () => {
  let pool: MotoPool;
  beforeAll(async () => {
    pool = await startMotoPool();
  });
  afterAll(() => pool?.stop());

  // moto's SRP takes any password; its USER_PASSWORD_AUTH looks at it.
  const open = (...args: string[]) =>
    openTerminal(["scripts/run.mjs", ...args, "--flow", "password"], pool.env);

  test("first-login asks, hides what is typed, lets mistakes be corrected in place, and then sign-in works", async () => {
    await pool.invite("hanako@example.com");
    const first = open("first-login", "hanako@example.com");
    await first.shows("Temporary password of hanako@example.com:");
    first.type(TEMPORARY);
    await first.shows("New password:");
    first.type(NEW);
    await first.shows("The new password again:");
    first.type("Mismatched-1234!");
    await first.shows("The passwords don't match. Try again.");
    await first.shows("New password:");
    first.type(WEAK);
    await first.shows("The new password again:");
    first.type(WEAK);
    await first.shows("That password is not accepted: it must meet the user pool's password policy.");
    await first.shows("New password:");
    first.type(NEW);
    await first.shows("The new password again:");
    first.type(NEW);
    await first.shows("First login finished: hanako@example.com");
    expect(await first.ended).toBe(0);
    expect(await pool.statusOf("hanako@example.com")).toBe("CONFIRMED");

    const second = open("sign-in", "hanako@example.com");
    await second.shows("Password of hanako@example.com:");
    second.type("");
    await second.shows("Nothing was entered. Press");
    second.type(NEW);
    await second.shows("Signed in: hanako@example.com");
    expect(await second.ended).toBe(0);
  });

  test.each([
    ["the first question", []],
    ["the new password", [TEMPORARY]],
    ["its repetition", [TEMPORARY, NEW]],
  ])("Ctrl-C at %s exits 130 and changes nothing", async (question, typed) => {
    const username = `stops at ${question}`;
    await pool.invite(username);
    const terminal = open("first-login", username);
    const questions = ["Temporary password of", "New password:", "The new password again:"];
    for (const [index, answer] of typed.entries()) {
      await terminal.shows(questions[index] ?? "");
      terminal.type(answer);
    }
    await terminal.shows(questions[typed.length] ?? "");
    terminal.press(CTRL_C);
    await terminal.shows("Nothing was changed.");
    expect(await terminal.ended).toBe(130);
    expect(terminal.screen()).not.toContain("Error");
    expect(await pool.statusOf(username)).toBe("FORCE_CHANGE_PASSWORD");
  });

  test("a -stdin option at a terminal says that what is typed is shown, instead of waiting silently", async () => {
    const args = ["scripts/run.mjs", "sign-out", "hanako@example.com", "--everywhere", "--token-stdin"];
    const terminal = openTerminal(args, pool.env);
    await terminal.shows("Standard input is this terminal");
    terminal.press(CTRL_D);
    expect(await terminal.ended).toBe(2);
  });

  test("forgot-password asks for the code and the new password; Ctrl-C says that a code was sent", async () => {
    const terminal = openTerminal(["scripts/run.mjs", "forgot-password", "hanako@example.com"], pool.env);
    await terminal.shows("Code sent by e-mail (hanako@example.com@h***.com):");
    terminal.type("123456");
    await terminal.shows("New password:");
    terminal.press(CTRL_C);
    await terminal.shows("Stopped. A code was sent, and the password has not changed.");
    expect(await terminal.ended).toBe(130);
  });
});

test("with a known policy a weak password is explained before it is asked for again, or sent", async () => {
  const prompts = JSON.stringify(new URL("../../scripts/ask/secrets.ts", import.meta.url).href);
  const policy = JSON.stringify({
    minimumLength: 12,
    requireLowercase: true,
    requireUppercase: true,
    requireNumbers: true,
    requireSymbols: false,
    temporaryPasswordValidityDays: 7,
  });
  const program = `
    const { answersFromTerminal } = await import(${prompts});
    const person = answersFromTerminal(() => {});
    const password = await person.newPassword({ policy: ${policy}, refused: [] });
    process.stderr.write(password === ${JSON.stringify([...NEW].reverse().join(""))}.split("").reverse().join("") ? "same" : "other");
    person.close();
  `;
  const terminal = openTerminal(["--import", "tsx", "--input-type=module", "--eval", program], {
    PATH: process.env.PATH ?? "",
  });
  await terminal.shows(
    "The new password needs at least 12 characters, with a lowercase letter, an uppercase letter and a number.",
  );
  await terminal.shows("New password:");
  terminal.type("weakness-without-digits");
  await terminal.shows("it must contain an uppercase letter (A-Z), and contain a number.");
  await terminal.shows("New password:");
  terminal.type(NEW);
  await terminal.shows("The new password again:");
  terminal.type(NEW);
  await terminal.shows("same");
  expect(await terminal.ended).toBe(0);
  expect(terminal.screen()).not.toContain("weakness");
});

describe("while Cognito takes its time", () => {
  const server = createServer((_, response) => {
    setTimeout(() => {
      response.writeHead(400, { "content-type": "application/x-amz-json-1.1" });
      response.end('{"__type":"NotAuthorizedException","message":"Incorrect username or password."}');
    }, 2_000).unref();
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  const open = () => {
    const { port } = server.address() as AddressInfo;
    return openTerminal(["scripts/run.mjs", "sign-in", "taro"], {
      PATH: process.env.PATH ?? "",
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: `http://127.0.0.1:${port}`,
      COGNITO_USER_POOL_ID: "us-east-1_pool",
      COGNITO_CLIENT_ID: "client",
    });
  };

  test("there is a word after a second, and what is typed ahead is not shown", async () => {
    const terminal = open();
    await terminal.shows("Password of taro:");
    terminal.type(TEMPORARY);
    await terminal.shows("Waiting for Cognito");
    terminal.type(NEW);
    await terminal.shows("Cognito refused the username or the password of taro");
    expect(await terminal.ended).toBe(1);
  });

  test("Ctrl-C still ends the command, with 130 and a word", async () => {
    const terminal = open();
    await terminal.shows("Password of taro:");
    terminal.type(TEMPORARY);
    await terminal.shows("Waiting for Cognito");
    terminal.press(CTRL_C);
    await terminal.shows("Stopped while waiting for Cognito");
    expect(await terminal.ended).toBe(130);
  });
});

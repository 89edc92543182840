/** @module-tag full */

import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { beginHostedSignIn, hostedPages } from "../../lib/auth/hosted-pages.ts";
import { awaitCallback } from "../../lib/auth/loopback-callback.ts";
import { TestBrowser } from "../support/browser.ts";
import { type HostedProvider, startHostedProvider } from "../support/hosted-provider.ts";

const POOL = "eu-west-1_hosted";
const CLIENT = "app-client";
const HANAKO = { sub: "11111111-2222-4333-8444-555555555555", email: "hanako@example.com" };
const TARO = { sub: "66666666-7777-4888-8999-000000000000", email: "taro@example.com" };

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * oidc-provider is trusted for the protocol: codes that are good once, PKCE, state, nonce, signed tokens, sessions, and callbacks
 * compared letter by letter. What Cognito's pages look like, no test here knows.
 */
describe.skipIf(!inject("chromium"))("sign-in and sign-out in the browser", () => {
  const directory = mkdtempSync(join(tmpdir(), "roster-hosted-"));
  const opened = join(directory, "opened");
  let browser: TestBrowser;
  let provider: HostedProvider;
  let callback: string;
  let signedOut: string;

  beforeAll(async () => {
    const port = await freePort();
    callback = `http://localhost:${port}/callback`;
    signedOut = `http://localhost:${port}`;
    browser = await TestBrowser.start({ loopback: true });
    provider = await startHostedProvider({
      userPoolId: POOL,
      clientId: CLIENT,
      clientSecret: "the-secret-of-the-client",
      callbackUrls: [callback],
      logoutUrls: [signedOut],
      people: { hanako: HANAKO, taro: TARO },
    });
    // What a Linux desktop opens addresses with.
    const opener = join(directory, "xdg-open");
    writeFileSync(opener, `#!/bin/sh\nprintf '%s\\n' "$@" > '${opened}'\n`);
    chmodSync(opener, 0o755);
  });
  afterAll(async () => {
    await browser?.stop();
    await provider?.stop();
    rmSync(directory, { recursive: true });
  });

  /** Starts a command as npm does; `address` is what it asks the person to open. */
  function start(name: string, args: readonly string[], env: Record<string, string> = {}) {
    const given = ["--domain", provider.origin, "--callback", name === "sign-out" ? signedOut : callback];
    const running = execa(process.execPath, ["scripts/run.mjs", name, ...args, ...given], {
      env: {
        PATH: `${directory}:${process.env.PATH}`,
        COGNITO_USER_POOL_ID: POOL,
        COGNITO_CLIENT_ID: CLIENT,
        COGNITO_CLIENT_SECRET: "the-secret-of-the-client",
        ...env,
      },
      extendEnv: false,
      reject: false,
    });
    const address = new Promise<string>((resolve, reject) => {
      let heard = "";
      running.stderr.on("data", (chunk) => {
        heard += chunk;
        const [, url] = /^(http:\S+)\nWaiting/m.exec(heard) ?? [];
        if (url !== undefined) resolve(url);
      });
      running.then(() => reject(new Error(`it ended, and asked for no page:\n${heard}`)));
    });
    address.catch(() => {});
    return { running, address };
  }

  async function signInOn(page: Page, username: string): Promise<void> {
    await page.fill("[name=username]", username);
    await page.fill("[name=password]", "whatever it is");
    await page.click("text=Sign in");
    await page.waitForURL(`${callback}?**`);
  }

  test("the browser is opened, the person signs in there, and the tokens are verified and saved", async () => {
    const file = join(directory, "tokens.json");
    const { running, address } = start("sign-in", ["--browser", "--save", file]);
    const url = await address;
    const page = await browser.window();
    await page.goto(url);
    await signInOn(page, "hanako");
    expect(await page.textContent("body")).toContain("You are signed in.");
    const { exitCode, stdout } = await running;
    expect(stdout).toContain("✔ Signed in: hanako");
    expect(stdout).toContain(HANAKO.email);
    expect(exitCode).toBe(0);
    expect(readFileSync(opened, "utf8")).toBe(`${url}\n`);
    const saved = JSON.parse(readFileSync(file, "utf8"));
    expect(saved).toMatchObject({ username: "hanako", userPoolId: POOL, clientId: CLIENT });
    expect(saved.refreshToken).toEqual(expect.any(String));
    const { searchParams } = new URL(url);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: "code",
      code_challenge_method: "S256",
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^.{20,}$/),
      nonce: expect.stringMatching(/^.{20,}$/),
    });
  });

  test("whoever is named must be the one who signs in: other tokens are neither shown nor saved", async () => {
    const file = join(directory, "other.json");
    const { running, address } = start("sign-in", ["taro@example.com", "--print-url", "--save", file]);
    const page = await browser.window();
    await page.goto(await address);
    await signInOn(page, "hanako");
    const { exitCode, stdout, stderr } = await running;
    expect(stderr).toContain("Someone else signed in: hanako, not taro@example.com");
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(() => readFileSync(file)).toThrow("ENOENT");
  });

  test("sign-out --browser ends the session of the browser: the next sign-in asks again", async () => {
    const first = start("sign-in", ["TARO@example.com", "--print-url", "--json"]);
    const page = await browser.window();
    await page.goto(await first.address);
    await signInOn(page, "taro");
    expect(JSON.parse((await first.running).stdout)).toMatchObject({
      outcome: "signed-in",
      username: "TARO@example.com",
      sub: TARO.sub,
    });
    const before = provider.sessions();
    const out = start("sign-out", ["--print-url"]);
    await page.goto(await out.address);
    await page.waitForURL(`${signedOut}/**`);
    expect(await page.textContent("body")).toContain("You are signed out in this browser.");
    const { exitCode, stdout } = await out.running;
    expect(stdout).toContain("Signed out in the browser");
    expect(exitCode).toBe(0);
    expect(provider.sessions()).toBe(before - 1);
  });

  test("cancelled by the person: said in words, in the browser and on the terminal", async () => {
    const words = "Sign-in was refused or cancelled on the page";
    const { running, address } = start("sign-in", ["--print-url"]);
    const page = await browser.window();
    await page.goto(await address);
    await page.click("text=Cancel");
    await page.waitForURL(`${callback}?**`);
    expect(await page.textContent("body")).toContain(words);
    const { exitCode, stdout, stderr } = await running;
    expect(stderr).toContain(words);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  });

  test("an answer with another state is not used; the right one is still taken afterwards, in a new window for the one that was closed", async () => {
    const { running, address } = start("sign-in", ["--print-url"]);
    const url = await address;
    const closed = await browser.window();
    await closed.goto(url);
    await closed.close();
    const page = await browser.window();
    await page.goto(`${callback}?code=stolen&state=of-another-sign-in`);
    expect(await page.textContent("body")).toContain("request and was ignored.");
    await page.goto(url);
    await signInOn(page, "taro");
    const { exitCode, stderr } = await running;
    expect(stderr).toContain("Ignored a response to another sign-in.");
    expect(exitCode).toBe(0);
  });

  test("a closed window and Ctrl-C: nobody is signed in", async () => {
    const { running, address } = start("sign-in", ["--print-url"]);
    const page = await browser.window();
    await page.goto(await address);
    await page.close();
    running.kill("SIGINT");
    const { exitCode, stdout, stderr } = await running;
    expect(stderr).toContain("Stopped: no one was signed in or out.");
    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: "" });
  });

  test("a second command at the same port is told that it is taken, and the first goes on", async () => {
    const first = start("sign-in", ["--print-url"]);
    const url = await first.address;
    const second = start("sign-in", ["--print-url"]);
    const refused = await second.running;
    expect(refused.stderr).toContain(`Port ${new URL(callback).port}`);
    expect(refused.exitCode).toBe(1);
    const page = await browser.window();
    await page.goto(url);
    await signInOn(page, "hanako");
    expect((await first.running).exitCode).toBe(0);
  });

  /** The same without the command around it. */
  async function answerFor(username: string, clientSecret = "the-secret-of-the-client") {
    const app = { userPoolId: POOL, clientId: CLIENT, clientSecret };
    const signIn = await beginHostedSignIn(hostedPages(app, provider.origin, undefined), {
      redirectUri: callback,
    });
    const page = await browser.window();
    let signedIn: Promise<void> | undefined;
    const url = await awaitCallback(callback, {
      done: "Signed in.",
      isAnswer: signIn.isAnswer,
      take: async (answer) => answer,
      onReady: () => {
        signedIn = page.goto(signIn.url).then(() => signInOn(page, username));
      },
      onStranger: () => {},
    });
    await signedIn;
    return () => signIn.finish(url);
  }

  test("a code that was used before is not taken again", async () => {
    const finish = await answerFor("hanako");
    await expect(finish()).resolves.toMatchObject({ idToken: expect.any(String) });
    await expect(finish()).rejects.toMatchObject({
      message: "Cognito refused the code: it expired or was already used",
    });
  });

  test("an error that the page ends with is said in words", async () => {
    const finish = await answerFor("nobody");
    await expect(finish()).rejects.toMatchObject({
      message: "Cognito's page ended without a sign-in (server_error)",
    });
  });

  test("without the client's secret there are no tokens", async () => {
    const finish = await answerFor("hanako", "wrong");
    await expect(finish()).rejects.toMatchObject({
      message: `Cognito refused to give tokens to the app client ${CLIENT} (invalid_client)`,
    });
  });
});

/** @module-tag smoke */

import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { processesMarked } from "../support/processes.ts";
import { filesContaining } from "../support/written.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * `npm run local` as a person sees it, from what it prints. cognito-local is trusted for the invitations that it delivers and
 * for the tokens; not for refusing anything, since it accepts wrong passwords: that is shown on moto in deploy.test.ts.
 */
describe("the rehearsal", () => {
  let temporary: string;
  let marker: string;
  let env: NodeJS.ProcessEnv;

  beforeEach(() => {
    temporary = mkdtempSync(join(tmpdir(), "rehearsal-test-"));
    marker = `REHEARSAL_TEST=${temporary}`;
    // A profile and an endpoint that must not be used: a rehearsal never leaves this machine.
    env = {
      ...process.env,
      TMPDIR: temporary,
      REHEARSAL_TEST: temporary,
      NO_COLOR: "1",
      AWS_PROFILE: "production",
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: "http://127.0.0.1:9",
    };
  });
  afterEach(() => rmSync(temporary, { recursive: true, force: true }));

  const leftBehind = () => ({
    processes: processesMarked(marker),
    files: readdirSync(temporary),
  });
  const local = (...args: string[]) =>
    execa("npm", ["run", "--silent", "local", "--", ...args], {
      cwd: ROOT,
      env,
      extendEnv: false,
      reject: false,
    });

  function rosterFile(users: Record<string, object>): string {
    const file = join(temporary, "..", `${temporary.split("/").pop()}.json`);
    writeFileSync(file, JSON.stringify({ users }));
    return file;
  }

  test("walks everyone of the repository's own roster to a sign-in, and cleans up", async () => {
    const { stdout, stderr, exitCode } = await local();
    expect(exitCode, stderr).toBe(0);
    const roster: Record<string, { enabled?: boolean; leaving?: boolean; invite?: string }> = JSON.parse(
      readFileSync(join(ROOT, "__tests__", "as-cloned", "users.json"), "utf8"),
    ).users;
    for (const [username, { enabled = true, leaving = false, invite }] of Object.entries(roster)) {
      const row = stdout.split("\n").find((line) => line.startsWith(username));
      if (enabled && !leaving) {
        expect(row).toMatch(
          invite === "none" ? /password issued +CONFIRMED +✔ signed in/ : /e-mail +CONFIRMED +✔ signed in/,
        );
      } else {
        expect(row).toMatch(/FORCE_CHANGE_PASSWORD +disabled/);
      }
    }
    expect(stdout).toMatch(/\d+ people: \d+ signed in, \d+ not expected to, 0 failed/);
    expect(stderr).toContain("Terraform: creating");
    expect(leftBehind()).toEqual({ processes: [], files: [] });
  });

  test("--keep prints the environment with which the commands reach the emulator, until Ctrl-C", async () => {
    const roster = rosterFile({ "hanako@example.com": {} });
    const child = spawn("npm", ["run", "--silent", "local", "--", "--keep", "--roster", roster], {
      cwd: ROOT,
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = new Promise((resolve) => child.on("exit", resolve));
    let printed = "";
    await new Promise<void>((resolve, reject) => {
      child.stdout.on("data", (chunk) => {
        printed += chunk;
        if (printed.includes("Ctrl-C stops")) resolve();
      });
      void ended.then(() => reject(new Error(`ended before Ctrl-C: ${printed}`)));
    });
    const exported = Object.fromEntries(
      [...printed.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
    );
    const [, passwordFile = ""] = /--password-stdin < (\S+)/.exec(printed) ?? [];
    expect(statSync(passwordFile).mode & 0o777).toBe(0o600);
    const password = readFileSync(passwordFile, "utf8");
    expect(printed).not.toContain(password.trim());

    const signIn = await execa(
      "npm",
      ["run", "--silent", "sign-in", "--", "hanako@example.com", "--password-stdin", "--json"],
      {
        cwd: ROOT,
        env: { ...process.env, ...exported },
        extendEnv: false,
        input: password,
        reject: false,
      },
    );
    expect(signIn.exitCode, signIn.stderr).toBe(0);
    // The state and the plan of a rehearsal have no password either; cognito-local's own data has.
    expect(
      filesContaining(temporary, password.trim()).filter((file) => !file.includes("/.cognito/")),
    ).toEqual([passwordFile]);

    process.kill(-(child.pid ?? 0), "SIGINT");
    await ended;
    expect(leftBehind()).toEqual({ processes: [], files: [] });
    rmSync(roster);
  });

  test("a signal that reaches only npm ends what npm started too", async () => {
    const child = spawn("npm", ["run", "--silent", "local", "--", "--keep"], {
      cwd: ROOT,
      env,
      detached: true,
      stdio: ["ignore", "pipe", "ignore"],
    });
    let printed = "";
    await new Promise<void>((resolve) => {
      child.stdout.on("data", (chunk) => {
        printed += chunk;
        if (printed.includes("Ctrl-C stops")) resolve();
      });
    });
    process.kill(child.pid ?? 0, "SIGTERM");
    await expect.poll(leftBehind, { timeout: 20_000, interval: 500 }).toEqual({ processes: [], files: [] });
  });

  test("whoever stops reading leaves nothing behind", async () => {
    const { stdout } = await execa("sh", ["-c", "npm run --silent local 2>&1 | head -1"], {
      cwd: ROOT,
      env,
      extendEnv: false,
    });
    expect(stdout).toContain("Starting");
    await expect.poll(leftBehind, { timeout: 30_000, interval: 500 }).toEqual({ processes: [], files: [] });
  });

  test("Ctrl-C while Terraform works stops everything and leaves nothing", async () => {
    const child = spawn("npm", ["run", "--silent", "local"], {
      cwd: ROOT,
      env,
      detached: true,
      stdio: ["ignore", "ignore", "pipe"],
    });
    const ended = new Promise((resolve) => child.on("exit", (code, signal) => resolve(signal ?? code)));
    let printed = "";
    await new Promise<void>((resolve) => {
      child.stderr.on("data", (chunk) => {
        printed += chunk;
        if (printed.includes("Terraform: planning")) resolve();
      });
    });
    // As a terminal does: to the whole foreground process group.
    process.kill(-(child.pid ?? 0), "SIGINT");
    expect([130, "SIGINT"]).toContain(await ended);
    expect(printed).toContain("Interrupted");
    expect(leftBehind()).toEqual({ processes: [], files: [] });
  });

  test.skipIf(!inject("moto"))("--emulator moto takes moto_server, which shows no invitations", async () => {
    const roster = rosterFile({
      "hanako@example.com": { groups: ["ops"] },
      "old@example.com": { enabled: false },
    });
    const { stdout, stderr, exitCode } = await local("--emulator", "moto", "--roster", roster);
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/hanako@example\.com +password issued +CONFIRMED +✔ signed in/);
    expect(stdout).toContain("2 people: 1 signed in, 1 not expected to, 0 failed");
    expect(leftBehind()).toEqual({ processes: [], files: [] });
    rmSync(roster);
  });

  test("a roster with problems is told at once, and nothing is started", async () => {
    const roster = rosterFile({ "not an address": {} });
    const { stdout, stderr, exitCode } = await local("--roster", roster);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/:1:\d+/);
    expect(stderr).not.toContain("Starting");
    expect(stdout).toBe("");
    rmSync(roster);
  });
});

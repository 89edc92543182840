/** @module-tag full */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, inject, test } from "vitest";
import { inline, oneEach, ours } from "../../bench/plan/shapes.ts";
import { Workbench } from "../../bench/plan/workbench.ts";
import { measure } from "../../bench/support/measure.ts";
import { people } from "../../bench/support/people.ts";
import { runCommand } from "../support/run-command.ts";

const { signal } = new AbortController();
const directory = mkdtempSync(join(tmpdir(), "roster-bench-test-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const options = { directory, env: process.env, signal };

describe("measuring a command", () => {
  test("counts the CPU of what it starts, too", async () => {
    const busy = "const end = Date.now() + 400; while (Date.now() < end);";
    const { outcome, user } = await measure(["sh", "-c", `node -e '${busy}'; true`], {
      ...options,
      limits: { seconds: 30 },
    });
    expect(outcome).toBe("done");
    expect(user).toBeGreaterThan(0.05);
  });

  test.each([
    ["the clock", "sleep 60", { seconds: 1 }],
    ["CPU", "while :; do :; done", { seconds: 60, userSeconds: 1 }],
  ])("stops it, with what it started, at its limit of %s", async (_, script, limits) => {
    const { outcome } = await measure(["sh", "-c", `(${script})`], { ...options, limits });
    expect(outcome).toBe("over-time");
  });

  test("a command that fails is no measurement", async () => {
    const failing = measure(["sh", "-c", "echo why >&2; exit 3"], { ...options, limits: { seconds: 30 } });
    await expect(failing).rejects.toThrow(/why/);
  });
});

/** On the real Terraform; moto is trusted for nothing but the state of one person. */
describe.skipIf(!inject("moto"))("the bench", () => {
  test("plans what it says: everybody new, and nobody changed from a state that nobody applied", async () => {
    // plan() throws when Terraform's words are about anything else.
    const workbench = await Workbench.open(directory, signal);
    for (const shape of [ours, oneEach, inline]) {
      const { create, unchanged } = await workbench.plan(shape, people(3, 2));
      expect([create.outcome, unchanged?.outcome]).toEqual(["done", "done"]);
    }
  });

  test("walks people both ways, and writes a table with the machine and the versions", async () => {
    const out = join(directory, "results.md");
    const env = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" };
    const args = ["--quick", "--only", "check", "walk", "--out", out];
    const { exitCode, stderr } = await runCommand("../bench/run", args, { env });
    expect(exitCode, stderr).toBe(0);
    const written = readFileSync(out, "utf8");
    expect(written).toMatch(/^Measured on .* cores/m);
    expect(written).toMatch(/Terraform 1\.\d+\.\d+, AWS provider 5\.100\.0/);
    expect(written).toMatch(/^\| check, 100 people \| \d/m);
    expect(written).toMatch(/^## First logins$/m);
  });
});

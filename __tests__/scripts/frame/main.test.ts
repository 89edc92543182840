import { CommanderError } from "commander";
import { afterEach, expect, test, vi } from "vitest";
import { explainUsage, newCommand } from "../../../scripts/frame/main.ts";

const command = () =>
  newCommand("plan", "Shows.")
    .option("--refresh", "read everyone", false)
    .option("--allow-replace <username>", "this person", [])
    .option("--emulator <name>", "which", "moto")
    .option("--yes", "don't ask");

afterEach(() => vi.unstubAllEnvs());

test("an option before the -- is not lost in silence: npm keeps it for itself", () => {
  vi.stubEnv("npm_config_allow_replace", "true");
  expect(() => command().parse(["hanako@example.com"], { from: "user" })).toThrow(
    expect.objectContaining({
      message: "npm took --allow-replace for itself",
      next: [expect.stringContaining("npm run plan -- --allow-replace")],
      exitCode: 2,
    }),
  );
});

test("one that stands behind it, too, is taken", () => {
  vi.stubEnv("npm_config_refresh", "true");
  expect(command().parse(["--refresh"], { from: "user" }).opts()).toMatchObject({ refresh: true });
});

test("npm's own options may be configured, and do not stop us", () => {
  vi.stubEnv("npm_config_yes", "true");
  expect(command().parse([], { from: "user" }).opts()).not.toHaveProperty("yes");
});

test.each([
  [
    "a value that is missing",
    ["--allow-replace"],
    "An option is missing its value: --allow-replace <username>",
  ],
  ["an option that there is not", ["--hunter2"], "Unknown option"],
  ["an argument too many", ["hunter2"], "Too many arguments"],
])("%s is told by the name of the option as we declare it, never by what was typed", (_, argv, message) => {
  try {
    command().parse(argv, { from: "user" });
    expect.unreachable();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    expect(explainUsage(error).message).toBe(message);
    expect(explainUsage(error).why).not.toContain("hunter2");
  }
});

test("help tells a default that says something", () => {
  const help = command().helpInformation();
  expect(help).toContain('(default: "moto")');
  expect(help).not.toMatch(/default: (false|\[])/);
});

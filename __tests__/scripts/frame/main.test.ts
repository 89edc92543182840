import { Option } from "commander";
import { afterEach, expect, test, vi } from "vitest";
import { UserError } from "../../../lib/errors.ts";
import { newCommand } from "../../../scripts/frame/main.ts";

const command = () =>
  newCommand("plan", "Shows.")
    .option("--refresh", "read everyone", false)
    .option("--allow-replace <username>", "this person", [])
    .option("--emulator <name>", "which", "moto")
    .option("--yes", "don't ask")
    .addOption(new Option("--plan <file>", "that plan").conflicts("refresh"));

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

function complaintAbout(argv: readonly string[], parsed = command()): UserError {
  try {
    parsed.parse(argv, { from: "user" });
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  return expect.unreachable();
}

test.each([
  [
    "a value that is missing",
    ["--allow-replace"],
    "An option is missing its value: --allow-replace <username>",
  ],
  ["an option that there is not", ["--hunter2"], "Unknown option"],
  ["an argument too many", ["hunter2"], "Too many arguments"],
])("%s is told by the name of the option as we declare it, never by what was typed", (_, argv, message) => {
  const { message: said, why, next, exitCode } = complaintAbout(argv);
  expect({ said, exitCode }).toEqual({ said: message, exitCode: 2 });
  expect([why, ...next].join("\n")).not.toContain("hunter2");
  expect(next).toEqual(["see its options: npm run plan -- --help"]);
});

test("two options that exclude each other are both named, whichever comes first", () => {
  for (const argv of [
    ["--plan", "hunter2", "--refresh"],
    ["--refresh", "--plan", "hunter2"],
  ]) {
    const { message, why, next } = complaintAbout(argv);
    expect(message).toBe("--plan and --refresh can't be combined");
    expect(why).toBeUndefined();
    expect(next).toEqual(["leave out one of them", "see its options: npm run plan -- --help"]);
  }
});

test("an option that is almost one of ours gets that one as a suggestion, without what was typed", () => {
  const { message, next } = complaintAbout(["--refesh", "hunter2"]);
  expect(message).toBe("Unknown option");
  expect(next).toEqual(["did you mean --refresh?", "see its options: npm run plan -- --help"]);
});

test("an argument that is missing is named, rather than called an unknown option", () => {
  expect(complaintAbout([], command().argument("<person>", "who")).message).toBe("Missing argument: PERSON");
});

test("help tells a default that says something", () => {
  const help = command().helpInformation();
  expect(help).toContain('(default: "moto")');
  expect(help).not.toMatch(/default: (false|\[])/);
});

import { describe, expect, test } from "vitest";
import { inEnvironment, namedEnvironment, requireChosen } from "../../../scripts/frame/environment.ts";

const argv = (...args: string[]) => ["node", "scripts/plan.ts", ...args];

describe("how an environment is named", () => {
  test.each<[string, string[], NodeJS.ProcessEnv, string | undefined, string | undefined]>([
    ["not at all", [], {}, undefined, undefined],
    ["by the option", ["--json", "--env", "dev"], {}, "dev", undefined],
    ["by the option, in one word", ["--env=dev"], {}, "dev", undefined],
    ["the last one counts, as for commander", ["--env", "a", "--env=b"], {}, "b", undefined],
    ["behind the end of the options it is a name", ["--", "--env", "dev"], {}, undefined, undefined],
    ["by the variable", [], { ROSTER_ENV: "prod" }, undefined, "prod"],
    ["by an empty one it is not", [], { ROSTER_ENV: "" }, undefined, undefined],
    ["by both", ["--env", "dev"], { ROSTER_ENV: "prod" }, "dev", "prod"],
  ])("%s", (_, args, env, option, variable) => {
    expect(namedEnvironment(argv(...args), env)).toEqual({ option, variable });
  });
});

describe("which environment a command is about", () => {
  const choose = (
    all: readonly string[],
    named: { option?: string; variable?: string } = {},
    more: { optional?: boolean; command?: string } = {},
  ) => {
    const { optional = false, command = "npm run plan --" } = more;
    return () =>
      requireChosen({ named: { option: undefined, variable: undefined, ...named }, all, command, optional });
  };
  const ALL = ["dev", "staging", "prod"];

  test("in a repository without environments nobody sees any", () => {
    expect(choose([])).not.toThrow();
  });

  test("one of several is taken", () => {
    for (const named of [{ option: "prod" }, { variable: "prod" }, { option: "prod", variable: "prod" }])
      expect(choose(ALL, named)).not.toThrow();
  });

  test("none by default: the message has the commands, and cdktf's", () => {
    expect(choose(ALL)).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: "Which environment? config.ts has dev, staging, prod",
        next: ["npm run plan -- --env dev", "npm run plan -- --env staging", "npm run plan -- --env prod"],
      }),
    );
    expect(choose(["dev"], {}, { command: "npx cdktf …" })).toThrow(
      expect.objectContaining({ next: ["ROSTER_ENV=dev npx cdktf …"] }),
    );
    expect(choose(ALL, {}, { optional: true })).not.toThrow();
  });

  test.each<[string, readonly string[], { option?: string; variable?: string }, string]>([
    ["that there is not", ALL, { option: "prdo" }, 'config.ts has no environment "prdo"'],
    ["that every object has", ALL, { option: "constructor" }, 'config.ts has no environment "constructor"'],
    [
      "and another one by the variable",
      ALL,
      { option: "dev", variable: "prod" },
      'name two environments: "dev" and "prod"',
    ],
    ["where there are none", [], { option: "dev" }, "--env names an environment, and config.ts has none"],
    ["where there are none, by the variable", [], { variable: "dev" }, "ROSTER_ENV names an environment"],
  ])("one %s is refused, also where none is needed", (_, all, named, message) => {
    for (const optional of [false, true])
      expect(choose(all, named, { optional })).toThrow(
        expect.objectContaining({ exitCode: 2, message: expect.stringContaining(message) }),
      );
  });

  test("of a slip it says what was meant", () => {
    expect(choose(ALL, { option: "prdo" })).toThrow(
      expect.objectContaining({ next: ["did you mean prod? npm run plan -- --env prod"] }),
    );
  });
});

describe("a printed command acts on the same environment when it is pasted", () => {
  test.each([
    ["npm run deploy", "npm run deploy -- --env dev"],
    ["look: npm run deploy shows it", "look: npm run deploy -- --env dev shows it"],
    ["npm run deploy -- --yes", "npm run deploy -- --env dev --yes"],
    ["npm run first-login -- 'a b'", "npm run first-login -- --env dev 'a b'"],
    ["npm run --silent inputs", "npm run --silent inputs -- --env dev"],
    ["npm run check, npm run plan: it", "npm run check -- --env dev, npm run plan -- --env dev: it"],
    ["npm run\n    status", "npm run\n    status -- --env dev"],
    ["npm run plan -- --env dev", "npm run plan -- --env dev"],
    ["npm run format && npm run test:all; npm run NAME", "npm run format && npm run test:all; npm run NAME"],
    ['{"hint":"npm run plan"}', '{"hint":"npm run plan -- --env dev"}'],
  ])("%j", (text, expected) => {
    expect(inEnvironment(text, "dev")).toBe(expected);
    expect(inEnvironment(text, undefined)).toBe(text);
  });
});

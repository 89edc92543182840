import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RUNNER_COMMAND, withoutRunnerCommands } from "../../lib/text/runner-log.ts";

/** As actions/runner's ActionCommand.cs and its kin look for one, line by line. */
const isCommand = (line: string) =>
  line.replace(/^[\s\u0085]+/, "").startsWith("::") || /##(?:\[|vso\[|teamcity\[)/.test(line);
const commandsIn = (text: string) => text.split(/\r\n|\r|\n/).filter(isCommand);

describe("what a CI runner would carry out is shown with a sign in it", () => {
  test.each([
    ["::error::x", ":␦:error::x"],
    ["  ::add-mask::x", "  :␦:add-mask::x"],
    ["\u0085\u3000::error::x", "\u0085\u3000:␦:error::x"],
    ["\u001b[31m::error::x", "\u001b[31m:␦:error::x"],
    ["a\n::error::x\r::debug::y", "a\n:␦:error::x\r:␦:debug::y"],
    ["✖ ##[error]x", "✖ #␦#[error]x"],
    ["x ##vso[task.complete]", "x #␦#vso[task.complete]"],
    ["##teamcity[buildStop]", "#␦#teamcity[buildStop]"],
    ["####[error]", "###␦#[error]"],
  ])("%j", (text, shown) => {
    expect(withoutRunnerCommands(text)).toBe(shown);
  });

  test.each(["a::b", "arn:aws:iam::123456789012:role/x", "## Heading", "#[x]", "a # b ## c [d]", ""])(
    "%j is none, and stays as it is",
    (text) => {
      expect(withoutRunnerCommands(text)).toBe(text);
    },
  );
});

const part = fc.constantFrom(
  "##",
  "#",
  "[",
  "vso[",
  "teamcity[",
  "::",
  ":",
  "error",
  "]",
  " ",
  "\n",
  "\r",
  "\t",
  "\u0085",
  "\\",
  '"',
  "x",
);
const hostile = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(""));

test("whatever is printed, no line of it is a command", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      expect(commandsIn(withoutRunnerCommands(text))).toEqual([]);
    }),
    { numRuns: 5_000 },
  );
});

test("a JSON document stays one, with the values that it had", () => {
  fc.assert(
    fc.property(fc.dictionary(hostile, fc.array(hostile)), fc.constantFrom(0, 2), (document, indent) => {
      const printed = withoutRunnerCommands(`${JSON.stringify(document, null, indent)}\n`);
      expect(JSON.parse(printed)).toEqual(JSON.parse(JSON.stringify(document)));
      expect(commandsIn(printed)).toEqual([]);
    }),
    { numRuns: 2_000 },
  );
});

test("a name without a command in it begins none, wherever it stands after our own words", () => {
  fc.assert(
    fc.property(hostile, (name) => {
      if (!RUNNER_COMMAND.test(name) && !/\s/.test(name))
        expect(commandsIn(`the username ${name}`)).toEqual([]);
    }),
  );
});

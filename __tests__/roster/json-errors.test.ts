import { describe, expect, test } from "vitest";
import { onePerson, told } from "./told.ts";

describe("broken JSON is told where it breaks, in words", () => {
  test.each([
    ["", "1:1 the file is empty"],
    [" \n ", "1:1 the file is empty"],
    ['{"users":{"a@example.com":{},}}', "1:29 unexpected comma before }"],
    ['{"users":{"a@example.com":{"groups":["a",]}}}', "1:41 unexpected comma before ]"],
    ['{"users":{"a@example.com":{},,"b@example.com":{}}}', "1:30 unexpected comma"],
    ['{"users":{"a@example.com":{}\n"b@example.com":{}}}', "1:29 a comma is missing here"],
    ['{"users" {"a@example.com":{}}}', "1:9 a : was expected after the name"],
    ['{"users":{"a@example.com":}}', "1:27 a value was expected here"],
    ['{"users":{"a@example.com":{}} // people\n}', "1:31 JSON has no comments"],
    ['{"users":{"a@example.com":{}} /* people */}', "1:31 JSON has no comments"],
    ['{"users":{"a@example.com":{}} /* people', "1:31 JSON has no comments"],
    ['# people\n{"users":{}}', "1:1 JSON has no comments"],
    ["{'users':{}}", "1:2 ' can't quote text in JSON"],
    ["{“users”:{}}", "1:2 “ can't quote text in JSON → Use straight double quotes"],
    ['{"users"：{}}', "1:9 ： is not JSON: it is a full-width or ideographic sign → Write : instead."],
    ['{"users":\u3000{}}', "1:10 there is an invisible character (U+3000)"],
    ['{"users":{"a@example.com":{"enabled":True}}}', "1:38 True is not JSON → Write true"],
    ['{"users":{"a@example.com":{"phone":+8190}}}', "1:36 this text has no double quotes"],
    ['{"users":{"a@example.com":{"phone":090}}}', "1:37 a number can't begin with 0"],
    ['{"users":{"a@example.com":{"attributes":{"name":-01.5}}}}', "1:51 a number can't begin with 0"],
    [
      '{"users":{"a@example.com":{"attributes":{"name":"Han',
      "1:49 this text has no closing quote on its line",
    ],
    [
      '{"users":{"a@example.com":{"attributes":{"name":"a\\q"}}}}',
      "1:49 this text has a \\ that begins no JSON escape",
    ],
    ['{"users":{"a@example.com":{"attributes":{"name":"a\tb"}}}}', "1:49 this text has a control character"],
    ['{"users":{"a@example.com":{"groups":["a"}}}', "1:41 this } can't close the [ of line 1, column 37"],
    ['{"users":{"a@example.com":{}}}}', "1:31 this } closes nothing"],
    ['{"users":{"a@example.com":{}}', "1:30 the file ends before the { of line 1, column 1 is closed"],
    ['{"users":{"a@example.com":{}}} {}', "1:32 unexpected text after the end of the roster"],
    ["hunter2", "1:1 this text has no double quotes"],
  ])("%j", (text, expected) => {
    expect(told(text)).toEqual([expect.stringContaining(expected)]);
  });

  test("what a comma or a comment can't hide is told in the same run", () => {
    const text = '{"users":{"a@example.com":{"enabeld":true}, // him\n"A@example.com":{"phone":"090"},}}';
    expect(told(text)).toEqual([
      expect.stringContaining('1:28 unknown field "enabeld"'),
      expect.stringContaining("1:45 JSON has no comments"),
      expect.stringContaining("2:1 "),
      expect.stringContaining('2:26 "090" is not a phone number'),
      expect.stringContaining("2:32 unexpected comma before }"),
    ]);
  });

  test.each([
    ["a tab", '{"name":"a\tb"}', "control character"],
    ["a bad escape", '{"name":"a\\qb"}', "begins no JSON escape"],
    ["a bad code point", '{"name":"\\u12"}', "begins no JSON escape"],
    ["a bad escape in a name", '{"na\\qme":"x"}', "begins no JSON escape"],
  ])("nor does %s: the rest is told too, and no echo of it", (_, attributes, expected) => {
    const text = onePerson(`{"attributes":${attributes},\n"grops":[]}`);
    expect(told(text)).toEqual([
      expect.stringMatching(/^1:/),
      expect.stringContaining('2:1 unknown field "grops"'),
    ]);
    expect(told(text)[0]).toContain(expected);
  });

  test.each(["090", "1 2", "x y"])("the line after %s is not reported for it", (phone) => {
    expect(told(`{"users":{"a@example.com":{\n"phone":${phone}\n}}}`)).toEqual([
      expect.stringMatching(/^2:/),
    ]);
  });

  test("each broken line is told once", () => {
    const text = '{\n"users": {\n"a@example.com": {}, ,\n"b@example.com": {} "c@example.com": {} // c\n}\n}';
    expect(told(text).map((line) => line.split(" ")[0])).toEqual(["3:22", "4:20"]);
  });

  test("indentation betrays the bracket that is not closed", () => {
    const text = '{\n  "users": {\n    "a@example.com": { "groups": [],\n    "b@example.com": {}\n  }\n}\n';
    expect(told(text)).toEqual([expect.stringMatching(/^3:22 this { seems not to be closed: .* line 5/)]);
  });

  test("a merge conflict is called by its name", () => {
    const text = '{"users":{\n<<<<<<< HEAD\n"a@example.com":{}\n=======\n"b@example.com":{}\n>>>>>>> x\n}}';
    expect(told(text)[0]).toMatch(/^2:1 a merge conflict is still in the file/);
  });

  test.each(["[", '{"a":', '{"users":['])("a million times %j is told, not a stack overflow", (text) => {
    expect(told(text.repeat(1_000_000))).toEqual([expect.stringContaining("nested more than 64 deep")]);
  });

  test("never repeats what stands without quotes: it may be a password", () => {
    const text =
      '{"users":{"a@example.com":{"password": hunter2, password: "hunter2", \'hunter2\': hunter2}}}';
    expect(told(text).length).toBeGreaterThan(0);
    expect(told(text).join()).not.toContain("hunter2");
  });
});

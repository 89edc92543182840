import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { loadRoster } from "../../lib/roster/load.ts";
import { RosterError } from "../../lib/roster/problem.ts";

const directory = mkdtempSync(join(tmpdir(), "roster-load-"));
afterAll(() => rmSync(directory, { recursive: true }));

function write(name: string, contents: string | Uint8Array): string {
  const file = join(directory, name);
  writeFileSync(file, contents);
  return file;
}

function refusal(file: string): RosterError {
  try {
    loadRoster(file);
  } catch (error) {
    if (error instanceof RosterError) return error;
    throw error;
  }
  throw new Error(`${file} was accepted`);
}

test("a good file gives its roster, named as it was given", () => {
  const file = write("good.json", '\ufeff{"users":{"山田@example.com":{}}}');
  expect(loadRoster(file)).toMatchObject({ file, people: [{ username: "山田@example.com" }] });
});

test("a bad file throws every problem, and says them in its message", () => {
  const file = write("bad.json", '{"users":{"a@example.com":{"grops":[]},\n"b":{}}}');
  const error = refusal(file);
  expect(error.exitCode).toBe(2);
  expect(error.problems).toHaveLength(2);
  expect(error.message).toContain(`${file} has 2 problems`);
  expect(error.message).toContain(`${file}:1:28  unknown field "grops"`);
  expect(error.message).toContain('Did you mean "groups"?');
});

test("after 20 different problems the message points to npm run check", () => {
  const fields = ["q", "w"].flatMap((first) =>
    Array.from("abcdefghijklmno", (second) => `${first}${second}`),
  );
  const people = fields.map((field) => `"${field}@example.com":{"${field}":1}`);
  const file = write("many.json", `{"users":{${people.join()}}}`);
  const error = refusal(file);
  expect(error.problems).toHaveLength(30);
  expect(error.message.match(/unknown field/g)).toHaveLength(20);
  expect(error.next).toEqual([`See the other 10: npm run check -- ${file}`]);
});

test("a problem that many lines share is one in the message, with their number and the first places", () => {
  const people = Array.from({ length: 30 }, (_, index) => `"u${index}@example.com":{"grops":1}`);
  const file = write("same.json", `{"users":{${people.join(",\n")},\n"b@example.com":{"x":1}}}`);
  const error = refusal(file);
  expect(error.problems).toHaveLength(31);
  expect(error.message.split("\n")).toEqual([
    `${file} has 31 problems`,
    `  ${file}:1:29  unknown field "grops"`,
    '      Did you mean "groups"?',
    `      30 times, also at ${[2, 3, 4, 5].map((line) => `${file}:${line}:19`).join(", ")}, and 25 more`,
    `  ${file}:31:18  unknown field "x"`,
    expect.any(String),
  ]);
  expect(error.next).toEqual([]);
});

describe("what can't be read is told in words", () => {
  test.each([
    ["missing", join(directory, "nowhere.json"), "there is no such file"],
    ["below a file", join(write("file.json", "{}"), "x.json"), "there is no such file"],
    ["a directory", directory, "this is a directory, not a file"],
    ["a device that never ends", "/dev/zero", "this is a device, not a file"],
    ["a NUL in its path", "a\0b", "the file can't be read"],
  ])("%s", (_, file, message) => {
    expect(refusal(file).problems).toEqual([
      { location: { file }, message: expect.stringContaining(message), hint: expect.any(String) },
    ]);
  });

  test.each([
    [
      "Shift_JIS",
      Buffer.from('{"users":{\n"x\x8eR\x93c@example.com":{}}}', "latin1"),
      { line: 2, column: 3 },
    ],
    [
      "Latin-1 after UTF-8",
      Buffer.concat([Buffer.from("\ufeffé"), Buffer.from([0xe9, 0x20])]),
      { line: 1, column: 2 },
    ],
    ["cut within a character", Buffer.from("é").subarray(0, 1), { line: 1, column: 1 }],
  ])("not UTF-8: %s", (name, bytes, place) => {
    const [problem] = refusal(write(`${name}.json`, bytes)).problems;
    expect(problem).toMatchObject({ location: place, message: "the file isn't valid UTF-8 from here on" });
  });

  test.each([
    ["with a byte order mark", Buffer.from('\ufeff{"users":{}}', "utf16le")],
    ["little-endian without one", Buffer.from('{"users":{}}', "utf16le")],
    ["big-endian without one", Buffer.from('{"users":{}}', "utf16le").swap16()],
  ])("UTF-16 %s", (_, bytes) => {
    expect(refusal(write("utf16.json", bytes)).problems).toMatchObject([
      { message: "the file is UTF-16, not UTF-8", hint: "Save it as UTF-8." },
    ]);
  });
});

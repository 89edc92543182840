import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readProject } from "../../lib/deploy/project.ts";
import { folderOf, matches, rosterFiles } from "../../lib/roster/files.ts";
import { readRosterFiles } from "../../lib/roster/load.ts";
import { RosterError } from "../../lib/roster/problem.ts";
import type { GivenRules } from "../../lib/roster/roster.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "roster-files-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(name: string, users: string): void {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), `{ "users": {${users}} }`);
}

const display = (path: string) => relative(root, path).replaceAll("\\", "/");
const read = (roster: string | readonly string[] = "people/*.json", rules?: GivenRules) =>
  readRosterFiles({ root, roster, rules, display, setting: { file: "config.ts", line: 5, column: 3 } })
    .roster;

/** Each problem as `file:line:column message`. */
function told(...args: Parameters<typeof read>): string[] {
  try {
    read(...args);
    return [];
  } catch (error) {
    if (!(error instanceof RosterError)) throw error;
    return error.problems.map(
      ({ location: { file, line, column }, message }) => `${file}:${line}:${column} ${message}`,
    );
  }
}

describe("a pattern", () => {
  test.each([
    ["people/*.json", "people/a.json", true],
    ["./people/*.json", "people/a.json", true],
    ["people/*.json", "people/old/a.json", false],
    ["people/*/*.json", "people/old/a.json", true],
    ["people/*.json", "people/.hidden.json", false],
    ["people/*.json", "people/a.jsonc", false],
    ["team-?.json", "team-a.json", true],
    ["team-?.json", "team-ab.json", false],
    ["a+b.json", "aab.json", false],
    ["users.json", "./users.json", true],
  ])("%s and %s: %s", (pattern, name, expected) => {
    expect(matches(pattern, name)).toBe(expected);
  });

  test("is looked for in its folder, in which another commit may have more", () => {
    expect(["people/*.json", "people/*/a.json", "*.json"].map(folderOf)).toEqual(["people", "people", "."]);
  });

  test("finds each file once, in the order of the names", () => {
    for (const name of ["people/b.json", "people/a.json", "other.json"]) write(name, "");
    expect(rosterFiles(root, ["people/*.json", "other.json", "people/b.json"])).toEqual({
      names: ["other.json", "people/a.json", "people/b.json"],
      unmatched: [],
    });
  });
});

describe("a roster in several files", () => {
  test("has everybody, by file and then by place", () => {
    write("people/b.json", '"z@example.com": {}, "a@example.com": {}');
    write("people/a.json", '"m@example.com": {}');
    const { people, files } = read();
    expect(people.map(({ username }) => username)).toEqual([
      "m@example.com",
      "z@example.com",
      "a@example.com",
    ]);
    expect(files?.map(({ name, people }) => [name, people.length])).toEqual([
      ["people/a.json", 1],
      ["people/b.json", 2],
    ]);
  });

  test("has each person in one of them: two places are told", () => {
    write("people/a.json", '"m@example.com": {}');
    write("people/b.json", '\n"M@example.com": {}');
    expect(told()).toEqual([
      expect.stringMatching(
        /^people\/b\.json:2:1 "M@example\.com" is in two files: also at people\/a\.json:1:13/,
      ),
    ]);
  });

  test("tells problems of all at once, each in its file", () => {
    write("people/a.json", '"m@example.com": { "enabeld": true }');
    write("people/b.json", '"n@example.com": { "phone": "090" }');
    writeFileSync(join(root, "people/c.json"), "{");
    expect(told()).toEqual([
      expect.stringMatching(/^people\/a\.json:1:32 unknown field/),
      expect.stringMatching(/^people\/b\.json:1:41 "090" is not a phone number/),
      expect.stringMatching(/^people\/c\.json:/),
    ]);
  });

  test("compares groups and addresses across files", () => {
    write("people/a.json", '"m": { "email": "x@example.com", "groups": ["ops"] }');
    write("people/b.json", '"n": { "email": "x@example.com", "groups": ["Ops"] }');
    const problems = told("people/*.json", { signInWith: "username", aliases: ["email"] });
    expect(problems).toEqual([
      expect.stringMatching(
        /^people\/b\.json:.*"m" \(people\/a\.json:1:13\) already has this e-mail address/,
      ),
      expect.stringMatching(/^people\/b\.json:.*"ops" \(people\/a\.json:1:\d+\) differ only in letter case/),
    ]);
  });

  test("may have an empty file, but not only empty ones", () => {
    write("people/a.json", "");
    expect(told()).toEqual([expect.stringContaining('"users" is empty')]);
    write("people/b.json", '"n@example.com": {}');
    expect(told()).toEqual([]);
  });

  test("a pattern that matches nothing is a problem of config.ts, a file that is missing one of its own", () => {
    write("people/a.json", '"m@example.com": {}');
    expect(told(["people/*.json", "peple/*.json", "gone.json"])).toEqual([
      'config.ts:5:3 no file matches "peple/*.json"',
      expect.stringMatching(/^gone\.json:.*there is no such file/),
    ]);
  });

  test("each file may be .json or .jsonc", () => {
    write("people/a.json", '"m@example.com": {}');
    write("people/b.jsonc", '"n@example.com": {}, // new\n');
    expect(read(["people/*.json", "people/*.jsonc"]).people).toHaveLength(2);
  });
});

describe("grantedIn", () => {
  const rules = { grantedIn: { admins: ["people/security.json"] } };

  test("lets a group be granted in its files alone: others are told at the line of the group", () => {
    write("people/security.json", '"m@example.com": { "groups": ["admins"] }');
    write("people/sales.json", '"n@example.com": {\n"groups": ["sales", "admins"] }');
    expect(told("people/*.json", rules)).toEqual([
      'people/sales.json:2:21 the group "admins" can\'t be granted in this file',
    ]);
  });

  test("holds for a roster of one file as well", () => {
    write("users.json", '"n@example.com": { "groups": ["admins"] }');
    expect(told("users.json", rules)).toHaveLength(1);
    expect(told("users.json", { grantedIn: { admins: ["users.json"] } })).toEqual([]);
  });
});

describe("a project", () => {
  const settings = { stack: "s", roster: "people/*.json", pool: { name: "p" }, client: { name: "c" } };

  test("has a digest of all files, and of their names", () => {
    write("people/a.json", '"m@example.com": {}');
    write("people/b.json", '"n@example.com": {}');
    const digest = readProject(root, settings).digest;
    expect(readProject(root, settings).digest).toBe(digest);
    write("people/b.json", '"n@example.com": {} ');
    expect(readProject(root, settings).digest).not.toBe(digest);
  });

  test("knows in which file somebody stands", () => {
    write("people/a.json", '"m@example.com": {}');
    write("people/b.json", '\n"n@example.com": {}');
    const { placeOf } = readProject(root, settings);
    expect(placeOf("n@example.com")).toMatchObject({ file: join(root, "people/b.json"), line: 2 });
  });

  test("refuses a person in a file that may not grant the group", () => {
    write("people/a.json", '"m@example.com": { "groups": ["admins"] }');
    const groups = { admins: { grantedIn: ["people/security.json"] } };
    expect(() => readProject(root, { ...settings, groups })).toThrow(/can't be granted in this file/);
  });

  test.each([["**/*.json"], [[]], [[3]], [7]])("refuses roster: %j", (roster) => {
    expect(() => readProject(root, { ...settings, roster } as never)).toThrow(/roster/);
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { digestOf, readProject, synthesizeProject } from "../../lib/deploy/project.ts";

const SETTINGS = {
  stack: "people",
  roster: "users.json",
  pool: { name: "people" },
  client: { name: "app" },
};
const roster = (...names: readonly string[]) =>
  JSON.stringify({ users: Object.fromEntries(names.map((name) => [name, {}])) });

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "project-"));
});
afterEach(() => rmSync(root, { recursive: true }));
const write = (text: string) => writeFileSync(join(root, "users.json"), text);

describe("a project is read once", () => {
  test("what is synthesized, as often as it may be, is what was read, and not what the file says by then", () => {
    write(roster("a@example.com"));
    const project = readProject(root, SETTINGS);
    write(roster("b@example.com"));
    for (const recorded of [undefined, { instances: [], outputs: {} }]) {
      const { stackDirectory } = synthesizeProject(project, { recorded }, join(root, "out"));
      const { locals } = JSON.parse(readFileSync(join(stackDirectory, "cdk.tf.json"), "utf8"));
      expect(Object.keys(locals.user_values)).toEqual(["a@example.com"]);
    }
    expect(project.digest).toBe(digestOf(roster("a@example.com"), SETTINGS));
  });

  test("what is doubtful about names is a warning with its place, and no more than five are said", () => {
    write(roster("pаul@example.com"));
    const { warnings } = readProject(root, SETTINGS);
    expect(warnings).toEqual([
      expect.stringMatching(/users\.json:1:11: the username .* mixes scripts: .*\n {4}→ /),
    ]);
    write(roster(..."abcdefg".split("").map((letter) => `${letter}а@example.com`)));
    expect(readProject(root, SETTINGS).warnings).toHaveLength(6);
    expect(readProject(root, SETTINGS).warnings.at(-1)).toBe("2 more warnings: npm run check");
  });

  test("a roster that is broken by then is nobody's problem in this run", () => {
    write(roster("a@example.com"));
    const project = readProject(root, SETTINGS);
    write("{");
    expect(() => synthesizeProject(project, {}, join(root, "out"))).not.toThrow();
    expect(() => readProject(root, SETTINGS)).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});

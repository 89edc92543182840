/** @module-tag full */

import { cpSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Project } from "../support/project.ts";
import { SHARED } from "../support/shared-cache.ts";

const PEOPLE = { "hanako@example.com": {}, "taro@example.com": {}, "maria@example.com": { leaving: true } };
const { "taro@example.com": _, ...WITHOUT_TARO } = PEOPLE;

const project = new Project();
afterAll(() => project.remove());
const config = project.read("config.ts");
const file = (name: string) => join(project.directory, name);
const write = (text: string) => writeFileSync(file("users.json"), text);

// The hook doesn't need them, and they would slow down every commit and copy.
for (const name of ["__tests__", "bench", "docs", "examples"]) rmSync(file(name), { recursive: true });

const git = (args: string, { cwd = project.directory, env = {} } = {}) =>
  execa("git", args.trim().split(" "), {
    cwd,
    env: {
      GIT_AUTHOR_NAME: "t",
      GIT_AUTHOR_EMAIL: "t@example.com",
      GIT_COMMITTER_NAME: "t",
      GIT_COMMITTER_EMAIL: "t@example.com",
      GIT_CONFIG_GLOBAL: "/dev/null",
      ...env,
    },
    reject: false,
    all: true,
  });

beforeAll(async () => {
  project.writeRoster(PEOPLE);
  for (const command of [
    "init --quiet --initial-branch=main",
    "add .",
    "reset --quiet node_modules",
    "commit --quiet -m three",
    "config core.hooksPath .githooks",
  ])
    expect((await git(command)).exitCode, command).toBe(0);
  cpSync(file(".git"), file(".git.three"), { recursive: true });
});
beforeEach(() => {
  for (const name of [".git", "notes.md", "people.json"])
    rmSync(file(name), { recursive: true, force: true });
  cpSync(file(".git.three"), file(".git"), { recursive: true });
  project.writeRoster(PEOPLE);
  writeFileSync(file("config.ts"), config);
});

/** @returns what git and the hook print, and whether a commit was made */
async function commit(options = "-a", where: Parameters<typeof git>[1] = {}) {
  const before = await git("rev-parse HEAD");
  const { all } = await git(`commit --quiet -m change ${options}`, where);
  return { all, done: (await git("rev-parse HEAD")).stdout !== before.stdout };
}

/** What a commit left in .cache, beside what the tests' projects share there. */
const left = () => readdirSync(file(".cache")).filter((name) => !SHARED.includes(name));

describe("the pre-commit hook", () => {
  test("lets a good change pass, and leaves no copy behind", async () => {
    project.writeRoster({ ...PEOPLE, "new@example.com": {} });
    const { all, done } = await commit();
    expect(all).toContain("users.json: 4 people, no problems");
    expect(done).toBe(true);
    expect(left()).toEqual([]);
  });

  test.each([
    ["what is not JSON", () => write('{ "users": {\n  "a@example.com": }\n}'), "users.json:2:20"],
    [
      "a field that check refuses",
      () => write('{ "users": { "a@example.com": { "groups": 1 } } }'),
      '"groups"',
    ],
    ["a line that is gone", () => project.writeRoster(WITHOUT_TARO), '"taro@example.com"'],
    ["a roster that is deleted", () => rmSync(file("users.json")), "users.json"],
  ])("refuses %s", async (_, change, words) => {
    change();
    const { all, done } = await commit();
    expect(all).toContain(words);
    expect(all).toContain("Nothing was committed");
    expect(done).toBe(false);
    expect(left()).toEqual([]);
  });

  test("checks what is staged, not the working copy", async () => {
    write("{ broken");
    await git("add users.json");
    project.writeRoster(PEOPLE);
    expect((await commit("")).done).toBe(false);

    await git("reset --quiet --hard HEAD");
    project.writeRoster({ ...PEOPLE, "new@example.com": {} });
    await git("add users.json");
    write("{ broken");
    expect((await commit("")).done).toBe(true);
    expect(project.read("users.json")).toBe("{ broken");
  });

  test("checks the roster that the staged config.ts names", async () => {
    await git("mv users.json people.json");
    project.configure("users.json", "people.json");
    await git("add config.ts");
    writeFileSync(file("config.ts"), config);
    expect((await commit("")).all).toContain("people.json: 3 people, no problems");
  });

  test("prints nothing about a commit of documents or code, and --no-verify skips it", async () => {
    writeFileSync(file("notes.md"), "x");
    await git("add notes.md");
    expect(await commit("")).toEqual({ all: "", done: true });
    write("{ broken");
    expect((await commit("-a --no-verify")).done).toBe(true);
  });

  describe("where the packages are not installed", () => {
    beforeEach(() => renameSync(file("node_modules"), file("node_modules.away")));
    afterEach(() => renameSync(file("node_modules.away"), file("node_modules")));

    test("refuses, and says that it needs npm ci", async () => {
      project.writeRoster({ ...PEOPLE, "new@example.com": {} });
      const { all, done } = await commit();
      expect(all?.split("\n")).toEqual([
        expect.stringMatching(/^✖ The staged roster can't be checked: that needs Node and `npm ci` in /),
        expect.stringContaining("git commit --no-verify"),
      ]);
      expect(done).toBe(false);
    });
  });

  test("compares with the remote's main: a person added on the branch by mistake may go, one of main may not", async () => {
    await git("update-ref refs/remotes/origin/main HEAD");
    await git("symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/main");
    project.writeRoster({ ...PEOPLE, "mistake@example.com": {} });
    expect((await commit()).done).toBe(true);
    project.writeRoster({ ...PEOPLE, "taro@example.com": { leaving: true } });
    expect((await commit()).done).toBe(true);
    project.writeRoster(WITHOUT_TARO);
    const { all, done } = await commit();
    expect(all).toContain("taro@example.com");
    expect(done).toBe(false);
  });

  test("lets a merge bring in a departure that took its two steps on main", async () => {
    await git("switch --quiet -c branch");
    writeFileSync(file("notes.md"), "x");
    await git("add notes.md");
    await commit("");
    await git("switch --quiet main");
    project.writeRoster({ ...PEOPLE, "taro@example.com": { leaving: true } });
    await commit();
    project.writeRoster(WITHOUT_TARO);
    await commit();
    await git("switch --quiet branch");
    await git("merge --quiet --no-commit --no-ff main");
    expect((await commit("")).done).toBe(true);
  });

  test("lets a roster that is broken in the last commit be mended", async () => {
    write("{ broken");
    await commit("-a --no-verify");
    project.writeRoster(PEOPLE);
    expect((await commit()).done).toBe(true);
  });

  test("checks a repository's first commit", async () => {
    rmSync(file(".git"), { recursive: true });
    await git("init --quiet");
    await git("config core.hooksPath .githooks");
    write("{ broken");
    await git("add . :!node_modules :!.git.three");
    expect((await git("commit --quiet -m first")).all).toContain("users.json:1:3");
  });

  test("checks a package in a subfolder, also from a linked worktree", async () => {
    const root = file("mono");
    const where = { cwd: root };
    const folder = join(root, "people");
    mkdirSync(folder, { recursive: true });
    try {
      for (const name of [
        "config.ts",
        "index.ts",
        "lib",
        "package.json",
        "scripts",
        "users.json",
        ".githooks",
      ])
        cpSync(file(name), join(folder, name), { recursive: true });
      for (const command of ["init --quiet", "add .", "commit --quiet -m first"]) await git(command, where);
      await git("worktree add --quiet ../mono-linked", where);
      for (const cwd of [root, file("mono-linked")]) {
        await git(`config core.hooksPath people/.githooks`, where);
        cpSync(file("node_modules"), join(cwd, "people", "node_modules"), { recursive: true });
        const roster = join(cwd, "people", "users.json");
        writeFileSync(roster, JSON.stringify({ users: WITHOUT_TARO }));
        await git("add people/users.json", { cwd });
        expect((await git("commit --quiet -m change", { cwd })).all).toContain("taro@example.com");
        writeFileSync(roster, JSON.stringify({ users: { ...PEOPLE, "new@example.com": {} } }));
        await git("add people/users.json", { cwd });
        expect((await git("commit -m change", { cwd })).all).toContain("users.json: 4 people, no problems");
      }
    } finally {
      for (const name of ["mono", "mono-linked"]) rmSync(file(name), { recursive: true, force: true });
    }
  });

  test("is executable: git ignores a hook that is not", async () => {
    expect(statSync(".githooks/pre-commit").mode & 0o111).toBe(0o111);
    const { stdout } = await execa("git", ["ls-files", "--stage", ".githooks/pre-commit"]);
    if (stdout !== "") expect(stdout).toMatch(/^100755 /);
  });
});

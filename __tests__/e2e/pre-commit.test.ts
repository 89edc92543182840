/** @module-tag full */

import {
  cpSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { execa, execaSync } from "execa";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Project } from "../support/project.ts";

const PEOPLE = { "hanako@example.com": {}, "taro@example.com": {}, "maria@example.com": { leaving: true } };
const { "taro@example.com": _, ...WITHOUT_TARO } = PEOPLE;

const project = new Project();
afterAll(() => project.remove());
const config = project.read("config.ts");
const file = (name: string) => join(project.directory, name);
const write = (text: string) => writeFileSync(file("users.json"), text);

// Nothing that a hook looks at, and every commit and copy would cost more.
for (const name of ["__tests__", "bench", "docs", "examples"]) rmSync(file(name), { recursive: true });
const TEMPORARY = file(".tmp");
mkdirSync(TEMPORARY);

/** Everything the hook's shell calls, and no node. */
const NO_NODE = file(".tools");
mkdirSync(NO_NODE);
for (const tool of ["git", "sh", "dirname", "sed", "head", "grep"])
  symlinkSync(execaSync("sh", ["-c", `command -v ${tool}`]).stdout, join(NO_NODE, tool));

const MACHINES = [
  { machine: "with the dependencies installed", installed: true, path: process.env.PATH },
  { machine: "with Node alone", installed: false, path: process.env.PATH },
  { machine: "without Node", installed: false, path: NO_NODE },
] as const;

const WHO = {
  GIT_AUTHOR_NAME: "t",
  GIT_AUTHOR_EMAIL: "t@example.com",
  GIT_COMMITTER_NAME: "t",
  GIT_COMMITTER_EMAIL: "t@example.com",
};
const git = (args: string, path: string = process.env.PATH ?? "") =>
  execa("git", args.trim().split(" "), {
    cwd: project.directory,
    env: { ...WHO, PATH: path, TMPDIR: TEMPORARY, GIT_CONFIG_GLOBAL: "/dev/null" },
    reject: false,
    all: true,
  });

beforeAll(async () => {
  project.writeRoster(PEOPLE);
  for (const command of [
    "init --quiet --initial-branch=main",
    "add .",
    "reset --quiet node_modules .tools",
    "commit --quiet -m three",
    "config core.hooksPath .githooks",
  ])
    expect((await git(command)).exitCode, command).toBe(0);
  cpSync(file(".git"), file(".git.three"), { recursive: true });
});
beforeEach(() => {
  for (const name of [".git", "notes.txt", "people.json"])
    rmSync(file(name), { recursive: true, force: true });
  cpSync(file(".git.three"), file(".git"), { recursive: true });
  project.writeRoster(PEOPLE);
  writeFileSync(file("config.ts"), config);
});

/** @returns what git and the hook say, and whether there is a commit more */
async function commit({ installed, path }: { installed: boolean; path: string | undefined }, options = "-a") {
  if (!installed) renameSync(file("node_modules"), file("node_modules.away"));
  try {
    const before = await git("rev-parse HEAD");
    const { all } = await git(`commit --quiet -m change ${options}`, path);
    return { all, done: (await git("rev-parse HEAD")).stdout !== before.stdout };
  } finally {
    if (!installed) renameSync(file("node_modules.away"), file("node_modules"));
  }
}

describe.each(MACHINES)("the pre-commit hook, $machine", (machine) => {
  const whole = machine.installed;
  const none = machine.path === NO_NODE;

  test("lets a good change pass, and says what it has not looked at", async () => {
    project.writeRoster({ ...PEOPLE, "new@example.com": {} });
    const { all, done } = await commit(machine);
    expect(done, all).toBe(true);
    if (whole) expect(all).toContain("users.json: 4 people, no problems");
    else if (none) expect(all).toContain("users.json was not checked: there is no node on the PATH");
    else expect(all).toContain("The rest of check needs npm ci");
  });

  test("refuses a password, and does not repeat it", async () => {
    write('{ "users": {\n  "a@example.com": { "temporaryPassword": "hunter2" }\n} }');
    const { all, done } = await commit(machine);
    expect(done).toBe(false);
    expect(all).toContain("looks like a password");
    expect(all).not.toContain("hunter2");
    if (!none) expect(all).toContain("users.json:2:22 ✖");
  });

  test.each([
    ["what is no JSON", () => write('{ "users": {\n  "a@example.com": }\n}'), "users.json:2:20 ✖"],
    [
      "a person twice",
      () => write('{ "users": {\n  "a@example.com": {},\n  "a@example.com": {}\n} }'),
      "users.json:3:3 ✖",
    ],
    [
      "a line that is gone",
      () => project.writeRoster(WITHOUT_TARO),
      '"taro@example.com" is gone, but was not leaving',
    ],
    ["a roster that is deleted", () => rmSync(file("users.json")), "users.json ✖ it is not in the commit"],
  ])("refuses %s, unless there is no Node to find it", async (_, change, words) => {
    change();
    const { all, done } = await commit(machine);
    expect(done, all).toBe(none);
    if (!none) expect(all).toContain(words);
  });

  test("looks at what is staged, not at the working copy", async () => {
    write("{ broken");
    await git("add users.json");
    project.writeRoster(PEOPLE);
    expect((await commit(machine, "")).done).toBe(none);

    await git("reset --quiet --hard HEAD");
    project.writeRoster({ ...PEOPLE, "new@example.com": {} });
    await git("add users.json");
    write("{ broken");
    expect((await commit(machine, "")).done).toBe(true);
    expect(project.read("users.json")).toBe("{ broken");
  });

  test("has nothing to say of other files, and --no-verify goes past it", async () => {
    writeFileSync(file("notes.txt"), "x");
    await git("add notes.txt");
    expect(await commit(machine, "")).toEqual({ all: "", done: true });
    write("{ broken");
    expect((await commit(machine, "-a --no-verify")).done).toBe(true);
  });
});

describe("the pre-commit hook", () => {
  const [installed, alone] = MACHINES;

  test("with the dependencies is the whole check, by the staged config.ts; Node alone knows the staged roster's name", async () => {
    project.writeRoster({ ...PEOPLE, "new@example.com": { groups: "ops" } });
    const { all, done } = await commit(installed);
    expect(all).toContain('"groups" must be a list');
    expect(done).toBe(false);

    await git("reset --quiet --hard HEAD");
    await git("mv users.json people.json");
    project.configure("users.json", "people.json");
    expect((await commit(installed)).all).toContain("people.json: 3 people, no problems");
    writeFileSync(file("people.json"), JSON.stringify({ users: WITHOUT_TARO }));
    expect((await commit(alone)).all).toContain('people.json ✖ "taro@example.com" is gone');
  });

  test.each(MACHINES)("knows the roster of a config.ts in one line, $machine", async (machine) => {
    const line = `export const config = { stack: "t", roster: "people.json", pool: { name: "p" }, client: { name: "a" } };`;
    writeFileSync(file("config.ts"), line);
    await git("mv users.json people.json");
    await commit(machine, "-a --no-verify");
    writeFileSync(
      file("people.json"),
      '{ "users": {\n  "a@example.com": { "temporaryPassword": "hunter2" }\n} }',
    );
    const { all, done } = await commit(machine);
    expect(done).toBe(false);
    expect(all).toContain("people.json");
    expect(all).toContain("looks like a password");
  });

  test("leaves no copy behind", async () => {
    project.writeRoster({ ...PEOPLE, "new@example.com": {} });
    expect((await commit(installed)).done).toBe(true);
    expect(readdirSync(TEMPORARY)).toEqual([]);
  });

  test("compares with the remote's main: whoever was added on the branch by mistake may go, nobody of main may", async () => {
    await git("update-ref refs/remotes/origin/main HEAD");
    await git("symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/main");
    project.writeRoster({ ...PEOPLE, "mistake@example.com": {} });
    expect((await commit(alone)).done).toBe(true);
    project.writeRoster({ ...PEOPLE, "taro@example.com": { leaving: true } });
    expect((await commit(alone)).done).toBe(true);
    project.writeRoster(WITHOUT_TARO);
    expect(await commit(alone)).toMatchObject({
      done: false,
      all: expect.stringContaining("taro@example.com"),
    });
  });

  test("lets a merge bring in a departure that main has seen in its two steps", async () => {
    await git("switch --quiet -c branch");
    writeFileSync(file("notes.txt"), "x");
    await git("add notes.txt");
    await commit(alone, "");
    await git("switch --quiet main");
    project.writeRoster({ ...PEOPLE, "taro@example.com": { leaving: true } });
    await commit(alone);
    project.writeRoster(WITHOUT_TARO);
    await commit(alone);
    await git("switch --quiet branch");
    await git("merge --quiet --no-commit --no-ff main");
    expect((await commit(alone, "")).done).toBe(true);
  });

  test("lets a roster that is broken in the last commit be mended", async () => {
    write("{ broken");
    await commit(installed, "-a --no-verify");
    project.writeRoster(PEOPLE);
    expect((await commit(installed)).done).toBe(true);
  });

  test("checks the first commit of all", async () => {
    rmSync(file(".git"), { recursive: true });
    await git("init --quiet");
    await git("config core.hooksPath .githooks");
    write("{ broken");
    await git("add users.json config.ts");
    expect((await git("commit --quiet -m first")).all).toContain("users.json:1:3 ✖ this is not JSON");
  });

  test("can be run: git passes over a hook that is not executable", async () => {
    expect(statSync(".githooks/pre-commit").mode & 0o111).toBe(0o111);
    const { stdout } = await execa("git", ["ls-files", "--stage", ".githooks/pre-commit"]);
    if (stdout !== "") expect(stdout).toMatch(/^100755 /);
  });
});

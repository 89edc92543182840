/** @module-tag full */

import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Project } from "../support/project.ts";
import { CTRL_C, openTerminal } from "../support/terminal.ts";

/** Nothing is emulated: dev needs no AWS, and a port that nobody listens at shows that it asks for none. */
const ENV = { PATH: process.env.PATH ?? "", AWS_ENDPOINT_URL: "http://127.0.0.1:1" };

const project = new Project();
afterAll(() => project.remove());
const config = project.read("config.ts");
const start = () => {
  project.writeRoster(HEAD);
  return project;
};
const HEAD = {
  "hanako@example.com": {},
  "taro@example.com": {},
  "maria@example.com": { leaving: true },
  "sam@example.com": { leaving: true },
};
const git = (...args: string[]) =>
  execa("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], { cwd: project.directory });

beforeAll(async () => {
  start();
  await git("init", "--quiet");
  await git("add", "users.json");
  await git("commit", "--quiet", "-m", "four");
});
afterEach(() => {
  start();
  writeFileSync(join(project.directory, "config.ts"), config);
});

const open = () => openTerminal(["scripts/run.mjs", "dev"], ENV, ["hunter2"], project.directory);
const file = (name: string) => join(project.directory, name);

test("every save says who joins, returns, changes, leaves and is gone, or what is wrong and where; Ctrl-C ends it", async () => {
  const terminal = open();
  await terminal.shows("Checking users.json and config.ts on every save. Press Ctrl-C to stop.");
  await terminal.shows("users.json: 4 people, no problems");
  await terminal.shows("No change since HEAD");

  project.writeRoster({
    "hanako@example.com": { groups: ["ops"] },
    "taro@example.com": { leaving: true },
    "maria@example.com": {},
    "new@example.com": {},
  });
  await terminal.shows("Since HEAD:");
  for (const line of [
    "new@example.com joins",
    "maria@example.com returns",
    "hanako@example.com changes",
    "taro@example.com leaves",
    "sam@example.com is gone",
  ])
    await terminal.shows(line);

  writeFileSync(file("users.json"), '{ "users": {\n  "a@example.com": { "password": "hunter2" }\n} }');
  await terminal.shows('users.json:2:22 ✖ "password" looks like a password');
  await terminal.shows("✖ 1 problem");

  project.writeRoster({ "taro@example.com": {} });
  await terminal.shows('"hanako@example.com" was deleted from users.json without leaving first');

  terminal.press(CTRL_C);
  expect(await terminal.ended).toBe(0);
  expect(terminal.screen()).not.toMatch(/Error|^\s+at /m);
});

test("an editor that puts another file in its place is seen, one that empties it first or saves it unchanged is not", async () => {
  const terminal = open();
  await terminal.shows("No change since HEAD");
  const text = JSON.stringify({ users: { ...HEAD, "vim@example.com": {} } });
  writeFileSync(file(".users.json.swp"), text);
  renameSync(file(".users.json.swp"), file("users.json"));
  await terminal.shows("vim@example.com joins");

  for (let round = 0; round < 20; round++) {
    writeFileSync(file("users.json"), "");
    await sleep(50);
    writeFileSync(file("users.json"), JSON.stringify({ users: { ...HEAD, "twice@example.com": {} } }));
    await sleep(10);
  }
  await terminal.shows("twice@example.com joins");
  writeFileSync(file("users.json"), JSON.stringify({ users: { ...HEAD, "twice@example.com": {} } }));

  // Time enough to be looked at more than once.
  await sleep(1_000);

  renameSync(file("users.json"), file("users.json~"));
  await terminal.shows("there is no such file");
  renameSync(file("users.json~"), file("users.json"));
  await terminal.shows("twice@example.com joins");

  terminal.press(CTRL_C);
  expect(await terminal.ended).toBe(0);
  expect(terminal.screen()).not.toContain("the file is empty");
  expect(terminal.screen().match(/^\d\d:\d\d:\d\d\r?$/gm)).toHaveLength(5);
});

test("config.ts: what Cognito would refuse, what is no TypeScript, and another roster, which is looked at from then on", async () => {
  const terminal = open();
  await terminal.shows("No change since HEAD");

  project.configure('name: "people" }', 'name: "people", signInWith: "username" }');
  await terminal.shows('"hanako@example.com" is invited by e-mail, but has no address');

  writeFileSync(file("config.ts"), "export const config = {");
  await terminal.shows("config.ts:1:");

  writeFileSync(file("other.json"), JSON.stringify({ users: { "first@example.com": {} } }));
  writeFileSync(file("config.ts"), config.replace("users.json", "other.json"));
  await terminal.shows("other.json: 1 person, no problems");
  writeFileSync(
    file("other.json"),
    JSON.stringify({ users: { "first@example.com": {}, "b@example.com": {} } }),
  );
  await terminal.shows("other.json: 2 people, no problems");
  await terminal.shows("b@example.com joins");

  terminal.press(CTRL_C);
  expect(await terminal.ended).toBe(0);
});

test.each([
  ["users.json", {}, 0, "No change since HEAD"],
  ["another roster", { config: config.replace("users.json", "nowhere.json") }, 2, "there is no such file"],
  ["no repository", { env: { GIT_DIR: "/nowhere" } }, 0, 'Not compared with HEAD: there is no commit "HEAD"'],
])(
  "--once says it once, for scripts: %s",
  async (_, given: { config?: string; env?: object }, code, words) => {
    if (given.config !== undefined) writeFileSync(file("config.ts"), given.config);
    const result = await project.run("node scripts/run.mjs dev --once", { env: { ...ENV, ...given.env } });
    expect(result.words).toContain(words);
    expect(result.exitCode).toBe(code);
  },
);

test("a HEAD whose roster is none does not stand in the way of mending it", async () => {
  writeFileSync(file("users.json"), "{ broken");
  await git("commit", "--quiet", "-am", "broken");
  start();
  const { words, exitCode } = await project.run("node scripts/run.mjs dev --once", { env: ENV });
  await git("reset", "--quiet", "--hard", "HEAD^");
  expect(words).toContain("users.json: 4 people, no problems");
  expect(words).toContain("Not compared with HEAD: HEAD:users.json has 1 problem");
  expect(exitCode).toBe(0);
});

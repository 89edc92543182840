import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };

/** Whoever installs the dependencies, seen from outside: `node scripts/run.mjs NAME` in a folder of somebody's monorepo. */
const HERE = join(import.meta.dirname, "../..");
const NAMES = Object.keys({ ...packageJson.dependencies, ...packageJson.peerDependencies });

let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), "Büro unser café-"));
});
afterEach(() => rmSync(top, { recursive: true }));

const write = (path: string, text = "") => {
  mkdirSync(dirname(join(top, path)), { recursive: true });
  writeFileSync(join(top, path), text);
};

/** This package in a folder, with one command, and an npm that only says that it was called. */
function place(folder: string): void {
  const scripts = readdirSync(join(HERE, "scripts")).filter((name) => name.endsWith(".mjs"));
  for (const name of scripts) cpSync(join(HERE, "scripts", name), join(top, folder, "scripts", name));
  for (const name of ["package.json", "package-lock.json"]) cpSync(join(HERE, name), join(top, folder, name));
  write(
    join(folder, "scripts/say.ts"),
    'import "constructs"; import { z } from "zod"; console.log(typeof z.object);',
  );
  write("bin/npm", '#!/bin/sh\necho "npm $* in $PWD" >&2\nexit 1\n');
}

/** All that package.json asks for, in that node_modules, as links to what is installed here. */
function install(folder: string, { without = "" } = {}): void {
  const modules = join(top, folder, "node_modules");
  for (const name of NAMES) {
    if (name === without) continue;
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(HERE, "node_modules", name), join(modules, name));
  }
}

async function say(folder: string) {
  const cwd = join(top, folder);
  await execa("chmod", ["+x", join(top, "bin/npm")]);
  const { exitCode, stdout, stderr } = await execa("node", ["scripts/run.mjs", "say"], {
    cwd,
    env: { PATH: `${join(top, "bin")}:${process.env.PATH}` },
    reject: false,
  });
  return { exitCode, stdout, stderr };
}

const DONE = { exitCode: 0, stdout: "function", stderr: "" };

describe("a workspace of npm, whose dependencies are in the folder above", () => {
  beforeEach(() => {
    write("package.json", '{ "workspaces": ["apps/*", "packages/*"] }');
    write("package-lock.json", "{}");
    place("packages/people");
  });

  test("is run with those", async () => {
    install(".");
    write("node_modules/.package-lock.json", "{}");
    expect(await say("packages/people")).toEqual(DONE);
    expect(existsSync(join(top, "packages/people/node_modules"))).toBe(false);
    // And from what was compiled before
    expect(await say("packages/people")).toEqual(DONE);
  });

  test("is run where a part of them is below it, too", async () => {
    install(".", { without: "zod" });
    mkdirSync(join(top, "packages/people/node_modules"));
    symlinkSync(join(HERE, "node_modules/zod"), join(top, "packages/people/node_modules/zod"));
    expect(await say("packages/people")).toEqual(DONE);
  });

  test("is never installed here: what is missing is named, and where to install it", async () => {
    install(".", { without: "zod" });
    const { exitCode, stderr } = await say("packages/people");
    expect(exitCode).toBe(1);
    expect(stderr.split("\n")).toEqual([
      "These dependencies are not installed: zod",
      `They are managed by npm in ${top}: the workspaces in its package.json include this folder. Nothing was installed or done.`,
      `Run npm install in ${top}, then run the command again.`,
    ]);
  });
});

test("yarn installs no peer dependencies of its own folders: what to add there is said", async () => {
  place("people");
  install("people", { without: "@cdktf/provider-aws" });
  write("people/yarn.lock");
  const { exitCode, stderr } = await say("people");
  expect(exitCode).toBe(1);
  expect(stderr.split("\n")[2]).toBe(
    `yarn does not install peer dependencies. In ${join(top, "people")}, run: yarn add --dev @cdktf/provider-aws@${packageJson.peerDependencies["@cdktf/provider-aws"]}, then run the command again.`,
  );
});

const PNPM = 'packages:\n  # ours\n  - "apps/*"\n\n  - packages/**\nonlyBuiltDependencies:\n  - tools/*\n';

test.each<[string, Record<string, string>, string]>([
  [
    "the workspaces of npm, folder by folder",
    { "package.json": '{"workspaces":["packages/people"]}' },
    "npm",
  ],
  ["with a dot in front", { "package.json": '{"workspaces":["./packages/*/"]}' }, "npm"],
  ["one of several names", { "package.json": '{"workspaces":["{apps,packages}/*"]}' }, "npm"],
  ["however deep", { "package.json": '{"workspaces":["**"]}' }, "npm"],
  [
    "those of yarn",
    { "package.json": '{"workspaces":{"packages":["packages/*"]}}', "yarn.lock": "" },
    "yarn",
  ],
  ["those of pnpm", { "pnpm-workspace.yaml": PNPM }, "pnpm"],
  ["a lock file of pnpm here", { "packages/people/pnpm-lock.yaml": "" }, "pnpm"],
  ["a lock file of yarn here", { "packages/people/yarn.lock": "" }, "yarn"],
  ["what pnpm left here", { "packages/people/node_modules/.modules.yaml": "" }, "pnpm"],
  ["what yarn left here", { "packages/people/node_modules/.yarn-state.yml": "" }, "yarn"],
])("it is another's to install: %s", async (_, files, tool) => {
  place("packages/people");
  for (const [path, text] of Object.entries(files)) write(path, text);
  const { exitCode, stderr } = await say("packages/people");
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: expect.stringMatching(tool === "yarn" ? "run: yarn add --dev " : `\nRun ${tool} install in `),
  });
  expect(stderr).not.toContain("npm ci");
});

test.each<[string, Record<string, string>]>([
  ["a package above without workspaces", { "package.json": "{}" }],
  ["workspaces of others", { "package.json": '{"workspaces":["apps/*","packages/people/*"]}' }],
  ["workspaces that take it out", { "package.json": '{"workspaces":["packages/*","!packages/people"]}' }],
  [
    "a list of pnpm's that is another",
    { "pnpm-workspace.yaml": "packages:\n  - apps/*\nallow:\n  - packages/*\n" },
  ],
  ["a lock file in a folder above, of nobody's workspace", { "yarn.lock": "", "pnpm-lock.yaml": "" }],
])("it is its own to install: %s", async (_, files) => {
  place("packages/people");
  for (const [path, text] of Object.entries(files)) write(path, text);
  expect((await say("packages/people")).stderr).toContain(
    `npm ci --no-legacy-peer-deps --no-audit --no-fund --loglevel=error in ${join(top, "packages/people")}`,
  );
});

test("nothing is installed where Node finds all of it above, in the very versions", async () => {
  place("app/people");
  install("app");
  expect(await say("app/people")).toEqual(DONE);
  rmSync(join(top, "app/node_modules/zod"));
  write("app/node_modules/zod/package.json", '{ "name": "zod", "version": "1.0.0" }');
  expect((await say("app/people")).stderr).toContain("npm ci");
});

test("nothing is installed over node_modules that are another folder's, by a link", async () => {
  place("people");
  symlinkSync(join(HERE, "node_modules"), join(top, "people/node_modules"));
  expect(await say("people")).toEqual(DONE);
});

/** The folder mounted so that nothing in it can be written, for root as well. */
const readOnly = (folder: string) => [
  "-rm",
  "sh",
  "-c",
  'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && cd "$0" && exec node scripts/run.mjs say',
  join(top, folder),
];
const canMount = spawnSync("unshare", ["-rm", "true"]).status === 0;

test.skipIf(!canMount)("a checkout that can only be read is run, and leaves nothing anywhere", async () => {
  place("people");
  install("people");
  const temporary = join(top, "tmp");
  mkdirSync(temporary);
  const { exitCode, stdout, stderr } = await execa("unshare", readOnly("people"), {
    env: { TMPDIR: temporary },
    reject: false,
  });
  expect({ exitCode, stdout, stderr }).toEqual(DONE);
  expect(existsSync(join(top, "people/.cache"))).toBe(false);
  expect(readdirSync(temporary)).toEqual([]);
});

import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";

/** What the launcher does with a repository's TypeScript, seen from outside: `node scripts/run.mjs NAME`. */
const HERE = join(import.meta.dirname, "../..");

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "roster-compile-"));
  mkdirSync(join(root, "scripts"));
  mkdirSync(join(root, "lib"));
  for (const name of ["run.mjs", "compile.mjs"])
    cpSync(join(HERE, "scripts", name), join(root, "scripts", name));
  writeFileSync(join(root, "package.json"), '{"type":"module"}');
  writeFileSync(join(root, "lib/word.ts"), 'export const word: string = "one";');
  write('import { word } from "../lib/word.ts";\nconsole.log(word, process.argv.slice(2).join());');
  symlinkSync(join(HERE, "node_modules"), join(root, "node_modules"));
});

afterEach(() => rmSync(root, { recursive: true }));

const write = (text: string) => writeFileSync(join(root, "scripts/say.ts"), text);
const say = (...argv: string[]) =>
  execa("node", ["scripts/run.mjs", "say", ...argv], { cwd: root, reject: false });
const builds = () =>
  readdirSync(join(root, ".cache/build/scripts-say-ts"))
    .filter((name) => name !== "last.json")
    .map((name) => join(root, ".cache/build/scripts-say-ts", name));

test("a command is compiled once, and run with its arguments", async () => {
  expect((await say("a", "b")).stdout).toBe("one a,b");
  const [build = ""] = builds();
  const { mtimeMs } = statSync(build);
  expect((await say()).stdout).toBe("one ");
  expect(builds()).toEqual([build]);
  expect(statSync(build).mtimeMs).toBe(mtimeMs);
});

test("a change of any source counts at once, even one of the same length at the same time", async () => {
  await say();
  const file = join(root, "lib/word.ts");
  const { atime, mtime } = statSync(file);
  writeFileSync(file, 'export const word: string = "two";');
  utimesSync(file, atime, mtime);
  expect((await say()).stdout).toBe("two ");
  writeFileSync(file, 'export const word: string = "one";');
  expect((await say()).stdout).toBe("one ");
});

test("a copied repository runs its own files, not those that it was copied from", async () => {
  write(
    'import { fileURLToPath } from "node:url"; console.log(fileURLToPath(new URL("..", import.meta.url)));',
  );
  await say();
  const copy = mkdtempSync(join(tmpdir(), "roster-compile-copy-"));
  cpSync(root, copy, { recursive: true, verbatimSymlinks: true });
  const { stdout } = await execa("node", ["scripts/run.mjs", "say"], { cwd: copy });
  rmSync(copy, { recursive: true });
  expect(stdout).toBe(`${copy}/`);
});

test("several at once, with nothing compiled yet, all get there", async () => {
  const all = await Promise.all(Array.from({ length: 4 }, () => say()));
  expect(all.map(({ stdout }) => stdout)).toEqual(Array(4).fill("one "));
  expect(builds()).toHaveLength(1);
});

test("a build that nobody can still be running is removed by the next one", async () => {
  await say();
  const [old = ""] = builds();
  const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 60 * 60;
  utimesSync(old, twoDaysAgo, twoDaysAgo);
  writeFileSync(join(root, "lib/word.ts"), 'export const word = "new";');
  await say();
  expect(builds()).toHaveLength(1);
  expect(builds()).not.toContain(old);
});

test("what is no TypeScript is told at its line, and nothing runs", async () => {
  write('console.log("ran");\nconst a = {{;');
  const { exitCode, stdout, stderr } = await say();
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr).toContain("scripts/say.ts:2:11:");
  expect(stderr).toContain("Nothing was done");
});

test("an import of what is not there is told at its line", async () => {
  write('import "../lib/words.ts";');
  const { exitCode, stderr } = await say();
  expect(exitCode).toBe(2);
  expect(stderr).toContain('Could not resolve "../lib/words.ts"');
  expect(stderr).toContain("scripts/say.ts:1:7:");
});

test("a defect's stack names the line of the source", async () => {
  mkdirSync(join(root, "scripts/support"));
  cpSync(join(HERE, "scripts/support/stack.ts"), join(root, "scripts/support/stack.ts"));
  write(`import { sourceStack } from "./support/stack.ts";
interface Nothing {}

try { throw new Error("here") } catch (error) { console.log(sourceStack((error as Error).stack ?? "")); }`);
  expect((await say()).stdout).toMatch(
    /Error: here\n +at (?:\w+ \()?file:\/\/\S+\/scripts\/say\.ts:4:13\)?\n/,
  );
});

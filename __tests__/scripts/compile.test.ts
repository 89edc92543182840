import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

/** What the launcher does with a repository's TypeScript, seen from outside: `node scripts/run.mjs NAME`. */
const HERE = join(import.meta.dirname, "../..");

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "roster-compile-"));
  mkdirSync(join(root, "scripts"));
  mkdirSync(join(root, "lib"));
  for (const name of ["run.mjs", "command.mjs", "compile.mjs", "dependencies.mjs", "explain-compile.mjs"])
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
    .filter((name) => name !== "inputs.json")
    .map((name) => join(root, ".cache/build/scripts-say-ts", name));

test("a command is compiled once, and run with its arguments", async () => {
  expect((await say("a", "b")).stdout).toBe("one a,b");
  const [build = ""] = builds();
  const { mtimeMs } = statSync(join(build, "say.mjs"));
  expect((await say()).stdout).toBe("one ");
  expect(builds()).toEqual([build]);
  expect(statSync(join(build, "say.mjs")).mtimeMs).toBe(mtimeMs);
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

const PLACE = "export const place = import.meta.url;";

test.each(["", "lib/"])("a file that is moved counts at once: ./%steam.ts", async (folder) => {
  const [file, moved] = [join(root, folder, "team.ts"), join(root, folder, "team/index.ts")];
  writeFileSync(file, PLACE);
  write(`import { place } from "../${folder}team";\nconsole.log(place);`);
  expect((await say()).stdout).toBe(pathToFileURL(file).href);
  mkdirSync(join(root, folder, "team"));
  renameSync(file, moved);
  expect((await say()).stdout).toBe(pathToFileURL(moved).href);
});

test("a new file that stands in another one's place counts at once, and so does its going", async () => {
  mkdirSync(join(root, "team"));
  writeFileSync(join(root, "team/index.ts"), PLACE);
  writeFileSync(join(root, "config.ts"), 'import { place } from "./team"; export const config = place;');
  write('import { config } from "../config.ts";\nconsole.log(config);');
  expect((await say()).stdout).toMatch(/team\/index\.ts$/);
  writeFileSync(join(root, "team.ts"), PLACE);
  expect((await say()).stdout).toMatch(/team\.ts$/);
  rmSync(join(root, "team.ts"));
  expect((await say()).stdout).toMatch(/team\/index\.ts$/);
});

test("what was compiled before counts again once its sources are back", async () => {
  await say();
  writeFileSync(join(root, "lib/word.ts"), 'export const word = "two";');
  await say();
  const both = builds();
  expect(both).toHaveLength(2);
  writeFileSync(join(root, "lib/word.ts"), 'export const word: string = "one";');
  expect((await say()).stdout).toBe("one ");
  expect(builds()).toEqual(both);
});

test("a copied repository runs its own files, not those that it was copied from, and need not compile them", async () => {
  write(
    'import { fileURLToPath } from "node:url"; console.log(import.meta.dirname, import.meta.filename, fileURLToPath(new URL("..", import.meta.url)));',
  );
  await say();
  const copy = mkdtempSync(join(tmpdir(), "roster compile-copy %20 é-"));
  cpSync(root, copy, { recursive: true, verbatimSymlinks: true });
  const { stdout } = await execa("node", ["scripts/run.mjs", "say"], { cwd: copy });
  const compiled = readdirSync(join(copy, ".cache/build/scripts-say-ts"));
  rmSync(copy, { recursive: true });
  expect(stdout).toBe(`${copy}/scripts ${copy}/scripts/say.ts ${copy}/`);
  expect(compiled).toHaveLength(2);
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

test("a file that is saved while it is compiled counts from the next run on", async () => {
  const word = join(root, "lib/word.ts");
  // The save comes when all is read, and nothing recorded yet.
  const compiler = join(root, "scripts/compile.mjs");
  writeFileSync(
    compiler,
    readFileSync(compiler, "utf8").replace(
      "await stopCompiler();",
      `if (process.env.SAVE) writeFileSync(${JSON.stringify(word)}, 'export const word = "saved";');
  $&`,
    ),
  );
  const first = await execa("node", ["scripts/run.mjs", "say"], { cwd: root, env: { SAVE: "1" } });
  expect(first.stdout).toBe("one ");
  expect((await say()).stdout).toBe("saved ");
});

test("a build that is in use stays, however old it is", async () => {
  await say();
  const [old = ""] = builds();
  const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 60 * 60;
  utimesSync(old, twoDaysAgo, twoDaysAgo);
  await say();
  writeFileSync(join(root, "lib/word.ts"), 'export const word = "new";');
  await say();
  expect(builds()).toContain(old);
  expect(builds()).toHaveLength(2);
});

test("what somebody deleted of a build, or wrote into its record, is made again", async () => {
  await say();
  const [build = ""] = builds();
  rmSync(join(build, "say.mjs"));
  expect((await say()).stdout).toBe("one ");
  writeFileSync(join(root, ".cache/build/scripts-say-ts/inputs.json"), "[]");
  expect((await say()).stdout).toBe("one ");
  expect(builds()).toEqual([build]);
});

test("where nothing can be written, it is the disk that is told of, and nothing half-written stays", async () => {
  mkdirSync(join(root, ".cache/build"), { recursive: true });
  // As a disk that is read only would have it, for root as well
  writeFileSync(join(root, ".cache/build/scripts-say-ts"), "");
  const { exitCode, stdout, stderr } = await say();
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(stderr).toMatch(/^The compiled sources can't be kept in \.cache\/build: E\w+/);
  expect(stderr).not.toContain("TypeScript");
  expect(readdirSync(join(root, ".cache/build"))).toEqual(["scripts-say-ts"]);
});

test.skipIf(process.platform === "win32")(
  "where there is no room, that is said, nothing half-written stays, and with room it goes on",
  async () => {
    // No file may grow, as on a full disk; pipes are none.
    const command = "trap '' XFSZ; ulimit -f 0; exec node scripts/run.mjs say";
    const { exitCode, stdout, stderr } = await execa("bash", ["-c", command], { cwd: root, reject: false });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(/^The compiled sources can't be kept in \.cache\/build: EFBIG/);
    expect(stderr).toContain("done. Free some space there or");
    expect(readdirSync(join(root, ".cache/build"), { recursive: true })).toEqual(["scripts-say-ts"]);
    expect((await say()).stdout).toBe("one ");
  },
);

test("an install without peer dependencies is told, and is none that the launcher makes", async () => {
  rmSync(join(root, "node_modules"));
  mkdirSync(join(root, "node_modules"));
  symlinkSync(join(HERE, "node_modules/esbuild"), join(root, "node_modules/esbuild"));
  write(
    'import { App } from "cdktf";\nimport { word } from "../lib/word.ts";\nconsole.log(new App(), word);',
  );
  const { exitCode, stderr } = await say();
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^cdktf .* not installed.*\n.*npm ci --no-legacy-peer-deps/);

  writeFileSync(join(root, "package-lock.json"), "{}");
  const npm = join(root, "npm");
  writeFileSync(npm, '#!/bin/sh\necho "$@" >&2\nexit 1\n', { mode: 0o755 });
  const installing = await execa("node", ["scripts/run.mjs", "say"], {
    cwd: root,
    env: { PATH: `${root}:${process.env.PATH}`, npm_config_legacy_peer_deps: "true" },
    reject: false,
  });
  expect(installing).toMatchObject({ exitCode: 1, stdout: "" });
  expect(installing.stderr).toMatch(/^ci --no-legacy-peer-deps /m);
  expect(installing.stderr).toContain("Could not install the dependencies");
});

test("a package that is missing, and is compiled with our sources, is told", async () => {
  rmSync(join(root, "node_modules"));
  mkdirSync(join(root, "node_modules"));
  symlinkSync(join(HERE, "node_modules/esbuild"), join(root, "node_modules/esbuild"));
  write('import { z } from "zod";\nconsole.log(z);');
  const { exitCode, stderr } = await say();
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: "Missing in node_modules: zod\nNothing was done. Run npm ci, then run the command again.",
  });
});

test("a module knows where it lies, in each of the ways that Node has", async () => {
  write(
    'import { where } from "../lib/where.mjs";\nconsole.log([import.meta.dirname, import.meta.filename, where].join());',
  );
  writeFileSync(join(root, "lib/where.mjs"), "export const where = import.meta.url;");
  expect((await say()).stdout).toBe(
    [
      join(root, "scripts"),
      join(root, "scripts/say.ts"),
      pathToFileURL(join(root, "lib/where.mjs")).href,
    ].join(),
  );
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

test("a config.ts that is no TypeScript, or missing, throws what is wrong with it where it is imported; mended, it counts at once", async () => {
  write(`const load = () => import("../config.ts");
load().then(({ config }) => console.log(config), ({ configErrors }) => console.log(JSON.stringify(configErrors)));`);
  expect((await say()).stdout).toBe('[{"text":"Could not resolve \\"config.ts\\"","location":null}]');
  for (const round of ["first", "second"]) {
    writeFileSync(join(root, "config.ts"), "export const config = {\n  a: 1\n  b: 2 };");
    const { exitCode, stdout } = await say();
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([
      { text: 'Expected "}" but found "b"', location: { file: "config.ts", line: 3, column: 2 } },
    ]);
    writeFileSync(join(root, "config.ts"), `export const config: string = "${round}";`);
    expect((await say()).stdout).toBe(round);
  }
});

describe("where a command reads config.ts", () => {
  const builds = () => readdirSync(join(root, ".cache/build/scripts-say-ts"));
  const base = () => {
    const [name = "", ...others] = builds().filter((one) => one.endsWith("-base"));
    expect(others).toEqual([]);
    return name && { name, ...statSync(join(root, ".cache/build/scripts-say-ts", name, "say.mjs")) };
  };
  const config = (text: string) => writeFileSync(join(root, "config.ts"), text);

  beforeEach(() =>
    write(`import { word } from "../lib/word.ts";
const load = () => import("../config.ts");
load().then(({ config }) => console.log(word, config), ({ configErrors }) => console.log(configErrors[0].text));`),
  );

  test("a change of that alone counts at once, and nothing else is compiled again", async () => {
    config('import type { word } from "./lib/word.ts"; export const config: typeof word = "a";');
    expect((await say()).stdout).toBe("one a");
    const { ino, mtimeMs } = base() || {};
    expect(ino).toBeDefined();
    for (const value of ["b", "a", "c"]) {
      config(`export const config: string = ${JSON.stringify(value)};`);
      expect((await say()).stdout).toBe(`one ${value}`);
    }
    expect(base()).toMatchObject({ ino, mtimeMs });
    expect(builds()).toHaveLength(6);
  });

  test("a change of another source counts too", async () => {
    config('export const config = "a";');
    await say();
    writeFileSync(join(root, "lib/word.ts"), 'export const word = "two";');
    expect((await say()).stdout).toBe("two a");
    config('export const config = "b";');
    expect((await say()).stdout).toBe("two b");
  });

  test("one that needs another file is compiled with everything else, so that nothing exists twice", async () => {
    writeFileSync(
      join(root, "lib/word.ts"),
      "export const word = {}; export const is = (one: object) => one === word;",
    );
    write(`import { is } from "../lib/word.ts";
const load = () => import("../config.ts");
load().then(({ config }) => console.log(is(config)));`);
    config('import { word } from "./lib/word.ts"; export const config = word;');
    expect((await say()).stdout).toBe("true");
    expect(base()).toBe("");
    config("export const config = {};");
    expect((await say()).stdout).toBe("false");
    config('import { word } from "./lib/word.ts"; export const config = word;');
    expect((await say()).stdout).toBe("true");
  });

  test("one that is broken in between, or gone, is told, and mended it counts at once", async () => {
    config('export const config = "a";');
    await say();
    config("export const config = {;");
    expect((await say()).stdout).toBe('Expected identifier but found ";"');
    rmSync(join(root, "config.ts"));
    expect((await say()).stdout).toBe('Could not resolve "config.ts"');
    config('export const config = "b";');
    expect((await say()).stdout).toBe("one b");
  });

  test("beside a resources.ts that was broken, and then is not, it counts as well", async () => {
    config('export const config = "a";');
    write(`const own = () => import("../resources.ts");
const load = () => import("../config.ts");
load().then(({ config }) => own().then((own) => console.log(config, own.default), () => console.log(config, "broken")));`);
    expect((await say()).stdout).toBe("a undefined");
    writeFileSync(join(root, "resources.ts"), "export default {;");
    expect((await say()).stdout).toBe("a broken");
    config('export const config = "b";');
    expect((await say()).stdout).toBe("b broken");
    writeFileSync(join(root, "resources.ts"), "export default 1;");
    expect((await say()).stdout).toBe("b 1");
    config('export const config = "a";');
    expect((await say()).stdout).toBe("a 1");
  });

  test.each(["./config.js", "./config", "../config"])(
    "beside a file that imports it as %s, it exists once, and a change of it counts",
    async (name) => {
      const other = name.startsWith("../") ? "own/team.ts" : "team.ts";
      mkdirSync(join(root, "own"));
      writeFileSync(join(root, other), `import { config } from "${name}"; export default config;`);
      writeFileSync(join(root, "resources.ts"), `export { default } from "./${other}";`);
      write(`const own = () => import("../resources.ts");
const load = () => import("../config.ts");
load().then(({ config }) => own().then((own) => console.log(config.name, config === own.default)));`);
      for (const value of ["a", "b", "b", "a"]) {
        config(`export const config = { name: "${value}" };`);
        expect((await say()).stdout).toBe(`${value} true`);
      }
    },
  );

  test("a day later, a change of it counts as well", async () => {
    config('export const config = "a";');
    await say();
    const yesterday = Date.now() / 1000 - 25 * 60 * 60;
    for (const name of builds())
      utimesSync(join(root, ".cache/build/scripts-say-ts", name), yesterday, yesterday);
    config('export const config = "b";');
    const { stdout, stderr } = await say();
    expect({ stdout, stderr }).toEqual({ stdout: "one b", stderr: "" });
  });

  test("what somebody deleted of what it is made from is made again", async () => {
    config('export const config = "a";');
    await say();
    rmSync(join(root, ".cache/build/scripts-say-ts", (base() || { name: "none" }).name, "say.mjs"));
    config('export const config = "b";');
    expect((await say()).stdout).toBe("one b");
  });
});

test("beside a mistake in one of our sources, that one is told", async () => {
  writeFileSync(join(root, "config.ts"), "export const config = {;");
  writeFileSync(join(root, "lib/word.ts"), "const a = {{;");
  write('import "../lib/word.ts"; const load = () => import("../config.ts"); load();');
  const { exitCode, stderr } = await say();
  expect(stderr).toContain("lib/word.ts:1:11:");
  expect(exitCode).toBe(2);
});

describe.each(["plain", "日本 (1) a#b%41?"])("in a directory called %s", (name) => {
  beforeEach(() => {
    const inside = join(root, name);
    mkdirSync(inside);
    for (const one of ["scripts", "lib", "package.json"])
      cpSync(join(root, one), join(inside, one), { recursive: true });
    symlinkSync(join(HERE, "node_modules"), join(inside, "node_modules"));
    mkdirSync(join(inside, "scripts/frame"));
    cpSync(join(HERE, "scripts/frame/source-stack.ts"), join(inside, "scripts/frame/source-stack.ts"));
  });
  const sayInside = (text: string) => {
    writeFileSync(join(root, name, "scripts/say.ts"), text);
    return execa("node", ["scripts/run.mjs", "say"], { cwd: join(root, name), reject: false });
  };
  const at = (line: string) => `${pathToFileURL(join(root, name, "scripts/say.ts")).href}:${line}`;

  test("a defect's stack names the line of the source", async () => {
    const { stdout } = await sayInside(`import { sourceStack } from "./frame/source-stack.ts";
interface Nothing {}

function fail() { throw new Error("here") }
try { fail(); } catch (error) { console.log(sourceStack((error as Error).stack ?? "")); }`);
    expect(stdout.split("\n").slice(0, 3)).toEqual([
      "Error: here",
      `    at fail (${at("4:25")})`,
      `    at ${at("5:7")}`,
    ]);
  });

  test("cdktf zips an asset", async () => {
    mkdirSync(join(root, name, "function"));
    writeFileSync(join(root, name, "function/index.js"), "exports.handler = () => {};");
    const { stdout, stderr } = await sayInside(`import { readFileSync } from "node:fs";
import { join } from "node:path";
import { App, AssetType, TerraformAsset, TerraformStack } from "cdktf";
const app = new App({ outdir: "out" });
const stack = new TerraformStack(app, "zipped");
const asset = new TerraformAsset(stack, "zip", { path: join(process.cwd(), "function"), type: AssetType.ARCHIVE });
app.synth();
const zip = readFileSync(join("out/stacks/zipped", asset.path), "latin1");
console.log(zip.slice(0, 2), zip.includes("index.js"));`);
    expect(stdout, stderr).toBe("PK true");
  });

  test("so does that of what is thrown while it is loaded", async () => {
    const { exitCode, stderr } = await sayInside(
      "interface Nothing {}\n\nexport const length = (process.env.NOWHERE as string).length;",
    );
    expect(exitCode).toBe(1);
    expect(stderr.split("\n").slice(0, 2)).toEqual([
      "TypeError: Cannot read properties of undefined (reading 'length')",
      `    at ${at("3:55")}`,
    ]);
  });
});

test("a resources.ts that is not there is an empty one; once it is, it counts at once, and so does its going", async () => {
  write(
    'const load = () => import("../resources.ts");\nload().then((own) => console.log(typeof own.default));',
  );
  expect((await say()).stdout).toBe("undefined");
  writeFileSync(join(root, "resources.ts"), "export default (stack: object) => stack;");
  expect((await say()).stdout).toBe("function");
  rmSync(join(root, "resources.ts"));
  expect((await say()).stdout).toBe("undefined");
});

test("a resources.ts that is no TypeScript throws what is wrong with it, and leaves config.ts as it is", async () => {
  writeFileSync(join(root, "config.ts"), "export const config = 1;");
  writeFileSync(join(root, "resources.ts"), "export default {;");
  write(`const own = () => import("../resources.ts");
const load = () => import("../config.ts");
load().then(({ config }) => own().catch(({ configErrors }) => console.log(config, configErrors[0].location.file)));`);
  expect((await say()).stdout).toBe("1 resources.ts");
});

/** @module-tag full */

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { Project } from "../support/project.ts";

/** What commands say of a config.ts that can't be used: each of them the same, at the same places. */
const project = new Project({ GITHUB_ACTIONS: "", CI: "", INIT_CWD: "" });
afterAll(() => project.remove());
const usual = { config: project.read("config.ts"), roster: project.read("users.json") };
const write = (file: string, text: string) => writeFileSync(join(project.directory, file), text);
beforeEach(() => {
  write("config.ts", usual.config);
  write("users.json", usual.roster);
});

const run = (command: string, env: NodeJS.ProcessEnv = {}) =>
  project.run(`node scripts/run.mjs ${command}`, { env });

/** `file:line:column message`, of config.ts and of the rosters. */
async function found() {
  const { stdout, exitCode } = await run("check --json");
  const document = JSON.parse(stdout);
  const lines = ({ problems }: { problems: { location: Record<string, unknown>; message: string }[] }) =>
    problems.map(({ location: { file, line, column }, message }) =>
      [[file, line, column].filter(Boolean).join(":"), message].join(" "),
    );
  return { exitCode, document, config: lines(document.config), rosters: document.files.flatMap(lines) };
}

const SEVEN = `import type { Settings } from "./lib/stack/settings.ts";

export const config = {
  stack: "cognito-roster",
  roster: "users.json",
  pool: {
    name: "people",
    emailConfiguration: {},
    mfaConfiguration: "ON",
    asIs: { tags: { team: "a" } },
  },
  guards: { requried: ["hanako@example.com"], maxRemoval: 0 },
  backend: {
    type: "s3",
    bucket: "states",
    kmsKeyID: "k",
  },
  quotas: { UserUpdat: 5 },
};
`;
const AT = [
  "config.ts:3:14 client: it is required",
  "config.ts:8:5 pool.emailConfiguration: unknown setting",
  "config.ts:9:5 pool.mfaConfiguration: unknown setting",
  "config.ts:12:13 guards.requried: unknown setting",
  "config.ts:12:47 guards.maxRemoval: unknown setting",
  "config.ts:16:5 backend.kmsKeyID: unknown setting",
  "config.ts:18:13 quotas.UserUpdat: unknown setting",
];

describe("seven mistakes in config.ts, and one in the roster", () => {
  beforeEach(() => {
    write("config.ts", SEVEN);
    write("users.json", '{"users":{"a@example.com":{"grops":[]}}}');
  });

  test("check reports all of them at once, each at its line, and exits 2", async () => {
    const { exitCode, stdout, words } = await run("check");
    for (const line of AT) expect(stdout).toContain(line.replace(" ", " ✖ "));
    expect(stdout).toContain('users.json:1:28 ✖ unknown field "grops"');
    expect(stdout).toMatch(/✖ 8 problems\n?$/);
    expect(words).toContain("config.ts:10:13 ! pool.asIs.tags: it has a setting of its own: pool.tags");
    expect(words).toContain("→ Did you mean kmsKeyId?");
    expect(exitCode).toBe(2);
  });

  test("the document has those of config.ts beside those of the files", async () => {
    const { document, config, rosters } = await found();
    expect(document).toMatchObject({
      ok: false,
      config: {
        file: "config.ts",
        problems: [{ setting: "client", why: expect.any(String) }, {}, {}, {}, {}, {}, {}],
        warnings: [{ setting: "pool.asIs.tags" }],
      },
      files: [{ file: "users.json", people: null }],
    });
    expect(config).toEqual(AT);
    expect(rosters).toEqual(['users.json:1:28 unknown field "grops"']);
  });

  test("GitHub marks them at their lines", async () => {
    const { stdout } = await run("check", { GITHUB_ACTIONS: "true" });
    expect(stdout).toContain(
      "::error file=config.ts,line=16,col=5::backend.kmsKeyID: unknown setting. Did you mean kmsKeyId?\n",
    );
    expect(stdout).toContain("::warning file=config.ts,line=10,col=13::pool.asIs.tags: ");
  });

  test.each(["synth", "deploy --yes", "sign-in", "../main"])(
    "%s refuses it in the same words, at the same places",
    async (command) => {
      const { exitCode, stdout, stderr } = await run(command);
      expect(stderr).toMatch(/^✖ config\.ts has 7 problems\n/);
      for (const line of AT) expect(stderr).toContain(line.replace(" ", "  "));
      expect(stderr).not.toMatch(/^\s+at /m);
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    },
  );

  test("dev --once says what check says", async () => {
    const { exitCode, stdout } = await run("dev --once");
    expect(stdout).toContain("config.ts:12:13 ✖ guards.requried: unknown setting");
    expect(stdout).toContain("✖ 8 problems");
    expect(exitCode).toBe(2);
  });

  test("--help comes first, and so does wrong usage", async () => {
    expect((await run("plan --help")).stdout).toContain("Usage: npm run plan --");
    expect((await run("plan --nonsense")).stderr).toContain("Unknown option");
  });
});

describe("a config.ts that can't be read", () => {
  const WHOLE = 'stack: "a", roster: "users.json", pool: { name: "p" }, client: { name: "c" }';

  test.each<[string, string | undefined, string]>([
    ["that is missing", undefined, "config.ts there is no such file"],
    [
      "with a mistake in its syntax",
      'export const config = {\n  stack: "a"\n  roster: "b",\n};\n',
      'config.ts:3:3 Expected "}" but found "roster"',
    ],
    [
      "with a name that is not declared",
      "export const config = {\n  stack: stakc,\n};\n",
      "config.ts:2:10 ReferenceError: stakc is not defined",
    ],
    [
      "that reads a variable that is not set",
      "const team: string = (process.env.NOWHERE as string).trim();\nexport const config = { team };\n",
      "config.ts:1:54 TypeError: Cannot read properties of undefined (reading 'trim')",
    ],
    [
      "that throws an error of its own",
      "export const config = {};\nif (true) {\n  throw new Error('TEAM is not set');\n}\n",
      "config.ts:3:9 TEAM is not set",
    ],
    [
      "that throws something else",
      "throw 'TEAM';\nexport const config = {};\n",
      'config.ts it throws "TEAM"',
    ],
    [
      "with a setting that throws when it is read",
      `export const config = { ${WHOLE},\n  get region(): string { throw new Error("no region"); } };\n`,
      "config.ts:2:32 no region",
    ],
    [
      "that imports a file that is not there",
      'import { pool } from "./nowhere.ts";\nexport const config = { pool };\n',
      'config.ts:1:22 "./nowhere.ts" is imported but doesn\'t exist',
    ],
    [
      "that imports a package that is not there",
      'import type { A } from "x";\nimport { b } from "not-there";\nexport const config = { b };\n',
      'config.ts:2:19 the package "not-there" is not installed',
    ],
    [
      "that exports something else",
      "export const confg = {};\n",
      "config.ts it exports confg, but no config",
    ],
    ["that exports a default", "export default {};\n", "config.ts it exports a default, but no config"],
    ["that exports nothing", "const config = {};\n", "config.ts it exports nothing"],
    [
      "that is a promise",
      "export const config = (async () => ({}))();\n",
      "config.ts:1:14 config is a promise",
    ],
    ["that is undefined", "export const config = undefined;\n", "config.ts:1:14 config: it is required"],
    [
      "that is a text",
      'export const config = "users.json";\n',
      "config.ts:1:14 config: it must be an object",
    ],
  ])("%s is one problem of it, at its line where there is one", async (_, text, problem) => {
    if (text === undefined) rmSync(join(project.directory, "config.ts"));
    else write("config.ts", text);
    const { exitCode, config, document } = await found();
    expect(config).toEqual([problem]);
    expect(document).toMatchObject({ ok: false, files: [] });
    expect(exitCode).toBe(2);
  });

  test("one that imports what throws names the line there", async () => {
    write("team.ts", "\nexport const team = JSON.parse('{');\n");
    write("config.ts", 'import { team } from "./team.ts";\nexport const config = { team };\n');
    expect((await found()).config).toEqual([expect.stringMatching(/^team\.ts:2:26 SyntaxError: /)]);
  });

  test.each(["sign-in", "../main"])("%s says the same, and exits 2", async (command) => {
    for (const text of [
      "export const config = {\n  stack: stakc,\n};\n",
      "export const config = {\n  stack stakc,\n};\n",
    ]) {
      write("config.ts", text);
      const { exitCode, stdout, stderr } = await run(command);
      expect(stderr).toMatch(/^✖ config\.ts has 1 problem\n {4}config\.ts:2:\d+ {2}\S/);
      expect(stderr).toContain("without it nobody knows which pool and which roster are meant");
      expect(stderr).not.toMatch(/^\s+at |\.cache/m);
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    }
  });

  test("mended, it counts at once; and broken again, too", async () => {
    for (const text of [
      "export const config = {;\n",
      usual.config,
      "export const config = {;\n",
      usual.config,
    ]) {
      write("config.ts", text);
      expect((await run("check")).exitCode).toBe(text === usual.config ? 0 : 2);
    }
  });
});

test("attributes with types are what the roster is checked by", async () => {
  write(
    "config.ts",
    `export const config = { stack: "a", roster: "users.json", client: { name: "c" },
  pool: { name: "p", customAttributes: { level: { type: "number", max: 5 } } } };\n`,
  );
  write("users.json", '{ "users": { "a@example.com": { "attributes": { "level": "high" } } } }');
  const wrong = await found();
  expect(wrong.exitCode).toBe(2);
  expect(wrong.config).toEqual([]);
  expect(wrong.rosters).toEqual([expect.stringMatching(/^users\.json:1:\d+ .*level/)]);
  write("users.json", '{ "users": { "a@example.com": { "attributes": { "level": "5" } } } }');
  expect(await found()).toMatchObject({
    exitCode: 0,
    config: [],
    rosters: [],
    document: { files: [{ people: 1 }] },
  });
});

describe("where config.ts can't say what a roster may hold, the roster is not checked", () => {
  test.each([
    ["pool: 5"],
    ['pool: { name: "p", customAttributes: "team" }'],
    ['pool: { name: "p" }, groups: ["ops"]'],
  ])("%s", async (setting) => {
    write(
      "config.ts",
      `export const config = { stack: "a", roster: "users.json", client: { name: "c" }, ${setting} };\n`,
    );
    const { exitCode, stdout } = await run("check");
    expect(stdout).toContain("! users.json was not checked: that needs a valid config.ts\n");
    expect(stdout).toMatch(/✖ 1 problem$/);
    expect(exitCode).toBe(2);
  });
});

test("guards that can't be read hide nothing else of the roster", async () => {
  write("config.ts", usual.config.replace("pool:", "guards: { required: 5 },\n  pool:"));
  write("users.json", '{"users":{"a@example.com":{"grops":[]}}}');
  expect(await found()).toMatchObject({
    config: ["config.ts:10:13 guards.required: it must be a list"],
    rosters: ['users.json:1:28 unknown field "grops"'],
  });
});

test("a roster that is missing, and a config.ts that is wrong, are reported together", async () => {
  write("config.ts", usual.config.replace("users.json", "nowhere.json").replace('{ name: "app" }', "{}"));
  expect(await found()).toMatchObject({
    config: ["config.ts:11:3 client.name: it is required"],
    rosters: ["nowhere.json there is no such file"],
  });
});

test("warnings have their places, too, before whatever is done", async () => {
  write(
    "config.ts",
    usual.config.replace(
      '{ name: "people" }',
      '{\n    name: "people",\n    passwordPolicy: { minimumLength: 7 },\n  }',
    ),
  );
  const words = "pool.passwordPolicy.minimumLength: passwords of 7 characters are allowed";
  expect((await run("check")).stdout).toContain(`config.ts:12:23 ! ${words}`);
  expect((await run("synth")).stderr).toContain(`Warning: config.ts:12:23  ${words}`);
});

describe("the same mistake in many lines", () => {
  beforeEach(() => {
    const people = Array.from({ length: 60 }, (_, index) => [
      `person-${index}@example.com`,
      { attributes: { team: "a", costcenter: "b" } },
    ]);
    project.writeRoster(Object.fromEntries(people));
  });

  test("is told once, with how many there are and the first places", async () => {
    const { stdout } = await run("check");
    expect(stdout.match(/unknown attribute "team"/g)).toHaveLength(1);
    expect(stdout).toContain('users.json:5:9 ✖ unknown attribute "team"\n');
    expect(stdout).toContain(
      "    60 times, also at users.json:11:9, users.json:17:9, users.json:23:9, users.json:29:9, and 55 more\n",
    );
    expect(stdout).toMatch(/✖ 120 problems, 2 different$/);
  });

  test("so do the other commands", async () => {
    const { stderr } = await run("synth");
    expect(stderr).toContain("users.json has 120 problems");
    expect(stderr.match(/unknown attribute/g)).toHaveLength(2);
    expect(stderr.match(/60 times, also at /g)).toHaveLength(2);
    expect(stderr).not.toContain("See the other");
  });

  test("GitHub gets one annotation for it, the document each", async () => {
    const { stdout } = await run("check", { GITHUB_ACTIONS: "true" });
    expect(stdout.match(/^::error /gm)).toHaveLength(2);
    expect(stdout).toMatch(/^::error file=users\.json,line=5,col=9::.* \(60 times, also at /m);
    expect((await found()).rosters).toHaveLength(120);
  });
});

import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { Project } from "../support/project.ts";

/** A copy with the settings and the roster of a clone, whatever this one's team has made of them. */
const project = new Project();
const root = project.directory;
const directory = mkdtempSync(join(tmpdir(), "roster-check-"));
afterAll(() => {
  rmSync(directory, { recursive: true });
  project.remove();
});
writeFileSync(
  join(directory, "bad, 100%.json"),
  '{"users":{"a@example.com":{"grops":[],\n"password":"hunter2"}}}',
);
writeFileSync(join(directory, "good.json"), '{"users":{"a@example.com":{}}}');

function check(args: string[], env: Record<string, string> = {}) {
  const { GITHUB_ACTIONS: _, FORCE_COLOR: __, INIT_CWD: ___, CI: ____, ...inherited } = process.env;
  const { cwd = directory, ...added } = env;
  return spawnSync(process.execPath, [join(root, "scripts/run.mjs"), "check", ...args], {
    cwd,
    env: { ...inherited, ...added },
    encoding: "utf8",
  });
}

test("the same in many lines is told once, with its places", () => {
  const users = Object.fromEntries(
    Array.from({ length: 7 }, (_, index) => [`p${index}@example.com`, { attributes: { team: "a" } }]),
  );
  writeFileSync(join(directory, "many.json"), JSON.stringify({ users }, null, 1));
  expect(check(["many.json"]).stdout.split("\n")).toEqual([
    'many.json:5:5 ✖ unknown attribute "team"',
    expect.stringContaining("→ If the pool has it, add it to pool.customAttributes in config.ts;"),
    "    7 times, also at many.json:10:5, many.json:15:5, many.json:20:5, many.json:25:5, and 2 more",
    "✖ 7 problems, 1 different",
    "",
  ]);
});

test("the repository's roster, by default: one line and 0", () => {
  const { status, stdout } = check([]);
  expect(stdout).toMatch(/^✔ .*users\.json: \d+ people, no problems \(.*\)\n$/);
  expect(status).toBe(0);
});

test("a FILE is found where npm run was typed, though npm changes to the package's directory", () => {
  const inRoot = { cwd: root, INIT_CWD: directory };
  expect(check(["good.json"], inRoot).stdout).toMatch(/good\.json: 1 person, no problems\n$/);
  expect(check(["good.json"], { INIT_CWD: root }).stdout).toBe("✔ good.json: 1 person, no problems\n");
});

test("problems at file:line:column relative to the working directory, a count, and 2", () => {
  const { status, stdout, stderr } = check(["good.json", join(directory, "bad, 100%.json")]);
  expect(stdout).toContain("✔ good.json: 1 person, no problems\n");
  expect(stdout).toContain('bad, 100%.json:1:28 ✖ unknown field "grops"\n    → Did you mean "groups"?\n');
  expect(stdout).toContain('bad, 100%.json:2:1 ✖ "password" looks like a password');
  expect(stdout).toMatch(/✖ 2 problems\n$/);
  expect(stdout + stderr).not.toContain("hunter2");
  expect(stdout).not.toContain("\u001b");
  expect(stdout).not.toContain("::error");
  expect(status).toBe(2);
});

test("in GitHub Actions also as escaped annotations", () => {
  const { stdout } = check(["bad, 100%.json"], { GITHUB_ACTIONS: "true" });
  expect(stdout).toContain(
    '::error file=bad%2C 100%25.json,line=1,col=28::unknown field "grops". Did you mean "groups"?\n',
  );
});

describe("what a name could do in a CI job's log", () => {
  const names = ["##[error]x", "::error::x", "##vso[task.complete]", "a ##teamcity[x"];
  writeFileSync(
    join(directory, "hostile.json"),
    JSON.stringify({ users: Object.fromEntries(names.map((name) => [name, { groups: [name] }])) }, null, 1),
  );
  const commands = (text: string) =>
    text.split("\n").filter((line) => /^\s*::/.test(line) || /##(?:vso|teamcity)?\[/.test(line));

  test.each(["GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION", "CI"])(
    "%s: no line is a command",
    (variable) => {
      const { stdout, stderr } = check(["hostile.json"], { [variable]: "true" });
      expect(stdout).toContain("#␦#[error]x");
      expect(
        commands(stdout + stderr).filter((line) => !line.startsWith("::error file=hostile.json,line=")),
      ).toEqual([]);
    },
  );

  test("GitHub gets its annotations all the same, and nothing but those", () => {
    const { stdout } = check(["hostile.json"], { GITHUB_ACTIONS: "true" });
    const { files } = JSON.parse(check(["--json", "hostile.json"]).stdout);
    const different = new Set(
      files[0].problems.map(({ message, hint }: Record<string, string>) => `${message} ${hint}`),
    );
    expect(commands(stdout)).toHaveLength(different.size);
  });

  test("--json has the names as they are", () => {
    const here = check(["--json", "hostile.json"]).stdout;
    const there = check(["--json", "hostile.json"], { CI: "true" }).stdout;
    expect(here).toContain("##[error]x");
    expect(there).not.toMatch(/##\w*\[/);
    expect(JSON.parse(there)).toEqual(JSON.parse(here));
  });

  test("a file is no log, and gets what was written", () => {
    const file = join(directory, "report.txt");
    const out = openSync(file, "w");
    spawnSync(process.execPath, [join(root, "scripts/run.mjs"), "check", "hostile.json"], {
      cwd: directory,
      env: { ...process.env, CI: "true" },
      stdio: ["ignore", out, "inherit"],
    });
    closeSync(out);
    expect(readFileSync(file, "utf8")).toContain('"##[error]x"');
  });

  test("outside of CI everything is shown as it is", () => {
    expect(check(["hostile.json"]).stdout).toContain("##[error]x");
  });
});

describe("a warning", () => {
  writeFileSync(join(directory, "mixed.json"), '{"users":{\n"pаul@example.com":{}}}');
  const words = 'the username "pаul@example.com" mixes scripts: а (U+0430, Cyrillic)';

  test("is shown at its place, and ends with 0", () => {
    const { status, stdout } = check(["mixed.json"]);
    expect(stdout).toMatch(/^✔ mixed\.json: 1 person, no problems\n/);
    expect(stdout).toContain(`mixed.json:2:1 ! ${words}\n    → Check that`);
    expect(stdout).not.toContain("✖");
    expect(status).toBe(0);
  });

  test("is an annotation of its own kind", () => {
    const { stdout } = check(["mixed.json"], { GITHUB_ACTIONS: "true" });
    expect(stdout).toContain(`\n::warning file=mixed.json,line=2,col=1::${words}. Check that`);
  });

  test("is in the document", () => {
    const { ok, files } = JSON.parse(check(["--json", "mixed.json"]).stdout);
    expect(ok).toBe(true);
    expect(files).toMatchObject([
      { people: 1, problems: [], warnings: [{ message: words, location: { line: 2 } }] },
    ]);
  });
});

test("--json is one document on stdout and nothing else", () => {
  const { status, stdout, stderr } = check(["--json", "bad, 100%.json", "nowhere.json"], {
    GITHUB_ACTIONS: "true",
  });
  expect(JSON.parse(stdout)).toMatchObject({
    ok: false,
    config: { file: "config.ts", problems: [], warnings: [] },
    files: [
      {
        file: "bad, 100%.json",
        people: null,
        problems: [{ location: { line: 1, column: 28 } }, { location: { line: 2 } }],
      },
      { file: "nowhere.json", problems: [{ message: "there is no such file" }] },
    ],
  });
  expect(stderr).toBe("");
  expect(status).toBe(2);
});

test("colours when they are asked for", () => {
  expect(check(["bad, 100%.json"], { FORCE_COLOR: "1" }).stdout).toContain("\u001b[31m");
});

test("wrong usage exits 2, --help 0", () => {
  const { status, stdout, stderr } = check(["--password=hunter2"]);
  expect(stderr).toContain("Unknown option");
  expect(stdout + stderr).not.toContain("hunter2");
  expect(status).toBe(2);
  expect(check(["--help"])).toMatchObject({ status: 0, stdout: expect.stringContaining("npm run check --") });
});

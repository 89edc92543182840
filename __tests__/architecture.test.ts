import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { PAGES } from "./docs/pages.ts";
import { OWN } from "./docs/tracked.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Belong to no room, and are everybody's. */
const SHARED: ReadonlySet<string> = new Set([
  "lib/errors.ts",
  "lib/files.ts",
  "lib/output-file.ts",
  "lib/shell.ts",
]);

/** Rooms are steps of the data: which others each may import. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  text: [],
  network: [],
  page: ["text"],
  roster: ["text"],
  stack: ["roster"],
  cognito: ["network", "stack"],
  terraform: ["network", "stack"],
  auth: ["cognito", "network", "stack", "text"],
  directory: ["auth", "cognito", "page", "roster", "stack", "text"],
  review: ["page", "roster", "stack", "terraform", "text"],
  deploy: ["cognito", "directory", "network", "review", "roster", "stack", "terraform"],
  local: ["auth", "cognito", "directory", "roster", "stack", "terraform"],
};

const sources = (directory: string) =>
  readdirSync(join(ROOT, directory), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => ({
      file: join(directory, file),
      text: readFileSync(join(ROOT, directory, file), "utf8"),
    }));

const LIB = sources("lib");
const roomOf = (path: string) => /^lib\/([^/]+)\//.exec(path)?.[1];

interface Import {
  /** From the repository's root. */
  readonly target: string;
  /** Erased before it runs: the whole import, or all that it names. */
  readonly isType: boolean;
}

/** Our own files that one imports: in front, in the middle (`import("./x.ts")`), for its effect, to export again, as types. */
function importsOf(file: string, text: string): Import[] {
  const found = text.matchAll(
    /^\s*(?:import|export)(?<type> type| \{(?:\s*type \w+(?: as \w+)?,?)+\s*\})?(?=\s)[^;"]*?\bfrom "(?<from>\.[^"]+)"|^import "(?<bare>\.[^"]+)"|\bimport\("(?<late>\.[^"]+)"\)/gm,
  );
  return [...found].map(({ groups: { type, from, bare, late } = {} }) => ({
    target: normalize(join(dirname(file), from ?? bare ?? late ?? "")),
    isType: type !== undefined,
  }));
}

test("there are rooms to look at, and each of them has its rule", () => {
  expect(LIB.length).toBeGreaterThan(100);
  const rooms = new Set(LIB.flatMap(({ file }) => roomOf(file) ?? []));
  expect([...rooms].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
});

test("imports go one way along the rooms, and never out of lib", () => {
  const wrong = LIB.flatMap(({ file, text }) =>
    importsOf(file, text).flatMap(({ target }) => {
      if (SHARED.has(target)) return [];
      const [from, to] = [roomOf(file), roomOf(target)];
      const allowed = from === to || (from && to && MAY_IMPORT[from]?.includes(to));
      return allowed ? [] : [`${file} imports ${target}`];
    }),
  );
  expect(wrong).toEqual([]);
});

describe("an import is seen", () => {
  test.each<[string, string, Import]>([
    ["in front", 'import { a } from "./a.ts";', { target: "lib/x/a.ts", isType: false }],
    ["over several lines", 'import {\n  a,\n} from "../y/a.ts";', { target: "lib/y/a.ts", isType: false }],
    ["as a type", 'import type { A } from "./a.ts";', { target: "lib/x/a.ts", isType: true }],
    [
      "as types, one by one",
      'import { type A, type B } from "./a.ts";',
      { target: "lib/x/a.ts", isType: true },
    ],
    [
      "as a type beside a value",
      'import { type A, b } from "./a.ts";',
      { target: "lib/x/a.ts", isType: false },
    ],
    ["for its effect", 'import "./a.ts";', { target: "lib/x/a.ts", isType: false }],
    ["to be exported again", 'export { a } from "./a.ts";', { target: "lib/x/a.ts", isType: false }],
    ["late", 'const { a } = await import("../../main.ts");', { target: "main.ts", isType: false }],
    ["as the type of a module", 'type A = typeof import("./a.ts");', { target: "lib/x/a.ts", isType: false }],
  ])("%s", (_, text, expected) => {
    expect(importsOf("lib/x/b.ts", `import z from "zod";\n${text}\n`)).toEqual([expected]);
  });

  test("which file cannot be hidden in an expression", () => {
    const hidden = LIB.filter(({ text }) => /\b(import|require)\((?!")/.test(text));
    expect(hidden.map(({ file }) => file)).toEqual([]);
  });
});

test("review takes of terraform the type of a state's instance, and nothing that runs", () => {
  const used = LIB.filter(({ file }) => file.startsWith("lib/review/")).flatMap(({ file, text }) =>
    importsOf(file, text).filter(({ target }) => roomOf(target) === "terraform"),
  );
  expect(used.length).toBeGreaterThan(0);
  expect(used.filter(({ isType }) => !isType)).toEqual([]);
});

test("docs/architecture.md shows this table", () => {
  const page = PAGES.find(({ file }) => file === "docs/architecture.md");
  const rows = (page?.rows ?? []).filter(({ head }) => head === "room");
  const shown = rows.map(({ cells: [[room = ""] = [], may = []] }) => [room, [...may].sort()]);
  expect(Object.fromEntries(shown)).toEqual(MAY_IMPORT);
});

/** Outside lib: what each may import of ours, besides lib. */
const OUTSIDE: readonly (readonly [files: RegExp, may: RegExp])[] = [
  [/^index\.ts$/, /^lib\//],
  [/^(__tests__\/as-cloned|examples)\//, /^lib\/stack\//],
  [/^main\.ts$/, /^(lib\/deploy\/project|scripts\/frame\/(main|resources|settings))\.ts$/],
  // The generator is a package of its own, which has as much of lib as it bundles.
  [/^create\//, /^(lib\/(roster|stack)\/|lib\/(errors|shell)\.ts$|create\/)/],
  // What config.ts throws is told in words only by whoever imports it there.
  [/^scripts\/frame\/resources\.ts$/, /^(resources\.ts$|lib\/|scripts\/frame\/)/],
  [/^scripts\/frame\/settings\.ts$/, /^(config\.ts$|lib\/|scripts\/frame\/)/],
  [/^scripts\//, /^(lib\/|scripts\/(frame|ask)\/|scripts\/(screen|progress|check-report)\.ts$)/],
  [
    /^bench\//,
    /^((lib|bench|scripts\/frame|__tests__\/support)\/|scripts\/(screen|progress)\.ts$|package\.json$)/,
  ],
];

test("a command imports what all share, and no other command; of the tests only bench has something", () => {
  const files = OWN.filter((file) => OUTSIDE.some(([files]) => files.test(file)) && file.endsWith(".ts"));
  expect(files.length).toBeGreaterThan(50);
  const wrong = files.flatMap((file) => {
    const may = OUTSIDE.find(([files]) => files.test(file))?.[1];
    const imported = importsOf(file, readFileSync(join(ROOT, file), "utf8"));
    return imported
      .filter(({ target }) => !may?.test(target))
      .map(({ target }) => `${file} imports ${target}`);
  });
  expect(wrong).toEqual([]);
});

test("no file imports itself by way of others, types included", () => {
  const graph = new Map(
    [...LIB, ...sources("scripts")].map(({ file, text }) => [
      file,
      importsOf(file, text).map(({ target }) => target),
    ]),
  );
  const circles: string[] = [];
  const done = new Set<string>();
  const walk = (file: string, way: readonly string[]) => {
    if (way.includes(file)) circles.push([...way.slice(way.indexOf(file)), file].join(" → "));
    if (way.includes(file) || done.has(file)) return;
    for (const target of graph.get(file) ?? []) walk(target, [...way, file]);
    done.add(file);
  };
  for (const file of graph.keys()) walk(file, []);
  expect(circles).toEqual([]);
});

/** The steps that are pure: what is read, and what is done, is their callers'. */
const ACTS =
  /from "(@aws-sdk\/[\w-]+|node:(?:child_process|fs|fs\/promises|http|https|net|worker_threads)|execa)"/g;
test("review is pure: plan in, words and refusals out; only two files ask git", () => {
  const wrong = LIB.filter(({ file }) => file.startsWith("lib/review/")).flatMap(({ file, text }) =>
    ["lib/review/roster-history.ts", "lib/review/roster-log.ts"].includes(file)
      ? []
      : [...text.matchAll(ACTS)].map(([, name]) => `${file} imports ${name}`),
  );
  expect(wrong).toEqual([]);
});

test("lib never prints, exits or reads the command line: only scripts do", () => {
  const wrong = LIB.flatMap(({ file, text }) =>
    text.split("\n").flatMap((line, index) => {
      const code = line.replace(/^\s*(\*|\/\/).*/, "");
      const found = /process\.(argv|exit\b|exitCode|stdout|stderr|stdin)|console\.\w+\(/.exec(code)?.[0];
      return found === undefined ? [] : [`${file}:${index + 1}: ${found}`];
    }),
  );
  expect(wrong).toEqual([]);
});

test("lib has no way to a terminal: what asks, paints or parses arguments belongs to scripts", () => {
  const wrong = LIB.flatMap(({ file, text }) =>
    [
      ...text.matchAll(
        /from "((?:node:)?(?:process|readline(?:\/promises)?|tty|console)|commander|yocto[\w-]+|@inquirer\/[\w-]+|cli-table3)"/g,
      ),
    ].map(([, name]) => `${file} imports ${name}`),
  );
  expect(wrong).toEqual([]);
});

test("a command returns its exit code: only scripts/frame ends the process", () => {
  const commands = [...sources("scripts"), ...sources("bench")].filter(
    ({ file }) => !file.startsWith("scripts/frame/"),
  );
  const wrong = commands.filter(({ text }) => /process\.(exit\b|exitCode|abort|reallyExit)/.test(text));
  expect(wrong.map(({ file }) => file)).toEqual([]);
});

test("a file tells one concept: none has more than 450 lines", () => {
  const long = [...LIB, ...sources("scripts")].flatMap(({ file, text }) => {
    const lines = text.split("\n").length;
    return lines > 450 ? [`${file}: ${lines}`] : [];
  });
  expect(long).toEqual([]);
});

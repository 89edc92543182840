import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Rooms are steps of the data: which others each may import. `errors.ts` and `files.ts` are everybody's. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  page: [],
  roster: [],
  stack: ["roster"],
  terraform: ["stack"],
  auth: ["stack"],
  directory: ["auth", "page", "roster", "stack"],
  review: ["auth", "directory", "page", "roster", "stack", "terraform"],
  local: ["auth", "directory", "roster", "stack", "terraform"],
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

test("there are rooms to look at, and each of them has its rule", () => {
  expect(LIB.length).toBeGreaterThan(100);
  const rooms = new Set(LIB.flatMap(({ file }) => roomOf(file) ?? []));
  expect([...rooms].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
});

test("imports go one way along the rooms, and never out of lib", () => {
  const wrong = LIB.flatMap(({ file, text }) =>
    [...text.matchAll(/from "(\.[^"]+)"/g)].flatMap(([, path = ""]) => {
      const target = normalize(join(dirname(file), path));
      if (target === "lib/errors.ts" || target === "lib/files.ts") return [];
      const [from, to] = [roomOf(file), roomOf(target)];
      const allowed = from === to || (from && to && MAY_IMPORT[from]?.includes(to));
      return allowed ? [] : [`${file} imports ${target}`];
    }),
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

test("files are short: none has more than 250 lines", () => {
  const long = [...LIB, ...sources("scripts")].flatMap(({ file, text }) => {
    const lines = text.split("\n").length;
    return lines > 250 ? [`${file}: ${lines}`] : [];
  });
  expect(long).toEqual([]);
});

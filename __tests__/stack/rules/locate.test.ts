import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { configText } from "../../../lib/stack/config-text.ts";
import { locateSetting } from "../../../lib/stack/rules/locate.ts";
import { settingPath } from "../../../lib/stack/rules/problem.ts";

/** The place that is marked with a ¶ in the text, and the one that is found. */
function places(marked: string, setting: string) {
  const at = marked.indexOf("¶");
  const before = marked.slice(0, at).split("\n");
  const marking =
    at < 0
      ? { file: "config.ts" }
      : { file: "config.ts", line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  return [locateSetting({ file: "config.ts", text: marked.replace("¶", "") }, setting), marking];
}

describe("a setting is found where it is written", () => {
  test.each([
    ["at the top", "export const config: Settings = {\n  ¶stack: 'a' };", "stack"],
    ["in a section", "export const config: Settings = { pool: {\n name: 'a',\n ¶mfa: 1 } };", "pool.mfa"],
    [
      "in a list",
      "export const config = { client: { oauth: { callbackUrls: ['a', ¶'b'] } } };",
      "client.oauth.callbackUrls[1]",
    ],
    [
      "under a quoted name",
      `export const config = { groups: { "ops": {}, 'site-admins': { ¶role: 1 } } };`,
      'groups["site-admins"].role',
    ],
    ["under a computed name", `export const config = { groups: { [¶"a-b"]: 1 } };`, 'groups["a-b"]'],
    [
      "behind the same name elsewhere",
      "const other = { pool: { mfa: 1 } };\nexport const config = { client: { mfa: 0 }, pool: { ¶mfa: 1 } };",
      "pool.mfa",
    ],
    [
      "behind its name in a comment and in texts",
      'export const config = { // pool: { mfa\n /* pool: { */ roster: `{ pool: ${`{`} }`, stack: "pool: {", pool: { ¶mfa: 1 } };',
      "pool.mfa",
    ],
    [
      "behind a regular expression",
      "const one = /[/\"'`{]/;\nexport const config = { pool: { ¶mfa: 1 } };",
      "pool.mfa",
    ],
    [
      "behind a division",
      "const one = 4 / 2, two = 'a/b';\nexport const config = { pool: { ¶mfa: 1 } };",
      "pool.mfa",
    ],
    [
      "whatever its type says",
      "export const config: { pool: { mfa: string }; f: () => void } = { pool: { ¶mfa: 1 } } as const;",
      "pool.mfa",
    ],
    [
      "in a constant",
      "const pool = { ¶mfa: 1 } satisfies PoolSettings;\nexport const config = { pool };",
      "pool.mfa",
    ],
    [
      "in a constant of another name",
      "const ours = { ¶mfa: 1 };\nexport const config = { pool: ours };",
      "pool.mfa",
    ],
    [
      "in what is spread",
      "const base = { ¶mfa: 1 };\nexport const config = { pool: { ...base, name: 'a' } };",
      "pool.mfa",
    ],
    [
      "over what is spread",
      "const base = { mfa: 1 };\nexport const config = { pool: { ...base, ¶mfa: 2 } };",
      "pool.mfa",
    ],
    [
      "under what is spread over it",
      "const base = { ¶mfa: 1 };\nexport const config = { pool: { mfa: 2, ...base } };",
      "pool.mfa",
    ],
    ["the second time, which holds", "export const config = { pool: { mfa: 1, ¶mfa: 2 } };", "pool.mfa"],
    ["as a shorthand", "export const config = { pool: { ¶mfa, name } };", "pool.mfa"],
    ["as a getter", "export const config = { get ¶pool() { return x; } };", "pool.mfa"],
    ["in brackets", "export const config = ({ pool: { ¶mfa: 1 } });", "pool.mfa"],
    ["after a byte order mark and with CRLF", "\ufeffexport const config = {\r\n  ¶stack: 'a' };", "stack"],
  ])("%s", (_, marked, setting) => {
    const [found, marking] = places(marked.replace("\ufeff", ""), setting);
    expect(found).toEqual(marking);
    if (marked.startsWith("\ufeff"))
      expect(locateSetting({ file: "config.ts", text: marked.replace("¶", "") }, setting)).toEqual(marking);
  });
});

describe("otherwise the innermost setting around it is named", () => {
  test.each([
    ["it is required", "export const config = { ¶pool: {} };", "pool.name"],
    ["its section is missing", "export const ¶config = { pool: {} };", "client"],
    ["it is computed", "export const config = { ¶pool: poolOf(team) };", "pool.mfa"],
    [
      "it is chosen",
      "const base = { mfa: 1 };\nexport const config = { ¶pool: live ? base : { mfa: 0 } };",
      "pool.mfa",
    ],
    [
      "something is spread over it that can't be read",
      "export const config = { ¶pool: { mfa: 1, ...others } };",
      "pool.mfa",
    ],
    ["it is imported", "import { pool } from './pool.ts';\nexport const config = { ¶pool };", "pool.mfa"],
    [
      "a list is spread before it",
      "export const config = { pool: { ¶autoVerify: [...a, 'b'] } };",
      "pool.autoVerify[1]",
    ],
    ["all of it is meant", "export const ¶config = {};", "config"],
    ["a constant leads to itself", "const a = b, b = a;\nexport const config = { ¶pool: a };", "pool.mfa"],
    ["there is no config", "export const settings = { pool: {} };", "pool"],
    ["there is nothing", "", "pool"],
    ["brackets are left open", "export const config = { ¶pool: { name: (", "pool.mfa"],
  ])("%s", (_, marked, setting) => {
    const [found, marking] = places(marked, setting);
    expect(found).toEqual(marking);
  });
});

test("a name with a backslash before a quotation mark is found as well", () => {
  for (const name of ["\\'", "\\\\'", '\\"', "'", '"', "\n\\'"]) {
    const text = configText({ pool: { [name]: 1 } } as never);
    const place = locateSetting({ file: "config.ts", text }, settingPath(["pool", name]));
    expect(text.split("\n")[(place.line ?? 0) - 1]?.slice((place.column ?? 0) - 1), name).toBe(
      `${JSON.stringify(name)}: 1 },`,
    );
  }
});

test("whatever names and values there are, each is found where it is written", () => {
  const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean());
  const section = fc.dictionary(
    fc.oneof(fc.constantFrom("name", "mfa", "get", "as", "const", "config"), fc.string({ maxLength: 20 })),
    fc.oneof(leaf, fc.array(leaf)),
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(section, section, (pool, client) => {
      const text = configText({ pool, client } as never);
      for (const [section, inner] of Object.entries({ pool, client })) {
        for (const name of Object.keys(inner)) {
          const { line = 0, column = 0 } = locateSetting({ file: "c", text }, settingPath([section, name]));
          const rest = (text.split("\n")[line - 1] ?? "").slice(column - 1);
          expect(rest.startsWith(`${name}: `) || rest.startsWith(`${JSON.stringify(name)}: `)).toBe(true);
        }
      }
    }),
  );
});

test("no text is too broken to be looked at", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."{}[]()`'\"/\\$,.:=;\n a") }), (text) => {
      expect(locateSetting({ file: "c", text: `const config = ${text}` }, "a[0]").file).toBe("c");
    }),
    { numRuns: 2_000 },
  );
});

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { transformSync } from "esbuild";
import { parseAst } from "vite";
import { describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SOURCES = ["lib", "scripts"].flatMap((directory) =>
  readdirSync(join(ROOT, directory), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(?:ts|mjs)$/.test(file))
    .map((file) => join(directory, file)),
);

/** A text that ends inside of a command, where its next word would stand. */
const INSIDE_A_COMMAND = new RegExp(
  "(?:^|[\\s(`'\"])(?:" +
    [
      "npm run (?:[\\w-]+ -- (?:\\S+ )*)?",
      "npx (?:\\S+ )*",
      "aws [a-z]+[a-z-]* [a-z]+-[a-z-]+ (?:\\S+ )*",
      "terraform (?:import|state|untaint|force-unlock|init|apply|plan) (?:\\S+ )*",
      "git (?:log|show|fetch|checkout|add|config|diff) (?:\\S+ )*",
      "(?:chmod|chown|mv|rm|cp|cd|cat|unset|pip install) (?:\\S+ )*",
      "export (?:[A-Z]\\w*=)?",
      "-- (?:\\S+ )*",
      "--[a-z][\\w-]*[ =]",
    ].join("|") +
    ")['\"]?$",
);

interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && typeof (value as Node).type === "string";

const isCommandLine = ({ type, tag }: Node) =>
  type === "TaggedTemplateExpression" && isNode(tag) && tag.name === "commandLine";

/** Every place where a value is put into a command by anything but `commandLine`. */
function careless(source: string): string[] {
  const { code } = transformSync(source, { loader: "ts", target: "esnext", charset: "utf8" });
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (!isNode(value)) return;
    if (value.type === "TemplateLiteral") {
      const texts = value.quasis as readonly { readonly value: { readonly cooked: string } }[];
      for (const [index, expression] of (value.expressions as readonly Node[]).entries()) {
        const before = texts[index]?.value.cooked ?? "";
        if (INSIDE_A_COMMAND.test(before) && !isCommandLine(expression)) found.push(`${before}\${…}`);
      }
    }
    if (value.type === "BinaryExpression" && value.operator === "+" && isNode(value.left)) {
      const { left } = value;
      if (typeof left.value === "string" && INSIDE_A_COMMAND.test(left.value))
        found.push(`${left.value} + …`);
    }
    // Its own template is what it is for; a careless one may stand in a value.
    const fields = isCommandLine(value) ? [(value.quasi as Node).expressions] : Object.values(value);
    fields.forEach(visit);
  };
  visit(parseAst(code).body);
  return found;
}

test("every value in a printed command is put there by commandLine, which quotes it", () => {
  expect(SOURCES.length).toBeGreaterThan(150);
  const wrong = SOURCES.flatMap((file) =>
    careless(readFileSync(join(ROOT, file), "utf8")).map((place) => `${file}: ${place}`),
  );
  expect(wrong).toEqual([]);
});

describe("a careless one is found", () => {
  test.each([
    ["a = `next: npm run first-login -- ${name}`", "next: npm run first-login -- ${…}"],
    ["a = `npm run deploy -- --enable ${name}`", "npm run deploy -- --enable ${…}"],
    ["a = `npm run deploy -- --plan=${file}`", "npm run deploy -- --plan=${…}"],
    ["a = `If it is theirs: --adopt ${name}.`", "If it is theirs: --adopt ${…}"],
    ["a = `--adopt ${name}`", "--adopt ${…}"],
    ["a = `--adopt '${name}'`", "--adopt '${…}"],
    [
      "a = `aws cognito-idp admin-get-user --username ${name}`",
      "aws cognito-idp admin-get-user --username ${…}",
    ],
    ["a = `(cd ${directory} && terraform init)`", "(cd ${…}"],
    ["a = `chmod 600 ${file}`", "chmod 600 ${…}"],
    ["a = `x ${`npm run invite -- ${name}`}`", "npm run invite -- ${…}"],
    ["a = sh`npm run invite -- ${name}`", "npm run invite -- ${…}"],
    ["a = `${COMMAND} -- ${name}`", " -- ${…}"],
    ["a = `export NAME=${value}`", "export NAME=${…}"],
    ['a = "npm run invite -- " + name', "npm run invite --  + …"],
  ])("%s", (source, place) => {
    expect(careless(source)).toEqual([place]);
  });

  test.each([
    "a = commandLine`npm run invite -- ${name}`",
    "a = `next: ${commandLine`npm run invite -- ${name}`}`",
    "a = `npm run deploy shows ${count} people`",
    "a = `--json and ${x}`",
  ])("and no other: %s", (source) => {
    expect(careless(source)).toEqual([]);
  });
});

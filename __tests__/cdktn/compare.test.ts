import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { compare } from "./compare.ts";
import { SWITCH } from "./switch.ts";

const written = (version: string, more: object = {}) => ({
  "//": { metadata: { backend: "local", version }, outputs: {} },
  resource: { aws_cognito_user_pool: { pool: { name: "people", schema: [{ name: "a" }, { name: "b" }] } } },
  ...more,
});

test("another release in the comment is no difference, if it is the expected one", () => {
  expect(compare(written("0.21.0"), written("0.24.0"), "0.24.0")).toEqual([]);
  expect(compare(written("0.21.0"), written("0.21.0"), "0.24.0")).toEqual([
    { path: "/~1~1/metadata/version", before: "0.24.0", after: "0.21.0" },
  ]);
});

test.each([
  [
    "the rest of the comment",
    "/~1~1/metadata/backend",
    { "//": { metadata: { backend: "s3", version: "2" }, outputs: {} } },
  ],
  ["a block that is gone", "/resource", { resource: undefined }],
  ["a block that is new", "/moved", { moved: [] }],
  [
    "an object in an array's place",
    "/resource/aws_cognito_user_pool/pool/schema",
    pool({ 0: { name: "a" }, 1: { name: "b" } }),
  ],
  ["an order", "/resource/aws_cognito_user_pool/pool/schema/0/name", pool([{ name: "b" }, { name: "b" }])],
  [
    "null where nothing was",
    "/resource/aws_cognito_user_pool/pool/tags",
    pool([{ name: "a" }, { name: "b" }], { tags: null }),
  ],
])("%s is one", (_, path, change) => {
  const after = JSON.parse(JSON.stringify(written("2", change)));
  expect(compare(written("1"), after, "2")).toEqual([expect.objectContaining({ path })]);
});

function pool(schema: unknown, more: object = {}) {
  return { resource: { aws_cognito_user_pool: { pool: { name: "people", schema, ...more } } } };
}

test("docs/cdktn.md switches by the very commands that are tried", () => {
  const docs = readFileSync(fileURLToPath(new URL("../../docs/cdktn.md", import.meta.url)), "utf8");
  const quoted = (word: string) => (/[$[\]]/.test(word) ? `'${word}'` : word);
  expect(docs).toContain(`\`\`\`sh\n${SWITCH.map((words) => words.map(quoted).join(" ")).join("\n")}\n`);
});

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { compare } from "./compare.ts";
import { STEPS } from "./switch.ts";

const AWS = { source: "aws", version: "5.1.0" };

const written = (version: string, more: object = {}, aws = AWS) => ({
  "//": { metadata: { backend: "local", version }, outputs: {} },
  terraform: { required_providers: { aws } },
  resource: { aws_cognito_user_pool: { pool: { name: "people", schema: [{ name: "a" }, { name: "b" }] } } },
  ...more,
});

test("another release in the comment is no difference, if it is the expected one", () => {
  expect(compare(written("0.21.0"), written("0.24.0"), { version: "0.24.0" })).toEqual([]);
  expect(compare(written("0.21.0"), written("0.21.0"), { version: "0.24.0" })).toEqual([
    { path: "/~1~1/metadata/version", before: "0.24.0", after: "0.21.0" },
  ]);
});

test("another release of the provider is no difference, if it is the expected one, however its source is spelt", () => {
  const six = written("1", {}, { source: "hashicorp/aws", version: "6.2.0" });
  expect(compare(written("1"), six, { version: "1", provider: "6.2.0" })).toEqual([]);
  expect(compare(written("1"), six, { version: "1", provider: "6.3.0" })).toEqual([
    { path: "/terraform/required_providers/aws/version", before: "6.3.0", after: "6.2.0" },
  ]);
  expect(compare(written("1"), six, { version: "1" })).toEqual([
    { path: "/terraform/required_providers/aws/version", before: "5.1.0", after: "6.2.0" },
  ]);
});

test.each([
  [
    "another provider",
    "/terraform/required_providers/aws/source",
    { terraform: { required_providers: { aws: { ...AWS, source: "example/aws" } } } },
  ],
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
  expect(compare(written("1"), after, { version: "2" })).toEqual([expect.objectContaining({ path })]);
});

function pool(schema: unknown, more: object = {}) {
  return { resource: { aws_cognito_user_pool: { pool: { name: "people", schema, ...more } } } };
}

test.each(STEPS)("docs/forward.md switches to $name by the very commands that are tried", ({ commands }) => {
  const docs = readFileSync(fileURLToPath(new URL("../../docs/forward.md", import.meta.url)), "utf8");
  const quoted = (word: string) => (/[$[\]]/.test(word) ? `'${word}'` : word);
  expect(docs).toContain(`\`\`\`sh\n${commands.map((words) => words.map(quoted).join(" ")).join("\n")}\n`);
});

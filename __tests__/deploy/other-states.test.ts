import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { otherStates } from "../../lib/deploy/other-pools.ts";

let root: string;
let stackDirectory: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "roster-states-"));
  stackDirectory = join(root, "cdktf.out", "stacks", "renamed");
  mkdirSync(stackDirectory, { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const stateOf = (...usernames: string[]) =>
  JSON.stringify({
    version: 4,
    resources: [
      {
        mode: "managed",
        type: "aws_cognito_user",
        name: "users",
        instances: usernames.map((index_key) => ({ index_key, attributes: {} })),
      },
    ],
  });

test("a stack that begins anew is told of a state beside it that has people", () => {
  writeFileSync(join(root, "terraform.people.tfstate"), stateOf("a@example.com", "b@example.com"));
  const [notice, ...more] = otherStates(stackDirectory);
  expect(notice).toMatch(/^2 people are deployed in the state terraform\.people\.tfstate.*a second time/);
  expect(more).toEqual([]);
});

test("of the states of other environments nothing is said: they are meant to be beside it", () => {
  for (const stack of ["people-dev", "people"])
    writeFileSync(join(root, `terraform.${stack}.tfstate`), stateOf("a@example.com"));
  expect(otherStates(stackDirectory, ["people-dev"])).toEqual([
    expect.stringContaining("terraform.people.tfstate"),
  ]);
});

test.each([
  ["terraform.people.tfstate", stateOf()],
  ["terraform.people.tfstate", "garbage"],
  ["terraform.people.tfstate.last", stateOf("a@example.com")],
  ["other.json", stateOf("a@example.com")],
])("nothing is said of %s with %s", (file, text) => {
  writeFileSync(join(root, file), text);
  expect(otherStates(stackDirectory)).toEqual([]);
});

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ROOT, TRACKED } from "../docs/tracked.ts";

const isIgnored = (path: string) =>
  spawnSync("git", ["check-ignore", "-q", path], { cwd: ROOT }).status === 0;

/** Files that lie in a directory which git ignores as a whole: each source's, with that directory. */
const WITHIN: Readonly<Record<string, string>> = { "lib/terraform/deploy-lock.ts": ".cache/lock/" };

/** What a source calls a file for a while: by a random name, or by another file's with an ending of ours. */
const TEMPORARY = /`[^`\n]*\$\{randomUUID\(\)\}[^`\n]*`|`\$\{\w+\}\.part[^`\n]*`/g;

test("git ignores whatever a killed run may leave behind: each name that a source gives for a while", () => {
  const sources = TRACKED.filter((file) => /^(lib|scripts)\/.*\.(ts|mjs)$/.test(file));
  const names = sources.flatMap((source) =>
    [...readFileSync(`${ROOT}/${source}`, "utf8").matchAll(TEMPORARY)].map(
      ([literal]) => `${WITHIN[source] ?? ""}${literal.slice(1, -1).replaceAll(/\$\{[^}]*\}/g, "x")}`,
    ),
  );
  expect(names).toContain("x.x.part");
  expect(names).toContain("deploy-x.tfplan");
  expect(names.length).toBeGreaterThan(4);
  expect(names.filter((name) => !isIgnored(name))).toEqual([]);
});

test.each([
  "terraform.team.tfstate.last",
  "terraform.team.tfstate.backup",
  "errored.tfstate",
  "taro.tokens.json",
  "bots.passwords",
  "review.tfplan",
  "config.proposal.ts",
])("git ignores %s, wherever it lies", (name) => {
  expect(isIgnored(name)).toBe(true);
  expect(isIgnored(`somewhere/${name}`)).toBe(true);
});

test("the roster and adopt.json are not ignored: they are to be committed", () => {
  expect(["users.json", "adopt.json", "config.ts"].filter(isIgnored)).toEqual([]);
});

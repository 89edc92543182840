import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { beginApply, endApply, requireProof } from "../../lib/deploy/adoption-proof.ts";
import type { DirectoryPerson } from "../../lib/directory/pool/people.ts";

let cacheDirectory: string;
beforeEach(() => {
  cacheDirectory = mkdtempSync(join(tmpdir(), "proof-"));
});
afterEach(() => rmSync(cacheDirectory, { recursive: true }));

const NAME = "a@example.com";
const account = (more: Partial<DirectoryPerson> = {}): DirectoryPerson => ({
  username: "1",
  sub: "1",
  attributes: {},
  enabled: true,
  status: "FORCE_CHANGE_PASSWORD",
  createdAt: new Date(),
  ...more,
});
const proof = (found: DirectoryPerson, more: { imported?: string[]; adopt?: string[] } = {}) =>
  requireProof(
    { unrecorded: { people: [NAME], groups: [] }, accountOf: () => found },
    { cacheDirectory, stack: "people", roster: "users.json", imported: [], adopt: [], ...more },
  );
const REFUSED = expect.objectContaining({
  exitCode: 3,
  refused: [
    {
      message: `"${NAME}" already exists in the user pool, and this repository didn't create it`,
      hint: expect.stringContaining(`--adopt ${NAME}`),
    },
  ],
});

test("an account that exists is not taken over for its name alone", () => {
  expect(() => proof(account())).toThrow(REFUSED);
});

test("adopt.json and the command line are a proof", () => {
  expect(() => proof(account(), { imported: [NAME] })).not.toThrow();
  expect(() => proof(account(), { adopt: [NAME] })).not.toThrow();
});

test("so is our own interrupted apply, for whom it was about to create and nobody has signed in as", () => {
  beginApply(cacheDirectory, "people", [NAME]);
  expect(() => proof(account())).not.toThrow();
  expect(() => proof(account({ status: "CONFIRMED" }))).toThrow(REFUSED);
  expect(() => proof(account({ createdAt: new Date(Date.now() - 600_000) }))).toThrow(REFUSED);
  endApply(cacheDirectory, "people");
  expect(() => proof(account())).toThrow(REFUSED);
});

test("an apply of others, or of another stack, is none", () => {
  beginApply(cacheDirectory, "people", ["b@example.com"]);
  beginApply(cacheDirectory, "others", [NAME]);
  expect(() => proof(account())).toThrow(REFUSED);
});

test("what several interrupted applies were about to create is remembered", () => {
  beginApply(cacheDirectory, "people", [NAME]);
  beginApply(cacheDirectory, "people", ["b@example.com"]);
  expect(() => proof(account())).not.toThrow();
});

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { PoolImport } from "../../../lib/directory/import/import.ts";
import { importedInto, writeImport } from "../../../lib/directory/import/import.ts";
import { UserError } from "../../../lib/errors.ts";
import { fileFailure } from "../../../lib/files.ts";
import { readAdoption } from "../../../lib/stack/synth/import-blocks.ts";

const TEXT = '{ "users": { "a@example.com": {} } }\n';
const imported = (roster = "users.json"): PoolImport => ({
  roster: {
    text: TEXT,
    people: ["a@example.com"],
    groups: ["ops"],
    memberships: 1,
    leftOut: [],
    leftOutGroups: [],
    unsaidPhones: [],
    unsaidEmails: [],
  },
  settings: { stack: "team", roster, pool: { name: "people" }, client: { name: "app" } },
  adoption: { userPoolId: "eu-west-1_x", clientId: "c", people: ["a@example.com"], groups: ["ops"] },
  notes: [],
});

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "roster-import-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));
const at = (file: string) => join(directory, file);
const refusal = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  return "nothing was refused";
};

test("writes the roster, the proposal and what is to be adopted", () => {
  expect(writeImport(imported(), { directory })).toEqual([
    at("config.proposal.ts"),
    at("adopt.json"),
    at("users.json"),
  ]);
  expect(readFileSync(at("users.json"), "utf8")).toBe(TEXT);
  expect(readFileSync(at("config.proposal.ts"), "utf8")).toContain('name: "people"');
  expect(readAdoption(at("adopt.json"))).toEqual(imported().adoption);
});

test("a second time, over the same, is no conflict", () => {
  writeImport(imported(), { directory });
  expect(writeImport(imported(), { directory })).toHaveLength(3);
});

describe("another roster that is there already", () => {
  const OWN = '{ "users": { "own@example.com": {} } }';

  test("is not written over, and nothing else is written either", () => {
    writeFileSync(at("users.json"), OWN);
    const error = refusal(() => writeImport(imported(), { directory }));
    expect(error).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining("users.json already exists"),
    });
    expect(readdirSync(directory)).toEqual(["users.json"]);
    expect(readFileSync(at("users.json"), "utf8")).toBe(OWN);
  });

  test("is written over when that is asked for", () => {
    writeFileSync(at("users.json"), OWN);
    writeImport(imported(), { directory, replace: true });
    expect(readFileSync(at("users.json"), "utf8")).toBe(TEXT);
  });
});

test.each([false, true])("a directory in the roster's place is refused (replace: %s)", (replace) => {
  mkdirSync(at("users.json"));
  const error = refusal(() => writeImport(imported(), { directory, replace }));
  expect(error).toMatchObject({ exitCode: 2, message: expect.stringContaining("is a directory") });
  expect(readdirSync(directory)).toEqual(["users.json"]);
});

test("when the last file can't be written, the others are as they were before", () => {
  writeFileSync(at("adopt.json"), "an older one");
  // As long as a name may be: the unfinished file's, which ends in more, is too long.
  const name = "x".repeat(255);
  const error = refusal(() => writeImport(imported(name), { directory }));
  expect(fileFailure(error)?.message).toContain("its name is too long");
  expect(readdirSync(directory)).toEqual(["adopt.json"]);
  expect(readFileSync(at("adopt.json"), "utf8")).toBe("an older one");
});

test("a pool without anybody for a roster writes nothing: an empty roster would mean deleting everybody", () => {
  const { roster, ...rest } = imported();
  const leftOut = [{ username: "u", name: "u", reason: "has no e-mail address" }];
  const error = refusal(() =>
    writeImport({ ...rest, roster: { ...roster, people: [], leftOut } }, { directory }),
  );
  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).why).toContain("has no e-mail address");
  expect(existsSync(at("users.json"))).toBe(false);
});

describe("a roster that may be several files", () => {
  const MANY = { roster: ["people/*.json", "security.json"] };

  test("is imported into the one that is named, by whatever path", () => {
    expect(importedInto(directory, MANY, "people/all.json")).toBe("people/all.json");
    expect(importedInto(directory, MANY, at("./security.json"))).toBe("security.json");
  });

  test("asks for one, and refuses one that it would not read", () => {
    const unnamed = refusal(() => importedInto(directory, MANY)) as UserError;
    expect(unnamed).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining("The roster has"),
    });
    expect(unnamed.next?.join()).toContain("--into FILE");
    const other = refusal(() => importedInto(directory, MANY, "people/old/all.json")) as UserError;
    expect(other).toMatchObject({
      exitCode: 2,
      message: "people/old/all.json is not a file of the roster",
      why: expect.stringContaining("people/*.json"),
    });
  });

  test("a roster of one file needs no name", () => {
    expect(importedInto(directory, { roster: "users.json" })).toBe("users.json");
    expect(refusal(() => importedInto(directory, { roster: "users.json" }, "other.json"))).toMatchObject({
      exitCode: 2,
    });
  });

  test("with people in its other files is not imported into: each person is in one file", () => {
    mkdirSync(at("people"));
    writeFileSync(at("people/a.json"), TEXT);
    const many = { ...imported(), settings: { ...imported().settings, ...MANY } };
    const error = refusal(() => writeImport(many, { directory, into: "people/b.json" }));
    expect(error).toMatchObject({ exitCode: 2, message: expect.stringContaining("people/a.json") });
    expect(readdirSync(at("people"))).toEqual(["a.json"]);
  });
});

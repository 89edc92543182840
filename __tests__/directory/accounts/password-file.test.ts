import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { IssuedPassword } from "../../../lib/directory/accounts/password-file.ts";
import { keptPasswords } from "../../../lib/directory/accounts/password-file.ts";
import { fileFailure } from "../../../lib/files.ts";

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "passwords-"));
  file = join(directory, "passwords.jsonl");
});
afterEach(() => rmSync(directory, { recursive: true }));

const PASSWORDS: IssuedPassword[] = ["a", "b"].map((username) => ({
  username,
  password: `secret-of-${username}`,
}));
const names = PASSWORDS.map(({ username }) => username);
const done = (username: string) => ({ username, state: "done", result: undefined }) as const;
const failed = (username: string) => ({ username, state: "failed", error: new Error() }) as const;
const left = (username: string) => ({ username, state: "left" }) as const;
const take = (kept: ReturnType<typeof keptPasswords>) => kept.take(names, () => PASSWORDS);

describe("passwords that are kept in a file", () => {
  test("are on the disk before any is set, for their owner alone, and get the file's name when all are", () => {
    const kept = keptPasswords(file, false);
    expect(take(kept)).toBe(PASSWORDS);
    expect(readdirSync(directory)).toEqual(["passwords.jsonl.part"]);
    expect(statSync(`${file}.part`).mode & 0o777).toBe(0o600);
    expect(kept.finish(PASSWORDS, [done("a"), done("b")])).toBe(true);
    expect(readdirSync(directory)).toEqual(["passwords.jsonl"]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8")).toBe(
      '{"username":"a","temporaryPassword":"secret-of-a"}\n{"username":"b","temporaryPassword":"secret-of-b"}\n',
    );
  });

  test("for good are called so", () => {
    const kept = keptPasswords(file, true);
    take(kept);
    kept.finish(PASSWORDS, [done("a"), done("b")]);
    expect(readFileSync(file, "utf8")).toContain('{"username":"a","password":"secret-of-a"}');
  });

  test("of whoever failed are thrown away: they would not work", () => {
    const kept = keptPasswords(file, false);
    take(kept);
    expect(kept.finish(PASSWORDS, [failed("a"), done("b")])).toBe(true);
    expect(readdirSync(directory)).toEqual(["passwords.jsonl"]);
    expect(readFileSync(file, "utf8")).toBe('{"username":"b","temporaryPassword":"secret-of-b"}\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("nobody's, where everyone failed, are no file", () => {
    const kept = keptPasswords(file, false);
    take(kept);
    expect(kept.finish(PASSWORDS, [failed("a"), failed("b")])).toBe(false);
    expect(readdirSync(directory)).toEqual([]);
  });

  test("of an interrupted run are taken up: the same ones, not others", () => {
    const first = keptPasswords(file, false);
    take(first);
    expect(first.finish(PASSWORDS, [done("a"), left("b")])).toBe(false);
    const second = keptPasswords(file, false);
    expect(second.before).toEqual(PASSWORDS);
    const taken = second.take(["b", "a"], () => {
      throw new Error("others were made");
    });
    expect(taken).toEqual(PASSWORDS);
    expect(second.finish(taken, [done("b"), { username: "a", state: "done-before" }])).toBe(true);
    expect(readdirSync(directory)).toEqual(["passwords.jsonl"]);
  });
});

describe("nothing is set and nothing written over where", () => {
  test("the file is there already", () => {
    writeFileSync(file, "precious");
    expect(() => keptPasswords(file, false)).toThrow(/already exists/);
    expect(readFileSync(file, "utf8")).toBe("precious");
  });

  test.each([
    ["other people", ["a", "c"], false],
    ["fewer people", ["a"], false],
    ["passwords for good", ["a", "b"], true],
  ])("the unfinished one is of a run for %s", (_, usernames, permanent) => {
    take(keptPasswords(file, false));
    expect(() => keptPasswords(file, permanent).take(usernames, () => [])).toThrow(
      /belongs to another run that didn't finish/,
    );
    expect(existsSync(`${file}.part`)).toBe(true);
  });

  test("the unfinished one is none of ours: its text is not repeated", () => {
    writeFileSync(`${file}.part`, "hunter2\n");
    expect(() => keptPasswords(file, false)).toThrow(/belongs to another run that didn't finish/);
    expect(() => keptPasswords(file, false)).not.toThrow(/hunter2/);
  });

  test("there is no such directory: the words name the file, and no password", () => {
    const nowhere = join(directory, "missing", "file");
    try {
      take(keptPasswords(nowhere, false));
      expect.unreachable();
    } catch (error) {
      expect(fileFailure(error)?.message).toContain(nowhere);
      expect(String(error)).not.toContain("secret");
    }
  });

  test("nothing can be written there, not even by root", () => {
    const locked = join(directory, "locked");
    writeFileSync(locked, "a file in the directory's place");
    expect(() => take(keptPasswords(join(locked, "file"), false))).toThrow(/ENOTDIR/);
  });
});

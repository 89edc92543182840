import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fileFailure, replaceFile } from "../lib/files.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "files-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const failureOf = (work: () => void): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("It should have failed");
};

describe("a file that is replaced", () => {
  test("has the new content, the mode that was asked for, and nothing beside it", () => {
    const file = join(directory, "a.json");
    replaceFile(file, "old");
    replaceFile(file, "new", 0o600);
    expect(readFileSync(file, "utf8")).toBe("new");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(["a.json"]);
  });

  test("is left alone when it cannot be replaced, and nothing is left beside it", () => {
    mkdirSync(join(directory, "a.json"));
    expect(() => replaceFile(join(directory, "a.json"), "new")).toThrow();
    expect(readdirSync(directory)).toEqual(["a.json"]);
  });
});

describe("the words for what the system refuses", () => {
  test.each([
    ["a directory in place of a file", () => replaceFile(directory, "x"), "a directory"],
    [
      "a file in place of a directory",
      () => replaceFile("/dev/null/a.json", "x"),
      "/dev/null/a.json cannot be opened: a part of its path is a file",
    ],
    [
      "a place that nobody may write",
      () => replaceFile("/proc/a.json", "x"),
      "/proc/a.json cannot be opened",
    ],
    ["a full disk", () => writeFileSync("/dev/full", "x"), "cannot be written: the disk is full (ENOSPC)"],
  ])("%s", (_, work, words) => {
    expect(fileFailure(failureOf(work))?.message).toContain(words);
  });

  test.each([
    ["a defect of ours", new TypeError("x is not a function")],
    ["a network error", Object.assign(new Error("connect EACCES"), { code: "EACCES", syscall: "connect" })],
    ["no error", "x"],
  ])("%s is none of these", (_, error) => {
    expect(fileFailure(error)).toBeUndefined();
  });
});

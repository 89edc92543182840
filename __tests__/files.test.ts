import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fileFailure, PRIVATE, type WriteOptions, withPath, writeFile } from "../lib/files.ts";

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

describe("a whole file or nothing", () => {
  const EXCLUSIVE = { mode: PRIVATE, exclusive: true };
  const umask = process.umask();
  const names = () => readdirSync(directory).sort();

  test.each<[string, WriteOptions, number]>([
    ["without options", {}, 0o666 & ~umask],
    ["private", { mode: PRIVATE }, 0o600],
    ["executable", { mode: 0o755 }, 0o755 & ~umask],
    ["exclusive and private", EXCLUSIVE, 0o600],
  ])("a new file, %s, has its content and permissions, and nothing beside it", (_, options, mode) => {
    const file = join(directory, "a.json");
    writeFile(file, "new", options);
    expect(readFileSync(file, "utf8")).toBe("new");
    expect(statSync(file).mode & 0o777).toBe(mode);
    expect(statSync(file).nlink).toBe(1);
    expect(names()).toEqual(["a.json"]);
  });

  test("replaces what exists, and its permissions with it", () => {
    const file = join(directory, "a.json");
    writeFile(file, "a longer, older text");
    writeFile(file, "new", { mode: PRIVATE });
    expect(readFileSync(file, "utf8")).toBe("new");
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  const make: Record<string, (file: string) => void> = {
    "a file": (file) => writeFileSync(file, "precious"),
    "an empty file": (file) => writeFileSync(file, ""),
    "a directory": (file) => mkdirSync(file),
    "a link that leads nowhere": (file) => symlinkSync(join(directory, "nowhere"), file),
  };
  test.each(Object.entries(make))("exclusive: %s is left as it was", (_, obstacle) => {
    const file = join(directory, "a.json");
    obstacle(file);
    const before = statSync(file, { throwIfNoEntry: false })?.size;
    expect(failureOf(() => writeFile(file, "new", EXCLUSIVE))).toMatchObject({ code: "EEXIST" });
    expect(statSync(file, { throwIfNoEntry: false })?.size).toBe(before);
    expect(names()).toEqual(["a.json"]);
  });

  test.each<[string, WriteOptions]>([
    ["replaced", {}],
    ["new", EXCLUSIVE],
  ])("a file that cannot be %s leaves nothing beside it", (_, options) => {
    mkdirSync(join(directory, "a.json"));
    expect(() => writeFile(join(directory, "a.json"), "new", options)).toThrow();
    expect(names()).toEqual(["a.json"]);
  });

  test.each<[string, WriteOptions]>([
    ["replaced", {}],
    ["new", EXCLUSIVE],
  ])(
    "a file to be %s whose bytes cannot be written, as on a full disk, leaves nothing behind",
    (_, options) => {
      expect(() => writeFile(join(directory, "a.json"), 1 as unknown as string, options)).toThrow();
      expect(names()).toEqual([]);
    },
  );

  test("git ignores the unfinished file of a run that was killed, whatever the file's name", () => {
    for (const name of ["taro.tokens.json", "users.json", "plan"]) {
      const { path } = failureOf(() => writeFile(join(directory, "missing", name), "")) as { path: string };
      const unfinished = basename(path);
      expect(unfinished).toMatch(new RegExp(`^${name}.+`));
      expect(execFileSync("git", ["check-ignore", unfinished], { encoding: "utf8" }).trim()).toBe(unfinished);
    }
  });
});

describe("the words for what the system refuses", () => {
  test.each([
    ["a directory in place of a file", () => writeFile(directory, "x"), "a directory"],
    [
      "a file in place of a directory",
      () => writeFile("/dev/null/a.json", "x"),
      "/dev/null/a.json cannot be opened: part of its path is a file,",
    ],
    ["a place that nobody may write", () => writeFile("/proc/a.json", "x"), "/proc/a.json cannot be opened"],
    ["a full disk", () => writeFileSync("/dev/full", "x"), "cannot be written: the disk is full (ENOSPC)"],
  ])("%s", (_, work, words) => {
    expect(fileFailure(failureOf(work))?.message).toContain(words);
  });

  test("a socket that nobody may make, which the system names as an address", async () => {
    const error = await new Promise((resolve) =>
      createServer().once("error", resolve).listen("/proc/roster.sock"),
    );
    expect(fileFailure(error)?.message).toBe("/proc/roster.sock cannot be made: permission denied (EACCES)");
  });

  test("a file that cannot grow, by its name and not by the unfinished one's", () => {
    const full = Object.assign(new Error("full"), { code: "ENOSPC", syscall: "write" });
    const named = withPath(full, `/x/a.json.${"0".repeat(8)}-0000-0000-0000-${"0".repeat(12)}.part`);
    expect(fileFailure(named)?.message).toBe("/x/a.json cannot be written: the disk is full (ENOSPC)");
  });

  test("a copy that finds no room: where it was to be, not what was copied", () => {
    const error = { code: "ENOSPC", syscall: "copyfile", path: "/from", dest: "/to" };
    expect(fileFailure(Object.assign(new Error("full"), error))?.message).toMatch(/^\/to cannot be written/);
  });

  test.each([
    ["a defect of ours", new TypeError("x is not a function")],
    ["a network error", Object.assign(new Error("connect EACCES"), { code: "EACCES", syscall: "connect" })],
    ["no error", "x"],
  ])("%s is none of these", (_, error) => {
    expect(fileFailure(error)).toBeUndefined();
  });
});

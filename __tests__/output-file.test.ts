import {
  closeSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Output, requireWritable, writeOutput } from "../lib/output-file.ts";

let directory: string;
const at = (name: string) => join(directory, name);
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "roster-output-"));
  writeFileSync(at("team.json"), "the roster");
  writeFileSync(
    at("copy-of-state"),
    JSON.stringify({ version: 4, serial: 3, lineage: "1-2", resources: [] }),
  );
  writeFileSync(at("terraform.team.tfstate.last"), "whatever it says");
  writeFileSync(at("main.ts"), "the app");
  writeFileSync(at("other"), "somebody's");
  writeFileSync(at("mine"), "ours: an older one");
  symlinkSync(at("team.json"), at("link"));
  linkSync(at("team.json"), at("second-name"));
  symlinkSync(at("terraform.team.tfstate.last"), at("link-to-state"));
  mkdirSync(at("folder"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const output = (name: string, more: Partial<Output> = {}): Output => ({
  file: at(name),
  isOurs: (content) => content.toString().startsWith("ours"),
  inputs: [at("team.json"), at("adopt.json")],
  ...more,
});
const contents = () =>
  readdirSync(directory).map((name) => [
    name,
    statSync(at(name)).isFile() ? readFileSync(at(name), "utf8") : "",
  ]);

describe("an output file", () => {
  test.each(["new", "mine"])("is written where there is none, and over one that we wrote: %s", (name) => {
    writeOutput(output(name), "ours", 0o600);
    expect(readFileSync(at(name), "utf8")).toBe("ours");
    expect(statSync(at(name)).mode & 0o777).toBe(0o600);
  });

  test("is not written over somebody's file, unless that is asked for", () => {
    const before = contents();
    expect(() => writeOutput(output("other"), "ours")).toThrowError(
      expect.objectContaining({
        exitCode: 2,
        message: `${at("other")} already exists with other contents`,
        next: [expect.stringContaining("add --replace"), "name another file"],
      }),
    );
    expect(contents()).toEqual(before);
    writeOutput(output("other", { replace: true }), "ours");
    expect(readFileSync(at("other"), "utf8")).toBe("ours");
  });

  test.each([
    ["the roster", "team.json", "is a file that commands read"],
    ["a link to it", "link", "is a file that commands read"],
    ["the same file by another name", "second-name", "is a file that commands read"],
    ["a source", "main.ts", "is a file that commands read"],
    ["a state by its name", "terraform.team.tfstate.last", "is a Terraform state, so it isn't overwritten"],
    ["a link to a state", "link-to-state", "is a Terraform state, so it isn't overwritten"],
    ["a state by what it says", "copy-of-state", "is a Terraform state, so it isn't overwritten"],
    ["a directory", "folder", "is a directory, not a file"],
  ])("is never %s, whatever is asked for", (_, name, words) => {
    const before = contents();
    for (const replace of [false, true]) {
      expect(() => requireWritable(output(name, { replace }))).toThrowError(
        expect.objectContaining({ exitCode: 2, message: expect.stringContaining(words) }),
      );
      expect(() => writeOutput(output(name, { replace }), "ours")).toThrow(words);
    }
    expect(contents()).toEqual(before);
  });

  test.each([
    ["what commands read", "adopt.json", "is a file that commands read"],
    ["what they read, by another way to its directory", "way/adopt.json", "is a file that commands read"],
    ["a state", "terraform.prod.tfstate", "is a Terraform state, so it isn't overwritten"],
    [
      "Terraform's copy of one",
      "terraform.prod.tfstate.backup",
      "is a Terraform state, so it isn't overwritten",
    ],
  ])("does not begin to be %s, for the next run would take it for that", (_, name, words) => {
    symlinkSync(directory, at("way"));
    const before = contents();
    for (const replace of [false, true])
      expect(() => writeOutput(output(name, { replace }), "ours")).toThrow(words);
    expect(contents()).toEqual(before);
  });

  test("by a link is what the link leads to, and the link stays one", () => {
    symlinkSync(at("mine"), at("latest"));
    writeOutput(output("latest"), "ours, and newer");
    expect(readFileSync(at("mine"), "utf8")).toBe("ours, and newer");
    expect(lstatSync(at("latest")).isSymbolicLink()).toBe(true);
  });

  test("in a directory that is not there is told before the work, not at its end", () => {
    expect(() => requireWritable(output("nowhere/new"))).toThrowError(
      expect.objectContaining({ code: "ENOENT", path: at("nowhere") }),
    );
  });

  test.skipIf(!existsSync("/dev/fd"))("that is open already, as /dev/stdout is, goes on where it is", () => {
    writeFileSync(at("redirected"), "");
    const { ino } = statSync(at("redirected"));
    const descriptor = openSync(at("redirected"), "w");
    try {
      writeSync(descriptor, "what the command printed, ");
      writeOutput({ file: `/dev/fd/${descriptor}`, isOurs: () => false }, "ours, ");
      writeSync(descriptor, "and the rest");
    } finally {
      closeSync(descriptor);
    }
    expect(readFileSync(at("redirected"), "utf8")).toBe("what the command printed, ours, and the rest");
    expect(statSync(at("redirected")).ino).toBe(ino);
  });

  test.skipIf(!existsSync("/dev/null"))("may be a device, which stays one", () => {
    writeOutput({ file: "/dev/null", isOurs: () => false }, "ours");
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
  });
});

import { readFileSync } from "node:fs";
import { validate } from "dockerfile-utils";
import { describe, expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };

const text = readFileSync("Dockerfile", "utf8");
const linesOf = (file: string) =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));

describe("the Dockerfile", () => {
  test("has no mistake that a linter finds", () => {
    expect(validate(text).map(({ message, range }) => `${range.start.line + 1}: ${message}`)).toEqual([]);
    expect(validate("FORM node").length).toBeGreaterThan(0);
  });

  test("runs the commands as nobody special, on a Node that is tested, from the lock file", () => {
    expect(text).toMatch(/^USER node$/m);
    expect(text).toMatch(/^FROM node:22-/m);
    expect(text).toMatch(/^RUN npm ci --omit=dev /m);
    const [, command = ""] = /^CMD \["(\w+)"\]$/m.exec(text) ?? [];
    expect(Object.keys(packageJson.scripts)).toContain(command);
  });

  test("takes nothing along that git ignores: no state, no password file, no token", () => {
    const ignored = linesOf(".gitignore").map((line) => `**/${line.replace(/\/$/, "")}`);
    expect(linesOf(".dockerignore")).toEqual([".git", ...ignored]);
  });
});

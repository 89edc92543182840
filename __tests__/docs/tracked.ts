import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const git = (args: readonly string[], input = "") =>
  execFileSync("git", args, { cwd: ROOT, encoding: "utf8", input, stdio: ["pipe", "pipe", "inherit"] });

/** What every team writes anew. */
const TEAMS = ["config.ts", "users.json"];

/** Directories and files of the root that are the package's; whatever else a team has beside them is not tested here. */
const PACKAGE =
  /^(\.(ci|devcontainer|githooks|github|vscode)|__tests__|bench|create|docs|examples|lib|scripts)\/|^(\.[\w.-]+|[A-Z]+(\.ja)?\.md|LICENSE|Dockerfile|(index|main|vitest\.config)\.ts|(biome|cdktf|cspell|knip|package|package-lock|tsconfig|tsconfig\.build|users\.schema)\.json)$/;

/**
 * What a commit of everything here would hold, by path from the root: git's files, and new ones that it doesn't ignore. Of a
 * team's own files the names of the two that the documents speak of.
 */
export const TRACKED: readonly string[] = [
  ...git(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
    .split("\0")
    .filter((file) => PACKAGE.test(file)),
  ...TEAMS,
];

/** Those whose contents are the package's own. */
export const OWN: readonly string[] = TRACKED.filter((file) => !TEAMS.includes(file));

/** Their directories. */
export const DIRECTORIES: ReadonlySet<string> = new Set(
  TRACKED.flatMap((file) => {
    const parts = file.split("/");
    return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
  }),
);

/** Whether .gitignore speaks of this path: what commands write here. */
export function isIgnored(path: string): boolean {
  try {
    git(["check-ignore", "--quiet", "--no-index", path]);
    return true;
  } catch (error) {
    if (error instanceof Error && "status" in error && error.status === 1) return false;
    throw error;
  }
}

export const read = (file: string): string => readFileSync(`${ROOT}/${file}`, "utf8");

import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import type { Project } from "./project.ts";
import { filesBelow } from "./written.ts";

/** Puts something wrong into a project, and everything right again. Each way is prepared first, and done when called. */
export function damageTo(project: Project) {
  const kept = ["users.json", "config.ts"].map((name) => [name, project.read(name)] as const);
  const cleared = (path: string) => {
    const place = join(project.directory, path);
    mkdirSync(dirname(place), { recursive: true });
    rmSync(place, { recursive: true, force: true });
    return place;
  };
  return {
    file: (path: string, text: string) => () => writeFileSync(cleared(path), text),
    directory: (path: string) => () => void mkdirSync(cleared(path)),
    link: (path: string, target: string) => () => symlinkSync(target, cleared(path)),
    missing: (path: string) => () => void cleared(path),
    nothing: () => {},
    mend: () => {
      for (const entry of readdirSync(project.directory)) {
        if (entry.includes(".tfstate") || entry === "cdktf.out") cleared(entry);
      }
      for (const [name, text] of kept) writeFileSync(cleared(name), text);
    },
  };
}

/** One error with these words, no stack, and nothing on stdout that a program could take for an answer. */
export function expectClearError(
  result: Awaited<ReturnType<Project["run"]>>,
  exitCode: number,
  words: string,
): void {
  expect(result.exitCode, result.all).toBe(exitCode);
  expect(result.words).toContain(words);
  expect(result.all).not.toMatch(/^\s+at .+:\d+|\bundefined\b|\[object/m);
  expect(result.stderr.match(/^(✖|error:)/gm) ?? [], result.all).toHaveLength(1);
  expect(result.stdout).toBe("");
}

/** Also where a command was stopped by a full disk. */
export function expectNothingHalfWritten(project: Project): void {
  const files = filesBelow(project.directory);
  expect(files.filter((path) => /\.(part|new|tmp|tfplan)$/.test(path))).toEqual([]);
  for (const path of files.filter((name) => name.endsWith("cdk.tf.json"))) {
    expect(() => JSON.parse(readFileSync(path, "utf8"))).not.toThrow();
  }
}

// What the launcher prints if none of our code could run yet because compiling failed.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { CONSTRUCTS, compile, PACKAGE, SMALL_FILES } from "./compile.mjs";

/**
 * Why nothing runs, on stderr: a mistake in one of our sources, with its line (exit code 2; the command itself reports
 * `config.ts`, see `compile`); a disk that is full or read-only, or an install without peer dependencies (1).
 * @param {Error & { errors?: import("esbuild").Message[], code?: string }} failure of `compile`
 * @throws the failure, if it is neither
 */
export async function explainFailure(failure) {
  if (failure.errors === undefined) {
    if (failure.code === undefined) throw failure;
    process.stderr.write(
      `The compiled sources can't be kept in .cache/build: ${failure.message}\nNothing was done. Free some space there or make it writable, then run the command again.\n`,
    );
    process.exitCode = 1;
    return;
  }
  const missing = failure.errors.flatMap(({ text }) => /^Could not resolve "(.*)"$/.exec(text)?.[1] ?? []);
  if (missing.some((name) => CONSTRUCTS.test(name))) {
    process.stderr.write(
      "cdktf and what goes with it are not installed: npm was told to leave out peer dependencies.\nNothing was done. Run npm ci --no-legacy-peer-deps, then run the command again.\n",
    );
    process.exitCode = 1;
    return;
  }
  const gone = [...new Set(missing.filter((name) => SMALL_FILES.includes(name)))];
  if (gone.length > 0) {
    process.stderr.write(
      `Missing in node_modules: ${gone.join(", ")}\nNothing was done. Run npm ci, then run the command again.\n`,
    );
    process.exitCode = 1;
    return;
  }
  const { formatMessages } = await import("esbuild");
  const { isTTY = false } = process.stderr;
  const color = isTTY && !process.env.NO_COLOR;
  const messages = await formatMessages(failure.errors, {
    kind: "error",
    color,
    terminalWidth: process.stderr.columns,
  });
  process.stderr.write(`${messages.join("")}Nothing was done: fix the TypeScript error first.\n`);
  process.exitCode = 2;
}

/**
 * Prints an error thrown while a source of ours is loaded: its stack on stderr, with the places in our sources.
 * @param {unknown} error
 * @param {string} root the project, absolute
 * @throws the error, if it has no stack, or its places can't be found
 */
export async function explainThrown(error, root) {
  const compiled = await compile(root, join(PACKAGE, "scripts", "frame", "source-stack.ts")).catch(
    () => undefined,
  );
  if (compiled === undefined || typeof error?.stack !== "string") throw error;
  const { sourceStack } = await import(pathToFileURL(compiled));
  process.stderr.write(`${sourceStack(error.stack)}\n`);
  process.exitCode = 1;
}

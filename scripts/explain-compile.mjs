// What the launcher says when nothing of ours could run yet: it can't use what is compiled.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { COMPILED_TOO, compile } from "./compile.mjs";

/**
 * Why nothing runs, on stderr: a mistake in one of our sources, at its line (exit code 2; of `config.ts` the command itself
 * tells, see `compile`); a disk that is full or may
 * not be written to, or an install without peer dependencies (1).
 * @param {Error & { errors?: import("esbuild").Message[], code?: string }} failure of `compile`
 * @throws the failure, where it is neither
 */
export async function explainFailure(failure) {
  if (failure.errors === undefined) {
    if (failure.code === undefined) throw failure;
    process.stderr.write(
      `The compiled sources can't be kept in .cache/build: ${failure.message}\nNothing was done: make room there, or make it writable, then run the command again.\n`,
    );
    process.exitCode = 1;
    return;
  }
  const missing = failure.errors.flatMap(({ text }) => /^Could not resolve "(.*)"$/.exec(text)?.[1] ?? []);
  if (missing.some((name) => COMPILED_TOO.test(name))) {
    process.stderr.write(
      "cdktf and what goes with it are not installed: npm was told to leave out peer dependencies.\nNothing was done: run npm ci --no-legacy-peer-deps, then the command again.\n",
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
  process.stderr.write(`${messages.join("")}Nothing was done: this has to be TypeScript first.\n`);
  process.exitCode = 2;
}

/**
 * What a source of ours throws while it is loaded: its stack, with the places in our
 * sources, on stderr.
 * @param {unknown} error
 * @param {string} root the repository, absolute
 * @throws the error, where it has no stack, or nothing can tell its places
 */
export async function explainThrown(error, root) {
  const compiled = await compile(root, join(root, "scripts", "frame", "source-stack.ts")).catch(
    () => undefined,
  );
  if (compiled === undefined || typeof error?.stack !== "string") throw error;
  const { sourceStack } = await import(pathToFileURL(compiled));
  process.stderr.write(`${sourceStack(error.stack)}\n`);
  process.exitCode = 1;
}

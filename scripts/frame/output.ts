import { resolve } from "node:path";
import { EXIT, UserError } from "../../lib/errors.ts";
import { type Output, requireWritable } from "../../lib/output-file.ts";
import { rosterFiles } from "../../lib/roster/files.ts";
import { ADOPTION_FILE } from "../../lib/stack/synth/import-blocks.ts";
import { ROOT } from "./main.ts";
import { config } from "./settings.ts";

/** What commands read, beside sources; their own outputs never stand in its place. */
export function commandInputs(): readonly string[] {
  return [
    ...rosterFiles(ROOT, config.roster).names,
    ADOPTION_FILE,
    "cdktf.json",
    "package.json",
    "package-lock.json",
    "users.schema.json",
  ].map((name) => resolve(ROOT, name));
}

export const REPLACE = ["--replace", "write over a file that no command like this has written"] as const;

/**
 * A file to be written, if one was named.
 * @param isOurs whether what is there was written by such a command
 * @param inputs what is never written over
 * @param keeps why what is there may not be lost
 */
export function outputAt(
  file: string | undefined,
  isOurs: Output["isOurs"],
  replace: boolean,
  inputs = commandInputs(),
  keeps?: Output["keeps"],
): Output | undefined {
  return file === undefined ? undefined : { file, isOurs, inputs, replace, ...(keeps && { keeps }) };
}

/**
 * Looks at all of them before the work begins.
 * @throws UserError (exit 2) for one that may not be written, and for two of the same name
 */
export function requireAllWritable(outputs: readonly (Output | undefined)[]): void {
  const names = new Set<string>();
  for (const output of outputs) {
    if (output === undefined) continue;
    requireWritable(output);
    const name = resolve(output.file);
    if (names.has(name)) {
      throw new UserError(`${output.file} is to be written twice`, {
        why: "One result would stand in place of the other.",
        next: ["name a file for each"],
        exitCode: EXIT.wrong,
      });
    }
    names.add(name);
  }
}

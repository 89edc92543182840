import { resolve } from "node:path";
import { EXIT, UserError } from "../../lib/errors.ts";
import { type Output, requireWritable } from "../../lib/output-file.ts";
import { rosterFiles } from "../../lib/roster/files.ts";
import { adoptionFile } from "../../lib/stack/synth/import-blocks.ts";
import { ROOT } from "./main.ts";
import { config, environment } from "./settings.ts";

/** What commands read, besides sources; their own outputs never replace it. */
export function commandInputs(): readonly string[] {
  return [
    ...rosterFiles(ROOT, config.roster).names,
    adoptionFile(environment),
    "cdktf.json",
    "package.json",
    "package-lock.json",
    "users.schema.json",
  ].map((name) => resolve(ROOT, name));
}

export const REPLACE = ["--replace", "overwrite a file that this command didn't write"] as const;

/**
 * An output file, if one was named.
 * @param isOurs whether the existing file was written by such a command
 * @param inputs what is never overwritten
 * @param keeps why the existing file must not be lost
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
 * Checks all of them before the work begins.
 * @throws UserError (exit 2) for one that must not be written, and for two with the same name
 */
export function requireAllWritable(outputs: readonly (Output | undefined)[]): void {
  const names = new Set<string>();
  for (const output of outputs) {
    if (output === undefined) continue;
    requireWritable(output);
    const name = resolve(output.file);
    if (names.has(name)) {
      throw new UserError(`${output.file} would be written twice`, {
        why: "One result would overwrite the other.",
        next: ["use a different file for each"],
        exitCode: EXIT.wrong,
      });
    }
    names.add(name);
  }
}

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { UserError } from "../../lib/errors.ts";
import { type Case, INPUTS } from "./cases.ts";
import type { Configuration } from "./compare.ts";

/**
 * Synthesizes a case in a copy of this repository, as `npm run synth` does; the copy's own inputs are back afterwards.
 * @throws UserError with the words of the synthesis that failed
 */
export async function synthesizeCase(directory: string, { name, inputs }: Case, signal?: AbortSignal) {
  const own = Object.fromEntries(
    INPUTS.filter((file) => existsSync(join(directory, file))).map((file) => [
      file,
      readFileSync(join(directory, file), "utf8"),
    ]),
  );
  place(directory, inputs ?? own);
  try {
    const { failed, stdout, stderr } = await execa(process.execPath, ["scripts/run.mjs", "synth"], {
      cwd: directory,
      env: { CDKTF_OUTDIR: "cdktf.out" },
      reject: false,
      ...(signal && { cancelSignal: signal }),
    });
    signal?.throwIfAborted();
    if (failed) throw new UserError(`Could not synthesize: ${name}`, { why: stderr });
    return JSON.parse(readFileSync(join(directory, stdout), "utf8")) as Configuration;
  } finally {
    place(directory, own);
  }
}

function place(directory: string, inputs: Readonly<Record<string, string | undefined>>): void {
  for (const file of INPUTS) {
    const text = inputs[file];
    if (text === undefined) rmSync(join(directory, file), { force: true });
    else writeFileSync(join(directory, file), text);
  }
}

import { fileURLToPath } from "node:url";
import { type Command, InvalidArgumentError } from "commander";
import { config } from "../../config.ts";
import { type Proposal, withProposal } from "../../lib/review/propose.ts";
import { RefusedError } from "../../lib/review/refused.ts";
import { compose } from "../../main.ts";
import { interruption } from "./interruption.ts";
import { progress, type Shown } from "./progress.ts";

export interface ProposalCommandOptions {
  readonly refresh: boolean;
  readonly allowRemovals?: number;
  readonly allowReplace: readonly string[];
  readonly json: boolean;
}

/** Adds the options that `plan` and `deploy` share. */
export function withProposalOptions(command: Command): Command {
  return command
    .option(
      "--refresh",
      "let Terraform read everyone from AWS first: each becomes a billed active user",
      false,
    )
    .option("--allow-removals <n>", "how many people may lose access, for this run", wholeNumber)
    .option(
      "--allow-replace <username>",
      "delete this leaving person although somebody like them joins; can be repeated",
      (username: string, others: readonly string[]) => [...others, username],
      [],
    )
    .option("--json", "one machine-readable document on stdout", false);
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("Write a whole number.");
  return Number(text);
}

/**
 * Makes the proposal and hands it on, with the progress to show. Ctrl-C ends what was started and is told in words.
 * @returns the exit code
 */
export async function propose(
  { refresh, allowRemovals, allowReplace, json }: ProposalCommandOptions,
  use: (proposal: Proposal, shown: Shown, signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const interrupted = interruption();
  const { signal } = interrupted;
  const shown = progress();
  try {
    const options = {
      compose,
      settings: config,
      cacheDirectory: fileURLToPath(new URL("../../.cache", import.meta.url)),
      signal,
      onProgress: shown.say,
      refresh,
      allowRemovals,
      allowReplace,
    };
    return await withProposal(options, (proposal) => use(proposal, shown, signal));
  } catch (error) {
    shown.stop();
    if (json && error instanceof RefusedError) {
      process.stdout.write(`${JSON.stringify({ summary: "REFUSED", refused: error.refused }, null, 2)}\n`);
    }
    if (!signal.aborted) throw error;
    const why = error instanceof Error && "why" in error ? ` ${String(error.why)}` : "";
    process.stderr.write(`Interrupted.${why} Run the command again: it takes up where this one stopped.\n`);
    return interrupted.exitCode();
  } finally {
    shown.stop();
  }
}

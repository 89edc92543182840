import { join } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { isKeptPlan } from "../../lib/deploy/plan-file.ts";
import { readProject } from "../../lib/deploy/project.ts";
import { type Proposal, withProposal } from "../../lib/deploy/proposal.ts";
import { withReviewedPlan } from "../../lib/deploy/reviewed-plan.ts";
import { EXIT, UserError } from "../../lib/errors.ts";
import { PRIVATE } from "../../lib/files.ts";
import { writeOutput } from "../../lib/output-file.ts";
import { isPage, renderPage } from "../../lib/page/render.ts";
import { type ReviewDocument, refusedDocument, reviewDocument } from "../../lib/review/document.ts";
import { reviewPage } from "../../lib/review/render/html.ts";
import { isReviewMarkdown, reviewMarkdown } from "../../lib/review/render/markdown.ts";
import { quotasOf } from "../../lib/stack/quotas.ts";
import { holdWorkingCopy } from "../../lib/terraform/deploy-lock.ts";
import { notice, progress, type Shown } from "../progress.ts";
import { interruption, ROOT, warnOf } from "./main.ts";
import { commandInputs, outputAt, REPLACE, requireAllWritable } from "./output.ts";
import { config } from "./settings.ts";

/** Where the review was asked for, and the plan. */
function outputsOf({ html, markdown, out, replace, plan }: ProposalCommandOptions) {
  const inputs = plan === undefined ? commandInputs() : [...commandInputs(), plan];
  return {
    html: outputAt(html, isPage, replace, inputs),
    markdown: outputAt(markdown, isReviewMarkdown, replace, inputs),
    kept: outputAt(out, isKeptPlan, replace, inputs),
  };
}

/** Writes the review wherever it was asked for. */
function writeReviews(document: ReviewDocument, command: ProposalCommandOptions): void {
  const { html, markdown } = outputsOf(command);
  const mode = document.values ? PRIVATE : undefined;
  if (html !== undefined) writeOutput(html, renderPage(reviewPage(document)), mode);
  if (markdown !== undefined) writeOutput(markdown, reviewMarkdown(document), mode);
}

/**
 * Keeps the plan, for `deploy --plan`. Only its owner can read it: it may hold what the state holds.
 * @param plan what `packPlan` made
 */
export function writePlan(plan: Uint8Array, command: ProposalCommandOptions): void {
  const { kept } = outputsOf(command);
  if (kept !== undefined) writeOutput(kept, plan, PRIVATE);
}

export interface ProposalCommandOptions {
  readonly refresh: boolean;
  readonly allowRemovals?: number;
  readonly allowReplace: readonly string[];
  readonly json: boolean;
  readonly showValues: boolean;
  readonly html?: string;
  readonly markdown?: string;
  /** Where the plan is to be kept. */
  readonly out?: string;
  readonly replace: boolean;
  readonly enable: readonly string[];
  readonly recreate: readonly string[];
  readonly adopt: readonly string[];
  /** Whether it is to be applied. @default false */
  readonly deploys?: boolean;
  /** A plan that was made before, to be taken instead of a new one. */
  readonly plan?: string;
}

/** A proposal, and what it is shown as. */
export interface Reviewed {
  readonly proposal: Proposal;
  readonly document: ReviewDocument;
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
      "this person may be deleted although somebody like them joins, or be created anew; can be repeated. Anything else that may be deleted or replaced, by its address, as the refusal names it: aws_cognito_user_pool_client.client; aws_cognito_user_pool.pool where another pool of the same name may be made",
      several,
      [],
    )
    .option(
      "--enable <username>",
      "let this person in again, who was disabled outside this repository, or taken out of a privileged group; can be repeated",
      several,
      [],
    )
    .option(
      "--recreate <username>",
      "create this person's account again, which was deleted outside this repository: with a new sub; can be repeated",
      several,
      [],
    )
    .option(
      "--adopt <username>",
      "take over this account of the user pool, although somebody else may have created it; can be repeated",
      several,
      [],
    )
    .option(
      "--show-values",
      "show what people's attributes were and will be, not only that they change",
      false,
    )
    .option("--html <file>", "write the review as one page that opens from disk")
    .option("--markdown <file>", "write the review for a pull request's comment or a job summary")
    .option(...REPLACE, false)
    .option("--json", "one machine-readable document on stdout", false);
}

const several = (username: string, others: readonly string[]) => [...others, username];

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("Write a whole number.");
  return Number(text);
}

/**
 * Makes the proposal and hands it on, with the progress to show. Ctrl-C ends what was started and is told in words.
 * @returns the exit code
 */
export async function propose(
  command: ProposalCommandOptions,
  use: (reviewed: Reviewed, shown: Shown, signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const interrupted = interruption();
  const { signal } = interrupted;
  const shown = progress();
  requireAllWritable(Object.values(outputsOf(command)));
  let release = () => {};
  const { refresh, out, deploys = false, allowRemovals, allowReplace, showValues, json, plan } = command;
  try {
    release = await holdWorkingCopy(ROOT);
    shown.say("Reading the roster");
    const project = readProject(ROOT, config);
    shown.stop();
    warnOf(project);
    const options = {
      project,
      cacheDirectory: join(ROOT, ".cache"),
      signal,
      onProgress: shown.say,
      onNotice: (text: string) => notice(shown, text),
      refresh,
      keep: out !== undefined,
      deploys,
      allowRemovals,
      allowReplace,
      enable: command.enable,
      recreate: command.recreate,
      adopt: command.adopt,
      showValues,
    };
    const show = async (proposal: Proposal) => {
      const document = reviewDocument(proposal, {
        ...command,
        kept: plan !== undefined,
        creationsPerSecond: quotasOf(config.quotas).UserCreation,
      });
      writeReviews(document, command);
      return use({ proposal, document }, shown, signal);
    };
    if (plan === undefined) return await withProposal(options, show);
    return await withReviewedPlan({ ...options, file: plan }, show);
  } catch (error) {
    shown.stop();
    if (error instanceof UserError && error.exitCode === EXIT.refused) {
      const document = refusedDocument(error);
      writeReviews(document, command);
      if (json) process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    }
    if (!signal.aborted) throw error;
    const why = error instanceof Error && "why" in error ? ` ${String(error.why)}` : "";
    process.stderr.write(`Interrupted.${why} Run the command again: it takes up where this one stopped.\n`);
    return interrupted.exitCode();
  } finally {
    shown.stop();
    release();
  }
}

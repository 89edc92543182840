import { join } from "node:path";
import type { Command } from "commander";
import { dayOf } from "../../lib/deploy/day.ts";
import { isKeptPlan, openPlan } from "../../lib/deploy/plan-file.ts";
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
import { askedDay } from "../../lib/roster/until.ts";
import { quotasOf } from "../../lib/stack/quotas.ts";
import { holdWorkingCopy } from "../../lib/terraform/deploy-lock.ts";
import { notice, progress, type Shown } from "../progress.ts";
import { inEnvironment } from "./environment.ts";
import { interruption, ROOT, warnOf, wholeNumber } from "./main.ts";
import { commandInputs, outputAt, REPLACE, requireAllWritable } from "./output.ts";
import { ownResources } from "./resources.ts";
import { config, environment, written } from "./settings.ts";

/** Where the review and the plan should be written. */
function outputsOf({ html, markdown, out, replace, plan }: ProposalCommandOptions) {
  const inputs = plan === undefined ? commandInputs() : [...commandInputs(), plan];
  return {
    html: outputAt(html, isPage, replace, inputs),
    markdown: outputAt(markdown, isReviewMarkdown, replace, inputs),
    kept: outputAt(out, isKeptPlan, replace, inputs),
  };
}

/** Writes the review wherever requested. */
function writeReviews(document: ReviewDocument, command: ProposalCommandOptions): void {
  const { html, markdown } = outputsOf(command);
  const mode = document.values ? PRIVATE : undefined;
  if (html !== undefined)
    writeOutput(html, inEnvironment(renderPage(reviewPage(document)), environment), mode);
  if (markdown !== undefined)
    writeOutput(markdown, inEnvironment(reviewMarkdown(document), environment), mode);
}

/**
 * Saves the plan, for `deploy --plan`. Only its owner can read it: it may contain what the state contains.
 * @param plan from `packPlan`
 */
export function writePlan(plan: Uint8Array, command: ProposalCommandOptions): void {
  const { kept } = outputsOf(command);
  if (kept !== undefined) writeOutput(kept, plan, PRIVATE);
}

export interface ProposalCommandOptions {
  readonly refresh: boolean;
  readonly full: boolean;
  readonly allowRemovals?: number;
  readonly allowReplace: readonly string[];
  readonly json: boolean;
  readonly showValues: boolean;
  readonly html?: string;
  readonly markdown?: string;
  /** Where to save the plan. */
  readonly out?: string;
  readonly replace: boolean;
  readonly enable: readonly string[];
  readonly recreate: readonly string[];
  readonly adopt: readonly string[];
  /** Whether it will be applied. @default false */
  readonly deploys?: boolean;
  /** A plan that was made earlier, to use instead of a new one. */
  readonly plan?: string;
  /** The day to evaluate access for. @default ROSTER_DAY, else today */
  readonly on?: string;
}

/** A proposal, and the document shown for it. */
export interface Reviewed {
  readonly proposal: Proposal;
  readonly document: ReviewDocument;
}

/** Adds the options that `plan` and `deploy` share. */
export function withProposalOptions(command: Command): Command {
  return command
    .option("--refresh", "read everyone from AWS first: each becomes a billed active user", false)
    .option(
      "--full",
      "plan everyone; by default, with 2,000 people and memberships or more, only those who change are planned",
      false,
    )
    .option("--allow-removals <n>", "how many people may lose access in this run", wholeNumber)
    .option(
      "--allow-replace <username>",
      "allow this person to be deleted although a similar one joins, or to be created again (repeatable). For anything else, use its address as in the refusal: aws_cognito_user_pool_client.client; aws_cognito_user_pool.pool to create a second pool of the same name",
      several,
      [],
    )
    .option(
      "--enable <username>",
      "enable this person again, who was disabled or removed from a privileged group outside this repository (repeatable)",
      several,
      [],
    )
    .option(
      "--recreate <username>",
      "create this person's account again, with a new sub, after it was deleted outside this repository (repeatable)",
      several,
      [],
    )
    .option(
      "--adopt <username>",
      "adopt this existing account, although someone else may have created it (repeatable)",
      several,
      [],
    )
    .option("--show-values", "also show the values of people's attributes, before and after", false)
    .option(
      "--on <date>",
      "look at access as of this day, such as 2026-12-31; a deploy only accepts today (default: ROSTER_DAY, else today)",
    )
    .option("--html <file>", "write the review as one web page that works offline")
    .option("--markdown <file>", "write the review for a pull-request comment or a job summary")
    .option(...REPLACE, false)
    .option("--json", "print one JSON document", false);
}

const several = (username: string, others: readonly string[]) => [...others, username];

/**
 * Makes the proposal and passes it on, with the progress display. Ctrl-C ends what was started and is reported in words.
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
  const {
    refresh,
    full,
    out,
    deploys = false,
    allowRemovals,
    allowReplace,
    showValues,
    json,
    plan,
  } = command;
  try {
    release = await holdWorkingCopy(ROOT);
    shown.say("Reading the roster");
    const { day, notices } = dayOf(config, {
      asked: askedDay(process.env, command.on),
      plan: plan === undefined ? undefined : { file: plan, day: openPlan(plan).note.day },
      deploys,
      now: new Date(),
    });
    const project = readProject(ROOT, written, environment, await ownResources(), day);
    shown.stop();
    warnOf(project);
    for (const one of notices(project.written)) notice(shown, one);
    const options = {
      project,
      cacheDirectory: join(ROOT, ".cache"),
      signal,
      onProgress: shown.say,
      onNotice: (text: string) => notice(shown, text),
      refresh,
      full,
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
    process.stderr.write(`Interrupted.${why} Run the command again: it continues where this one stopped.\n`);
    return interrupted.exitCode();
  } finally {
    shown.stop();
    release();
  }
}

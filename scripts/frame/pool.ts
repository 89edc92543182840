import { join } from "node:path";
import type { CognitoIdentityProviderClient, UserPoolType } from "@aws-sdk/client-cognito-identity-provider";
import { confirm } from "@inquirer/prompts";
import type { Command } from "commander";
import { cognitoClient } from "../../lib/cognito/client.ts";
import { explainPoolFailure } from "../../lib/cognito/explain-error.ts";
import { checkedPoolId, regionOf } from "../../lib/cognito/pool-id.ts";
import type { Outcome } from "../../lib/directory/batch.ts";
import type { LeftOut } from "../../lib/directory/import/roster.ts";
import { identityOf, type PoolIdentity } from "../../lib/directory/pool/facts.ts";
import type { NameRules } from "../../lib/directory/pool/people.ts";
import { readStatus, type Status, type StatusOptions } from "../../lib/directory/status/read.ts";
import { EXIT, UserError } from "../../lib/errors.ts";
import { readRosterFiles } from "../../lib/roster/load.ts";
import { dayOfRun, rosterOn } from "../../lib/roster/until.ts";
import { POOL } from "../../lib/stack/defaults.ts";
import { rosterRules } from "../../lib/stack/settings.ts";
import { escapeControls, type Screen, table } from "../../lib/text/terminal.ts";
import { counted } from "../../lib/text/words.ts";
import { progress, type Shown } from "../progress.ts";
import { screenOf } from "../screen.ts";
import { interruption, ROOT } from "./main.ts";
import { type ConfirmOptions, confirmEnvironment } from "./protection.ts";
import { config } from "./settings.ts";
import { announcePool, resolveTarget } from "./target.ts";

export interface PoolOptions extends ConfirmOptions {
  readonly userPoolId?: string;
}

export interface PoolAtWork {
  readonly client: CognitoIdentityProviderClient;
  readonly userPoolId: string;
  readonly names: NameRules;
  /** Reads the pool, and compares it with the roster. */
  readonly status: (more?: Pick<StatusOptions, "mfa" | "onBilled">) => Promise<Status>;
  /**
   * Announces the pool for a command that is about to change something, and asks for the name of a protected environment.
   * @param pool from `status`
   * @returns the same for `--json`
   * @throws UserError (exit 1) for another name
   */
  readonly announce: (pool: UserPoolType) => Promise<PoolIdentity>;
  readonly shown: Shown;
  readonly signal: AbortSignal;
}

/** Where interrupted work is recorded. */
export const CACHE = join(ROOT, ".cache");

/** Adds the option that every command on the live pool has. */
export function withPoolOption(command: Command): Command {
  return command.option(
    "--user-pool-id <id>",
    "the pool (default: COGNITO_USER_POOL_ID, or the deployed stack's)",
  );
}

/**
 * The frame around the commands on the live pool: the roster, the pool, a client within the quotas, progress, failures in
 * words. Ctrl-C ends what waits; `work` reports what it left behind and how the command ends.
 * @returns the exit code: `work`'s, or that of an interruption
 */
export async function withPool(
  { userPoolId: option, confirm }: PoolOptions,
  work: (pool: PoolAtWork) => Promise<number>,
): Promise<number> {
  const written = readRosterFiles({ root: ROOT, roster: config.roster, rules: rosterRules(config) }).roster;
  const roster = rosterOn(written, dayOfRun(config, { env: process.env })).people;
  const { userPoolId, region } = await poolOf(option);
  const interrupted = interruption();
  const { signal } = interrupted;
  const shown = progress();
  const client = cognitoClient({ region, quotas: config.quotas, signal });
  const { signInWith = POOL.signInWith, caseSensitive = POOL.caseSensitive } = config.pool;
  const names = { signInWith, caseSensitive };
  try {
    const status: PoolAtWork["status"] = async (more = {}) => {
      const target = { userPoolId, namePool: Boolean(option), names };
      const read = await readStatus(client, { ...target, ...more, roster, onProgress: shown.say, signal });
      shown.stop();
      return read;
    };
    const announce: PoolAtWork["announce"] = async (pool) => {
      const identity = identityOf(pool, { userPoolId, ...(region && { region }) });
      announcePool(identity, { ...(option && { userPoolId: option }) }, shown);
      await confirmEnvironment({ ...(confirm && { confirm }) }, { shown, signal });
      return identity;
    };
    return await work({ client, userPoolId, names, status, announce, shown, signal });
  } catch (error) {
    shown.stop();
    if (!signal.aborted) throw explainPoolFailure(error, { userPoolId });
    process.stderr.write("Interrupted. Nothing was changed.\n");
    return interrupted.exitCode();
  } finally {
    shown.stop();
  }
}

/** Without the app client needed for signing in: only the pool is read and changed. */
export async function poolOf(option: string | undefined) {
  const userPoolId = option || process.env.COGNITO_USER_POOL_ID;
  if (userPoolId) return { userPoolId: checkedPoolId(userPoolId), region: regionOf(userPoolId) };
  return resolveTarget({ anyClient: true }, process.env);
}

export interface OutcomesReport {
  readonly json: boolean;
  /** Such as `12 invitations sent`. */
  readonly done: (count: number) => string;
  /** People who were not even started, besides those among the outcomes. @default 0 */
  readonly left?: number;
  readonly interrupted: boolean;
  /** What to do for the remaining people. @default the same command */
  readonly again?: string;
  /** More for the JSON document. */
  readonly more?: object;
}

/** Failures and next steps that are printed; beyond that, the rest is counted. */
const MAX_SHOWN = 20;
const AGAIN = "Run the same command again: it continues where this one stopped.";

/**
 * Reports how a batch for many people ended: the counts, who was skipped, who failed and why, what to do next.
 * @returns the exit code: 0 if everyone who was still due is done, 1 otherwise, 130 after Ctrl-C
 * @throws a defect: a failure that the user can't fix
 */
export function reportOutcomes(outcomes: readonly Outcome<unknown>[], report: OutcomesReport): number {
  const { json, done, left: more = 0, interrupted, again = AGAIN } = report;
  const names = (state: Outcome<unknown>["state"]) =>
    outcomes.flatMap((outcome) => (outcome.state === state ? [outcome.username] : []));
  const failed = outcomes.flatMap((outcome) => (outcome.state === "failed" ? [outcome] : []));
  const skipped = outcomes.flatMap((outcome) => (outcome.state === "skipped" ? [outcome] : []));
  const left = names("left").length + more;
  if (json) {
    const document = {
      done: names("done"),
      doneBefore: names("done-before"),
      skipped: skipped.map(({ username, reason }) => ({ username, reason })),
      failed: failed.map(({ username, error }) => ({ username, problem: problemOf(error) })),
      left: names("left"),
      ...(more > 0 && { leftForAnotherDay: more }),
      ...report.more,
    };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  } else {
    const { paint } = screenOf(process.stdout);
    const count = names("done").length;
    const sign = failed.length + left === 0 ? paint.green("✔") : paint.yellow("!");
    process.stdout.write(`${sign} ${done(count)}\n`);
  }
  const screen = screenOf(process.stderr);
  const { paint } = screen;
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  if (skipped.length > 0) {
    say(`${paint.yellow("!")} ${skipped.length} skipped:`);
    const rows = skipped.slice(0, MAX_SHOWN).map((one) => [escapeControls(one.username), one.reason]);
    say(table([], rows, screen, "  "));
    if (skipped.length > MAX_SHOWN) say(`  … and ${skipped.length - MAX_SHOWN} more`);
  }
  if (failed.length > 0) {
    say(`${paint.red("✖")} ${failed.length} failed:`);
    say(
      table(
        [],
        failed.slice(0, MAX_SHOWN).map(({ username, error }) => [escapeControls(username), problemOf(error)]),
        screen,
        "  ",
      ),
    );
    if (failed.length > MAX_SHOWN) say(`  … and ${failed.length - MAX_SHOWN} more`);
    const steps = new Set(failed.flatMap(({ error }) => (error instanceof UserError ? error.next : [])));
    for (const step of [...steps].slice(0, MAX_SHOWN)) say(`  ${paint.yellow("→")} ${step}`);
  }
  const defect = failed.find(({ error }) => !(error instanceof UserError));
  if (defect !== undefined) throw defect.error;
  if (interrupted) say(`Interrupted: ${left} left. ${again}`);
  else if (left > 0) say(`${left} left. ${again}`);
  if (interrupted) return EXIT.interrupted;
  return failed.length + left > 0 ? EXIT.failed : EXIT.ok;
}

export const problemOf = (error: unknown) =>
  error instanceof UserError ? error.message : "an unexpected error (see below)";

export interface AgreedOptions {
  /** As typed, for someone who has no terminal and adds `--yes`. */
  readonly command: string;
  readonly signal: AbortSignal;
}

/**
 * Asks on the terminal; Enter alone means no.
 * @throws UserError (exit 2) without a terminal
 */
export async function confirmed(message: string, { command, signal }: AgreedOptions): Promise<boolean> {
  if (!(process.stdin.isTTY && process.stderr.isTTY)) {
    throw new UserError("There is no terminal to ask for confirmation", {
      why: `It would ask: ${message}`,
      next: [`to skip the question: ${command} -- … --yes`],
      exitCode: EXIT.wrong,
    });
  }
  return confirm({ message, default: false }, { output: process.stderr, signal });
}

/** People whom a roster can't contain, with the reasons; no line if it contains everyone. */
export function leftOutLines(leftOut: readonly LeftOut[], screen: Screen): string[] {
  if (leftOut.length === 0) return [];
  return [
    `${screen.paint.yellow("!")} ${counted(leftOut.length, "account", "accounts")} can't be in a roster and ${leftOut.length === 1 ? "stays" : "stay"} untouched in the pool:`,
    table(
      ["name", "why"],
      leftOut.map(({ name, username, reason }) => [escapeControls(name || username), escapeControls(reason)]),
      screen,
    ),
  ];
}

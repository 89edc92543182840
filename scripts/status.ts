// npm run status: who has not logged in yet, and what helps.

import { setTimeout as sleep } from "node:timers/promises";
import { InvalidArgumentError, Option } from "commander";
import type { StatusReport } from "../lib/directory/status/board.ts";
import { secondsBetween } from "../lib/directory/status/read.ts";
import { boardCsv, boardDocument, boardPage, boardText } from "../lib/directory/status/render.ts";
import { STATE_IDS, type State } from "../lib/directory/status/states.ts";
import { EXIT } from "../lib/errors.ts";
import { writeOutput } from "../lib/output-file.ts";
import { isPage, renderPage } from "../lib/page/render.ts";
import { quotasOf } from "../lib/stack/quotas.ts";
import { escapeControls } from "../lib/text/terminal.ts";
import { counted } from "../lib/text/words.ts";
import { main, newCommand } from "./frame/main.ts";
import { outputAt, REPLACE, requireAllWritable } from "./frame/output.ts";
import { type PoolOptions, withPool, withPoolOption } from "./frame/pool.ts";
import { config } from "./frame/settings.ts";
import { notice } from "./progress.ts";
import { screenOf } from "./screen.ts";

export interface WatchOptions {
  readonly read: () => Promise<StatusReport>;
  readonly secondsBetween: (board: StatusReport) => number;
  readonly textOf: (board: StatusReport) => string;
  readonly signal: AbortSignal;
}

/** An alternate screen, so that the terminal is restored afterwards. */
const ENTER_SCREEN = "\x1b[?1049h";
const LEAVE_SCREEN = "\x1b[?1049l";
const CLEAR = "\x1b[H\x1b[2J";

/**
 * Shows the board until everyone has signed in, or Ctrl-C: on a terminal it is redrawn each time, elsewhere it is the whole
 * board and then a line for each change. A terminal keeps the last board.
 * @throws a reading's errors: nothing outdated is shown
 */
export async function watchBoard(first: StatusReport, options: WatchOptions): Promise<void> {
  const { read, secondsBetween, textOf, signal } = options;
  const terminal = process.stdout.isTTY;
  const write = (text: string) => void process.stdout.write(text);
  let board = first;
  if (terminal) write(ENTER_SCREEN);
  else write(textOf(board));
  try {
    while (board.waiting > 0 && !signal.aborted) {
      const seconds = secondsBetween(board);
      if (terminal) {
        const lines = textOf(board)
          .split("\n")
          .slice(0, (process.stdout.rows ?? 40) - 2);
        write(
          `${CLEAR}${lines.join("\n")}\nRead at ${timeOf(board)}, refreshed every ${seconds} s. Press Ctrl-C to stop.`,
        );
      }
      await sleep(seconds * 1_000, undefined, { signal }).catch(() => {});
      if (signal.aborted) break;
      const next = await read();
      if (!terminal) for (const line of changes(board, next)) write(`${timeOf(next)}  ${line}\n`);
      board = next;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    if (terminal) write(LEAVE_SCREEN);
  }
  if (terminal) write(textOf(board));
  else if (board !== first && !signal.aborted) write(textOf(board));
}

const timeOf = ({ at }: StatusReport) => at.toTimeString().slice(0, 8);

/** People whose state has changed, who were added or removed. */
function changes(before: StatusReport, after: StatusReport): string[] {
  const states = new Map(before.entries.map(({ username, state }) => [username, state]));
  const changed = after.entries.flatMap(({ username, state }) => {
    const was = states.get(username);
    states.delete(username);
    return was === state ? [] : [`${escapeControls(username)}: ${was ?? "new"} → ${state}`];
  });
  return [
    ...changed,
    ...[...states].map(([username, state]) => `${escapeControls(username)}: ${state} → gone`),
  ];
}

interface Options extends PoolOptions {
  readonly only: readonly State[];
  readonly mfa: boolean;
  readonly json: boolean;
  readonly csv: boolean;
  readonly html?: string;
  readonly replace: boolean;
  readonly watch: boolean;
}

main(async () => {
  const options = withPoolOption(
    newCommand(
      "status",
      "Shows who has signed in, who hasn't, and what helps. Changes nothing, and costs nothing without --mfa.",
    ),
  )
    .option("--only <state>", `show only this state (repeatable): ${STATE_IDS.join(", ")}`, states, [])
    .option("--mfa", "also read each person's second factors; each is billed as a monthly active user", false)
    .addOption(new Option("--json", "print one JSON document").default(false).conflicts(["csv", "watch"]))
    .addOption(new Option("--csv", "print a CSV table").default(false).conflicts("watch"))
    .option("--html <file>", "also write one web page that works offline")
    .option(...REPLACE, false)
    .option("--watch", "refresh until everyone has signed in", false)
    .parse()
    .opts<Options>();
  const page = outputAt(options.html, isPage, options.replace);
  requireAllWritable([page]);
  return withPool(options, async ({ status, shown, signal }) => {
    let billingShown = false;
    const read = async (): Promise<StatusReport> => {
      const { board } = await status({
        mfa: options.mfa,
        onBilled: (people) => {
          if (!billingShown && people > 0) notice(shown, billed(people));
          billingShown ||= people > 0;
        },
      });
      if (page !== undefined) writeOutput(page, renderPage(boardPage(board, options.only)));
      return board;
    };
    const board = await read();
    if (!options.watch) {
      process.stdout.write(textOf(board, options));
      return EXIT.ok;
    }
    await watchBoard(board, {
      read,
      secondsBetween: (one) => secondsBetween(one, quotasOf(config.quotas)),
      textOf: (one) => textOf(one, options),
      signal,
    });
    return EXIT.ok;
  });
});

const billed = (people: number) =>
  `--mfa reads ${counted(people, "person", "people")} one by one (AdminGetUser): Cognito bills each as a monthly active user`;

function states(value: string, before: readonly State[]): readonly State[] {
  const state = STATE_IDS.find((id) => id === value);
  if (state === undefined) throw new InvalidArgumentError(`Allowed choices are ${STATE_IDS.join(", ")}.`);
  return [...before, state];
}

function textOf(board: StatusReport, { json, csv, only }: Options): string {
  if (json) return `${JSON.stringify(boardDocument(board, only), null, 2)}\n`;
  return csv ? boardCsv(board, only) : boardText(board, screenOf(process.stdout), only);
}

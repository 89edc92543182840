import { setTimeout as sleep } from "node:timers/promises";
import type { Board } from "../../lib/directory/board.ts";
import { harmless } from "./wrap.ts";

export interface WatchOptions {
  readonly read: () => Promise<Board>;
  readonly secondsBetween: (board: Board) => number;
  readonly textOf: (board: Board) => string;
  readonly signal: AbortSignal;
}

/** A screen of its own, so that the terminal is afterwards as it was. */
const ENTER_SCREEN = "\x1b[?1049h";
const LEAVE_SCREEN = "\x1b[?1049l";
const CLEAR = "\x1b[H\x1b[2J";

/**
 * Shows the board until everyone is in, or Ctrl-C: on a terminal drawn anew each time, elsewhere the whole board and then a line
 * for each change. A terminal keeps the last board.
 * @throws what a reading throws: nothing is shown that may be out of date
 */
export async function watchBoard(first: Board, options: WatchOptions): Promise<void> {
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
          `${CLEAR}${lines.join("\n")}\nRead at ${timeOf(board)}, again every ${seconds} s. Ctrl-C ends.`,
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

const timeOf = ({ at }: Board) => at.toTimeString().slice(0, 8);

/** Whose state is another than before, who came and who went. */
function changes(before: Board, after: Board): string[] {
  const states = new Map(before.entries.map(({ username, state }) => [username, state]));
  const changed = after.entries.flatMap(({ username, state }) => {
    const was = states.get(username);
    states.delete(username);
    return was === state ? [] : [`${harmless(username)}: ${was ?? "new"} → ${state}`];
  });
  return [...changed, ...[...states].map(([username, state]) => `${harmless(username)}: ${state} → gone`)];
}

// npm run status: who has not logged in yet, and what helps.
import { InvalidArgumentError } from "commander";
import { config } from "../config.ts";
import type { Board } from "../lib/directory/board.ts";
import { boardCsv, boardDocument, boardPage } from "../lib/directory/board-document.ts";
import { STATE_IDS, type State } from "../lib/directory/states.ts";
import { secondsBetween } from "../lib/directory/status.ts";
import { UserError } from "../lib/errors.ts";
import { replaceFile } from "../lib/files.ts";
import { renderPage } from "../lib/page/page.ts";
import { quotasOf } from "../lib/stack/quotas.ts";
import { boardText } from "./support/board-text.ts";
import { newCommand } from "./support/command.ts";
import { main } from "./support/entry.ts";
import { notice } from "./support/notice.ts";
import { type PoolOptions, withPool, withPoolOption } from "./support/pool-command.ts";
import { screenOf } from "./support/screen.ts";
import { watchBoard } from "./support/watch-board.ts";

interface Options extends PoolOptions {
  readonly only: readonly State[];
  readonly mfa: boolean;
  readonly json: boolean;
  readonly csv: boolean;
  readonly html?: string;
  readonly watch: boolean;
}

main(async () => {
  const options = withPoolOption(
    newCommand(
      "status",
      "Shows who has finished the first login, who has not, and what helps. Changes nothing, and bills nobody without --mfa.",
    ),
  )
    .option("--only <state>", `only these, can be repeated: ${STATE_IDS.join(", ")}`, states, [])
    .option(
      "--mfa",
      "also read each person's second factors: each becomes a billed monthly active user",
      false,
    )
    .option("--json", "one machine-readable document on stdout", false)
    .option("--csv", "a table for a spreadsheet on stdout", false)
    .option("--html <file>", "also write it as one page that opens from disk")
    .option("--watch", "read it again and again until everyone is in", false)
    .parse()
    .opts<Options>();
  refuseTogether(options);
  return withPool(options, async ({ status, shown, signal }) => {
    let told = false;
    const read = async (): Promise<Board> => {
      const { board } = await status({
        mfa: options.mfa,
        onBilled: (people) => {
          if (!told) notice(shown, billed(people));
          told = true;
        },
      });
      if (options.html !== undefined) replaceFile(options.html, renderPage(boardPage(board, options.only)));
      return board;
    };
    const board = await read();
    if (!options.watch) {
      process.stdout.write(textOf(board, options));
      return 0;
    }
    await watchBoard(board, {
      read,
      secondsBetween: (one) => secondsBetween(one, quotasOf(config.quotas)),
      textOf: (one) => textOf(one, options),
      signal,
    });
    return 0;
  });
});

const billed = (people: number) =>
  `--mfa reads ${people === 1 ? "1 person" : `${people} people`} one by one (AdminGetUser): Cognito bills each as a monthly active user`;

function states(value: string, before: readonly State[]): readonly State[] {
  const state = STATE_IDS.find((id) => id === value);
  if (state === undefined) throw new InvalidArgumentError(`Allowed choices are ${STATE_IDS.join(", ")}.`);
  return [...before, state];
}

function textOf(board: Board, { json, csv, only }: Options): string {
  if (json) return `${JSON.stringify(boardDocument(board, only), null, 2)}\n`;
  return csv ? boardCsv(board, only) : boardText(board, screenOf(process.stdout), only);
}

function refuseTogether({ json, csv, watch }: Options): void {
  const asked = [json && "--json", csv && "--csv", watch && "--watch"].filter(Boolean);
  if (asked.length < 2) return;
  throw new UserError(`${asked.join(" and ")} do not go together`, {
    why: "--json and --csv print one document each, and --watch prints again and again.",
    next: ["run the command once for each"],
    exitCode: 2,
  });
}

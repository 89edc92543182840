// npm run invite -- USERNAME… | --expired | --all-pending: the invitation again.

import { relative } from "node:path";
import {
  type Choice,
  type Invitee,
  invite,
  inviteesOf,
  ownSender,
  recentlyMailed,
  unexpired,
  withinToday,
} from "../lib/directory/accounts/invite.ts";
import { type Journal, openJournal, workFile } from "../lib/directory/batch.ts";
import type { StatusReport } from "../lib/directory/status/board.ts";
import { EXIT, UserError } from "../lib/errors.ts";
import { DEFAULT_SENDER_PER_DAY } from "../lib/stack/rules/cognito-limits.ts";
import { counted } from "../lib/text/words.ts";
import { main, newCommand } from "./frame/main.ts";
import {
  CACHE,
  confirmed,
  type PoolOptions,
  reportOutcomes,
  withPool,
  withPoolOption,
} from "./frame/pool.ts";
import { notice } from "./progress.ts";

interface Options extends PoolOptions {
  readonly expired: boolean;
  readonly allPending: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

/** Beyond this number, the command asks first. */
const UNASKED = 10;

main(async () => {
  const command = withPoolOption(
    newCommand(
      "invite",
      "Sends the invitation again with a new temporary password; the old one stops working. After an interruption, run the same command again.",
      { changes: true },
    )
      .argument("[usernames...]", "people, as named in the roster")
      .option("--expired", "everyone in the roster whose temporary password has expired (an estimate)", false)
      .option("--all-pending", "everyone in the roster who hasn't finished the first login", false)
      .option("--yes", `don't ask, even for more than ${UNASKED}`, false)
      .option("--json", "print one JSON document", false),
  ).parse();
  const options = command.opts<Options>();
  const choice = choiceOf(command.args, options);
  return withPool(options, async ({ client, userPoolId, names, status, announce, shown, signal }) => {
    const { board, pool } = await status();
    const identity = await announce(pool);
    const path = workFile(CACHE, {
      command: "invite",
      userPoolId,
      subject: typeof choice === "string" ? choice : [...choice].sort(),
    });
    const journal = unexpired(openJournal(path), board, path);
    const { people, uninvited } = inviteesOf(board, choice, names, journal.done);
    const todo = people.filter(({ username }) => !journal.done.has(username));
    const own = ownSender(pool);
    const now = own ? todo : withinToday(todo, journal, board.at);
    for (const line of preface({ people, todo, now, uninvited, own, board, journal, path }))
      notice(shown, line);
    if (
      now.length > UNASKED &&
      !options.yes &&
      !(await confirmed(`Send ${counted(now.length, "invitation", "invitations")}?`, {
        command: "npm run invite",
        signal,
      }))
    ) {
      process.stderr.write("No invitation was sent.\n");
      return EXIT.failed;
    }
    const left = todo.length - now.length;
    if (people.length === 0) process.stderr.write(`${NO_ONE[options.expired ? "expired" : "pending"]}\n`);
    const outcomes = await invite(client, {
      userPoolId,
      people: people.filter((one) => !todo.includes(one) || now.includes(one)),
      // Tomorrow's run needs to know who was done today.
      journal: left > 0 ? { ...journal, remove: () => {} } : journal,
      signal,
      onProgress: ({ done, total, secondsLeft }) =>
        shown.say("Sending invitations", `${done} of ${total}`, secondsLeft),
    });
    shown.stop();
    return reportOutcomes(outcomes, {
      json: options.json,
      done: (count) => counted(count, "invitation sent", "invitations sent"),
      left,
      interrupted: signal.aborted,
      more: { pool: identity },
    });
  });
});

const NO_ONE = {
  expired: "No one's temporary password has expired.",
  pending: "No one is waiting for an invitation.",
} as const;

function choiceOf(usernames: readonly string[], { expired, allPending }: Options): Choice {
  const ways = [usernames.length > 0, expired, allPending].filter(Boolean).length;
  if (ways === 1) return expired ? "expired" : allPending ? "all-pending" : usernames;
  throw new UserError(
    ways === 0 ? "Name at least one person" : "Names, --expired and --all-pending can't be combined",
    {
      next: ["npm run invite -- USERNAME…", "npm run invite -- --expired", "npm run invite -- --all-pending"],
      exitCode: EXIT.wrong,
    },
  );
}

interface Prospect {
  readonly people: readonly Invitee[];
  readonly todo: readonly Invitee[];
  readonly now: readonly Invitee[];
  readonly uninvited: readonly string[];
  readonly own: boolean;
  readonly board: StatusReport;
  readonly journal: Journal;
  readonly path: string;
}

/** What to know before anything is sent. */
function preface({ people, todo, now, uninvited, own, board, journal, path }: Prospect): string[] {
  const mails = now.filter(({ medium }) => medium === "EMAIL").length;
  const before = people.length - todo.length;
  return [
    ...(uninvited.length > 0
      ? [
          `${counted(uninvited.length, "more person is pending but gets", "more people are pending but get")} no invitation ("invite": "none"): npm run issue-password`,
        ]
      : []),
    ...(before > 0
      ? [
          `${counted(before, "person was", "people were")} already sent theirs by the previous run, which didn't finish (${journal.since?.toISOString()}). To send them again, delete ${relative("", path)}`,
        ]
      : []),
    ...(mails > 0 && !own
      ? [
          `Cognito's own sender sends ${DEFAULT_SENDER_PER_DAY} e-mails a day: this needs ${mails}; this pool's last 24 hours used about ${recentlyMailed(board)}`,
        ]
      : []),
    ...(now.length < todo.length
      ? [`Only ${now.length} of ${todo.length} now: run the same command again tomorrow for the rest`]
      : []),
  ];
}

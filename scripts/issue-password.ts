// npm run issue-password -- USERNAME…: a password for people without e-mail, and for service accounts.

import { resolve } from "node:path";
import { passwordsFor, receiversOf, setPasswords } from "../lib/directory/accounts/issue-password.ts";
import {
  type IssuedPassword,
  type KeptPasswords,
  keptPasswords,
} from "../lib/directory/accounts/password-file.ts";
import { type Journal, type Outcome, openJournal, workFile } from "../lib/directory/batch.ts";
import { passwordPolicyOf } from "../lib/directory/pool/facts.ts";
import { EXIT, UserError } from "../lib/errors.ts";
import { commandLine } from "../lib/shell.ts";
import { escapeControls, table } from "../lib/text/terminal.ts";
import { counted } from "../lib/text/words.ts";
import { main, newCommand } from "./frame/main.ts";
import { outputAt, requireAllWritable } from "./frame/output.ts";
import {
  CACHE,
  confirmed,
  type PoolOptions,
  reportOutcomes,
  withPool,
  withPoolOption,
} from "./frame/pool.ts";
import { screenOf } from "./screen.ts";

interface Options extends PoolOptions {
  readonly permanent: boolean;
  readonly reset: boolean;
  readonly out?: string;
  readonly yes: boolean;
  readonly json: boolean;
}

const COMMAND = "npm run issue-password";

main(async () => {
  const command = withPoolOption(
    newCommand(
      "issue-password",
      "Generates a temporary password that meets the pool's policy, sets it, and shows it once. No message is sent.",
      { changes: true },
    )
      .argument("[usernames...]", "people, as named in the roster")
      .option(
        "--permanent",
        "for service accounts: a permanent password, without a first login; asks twice",
        false,
      )
      .option(
        "--reset",
        "even if they have finished the first login: their own password stops working",
        false,
      )
      .option("--out <file>", "write it to this new file, readable only by you, instead of showing it")
      .option("--yes", "don't ask about --permanent", false)
      .option("--json", "print one JSON document, without passwords; needs --out", false),
  ).parse();
  const options = command.opts<Options>();
  refuseUsage(command.args, options);
  const { permanent, reset } = options;
  const file = options.out === undefined ? undefined : resolve(options.out);
  const kept = file === undefined ? undefined : keptPasswords(file, permanent);
  // A new file, which must not look like a state, or a command's input.
  requireAllWritable([outputAt(file, () => false, false)]);
  return withPool(options, async ({ client, userPoolId, names, status, announce, shown, signal }) => {
    const { board, pool } = await status();
    const identity = await announce(pool);
    const journal = file === undefined ? undefined : journalOf(userPoolId, file, kept);
    const receivers = receiversOf(board, command.args, names, {
      reset,
      done: doneBefore(permanent, kept, journal),
    });
    if (permanent && !options.yes && !(await agreedTwice(receivers.length, signal))) {
      process.stderr.write("No password was changed.\n");
      return EXIT.failed;
    }
    const make = () => passwordsFor(receivers, passwordPolicyOf(pool));
    const passwords =
      kept === undefined
        ? make()
        : kept.take(
            receivers.map(({ username }) => username),
            make,
          );
    const outcomes = await setPasswords(client, {
      userPoolId,
      receivers,
      passwords,
      permanent,
      journal,
      signal,
      onProgress: ({ done, total, secondsLeft }) =>
        shown.say("Setting passwords", `${done} of ${total}`, secondsLeft),
    });
    shown.stop();
    const written = kept?.finish(passwords, outcomes) ?? false;
    if (outcomes.every(({ state }) => state !== "left")) journal?.remove();
    if (kept === undefined) show(passwords, outcomes);
    const place = written ? `: ${options.out}` : "";
    return reportOutcomes(outcomes, {
      json: options.json,
      done: (count) => `${counted(count, "password", "passwords")} set${place}`,
      interrupted: signal.aborted,
      ...(kept === undefined && {
        again: `Not set: ${commandLine`npm run issue-password -- ${left(outcomes)}`}`,
      }),
      more: { file: written ? file : null, permanent, pool: identity },
    });
  });
});

function refuseUsage(usernames: readonly string[], { out, json }: Options): void {
  if (usernames.length === 0) {
    throw new UserError("Missing argument: USERNAME", {
      next: [`${COMMAND} -- USERNAME…`],
      exitCode: EXIT.wrong,
    });
  }
  if (out !== undefined || (process.stdout.isTTY && !json)) return;
  throw new UserError("There is no terminal to show the password on", {
    why: "Anywhere else it would end up in a log or a pipe.",
    next: ["write it to a file that only you can read: --out FILE"],
    exitCode: EXIT.wrong,
  });
}

/** Without the unfinished file its passwords are lost: then everyone gets another. */
function journalOf(userPoolId: string, file: string, kept: KeptPasswords | undefined): Journal {
  const path = workFile(CACHE, { command: "issue-password", userPoolId, subject: [file] });
  const journal = openJournal(path);
  if (kept?.before !== undefined || journal.done.size === 0) return journal;
  journal.remove();
  return openJournal(path);
}

/**
 * The people allowed by the run that is continued. With a temporary password, anyone who has finished meanwhile is still
 * refused; a permanent password makes everyone finished, including those whom a killed run didn't record in the journal.
 */
function doneBefore(permanent: boolean, kept: KeptPasswords | undefined, journal: Journal | undefined) {
  if (!permanent) return journal?.done ?? new Set<string>();
  return new Set(kept?.before?.map(({ username }) => username));
}

async function agreedTwice(count: number, signal: AbortSignal): Promise<boolean> {
  const whom = counted(count, "account", "accounts");
  const asking = { command: COMMAND, signal };
  return (
    (await confirmed(`Set a permanent password for ${whom}? This is for service accounts`, asking)) &&
    confirmed("It never has to be changed. Are you sure?", asking)
  );
}

function show(passwords: readonly IssuedPassword[], outcomes: readonly Outcome<unknown>[]): void {
  const set = new Set(outcomes.flatMap(({ state, username }) => (state === "done" ? [username] : [])));
  const rows = passwords.filter(({ username }) => set.has(username));
  if (rows.length === 0) return;
  process.stdout.write(
    `${table(
      ["Person", "Password, shown only now"],
      rows.map(({ username, password }) => [escapeControls(username), password]),
      screenOf(process.stdout),
    )}\n`,
  );
}

const left = (outcomes: readonly Outcome<unknown>[]) =>
  outcomes.flatMap(({ state, username }) => (state === "left" ? [username] : []));

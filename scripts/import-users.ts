// npm run import-users -- --user-pool-id ID: an existing pool as users.json, a proposal for config.ts, and adopt.json.
// npm run import-users -- --csv FILE: what a spreadsheet changes of the roster.

import { relative } from "node:path";
import { type Command, Option } from "commander";
import { cognitoClient } from "../lib/cognito/client.ts";
import { explainPoolFailure } from "../lib/cognito/explain-error.ts";
import { checkedPoolId, regionOf } from "../lib/cognito/pool-id.ts";
import {
  importedInto,
  importPool,
  type PoolImport,
  PROPOSAL_FILE,
  proposalText,
  writeImport,
} from "../lib/directory/import/import.ts";
import { EXIT, UserError } from "../lib/errors.ts";
import { commandLine } from "../lib/shell.ts";
import { adoptionFile } from "../lib/stack/synth/import-blocks.ts";
import { wrapIndented } from "../lib/text/terminal.ts";
import { counted } from "../lib/text/words.ts";
import { main, newCommand, ROOT, wholeNumber } from "./frame/main.ts";
import { leftOutLines } from "./frame/pool.ts";
import { config, environment, namedRoster } from "./frame/settings.ts";
import { importSpreadsheet, type SpreadsheetOptions } from "./frame/spreadsheet.ts";
import { progress } from "./progress.ts";
import { screenOf } from "./screen.ts";

interface Options extends Omit<SpreadsheetOptions, "csv"> {
  readonly csv?: string;
  readonly userPoolId?: string;
  readonly clientId?: string;
  readonly write: boolean;
  readonly replace: boolean;
}

const ADOPTION = adoptionFile(environment);

main(async () => {
  const command = newCommand(
    "import-users",
    "Imports an existing user pool as a roster, with settings that let a deploy adopt it unchanged. " +
      "Changes nothing in the pool, and writes no files without --write. With --csv, shows what a spreadsheet changes in the " +
      "roster, asks, and writes it; needs no credentials.",
  )
    .option("--user-pool-id <id>", "the pool (default: COGNITO_USER_POOL_ID)")
    .option("--client-id <id>", "its app client (default: COGNITO_CLIENT_ID, or the pool's only one)")
    .option("--write", `write ${namedRoster()}, ${ADOPTION} and ${PROPOSAL_FILE}`, false)
    .option("--into <file>", "the roster file to write, if config.ts names several")
    .option("--replace", `write over a ${namedRoster()} that already has people`, false)
    .option("--json", "print one JSON document", false);
  const options = withSpreadsheetOptions(command).parse().opts<Options>();
  if (options.csv !== undefined) return importSpreadsheet({ ...options, csv: options.csv });
  refuseSpreadsheetOptions(options);
  const userPoolId = poolIdOf(options);
  // Before anything is read from AWS.
  const into = options.write ? importedInto(ROOT, config, options.into) : options.into;
  const clientId = options.clientId || process.env.COGNITO_CLIENT_ID || undefined;
  const shown = progress();
  let imported: PoolImport;
  try {
    const client = cognitoClient({ region: regionOf(userPoolId) });
    imported = await importPool(client, { userPoolId, clientId, settings: config, onProgress: shown.say });
  } catch (error) {
    throw explainPoolFailure(error, { userPoolId, clientId });
  } finally {
    shown.stop();
  }
  const files = options.write
    ? writeImport(imported, { directory: ROOT, replace: options.replace, into, environment })
    : [];
  const written = files.map((file) => relative("", file));
  process.stdout.write(options.json ? document(imported, written) : report(imported, written));
  return EXIT.ok;
});

/** Adds what only `--csv` has. */
function withSpreadsheetOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--csv <file>", "a spreadsheet of people, instead of a pool").conflicts([
        "userPoolId",
        "clientId",
        "write",
        "replace",
      ]),
    )
    .option("--map <columns>", 'with --csv: what the columns are: "E-mail=email,Team=custom:team,Age=-"')
    .option("--country <code>", "with --csv: the country of phone numbers without a country code, such as JP")
    .option("--encoding <name>", "with --csv: its encoding if it can't be detected: shift_jis, windows-1252")
    .option("--leavers", 'with --csv: set "leaving": true for everyone not in it', false)
    .option("--allow-removals <n>", "with --csv: how many people may lose access in this run", wholeNumber)
    .option("--yes", "with --csv: don't ask before writing", false);
}

function refuseSpreadsheetOptions(options: Options): void {
  const { map, country, encoding, leavers, allowRemovals, yes } = options;
  if (![map, country, encoding, allowRemovals].some((value) => value !== undefined) && !leavers && !yes)
    return;
  throw new UserError("These options need a spreadsheet", {
    why: "--map, --country, --encoding, --leavers, --allow-removals and --yes go with --csv.",
    next: ["pass it: npm run import-users -- --csv FILE"],
    exitCode: EXIT.wrong,
  });
}

function poolIdOf({ userPoolId = process.env.COGNITO_USER_POOL_ID }: Options): string {
  if (userPoolId) return checkedPoolId(userPoolId);
  throw new UserError("Missing option: --user-pool-id", {
    next: ["npm run import-users -- --user-pool-id ID", "or set COGNITO_USER_POOL_ID"],
    exitCode: EXIT.wrong,
  });
}

function document({ roster, settings, adoption, notes }: PoolImport, written: readonly string[]): string {
  const { text, people, groups, memberships, leftOut } = roster;
  const found = { people: people.length, groups, memberships, leftOut, notes, adoption };
  const files = { roster: JSON.parse(text), config: proposalText(settings, ROOT), written };
  return `${JSON.stringify({ ...found, ...files }, null, 2)}\n`;
}

function report(imported: PoolImport, written: readonly string[]): string {
  const { roster, settings, notes, adoption } = imported;
  const screen = screenOf(process.stdout);
  const { paint, columns } = screen;
  const lines = [
    `${paint.green("✔")} ${adoption.userPoolId}: ${counted(roster.people.length, "person", "people")}, ${counted(roster.groups.length, "group", "groups")}, ${counted(roster.memberships, "membership", "memberships")}`,
  ];
  const leftOut = leftOutLines(roster.leftOut, screen);
  if (leftOut.length > 0) lines.push("", ...leftOut);
  if (notes.length > 0)
    lines.push("", ...notes.flatMap((note) => wrapIndented(`${paint.yellow("!")} `, note, columns)));
  lines.push("", ...(written.length > 0 ? nextSteps(written) : preview(proposalText(settings, ROOT))));
  return `${lines.join("\n")}\n`;
}

function preview(proposal: string): string[] {
  return [
    `config.ts could be:`,
    "",
    proposal,
    `Nothing was written: --write writes ${namedRoster()}, ${ADOPTION} and ${PROPOSAL_FILE}.`,
  ];
}

function nextSteps(written: readonly string[]): string[] {
  return [
    `Written: ${written.join(", ")}`,
    // It is all the settings of one environment, and doesn't include the others.
    environment !== undefined
      ? `  → copy what differs in ${PROPOSAL_FILE} to environments.${environment} in config.ts, and delete it`
      : `  → compare ${PROPOSAL_FILE} with config.ts, then: ${commandLine`mv ${PROPOSAL_FILE} config.ts && npm run format && npm run schema`}`,
    "  → npm run check, npm run plan: it imports, and adds or deletes no one; then npm run deploy",
    `  → commit ${ADOPTION} with the roster, and delete it once everyone who uses this repository has deployed`,
  ];
}

// npm run import-users -- --user-pool-id ID: an existing pool as users.json, a proposal for config.ts, and adopt.json.

import { relative } from "node:path";
import { cognitoClient } from "../lib/cognito/client.ts";
import { explainPoolFailure } from "../lib/cognito/explain-error.ts";
import { checkedPoolId, regionOf } from "../lib/cognito/pool-id.ts";
import {
  importedInto,
  importPool,
  type PoolImport,
  PROPOSAL_FILE,
  writeImport,
} from "../lib/directory/import/import.ts";
import { configText } from "../lib/directory/import/settings.ts";
import { EXIT, UserError } from "../lib/errors.ts";
import { commandLine } from "../lib/shell.ts";
import { wrapIndented } from "../lib/text/terminal.ts";
import { counted } from "../lib/text/words.ts";
import { main, newCommand, ROOT } from "./frame/main.ts";
import { leftOutLines } from "./frame/pool.ts";
import { config, namedRoster } from "./frame/settings.ts";
import { progress } from "./progress.ts";
import { screenOf } from "./screen.ts";

interface Options {
  readonly userPoolId?: string;
  readonly clientId?: string;
  readonly write: boolean;
  readonly into?: string;
  readonly replace: boolean;
  readonly json: boolean;
}

main(async () => {
  const options = newCommand(
    "import-users",
    "Reads an existing user pool into a roster, with settings under which a deploy takes it over as it is. " +
      "Changes nothing in the pool; without --write nothing here either.",
  )
    .option("--user-pool-id <id>", "the pool (default: COGNITO_USER_POOL_ID)")
    .option("--client-id <id>", "its app client (default: COGNITO_CLIENT_ID, else the pool's only one)")
    .option("--write", `write ${namedRoster()}, adopt.json and ${PROPOSAL_FILE}`, false)
    .option("--into <file>", "the file of the roster to write, where config.ts names several")
    .option("--replace", `write over a ${namedRoster()} that holds people already`, false)
    .option("--json", "one machine-readable document on stdout", false)
    .parse()
    .opts<Options>();
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
    ? writeImport(imported, { directory: ROOT, replace: options.replace, into })
    : [];
  const written = files.map((file) => relative("", file));
  process.stdout.write(options.json ? document(imported, written) : report(imported, written));
});

function poolIdOf({ userPoolId = process.env.COGNITO_USER_POOL_ID }: Options): string {
  if (userPoolId) return checkedPoolId(userPoolId);
  throw new UserError("Which user pool? Its id is missing", {
    next: ["npm run import-users -- --user-pool-id ID", "or set COGNITO_USER_POOL_ID"],
    exitCode: EXIT.wrong,
  });
}

function document({ roster, settings, adoption, notes }: PoolImport, written: readonly string[]): string {
  const { text, people, groups, memberships, leftOut } = roster;
  const found = { people: people.length, groups, memberships, leftOut, notes, adoption };
  const files = { roster: JSON.parse(text), config: configText(settings), written };
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
  lines.push("", ...(written.length > 0 ? nextSteps(written) : preview(configText(settings))));
  return `${lines.join("\n")}\n`;
}

function preview(proposal: string): string[] {
  return [
    `config.ts could be:`,
    "",
    proposal,
    `Nothing was written: --write writes ${namedRoster()}, adopt.json and ${PROPOSAL_FILE}.`,
  ];
}

function nextSteps(written: readonly string[]): string[] {
  return [
    `Written: ${written.join(", ")}`,
    `  → compare ${PROPOSAL_FILE} with config.ts, then: ${commandLine`mv ${PROPOSAL_FILE} config.ts && npm run format && npm run schema`}`,
    "  → npm run check, npm run plan: it imports, adds nobody and deletes nobody; then npm run deploy",
    "  → commit adopt.json with the roster, and delete it when everyone who uses this repository has deployed",
  ];
}

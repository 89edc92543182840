// npm run export-users [-- --full | --csv] [--out FILE]: the pool's people back into roster form, or as a spreadsheet.

import { resolve } from "node:path";
import { Option } from "commander";
import { cognitoClient } from "../lib/cognito/client.ts";
import { explainPoolFailure } from "../lib/cognito/explain-error.ts";
import {
  exportPool,
  isExport,
  type PoolExport,
  recordText,
  sheetOf,
} from "../lib/directory/import/export.ts";
import { leftOutGroupsLine } from "../lib/directory/import/import.ts";
import { refuseNobody } from "../lib/directory/import/roster.ts";
import { isExportedSheet } from "../lib/directory/spreadsheet/export.ts";
import { EXIT, UserError } from "../lib/errors.ts";
import { writeOutput } from "../lib/output-file.ts";
import { isOneFile } from "../lib/roster/files.ts";
import { commentsLost } from "../lib/roster/json-errors.ts";
import { counted } from "../lib/text/words.ts";
import { main, newCommand, ROOT } from "./frame/main.ts";
import { commandInputs, outputAt, requireAllWritable } from "./frame/output.ts";
import { leftOutLines, type PoolOptions, poolOf, withPoolOption } from "./frame/pool.ts";
import { config } from "./frame/settings.ts";
import { progress } from "./progress.ts";
import { screenOf } from "./screen.ts";

interface Options extends PoolOptions {
  readonly full: boolean;
  /** A file's name, or true for a spreadsheet written where --out says. */
  readonly csv?: string | true;
  readonly out?: string;
  readonly replace: boolean;
}

main(async () => {
  const command = newCommand(
    "export-users",
    "Writes everyone in the pool as a roster: a backup that you can compare and deploy. " +
      "It has no passwords, which can't be exported. Changes nothing in the pool and is not billed. docs/restore.md explains how to restore it.",
  );
  const options = withPoolOption(command)
    .option("--full", "everyone with id, status and dates as JSON Lines: a record, not a roster", false)
    .addOption(
      new Option(
        "--csv [file]",
        "as a spreadsheet (CSV) that import-users -- --csv can read; to this file or --out's",
      ).conflicts("full"),
    )
    .option("--out <file>", "write to this file, atomically, instead of standard output")
    .option("--replace", "overwrite a file with other contents", false)
    .parse()
    .opts<Options>();
  const { csv, full, replace } = options;
  const out = outOf(options);
  // A roster may be overwritten here, even the one for the next deploy; if there are several files, none contains everyone.
  const roster = isOneFile(config.roster) ? resolve(ROOT, config.roster) : undefined;
  const inputs = commandInputs().filter((file) => full || csv !== undefined || file !== roster);
  const keeps = (content: string) => (out === undefined ? undefined : commentsLost(content, out));
  requireAllWritable([outputAt(out, csv === undefined ? isExport : isExportedSheet, replace, inputs, keeps)]);
  const { userPoolId, region } = await poolOf(options.userPoolId);
  const shown = progress();
  let exported: PoolExport;
  try {
    const client = cognitoClient({ region, quotas: config.quotas });
    exported = await exportPool(client, { userPoolId, onProgress: shown.say });
  } catch (error) {
    throw explainPoolFailure(error, { userPoolId });
  } finally {
    shown.stop();
  }
  const { text, summary } = full ? asRecord(exported) : asRoster(exported, csv !== undefined);
  // Another export may name people who are gone: only an export of the same kind is overwritten without asking.
  const output = outputAt(out, (content) => content.toString() === text, replace, inputs, keeps);
  if (output === undefined) process.stdout.write(text);
  else {
    writeOutput(output, text);
  }
  const place = out === undefined ? "" : ` → ${out}`;
  const { paint } = screenOf(process.stderr);
  const [headline, ...more] = summary;
  process.stderr.write([`${paint.green("✔")} ${headline}${place}`, ...more, ""].join("\n"));
});

interface Exported {
  readonly text: string;
  /** The first line says what was written. */
  readonly summary: readonly string[];
}

function asRecord({ people }: PoolExport): Exported {
  return { text: recordText(people), summary: [inWords(people)] };
}

/** @throws UserError (exit 2) if two files are named */
function outOf({ csv, out }: Options): string | undefined {
  if (typeof csv !== "string") return out;
  if (out === undefined) return csv;
  throw new UserError("--csv and --out name two files", {
    why: "There is only one spreadsheet.",
    next: ["use one of them"],
    exitCode: EXIT.wrong,
  });
}

function asRoster(exported: PoolExport, asSheet: boolean): Exported {
  const { roster } = exported;
  refuseNobody(roster, ["npm run export-users -- --full lists everyone"]);
  const { text, people, groups, memberships, leftOut, leftOutGroups } = roster;
  const left = leftOutLines(leftOut, screenOf(process.stderr));
  return {
    text: asSheet ? sheetOf(exported) : text,
    summary: [
      `${inWords(people)}, ${counted(groups.length, "group", "groups")}, ${counted(memberships, "membership", "memberships")}`,
      ...left,
      ...(leftOutGroups.length > 0 ? [`! ${leftOutGroupsLine(leftOutGroups)}`] : []),
      ...(left.length > 0 ? ["  → npm run export-users -- --full includes them"] : []),
    ],
  };
}

const inWords = (people: readonly unknown[]) => counted(people.length, "person", "people");

// npm run export-users [-- --full] [--out FILE]: the pool's people back into roster form.

import { resolve } from "node:path";
import { cognitoClient } from "../lib/cognito/client.ts";
import { explainPoolFailure } from "../lib/cognito/explain-error.ts";
import { exportPool, isExport, type PoolExport, recordText } from "../lib/directory/import/export.ts";
import { leftOutGroupsLine } from "../lib/directory/import/import.ts";
import { refuseNobody } from "../lib/directory/import/roster.ts";
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
  readonly out?: string;
  readonly replace: boolean;
}

main(async () => {
  const command = newCommand(
    "export-users",
    "Writes the people of the pool as a roster: a backup that can be compared with the next one, and deployed. " +
      "Without passwords, which nobody can read. Changes nothing in the pool, and bills nobody. docs/restore.md is the way back.",
  );
  const options = withPoolOption(command)
    .option("--full", "everyone, with id, status and dates, as JSON Lines: a record, no roster", false)
    .option("--out <file>", "write to this file instead of standard output, whole or not at all")
    .option("--replace", "write over a file that says something else", false)
    .parse()
    .opts<Options>();
  // A roster may be written over here, also the one that the next deploy is made from; of several files, none holds everybody.
  const roster = isOneFile(config.roster) ? resolve(ROOT, config.roster) : undefined;
  const inputs = commandInputs().filter((file) => options.full || file !== roster);
  const { out, replace } = options;
  const keeps = (content: string) => (out === undefined ? undefined : commentsLost(content, out));
  requireAllWritable([outputAt(out, isExport, replace, inputs, keeps)]);
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
  const { text, summary } = options.full ? asRecord(exported) : asRoster(exported);
  // Another export may name people who are gone: only the same one is written over unasked.
  const output = outputAt(out, (content) => content.toString() === text, replace, inputs, keeps);
  if (output === undefined) process.stdout.write(text);
  else {
    writeOutput(output, text);
  }
  const place = options.out === undefined ? "" : ` → ${options.out}`;
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

function asRoster({ roster }: PoolExport): Exported {
  refuseNobody(roster, ["npm run export-users -- --full lists everyone there is"]);
  const { text, people, groups, memberships, leftOut, leftOutGroups } = roster;
  const left = leftOutLines(leftOut, screenOf(process.stderr));
  return {
    text,
    summary: [
      `${inWords(people)}, ${counted(groups.length, "group", "groups")}, ${counted(memberships, "membership", "memberships")}`,
      ...left,
      ...(leftOutGroups.length > 0 ? [`! ${leftOutGroupsLine(leftOutGroups)}`] : []),
      ...(left.length > 0 ? ["  → npm run export-users -- --full has them too"] : []),
    ],
  };
}

const inWords = (people: readonly unknown[]) => counted(people.length, "person", "people");

// npm run ended: what has ended by its `until`, and writes it down.

import { relative, resolve } from "node:path";
import { replaceAll } from "../lib/directory/import/import.ts";
import { EXIT, UserError } from "../lib/errors.ts";
import { type Ended, writeDownEnded } from "../lib/roster/ended.ts";
import { readRosterFiles } from "../lib/roster/load.ts";
import { askedDay, DEFAULT_TIME_ZONE, dayIn, dayOfRun } from "../lib/roster/until.ts";
import { commandLine } from "../lib/shell.ts";
import { rosterRules } from "../lib/stack/settings.ts";
import { escapeControls } from "../lib/text/terminal.ts";
import { counted } from "../lib/text/words.ts";
import { main, newCommand, ROOT } from "./frame/main.ts";
import { checkedSettings, rosterSetting } from "./frame/settings.ts";

main(async () => {
  const { write, json, on } = newCommand(
    "ended",
    'Shows whose access has ended by its "until", and is still in the roster. A deploy takes such access away whether it is written down or not.',
    { allEnvironments: true },
  )
    .option(
      "--write",
      'write it down: "leaving": true for people, and memberships taken out; everything else in the files stays as it is',
      false,
    )
    .option("--on <date>", "the day to look at, such as 2026-12-31 (default: ROSTER_DAY, else today)")
    .option("--json", "print one JSON document", false)
    .parse()
    .opts<{ write: boolean; json: boolean; on?: string }>();

  const asked = askedDay(process.env, on);
  const ended: Ended[] = [];
  const written: string[] = [];
  const days = new Set<string>();
  const seen = new Set<string>();
  for (const { environment, settings } of checkedSettings()) {
    const { timeZone = DEFAULT_TIME_ZONE } = settings;
    const day = dayOfRun(settings, { env: process.env, on });
    const today = dayIn(timeZone, new Date());
    if (write && asked !== undefined && asked.day > today) {
      throw new UserError(`${asked.by} says ${asked.day}, and today is ${today} (${timeZone})`, {
        why: "What has not ended would be written down as ended. Nothing was written.",
        next: [`to look ahead: ${commandLine`npm run ended -- --on ${asked.day}`}`],
        exitCode: EXIT.wrong,
      });
    }
    const rules = rosterRules(settings);
    // Read again for each environment: the previous one may have written a shared file.
    const { roster, texts } = readRosterFiles({
      root: ROOT,
      roster: settings.roster,
      rules,
      display: (path) => relative("", path),
      setting: rosterSetting(environment),
    });
    const found = writeDownEnded(roster, texts, rules, day);
    days.add(day);
    for (const one of found.ended) {
      const key = JSON.stringify([one.file, one.username, one.group]);
      if (!seen.has(key)) ended.push(one);
      seen.add(key);
    }
    if (write && found.texts.length > 0) {
      replaceAll(found.texts.map(({ name, text }) => ({ path: resolve(ROOT, name), text })));
      written.push(...found.texts.map(({ name }) => name));
    }
  }
  if (json) {
    const document = { day: [...days].sort()[0], ended, written: [...new Set(written)] };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  } else process.stdout.write(`${endedText(ended, [...new Set(written)]).join("\n")}\n`);
  return EXIT.ok;
});

function endedText(ended: readonly Ended[], written: readonly string[]): string[] {
  if (ended.length === 0) return ["No access in the roster has ended."];
  return [
    ...ended.map(
      ({ username, group, until, file, owner }) =>
        `${escapeControls(username)}${group === undefined ? "" : ` in ${escapeControls(group)}`}: ended on ${until} (${file}${owner === undefined ? "" : `; owner: ${escapeControls(owner)}`})`,
    ),
    written.length === 0
      ? `${counted(ended.length, "change", "changes")} to write down: npm run ended -- --write`
      : `Written down in ${written.join(", ")}. Review it: git diff`,
  ];
}

// npm run drift: what was changed in the user pool by hand, as questions; and the change of the roster that says yes to one.

import { relative } from "node:path";
import { type AskedQuestion, type DriftQuestions, driftQuestions } from "../lib/deploy/drift-questions.ts";
import type { Project } from "../lib/deploy/project.ts";
import { writeChanges } from "../lib/directory/spreadsheet/roster-files.ts";
import { EXIT, UserError } from "../lib/errors.ts";
import { questionsDocument, questionsText } from "../lib/review/render/questions.ts";
import { quote } from "../lib/roster/redact.ts";
import { commandLine } from "../lib/shell.ts";
import { settingsOf } from "../lib/stack/environments.ts";
import { firstNames } from "../lib/text/words.ts";
import { main, newCommand, ROOT } from "./frame/main.ts";
import { REPLACE } from "./frame/output.ts";
import { propose } from "./frame/proposal.ts";
import { environment, environments, written } from "./frame/settings.ts";
import { screenOf } from "./screen.ts";

interface Options {
  readonly keep: readonly string[];
  readonly keepGroup: readonly string[];
  readonly write: boolean;
  readonly json: boolean;
  readonly markdown?: string;
  readonly replace: boolean;
}

main(async () => {
  const options = newCommand(
    "drift",
    "Shows what was changed in the user pool outside this repository, person by person: how to keep it in the roster, and how to undo it. " +
      "Changes nothing except, with --write, the roster. Exits 3 when the roster is refused, as npm run plan does.",
  )
    .option("--keep <username>", "only this person or account; can be repeated", several, [])
    .option(
      "--keep-group <name>",
      "only this group, which was created outside this repository; can be repeated",
      several,
      [],
    )
    .option("--write", "write what --keep and --keep-group name into the roster", false)
    .option("--json", "print one JSON document: for each change, the files as they would be", false)
    .option("--markdown <file>", "also write the whole review, as npm run plan -- --markdown does")
    .option(...REPLACE, false)
    .parse()
    .opts<Options>();
  const { keep, keepGroup, write, json, markdown, replace } = options;
  const chosen = keep.length + keepGroup.length > 0;
  if (write && !chosen) {
    throw new UserError("Missing option: what to keep", {
      why: "--write keeps what was done by hand, person by person. Nothing was written.",
      next: ["name each: --keep USERNAME, --keep-group NAME", "npm run drift lists them"],
      exitCode: EXIT.wrong,
    });
  }
  const asked = {
    refresh: false,
    full: true,
    allowReplace: [],
    json: false,
    showValues: false,
    replace,
    enable: [],
    recreate: [],
    adopt: [],
    ...(markdown !== undefined && { markdown }),
  };
  return propose(asked, async ({ proposal }, shown) => {
    shown.stop();
    const all = driftQuestions(proposal, chosen ? Number.POSITIVE_INFINITY : undefined);
    const questions = chosen ? { asked: chosenOf(all, options), later: [], left: [] } : all;
    if (json) {
      const document = questionsDocument(questions, environment, sameRoster());
      process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    } else {
      const shownQuestions = questions.asked.map((one) => ({ ...one, command: commandOf(one) }));
      const text = questionsText({ ...questions, asked: shownQuestions }, screenOf(process.stdout));
      process.stdout.write(text);
    }
    if (write) writeKept(questions.asked, proposal.project);
    return EXIT.ok;
  });
});

function several(name: string, others: readonly string[]): string[] {
  return [...others, name];
}

function commandOf({ about, name }: AskedQuestion): string {
  return about === "group"
    ? commandLine`npm run drift -- --keep-group ${name} --write`
    : commandLine`npm run drift -- --keep ${name} --write`;
}

/** @throws UserError (exit 2) for a name without a question */
function chosenOf({ asked, left }: DriftQuestions, { keep, keepGroup }: Options): AskedQuestion[] {
  const find = (name: string, isGroup: boolean) => {
    const found = asked.find((one) => one.name === name && (one.about === "group") === isGroup);
    if (found !== undefined) return found;
    const called = isGroup ? `group ${name}` : name;
    const why = left.find(({ who }) => who === called)?.why;
    const others = asked.filter(({ about }) => (about === "group") === isGroup).map((one) => one.name);
    throw new UserError(`Nothing of ${isGroup ? "the group " : ""}${quote(name)} can be kept`, {
      why:
        why === undefined
          ? "Nothing with that name was changed outside this repository."
          : `${called}: ${why.replace(/\.$/, "")}.`,
      next: [others.length === 0 ? "npm run plan shows what differs" : `there is: ${firstNames(others)}`],
      exitCode: EXIT.wrong,
    });
  };
  return [...keep.map((name) => find(name, false)), ...keepGroup.map((name) => find(name, true))];
}

function writeKept(asked: readonly AskedQuestion[], { texts, roster }: Project): void {
  const after = asked.reduce<Project["texts"]>((all, one) => one.keepIn(all), texts);
  const changed = after.filter(({ text }, index) => text !== texts[index]?.text);
  const files = texts.map((one) => ({ ...one, people: roster.people }));
  const paths = writeChanges({ texts: changed }, files, ROOT).map((path) => relative("", path));
  process.stderr.write(`Written: ${paths.join(", ")}\n  → git diff, then npm run plan\n`);
}

/** The other environments that deploy the same roster. */
function sameRoster(): readonly string[] {
  const roster = JSON.stringify(settingsOf(written, environment).roster);
  return environments.filter(
    (name) => name !== environment && JSON.stringify(settingsOf(written, name).roster) === roster,
  );
}

// npm run history -- PERSON: which commits made a person's line what it is, and when that was deployed.

import { type DeployRecord, deploysIn } from "../lib/deploy/deploy-record.ts";
import { type PersonHistory, personHistory } from "../lib/deploy/person-history.ts";
import { asClause, EXIT, UserError } from "../lib/errors.ts";
import { patternsOf } from "../lib/roster/files.ts";
import { readRosterFiles } from "../lib/roster/load.ts";
import { closest } from "../lib/roster/problem.ts";
import { quote } from "../lib/roster/redact.ts";
import { rosterRules } from "../lib/stack/settings.ts";
import { readStackOutputs } from "../lib/terraform/deployment.ts";
import { escapeControls, type Screen, wrapIndented } from "../lib/text/terminal.ts";
import { main, newCommand, ROOT } from "./frame/main.ts";
import { config } from "./frame/settings.ts";
import { screenOf } from "./screen.ts";

const NOT_SEEN = "Who ran a deploy is not recorded: see the workflow's log, or CloudTrail.";

main(async () => {
  const command = newCommand(
    "history",
    "Shows from git when somebody joined, changed groups and left, by which commit and pull request, and when it was deployed. " +
      "It names attributes and never shows their values. Changes nothing.",
  )
    .argument("<person>", "as in the roster, now or before")
    .option("--json", "print one JSON document", false)
    .parse();
  const [person = ""] = command.args;
  const { json } = command.opts<{ json: boolean }>();
  const { deploys, unknown } = await deploysKnown();
  const found = await personHistory(ROOT, patternsOf(config.roster), person, deploys);
  if (found.events.length === 0) throw unknownPerson(person, found.notes);
  const history = { ...found, notes: [...found.notes, ...(unknown ?? []), NOT_SEEN] };
  process.stdout.write(
    json
      ? `${JSON.stringify({ format: 1, person, ...history }, null, 2)}\n`
      : historyText(person, history, screenOf(process.stdout)),
  );
  return EXIT.ok;
});

/** A history without deploys is still useful; the reason they are missing is shown. */
async function deploysKnown(): Promise<{ deploys: readonly DeployRecord[]; unknown?: readonly string[] }> {
  try {
    const deploys = deploysIn(await readStackOutputs({ projectDirectory: ROOT, settings: config }));
    const unknown = ["No deploy has been recorded yet: the next npm run deploy will be."];
    return deploys.length > 0 ? { deploys } : { deploys, unknown };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { deploys: [], unknown: [`When it was deployed is not known: ${asClause(error.message)}.`] };
  }
}

function historyText(
  person: string,
  { names, events, notes }: PersonHistory,
  { paint, columns }: Screen,
): string {
  const others = names.filter((name) => name !== person).map(escapeControls);
  return [
    paint.bold(`${escapeControls(person)}${others.length > 0 ? `, also known as ${others.join(", ")}` : ""}`),
    ...events.flatMap(({ id, author, date, subject, pullRequest, what, deployed }) => [
      "",
      `${date.slice(0, 10)}  ${paint.bold(escapeControls(what.join("; ")))}`,
      ...wrapIndented(
        "            ",
        `${id.slice(0, 10)}${pullRequest === undefined ? "" : `, pull request #${pullRequest}`}, by ${escapeControls(author)}: ${escapeControls(subject)}`,
        columns,
      ),
      ...(deployed === undefined
        ? []
        : [`            deployed ${deployed.orBefore ? "on or before " : ""}${deployed.at}`]),
    ]),
    "",
    ...notes.flatMap((note) => wrapIndented("", note, columns)).map(paint.dim),
    "",
  ].join("\n");
}

function unknownPerson(person: string, notes: readonly string[]): UserError {
  const { roster } = readRosterFiles({ root: ROOT, roster: config.roster, rules: rosterRules(config) });
  const near = closest(
    person,
    roster.people.map(({ username }) => username),
  );
  return new UserError(`No commit of this branch has ${quote(person)} in the roster`, {
    why: ["A line that is not committed yet has no history.", ...notes].join(" "),
    next: [near === undefined ? "see who is in the roster: npm run access" : `did you mean ${near}?`],
    exitCode: EXIT.wrong,
  });
}

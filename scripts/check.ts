// npm run check [-- FILE…] [--against REF]: every problem of a roster at once.
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { config } from "../config.ts";
import { loadRoster } from "../lib/roster/load.ts";
import { type Problem, RosterError } from "../lib/roster/problem.ts";
import type { Roster } from "../lib/roster/roster.ts";
import { guardProblems } from "../lib/stack/guards.ts";
import { annotation } from "./support/annotation.ts";
import { newCommand } from "./support/command.ts";
import { main } from "./support/entry.ts";
import { problemText } from "./support/problem-text.ts";
import { screenOf } from "./support/screen.ts";

main(async () => {
  const command = newCommand(
    "check",
    "Prints every problem of a roster at file:line:column. Exits 0 when there is none, 2 otherwise.",
  )
    .argument("[files...]", `rosters (default: ${config.roster})`)
    .option("--against <ref>", "also find lines that are gone since that commit although nobody was leaving")
    .option("--json", "one machine-readable document on stdout")
    .parse();
  const root = fileURLToPath(new URL("..", import.meta.url));
  const configured = relative("", resolve(root, config.roster));
  const files =
    command.args.length > 0
      ? command.args.map((file) => relative("", resolve(typedIn(root), file)) || file)
      : [configured];
  const { json, against } = command.opts<{ json?: boolean; against?: string }>();
  const results: Result[] = [];
  for (const file of files) results.push(await check(file, { guarded: file === configured, against }));
  const problems = results.flatMap((result) => result.problems);

  if (json) {
    const listed = results.map(({ file, roster, problems }) => ({
      file,
      people: roster?.people.length ?? null,
      problems,
    }));
    process.stdout.write(`${JSON.stringify({ ok: problems.length === 0, files: listed }, null, 2)}\n`);
  } else {
    const screen = screenOf(process.stdout);
    const { paint } = screen;
    for (const { file, roster } of results)
      if (roster) process.stdout.write(`${paint.green("✔")} ${summary(file, roster)}\n`);
    for (const problem of problems) process.stdout.write(`${problemText(problem, screen)}\n`);
    if (process.env.GITHUB_ACTIONS)
      for (const problem of problems) process.stdout.write(`${annotation(problem)}\n`);
    if (problems.length > 0) {
      const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
      process.stdout.write(`${paint.red("✖")} ${paint.bold(count)}\n`);
    }
  }
  return problems.length === 0 ? 0 : 2;
});

/** Where the command was typed: npm has changed the working directory to the package's. */
function typedIn(root: string): string {
  return (resolve("") === resolve(root) && process.env.INIT_CWD) || process.cwd();
}

interface Result {
  readonly file: string;
  readonly roster?: Roster;
  readonly problems: readonly Problem[];
}

/** @param guarded whether config.ts's guards are about this file */
async function check(
  file: string,
  { guarded, against }: { guarded: boolean; against: string | undefined },
): Promise<Result> {
  try {
    const roster = loadRoster(file, config.pool);
    const problems = [
      ...(guarded ? guardProblems(config.guards ?? {}, roster) : []),
      ...(against === undefined ? [] : await lostSince(against, roster)),
    ];
    return { file, ...(problems.length === 0 && { roster }), problems };
  } catch (error) {
    if (error instanceof RosterError) return { file, problems: error.problems };
    throw error;
  }
}

/** What runs git is loaded only where it is needed: check is what editors and hooks call. */
async function lostSince(ref: string, roster: Roster): Promise<Problem[]> {
  const { problemsAgainst } = await import("../lib/review/earlier-roster.ts");
  return problemsAgainst(ref, roster, config.pool);
}

function summary(file: string, { people }: Roster): string {
  const groups = new Set(people.flatMap((person) => person.groups)).size;
  const counts = [
    [groups, groups === 1 ? "group" : "groups"],
    [people.filter(({ enabled }) => !enabled).length, "disabled"],
    [people.filter(({ invite }) => invite === "none").length, "without invitation"],
    [people.filter(({ leaving }) => leaving).length, "leaving"],
  ].flatMap(([count, what]) => (count ? [`${count} ${what}`] : []));
  const details = counts.length > 0 ? ` (${counts.join(", ")})` : "";
  return `${file}: ${people.length === 1 ? "1 person" : `${people.length} people`}, no problems${details}`;
}

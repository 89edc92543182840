// npm run check [-- FILE… --against REF]: every problem of config.ts and of a roster at once.

import { relative, resolve } from "node:path";
import { EXIT } from "../lib/errors.ts";
import { withoutRepetition } from "../lib/roster/problem.ts";
import {
  annotation,
  type Checked,
  type CheckedFor,
  checkConfig,
  checkedLines,
  checkResources,
  checkRoster,
  configuredRosters,
  mergeChecked,
  rosterFileFor,
} from "./check-report.ts";
import { main, newCommand, ROOT } from "./frame/main.ts";
import { writeRunnerCommands } from "./frame/runner-log.ts";
import { namedRoster } from "./frame/settings.ts";
import { screenOf } from "./screen.ts";

main(async () => {
  const command = newCommand(
    "check",
    "Reports every problem in config.ts and the roster as file:line:column. Exits with 0 if there are none, else with 2.",
    { reportsConfig: true, allEnvironments: true },
  )
    .argument("[files...]", `rosters (default: ${namedRoster()})`)
    .option("--against <ref>", "also report people deleted since that commit without leaving first")
    .option(
      "--on <date>",
      "check access as of this day, such as 2026-12-31 (default: ROSTER_DAY, else today)",
    )
    .option("--json", "print one JSON document")
    .parse();
  const configured = configuredRosters();
  const named = command.args.map((file) => relative("", resolve(typedIn(), file)) || file);
  const { json, against, on } = command.opts<{ json?: boolean; against?: string; on?: string }>();
  const settings = checkConfig();
  const resources = await checkResources();
  const found: CheckedFor[] = [];
  for (const one of named.length === 0 ? configured : [])
    found.push({ ...one, checked: await checkRoster(one, { guarded: true, against, settings, on }) });
  for (const file of named) {
    for (const one of rosterFileFor(file)) {
      const guarded = configured.some((own) => own.file === file && own.environment === one.environment);
      found.push({ ...one, checked: await checkRoster(one, { guarded, against, settings, on }) });
    }
  }
  const rosters: readonly Checked[] = mergeChecked(found);
  const results = [settings, ...resources, ...rosters];
  const problems = results.flatMap((result) => result.problems);

  if (json) {
    const listed = rosters
      .filter(({ unchecked }) => !unchecked)
      .map(({ file, roster, problems, warnings }) => ({
        file,
        people: roster?.people.length ?? null,
        problems,
        warnings,
      }));
    const document = {
      ok: problems.length === 0,
      config: settings,
      ...(resources[0] && { resources: resources[0] }),
      files: listed,
    };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  } else {
    process.stdout.write(`${checkedLines(results, screenOf(process.stdout)).join("\n")}\n`);
    if (process.env.GITHUB_ACTIONS) {
      const warnings = results.flatMap((result) => result.warnings);
      writeRunnerCommands([
        ...withoutRepetition(problems).map((problem) => annotation(problem)),
        ...withoutRepetition(warnings).map((warning) => annotation(warning, "warning")),
      ]);
    }
  }
  const isDone = rosters.every(({ unchecked }) => !unchecked);
  return problems.length === 0 && isDone ? EXIT.ok : EXIT.wrong;
});

/** Where the command was typed: npm has changed the working directory to the package's. */
function typedIn(): string {
  return (resolve("") === resolve(ROOT) && process.env.INIT_CWD) || process.cwd();
}

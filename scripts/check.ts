// npm run check [-- FILE… --against REF]: every problem of config.ts and of a roster at once.

import { relative, resolve } from "node:path";
import { EXIT } from "../lib/errors.ts";
import { withoutRepetition } from "../lib/roster/problem.ts";
import {
  annotation,
  type Checked,
  checkConfig,
  checkedLines,
  checkRoster,
  configuredRoster,
} from "./check-report.ts";
import { main, newCommand, ROOT } from "./frame/main.ts";
import { writeRunnerCommands } from "./frame/runner-log.ts";
import { namedRoster } from "./frame/settings.ts";
import { screenOf } from "./screen.ts";

main(async () => {
  const command = newCommand(
    "check",
    "Prints every problem of config.ts and of a roster at file:line:column. Exits 0 when there is none, 2 otherwise.",
    { reportsConfig: true },
  )
    .argument("[files...]", `rosters (default: ${namedRoster()})`)
    .option("--against <ref>", "also find lines that are gone since that commit although nobody was leaving")
    .option("--json", "one machine-readable document on stdout")
    .parse();
  const configured = configuredRoster();
  const named = command.args.map((file) => relative("", resolve(typedIn(), file)) || file);
  const { json, against } = command.opts<{ json?: boolean; against?: string }>();
  const settings = checkConfig();
  const rosters: Checked[] = [];
  if (named.length === 0 && configured !== undefined)
    rosters.push(await checkRoster(configured, { guarded: true, against, settings }));
  for (const file of named)
    rosters.push(await checkRoster(file, { guarded: file === configured?.file, against, settings }));
  const results = [settings, ...rosters];
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
    const document = { ok: problems.length === 0, config: settings, files: listed };
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

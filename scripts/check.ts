// npm run check [-- FILE…] [--against REF]: every problem of a roster at once.

import { relative, resolve } from "node:path";
import { config } from "../config.ts";
import { EXIT } from "../lib/errors.ts";
import { annotation, type Checked, checkedLines, checkRoster } from "./check-report.ts";
import { main, newCommand, ROOT } from "./frame/main.ts";
import { writeRunnerCommands } from "./frame/runner-log.ts";
import { screenOf } from "./screen.ts";

main(async () => {
  const command = newCommand(
    "check",
    "Prints every problem of a roster at file:line:column. Exits 0 when there is none, 2 otherwise.",
  )
    .argument("[files...]", `rosters (default: ${config.roster})`)
    .option("--against <ref>", "also find lines that are gone since that commit although nobody was leaving")
    .option("--json", "one machine-readable document on stdout")
    .parse();
  const configured = relative("", resolve(ROOT, config.roster));
  const files =
    command.args.length > 0
      ? command.args.map((file) => relative("", resolve(typedIn(), file)) || file)
      : [configured];
  const { json, against } = command.opts<{ json?: boolean; against?: string }>();
  const results: Checked[] = [];
  for (const file of files) results.push(await checkRoster(file, { guarded: file === configured, against }));
  const problems = results.flatMap((result) => result.problems);
  const warnings = results.flatMap((result) => result.warnings);

  if (json) {
    const listed = results.map(({ file, roster, problems, warnings }) => ({
      file,
      people: roster?.people.length ?? null,
      problems,
      warnings,
    }));
    process.stdout.write(`${JSON.stringify({ ok: problems.length === 0, files: listed }, null, 2)}\n`);
  } else {
    process.stdout.write(`${checkedLines(results, screenOf(process.stdout)).join("\n")}\n`);
    if (process.env.GITHUB_ACTIONS) {
      writeRunnerCommands([
        ...problems.map((problem) => annotation(problem)),
        ...warnings.map((warning) => annotation(warning, "warning")),
      ]);
    }
  }
  return problems.length === 0 ? EXIT.ok : EXIT.wrong;
});

/** Where the command was typed: npm has changed the working directory to the package's. */
function typedIn(): string {
  return (resolve("") === resolve(ROOT) && process.env.INIT_CWD) || process.cwd();
}

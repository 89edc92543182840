// npm run plan: what a deploy would do, and to whom.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packPlan } from "../lib/deploy/plan-file.ts";
import { EXIT } from "../lib/errors.ts";
import { differs } from "../lib/review/document.ts";
import { reviewText } from "../lib/review/render/terminal.ts";
import { commandLine } from "../lib/shell.ts";
import { main, newCommand } from "./frame/main.ts";
import {
  type ProposalCommandOptions,
  propose,
  type Reviewed,
  withProposalOptions,
  writePlan,
} from "./frame/proposal.ts";
import { screenOf } from "./screen.ts";

main(async () => {
  const command = withProposalOptions(
    newCommand(
      "plan",
      "Shows what a deploy would change and for whom. Changes nothing. Exits with 3 if a guard refuses it.",
    )
      .option("--out <file>", "save the plan for npm run deploy -- --plan FILE; it may contain secrets")
      .option(
        "--fail-on-drift",
        "for scheduled runs: exit with 4 if the pool or the files differ from what was deployed; 3 still means a guard refused",
        false,
      ),
  ).parse();
  const options = command.opts<ProposalCommandOptions & { readonly failOnDrift: boolean }>();
  return propose(options, async (reviewed, shown) => {
    shown.stop();
    const { document } = reviewed;
    if (options.out !== undefined) keep(reviewed, options.out, options);
    process.stdout.write(
      options.json
        ? `${JSON.stringify(document, null, 2)}\n`
        : reviewText(document, screenOf(process.stdout)),
    );
    if (document.refused.length > 0) return EXIT.refused;
    return options.failOnDrift && differs(document) ? EXIT.drift : EXIT.ok;
  });
});

function keep({ proposal, document }: Reviewed, file: string, options: ProposalCommandOptions): void {
  const { saved, context, project, strangers, unconfirmed, drift, fingerprints, state, region } = proposal;
  if (saved === undefined) throw new Error("a plan that is to be kept was made from another state");
  const account = document.preflight?.account;
  const note = {
    source: project.digest,
    found: { strangers, ...(unconfirmed && { unconfirmed }), drift },
    fingerprints,
    state,
    day: project.day,
    ...(region && { region }),
    ...(account && { account }),
  };
  writePlan(packPlan(readFileSync(join(context.directory, saved.file)), note), options);
  process.stderr.write(
    `Saved in ${file}. To apply exactly this plan: ${commandLine`npm run deploy -- --plan ${file}`}\n`,
  );
}

// npm run plan: what a deploy would do, and to whom.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { replaceFile } from "../lib/files.ts";
import { packPlan, sourceDigest } from "../lib/review/plan-file.ts";
import type { Proposal } from "../lib/review/propose.ts";
import { newCommand } from "./support/command.ts";
import { main } from "./support/entry.ts";
import { paintFor } from "./support/paint.ts";
import { type ProposalCommandOptions, propose, withProposalOptions } from "./support/proposal-command.ts";
import { reviewText } from "./support/review-text.ts";

const REFUSED = 3;

main(async () => {
  const command = withProposalOptions(
    newCommand(
      "plan",
      "Shows what a deploy would do, and to whom. Changes nothing. Exits 3 when a guard refuses it.",
    ).option("--out <file>", "keep the plan, for npm run deploy -- --plan FILE; it may hold secrets"),
  ).parse();
  const options = command.opts<ProposalCommandOptions & { readonly out?: string }>();
  return propose(options, async (reviewed, shown) => {
    shown.stop();
    const { document } = reviewed;
    const { columns } = process.stdout;
    process.stdout.write(
      options.json
        ? `${JSON.stringify(document, null, 2)}\n`
        : reviewText(document, { paint: paintFor(process.stdout), columns }),
    );
    if (options.out !== undefined) keep(reviewed.proposal, options.out);
    return document.refused.length > 0 ? REFUSED : 0;
  });
});

/** Only its owner can read it: it may hold what the state holds. */
function keep(proposal: Proposal, file: string): void {
  const { plan, context, roster, settings } = proposal;
  const { strangers, drift, readdressed, existingMemberships } = proposal;
  const found = { strangers, drift, readdressed, existingMemberships };
  const tfplan = readFileSync(join(context.directory, plan.file));
  replaceFile(file, packPlan(tfplan, { source: sourceDigest(roster, settings), found }), 0o600);
  process.stderr.write(`The plan is kept in ${file}: npm run deploy -- --plan ${file} applies exactly it\n`);
}

// npm run plan: what a deploy would do, and to whom.
import { newCommand } from "./support/command.ts";
import { main } from "./support/entry.ts";
import { paintFor } from "./support/paint.ts";
import { type ProposalCommandOptions, propose, withProposalOptions } from "./support/proposal-command.ts";
import { reviewDocument, reviewText } from "./support/review-text.ts";

const REFUSED = 3;

main(async () => {
  const command = withProposalOptions(
    newCommand(
      "plan",
      "Shows what a deploy would do, and to whom. Changes nothing. Exits 3 when a guard refuses it.",
    ),
  ).parse();
  const options = command.opts<ProposalCommandOptions>();
  return propose(options, async (proposal, shown) => {
    shown.stop();
    process.stdout.write(
      options.json
        ? `${JSON.stringify(reviewDocument(proposal), null, 2)}\n`
        : reviewText(proposal, paintFor(process.stdout)),
    );
    return proposal.refused.length > 0 ? REFUSED : 0;
  });
});

// npm run deploy: what would happen to whom, then exactly that.
import { rmSync } from "node:fs";
import { confirm } from "@inquirer/prompts";
import { Option } from "commander";
import { UserError } from "../lib/errors.ts";
import { carryOut } from "../lib/review/carry-out.ts";
import { explainStale } from "../lib/review/stale.ts";
import { newCommand } from "./support/command.ts";
import { deployedText } from "./support/deployed-text.ts";
import { main } from "./support/entry.ts";
import { type ProposalCommandOptions, propose, withProposalOptions } from "./support/proposal-command.ts";
import { reviewText } from "./support/review-text.ts";
import { screenOf } from "./support/screen.ts";

const REFUSED = 3;

main(async () => {
  const command = withProposalOptions(
    newCommand(
      "deploy",
      "Shows what a deploy does, and to whom; asks; then does exactly that. Exits 3 when a guard refuses it.",
    )
      .option("--yes", "don't ask", false)
      .addOption(
        new Option(
          "--plan <file>",
          "apply the plan that npm run plan -- --out FILE kept, instead of a new one",
        )
          // It was made with or without one.
          .conflicts("refresh"),
      ),
  ).parse();
  const options = command.opts<ProposalCommandOptions & { yes: boolean }>();
  if (!options.yes && !(process.stdin.isTTY && process.stderr.isTTY)) {
    throw new UserError("There is no terminal to ask on whether to go on", {
      next: ["to look only: npm run plan", "to deploy without being asked: npm run deploy -- --yes"],
      exitCode: 2,
    });
  }
  return propose({ ...options, putBack: true }, async ({ proposal, document }, shown, signal) => {
    shown.stop();
    const stream = options.json ? process.stderr : process.stdout;
    stream.write(reviewText(document, screenOf(stream)));
    if (document.refused.length > 0) {
      if (options.json) print(document);
      return REFUSED;
    }
    // Only what happens to somebody is worth a question; the plan may also just put the state in order.
    if (document.entries.length + proposal.readdressed.length > 0 && !options.yes) {
      const go = await confirm(
        { message: "Deploy this?", default: false },
        { output: process.stderr, signal },
      );
      if (!go) {
        process.stderr.write("Nothing was changed.\n");
        return 1;
      }
    }
    const done = await carryOut(proposal, shown.say)
      .catch((error: unknown) => {
        throw explainStale(error, options.plan);
      })
      // Applied or not, it is out of date now.
      .finally(() => options.plan === undefined || rmSync(options.plan, { force: true }));
    shown.stop();
    if (options.json) {
      // Not all of the deployment: an app client may have a secret.
      const { userPoolId, clientId, region } = done.deployment;
      print({ ...document, deployment: { userPoolId, clientId, region }, signedOut: done.signedOut });
    } else process.stdout.write(deployedText(document, done, screenOf(process.stdout)));
    return 0;
  });
});

const print = (document: object) => void process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);

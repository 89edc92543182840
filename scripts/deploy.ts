// npm run deploy: what would happen to whom, then exactly that.
import { confirm } from "@inquirer/prompts";
import { UserError } from "../lib/errors.ts";
import { type CarriedOut, carryOut } from "../lib/review/carry-out.ts";
import type { Review } from "../lib/review/review.ts";
import { newCommand } from "./support/command.ts";
import { main } from "./support/entry.ts";
import { paintFor } from "./support/paint.ts";
import { type ProposalCommandOptions, propose, withProposalOptions } from "./support/proposal-command.ts";
import { reviewDocument, reviewText } from "./support/review-text.ts";

const REFUSED = 3;

main(async () => {
  const command = withProposalOptions(
    newCommand(
      "deploy",
      "Shows what a deploy does, and to whom; asks; then does exactly that. Exits 3 when a guard refuses it.",
    ).option("--yes", "don't ask", false),
  ).parse();
  const options = command.opts<ProposalCommandOptions & { yes: boolean }>();
  if (!options.yes && !(process.stdin.isTTY && process.stderr.isTTY)) {
    throw new UserError("There is no terminal to ask on whether to go on", {
      next: ["to look only: npm run plan", "to deploy without being asked: npm run deploy -- --yes"],
      exitCode: 2,
    });
  }
  return propose(options, async (proposal, shown, signal) => {
    shown.stop();
    const { review, refused } = proposal;
    const text = reviewText(proposal, paintFor(options.json ? process.stderr : process.stdout));
    (options.json ? process.stderr : process.stdout).write(text);
    if (refused.length > 0) {
      if (options.json) print(reviewDocument(proposal));
      return REFUSED;
    }
    // Only what happens to somebody is worth a question; the plan may also just put the state in order.
    if (review.entries.length > 0 && !options.yes) {
      const go = await confirm(
        { message: "Deploy this?", default: false },
        { output: process.stderr, signal },
      );
      if (!go) {
        process.stderr.write("Nothing was changed.\n");
        return 1;
      }
    }
    const done = await carryOut(proposal, shown.say);
    shown.stop();
    if (options.json) {
      // Not all of the deployment: an app client may have a secret.
      const { userPoolId, clientId, region } = done.deployment;
      print({
        ...reviewDocument(proposal),
        deployment: { userPoolId, clientId, region },
        signedOut: done.signedOut,
      });
    } else process.stdout.write(report(review, done));
    return 0;
  });
});

const print = (document: object) => void process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);

function report({ entries }: Review, { deployment, signedOut }: CarriedOut): string {
  const joined = entries.filter((entry) => entry.about === "person" && entry.what === "joins");
  const invited = joined.filter((entry) => "invitation" in entry && entry.invitation !== "none");
  const first = joined[0];
  const next = [
    ...(invited.length > 0
      ? [`${invited.length} invited: Cognito has sent each of them a temporary password`]
      : []),
    ...(joined.length > invited.length
      ? [`${joined.length - invited.length} without an invitation: give them a temporary password yourself`]
      : []),
    ...(first !== undefined && "username" in first
      ? [`they log in: npm run first-login -- ${first.username}`]
      : []),
    ...(signedOut.length > 0 ? [`signed out everywhere: ${signedOut.join(", ")}`] : []),
  ];
  const paint = paintFor(process.stdout);
  return [
    `${paint.green("✔")} Deployed`,
    `  user pool   ${deployment.userPoolId}`,
    `  app client  ${deployment.clientId}`,
    `  region      ${deployment.region}`,
    ...next.map((step) => `  ${paint.yellow("→")} ${step}`),
    "",
  ].join("\n");
}

// npm run deploy: what would happen to whom, then exactly that.

import { rmSync } from "node:fs";
import { confirm } from "@inquirer/prompts";
import { Option } from "commander";
import { type Applied, explainStale } from "../lib/deploy/apply.ts";
import { deployToTheEnd } from "../lib/deploy/converge.ts";
import { EXIT, UserError } from "../lib/errors.ts";
import type { ReviewDocument } from "../lib/review/document.ts";
import type { PersonEntry } from "../lib/review/person.ts";
import { reviewText } from "../lib/review/render/terminal.ts";
import { commandLine } from "../lib/shell.ts";
import { escapeControls, type Screen, wrapIndented } from "../lib/text/terminal.ts";
import { firstNames } from "../lib/text/words.ts";
import { main, newCommand } from "./frame/main.ts";
import { type ProposalCommandOptions, propose, withProposalOptions } from "./frame/proposal.ts";
import { type ConfirmOptions, confirmEnvironment } from "./frame/protection.ts";
import { isProtectedEnvironment } from "./frame/settings.ts";
import { notice } from "./progress.ts";
import { screenOf } from "./screen.ts";

/** How a deploy ends: the outputs, who was invited, and how they log in. */
export function deployedText(
  { entries }: ReviewDocument,
  { deployment, signedOut }: Applied,
  { paint, columns }: Screen,
): string {
  const created = entries.filter(
    (entry): entry is PersonEntry =>
      entry.about === "person" && (entry.what === "joins" || entry.what === "replaced"),
  );
  const by = (...ways: readonly PersonEntry["invitation"][]) =>
    created.filter(({ invitation }) => ways.includes(invitation)).map(({ username }) => username);
  const [mailed, texted] = [by("email"), by("sms")];
  const silent = created.filter((one) => one.invitation === "none" && one.enabled !== false);
  const first = mailed[0] ?? texted[0] ?? silent[0]?.username;
  const invited = [
    ...(mailed.length > 0 ? [`invited by e-mail, with a temporary password: ${named(mailed)}`] : []),
    ...(texted.length > 0 ? [`invited by SMS, with a temporary password: ${named(texted)}`] : []),
    ...(silent.length > 0
      ? [
          `without an invitation (set a password with npm run issue-password): ${named(silent.map(({ username }) => username))}`,
        ]
      : []),
  ];
  const arrow = `  ${paint.yellow("→")} `;
  const step = (text: string) => wrapIndented(arrow, text, columns);
  return [
    `${paint.green("✔")} Deployed`,
    `  user pool   ${deployment.userPoolId}`,
    ...(deployment.clients === undefined
      ? [`  app client  ${deployment.clientId}`]
      : Object.entries(deployment.clients).map(
          ([name, { clientId }]) => `  app client  ${clientId}  ${name}`,
        )),
    `  region      ${deployment.region}`,
    ...invited.flatMap(step),
    // Not wrapped: the command is meant to be copied.
    ...(first === undefined
      ? []
      : [`${arrow}first sign-in: in your app, or here: ${commandLine`npm run first-login -- ${first}`}`]),
    ...(signedOut.length > 0 ? step(`signed out everywhere: ${named(signedOut)}`) : []),
    "",
  ].join("\n");
}

const named = (usernames: readonly string[]) => firstNames(usernames.map(escapeControls));

main(async () => {
  const command = withProposalOptions(
    newCommand(
      "deploy",
      "Shows what will change and for whom, asks, then applies exactly that. Exits with 3 if a guard refuses it.",
      { changes: true },
    )
      .option("--yes", "don't ask", false)
      .addOption(
        new Option("--plan <file>", "apply the plan saved by npm run plan -- --out FILE instead of a new one")
          // It was made with or without one.
          .conflicts(["refresh", "full"]),
      ),
  ).parse();
  const options = command.opts<ProposalCommandOptions & ConfirmOptions & { yes: boolean }>();
  if (!options.yes && !(process.stdin.isTTY && process.stderr.isTTY)) {
    throw new UserError("There is no terminal to ask for confirmation", {
      next: ["to only look: npm run plan", "to deploy without confirmation: npm run deploy -- --yes"],
      exitCode: EXIT.wrong,
    });
  }
  return propose({ ...options, deploys: true }, async ({ proposal, document }, shown, signal) => {
    shown.stop();
    const stream = options.json ? process.stderr : process.stdout;
    stream.write(reviewText(document, screenOf(stream)));
    if (document.refused.length > 0) {
      if (options.json) print(document);
      return EXIT.refused;
    }
    // Only consequences for people need a question; the plan may also just tidy the state.
    if (isProtectedEnvironment && document.entries.length + proposal.readdressed.length > 0)
      await confirmEnvironment(options, { question: "Deploy this", shown, signal });
    else if (document.entries.length + proposal.readdressed.length > 0 && !options.yes) {
      const go = await confirm(
        { message: "Deploy this?", default: false },
        { output: process.stderr, signal },
      );
      if (!go) {
        process.stderr.write("Nothing was changed.\n");
        return EXIT.failed;
      }
    }
    const done = await deployToTheEnd(proposal, {
      onProgress: shown.say,
      onNotice: (text) => notice(shown, text),
    })
      .catch((error: unknown) => {
        throw explainStale(error, options.plan);
      })
      // Applied or not, it is out of date now.
      .finally(() => options.plan === undefined || rmSync(options.plan, { force: true }));
    shown.stop();
    if (options.json) {
      // Not the whole deployment: an app client may have a secret.
      const { userPoolId, clientId, clients, region } = done.deployment;
      const ids = Object.entries(clients ?? {}).map(([name, one]) => [name, { clientId: one.clientId }]);
      const deployment = {
        userPoolId,
        clientId,
        ...(clients && { clients: Object.fromEntries(ids) }),
        region,
      };
      print({ ...document, deployment, signedOut: done.signedOut });
    } else process.stdout.write(deployedText(document, done, screenOf(process.stdout)));
    return EXIT.ok;
  });
});

const print = (document: object) => void process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);

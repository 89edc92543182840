// npm run walk -- FILE: first login for many test or service accounts at once.

import { Option } from "commander";
import { cognitoClient } from "../lib/cognito/client.ts";
import { explainPoolFailure } from "../lib/cognito/explain-error.ts";
import {
  describeForWalk,
  type FirstLoginOutcome,
  runFirstLogins,
} from "../lib/directory/accounts/first-logins.ts";
import { parseWalkList, readWalkList, WALK_LINE } from "../lib/directory/accounts/first-logins-file.ts";
import { identityOf, type PoolIdentity, passwordPolicyOf } from "../lib/directory/pool/facts.ts";
import { EXIT, UserError } from "../lib/errors.ts";
import { FLOW_NAMES, type SignInFlow } from "../lib/stack/settings.ts";
import { escapeControls, type Paint, table } from "../lib/text/terminal.ts";
import { counted } from "../lib/text/words.ts";
import { interruption, main, newCommand } from "./frame/main.ts";
import { problemOf } from "./frame/pool.ts";
import { type ConfirmOptions, confirmEnvironment } from "./frame/protection.ts";
import { config } from "./frame/settings.ts";
import { announcePool, CLIENT_OPTION, resolveTarget, type TargetOptions } from "./frame/target.ts";
import { progress } from "./progress.ts";
import { screenOf } from "./screen.ts";

interface Options extends TargetOptions, ConfirmOptions {
  readonly flow?: SignInFlow;
  readonly json: boolean;
}

main(async () => {
  const command = newCommand(
    "walk",
    "Completes the first login of every account in a file: the temporary password, then the new one. For test and service accounts; " +
      "each is billed as a monthly active user. Finished accounts are skipped, so an interrupted run can be repeated.",
    { changes: true },
  )
    .argument("[file]", `a line for each account: ${WALK_LINE}; with permissions 0600`)
    .option("--user-pool-id <id>", "default: COGNITO_USER_POOL_ID, or the deployed stack's")
    .option("--client-id <id>", "default: COGNITO_CLIENT_ID, or the deployed stack's")
    .option(...CLIENT_OPTION)
    .addOption(
      new Option("--flow <name>", "the sign-in flow; default as for first-login").choices(FLOW_NAMES),
    )
    .option("--json", "print one JSON document", false)
    .parse();
  const options = command.opts<Options>();
  const [file] = command.args;
  if (file === undefined) throw noFile();
  const text = readWalkList(file);
  const target = await resolveTarget(options, process.env);
  const interrupted = interruption();
  const { signal } = interrupted;
  const shown = progress();
  let walked: readonly FirstLoginOutcome[] = [];
  let identity: PoolIdentity | undefined;
  let srpRefused = false;
  try {
    const client = cognitoClient({ region: target.region, quotas: config.quotas, signal });
    shown.say("Reading the pool's settings");
    const pool = await describeForWalk(client, target.userPoolId);
    identity = identityOf(pool, target);
    announcePool(identity, options, shown);
    await confirmEnvironment(options, { shown, signal });
    const policy = passwordPolicyOf(pool);
    const entries = parseWalkList(text, file, policy);
    const { flow = target.signInFlow } = options;
    walked = await runFirstLogins(client, {
      app: target,
      entries,
      flow,
      policy,
      signal,
      onProgress: shown.say,
      onSrpRefused: () => {
        if (!srpRefused) process.stderr.write(SRP_REFUSED);
        srpRefused = true;
      },
    });
  } catch (error) {
    if (!signal.aborted) throw explainPoolFailure(error, target);
  } finally {
    shown.stop();
  }
  if (walked.length > 0) process.stdout.write(options.json ? documentOf(walked, identity) : report(walked));
  const defect = walked.flatMap((one) => (one.outcome === "failed" ? [one.error] : [])).find(isDefect);
  if (defect !== undefined) throw defect;
  if (signal.aborted) {
    process.stderr.write("Interrupted. Run the same command again: it skips finished accounts.\n");
    return interrupted.exitCode();
  }
  return walked.some(({ outcome }) => outcome === "failed") ? EXIT.failed : EXIT.ok;
});

const SRP_REFUSED =
  "The app client doesn't allow SRP, so the passwords are sent over TLS instead (--flow password skips this).\n";

const isDefect = (error: unknown) => !(error instanceof UserError);

function noFile(): UserError {
  return new UserError("Missing argument: FILE", {
    next: ["npm run walk -- FILE", `with a line for each account: ${WALK_LINE}`],
    exitCode: EXIT.wrong,
  });
}

function documentOf(walked: readonly FirstLoginOutcome[], pool: PoolIdentity | undefined): string {
  const people = walked.map((one) =>
    one.outcome === "failed"
      ? { ...one, error: undefined, problem: problemOf(one.error), next: nextOf(one.error) }
      : one,
  );
  return `${JSON.stringify({ ...countsOf(walked), people, pool }, null, 2)}\n`;
}

const nextOf = (error: unknown) => (error instanceof UserError ? error.next : []);

function countsOf(walked: readonly FirstLoginOutcome[]) {
  const count = (...outcomes: readonly FirstLoginOutcome["outcome"][]) =>
    walked.filter(({ outcome }) => outcomes.includes(outcome)).length;
  return {
    finished: count("finished"),
    finishedBefore: count("finished-before"),
    skipped: count("skipped"),
    failed: count("failed"),
    left: count("left"),
  };
}

function report(walked: readonly FirstLoginOutcome[]): string {
  const screen = screenOf(process.stdout);
  const { paint } = screen;
  const { finished, finishedBefore, skipped, failed, left } = countsOf(walked);
  const counts = [
    `${finished} finished`,
    ...(finishedBefore > 0 ? [`${finishedBefore} had finished before`] : []),
    ...(skipped > 0 ? [`${skipped} left alone`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(left > 0 ? [`${left} left`] : []),
  ];
  const steps = new Set(walked.flatMap((one) => (one.outcome === "failed" ? nextOf(one.error) : [])));
  const shown = [...steps].slice(0, STEPS);
  return [
    table(
      ["Account", "First login"],
      walked.map((one) => [escapeControls(one.username), endOf(one, paint)]),
      screen,
    ),
    `${counted(walked.length, "account", "accounts")}: ${counts.join(", ")}`,
    ...shown.map((step) => `  ${paint.yellow("→")} ${step}`),
    ...(steps.size > STEPS ? [`  ${paint.yellow("→")} --json lists what to do for each`] : []),
    "",
  ].join("\n");
}

/** Next steps that are printed. */
const STEPS = 6;

function endOf(one: FirstLoginOutcome, paint: Paint): string {
  switch (one.outcome) {
    case "finished":
      return paint.green("✔ finished");
    case "finished-before":
      return paint.dim("✔ finished before");
    case "skipped":
      return `– ${one.reason}`;
    case "left":
      return "– left";
    case "failed":
      return paint.red(`✖ ${escapeControls(problemOf(one.error))}`);
  }
}

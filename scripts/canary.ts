// npm run canary: a throwaway person goes through every flow, as the smoke test after a deploy.

import { Option } from "commander";
import { cognitoClient } from "../lib/cognito/client.ts";
import { explainPoolFailure } from "../lib/cognito/explain-error.ts";
import {
  type CanaryReport,
  type CanaryStep,
  canaryFailure,
  runCanary,
} from "../lib/directory/canary/canary.ts";
import { identityOf, type PoolIdentity } from "../lib/directory/pool/facts.ts";
import { EXIT, UserError } from "../lib/errors.ts";
import { FLOW_NAMES, type SignInFlow } from "../lib/stack/settings.ts";
import { interruption, main, newCommand } from "./frame/main.ts";
import { type ConfirmOptions, confirmEnvironment } from "./frame/protection.ts";
import { config } from "./frame/settings.ts";
import { announcePool, CLIENT_OPTION, resolveTarget, type TargetOptions } from "./frame/target.ts";
import { progress } from "./progress.ts";
import { paintFor } from "./screen.ts";

interface Options extends TargetOptions, ConfirmOptions {
  readonly flow?: SignInFlow;
  readonly json: boolean;
}

main(async () => {
  const options = newCommand(
    "canary",
    "Smoke test after a deploy: creates a throwaway person outside the roster, and tries their first login, sign-in, refresh, " +
      "change of password and sign-out. The person is deleted at the end, also after a failure or Ctrl-C. A later run removes what a killed run left. " +
      "No messages are sent; AWS bills each run as one monthly active user. Needs AWS credentials " +
      "for DescribeUserPool, ListUsers, AdminCreateUser and AdminDeleteUser.",
    { changes: true },
  )
    .option("--user-pool-id <id>", "default: COGNITO_USER_POOL_ID, or the deployed stack's")
    .option("--client-id <id>", "default: COGNITO_CLIENT_ID, or the deployed stack's")
    .option(...CLIENT_OPTION)
    .addOption(new Option("--flow <name>", "the sign-in flow; default as for sign-in").choices(FLOW_NAMES))
    .option("--json", "print one JSON document", false)
    .parse()
    .opts<Options>();
  const target = await resolveTarget(options, process.env);
  await confirmEnvironment(options, { question: `This creates a throwaway person, and deletes them again,` });
  const interrupted = interruption();
  const shown = progress();
  let endpoint: string | undefined;
  let identity: PoolIdentity | undefined;
  let report: CanaryReport;
  try {
    report = await runCanary({
      app: target,
      flow: options.flow ?? target.signInFlow,
      signal: interrupted.signal,
      connect: (signal) =>
        cognitoClient({
          region: target.region,
          quotas: config.quotas,
          signal,
          onExchange: (exchange) => {
            endpoint = exchange.endpoint;
          },
        }),
      endpoint: () => endpoint,
      onPool: (pool) => {
        identity = identityOf(pool, target);
        announcePool(identity, options, shown);
      },
      onBegin: (name) => shown.say(`Canary: ${name}`),
      onStep: (step) => {
        shown.stop();
        if (!options.json) process.stdout.write(lineOf(step));
      },
      onWait: (seconds) => shown.say("Cognito accepts each code once: waiting for the next one", "", seconds),
    });
  } catch (error) {
    shown.stop();
    if (!interrupted.signal.aborted) throw explainPoolFailure(error, target);
    process.stderr.write("Interrupted: no one was created.\n");
    return interrupted.exitCode();
  } finally {
    shown.stop();
  }
  if (options.json) process.stdout.write(documentOf(report, identity));
  tellOthers(report);
  const undeleted = report.steps.some(({ name, failure }) => name === "delete" && failure !== undefined);
  if (interrupted.signal.aborted && !undeleted) {
    process.stderr.write("Interrupted: the throwaway person was deleted.\n");
    return interrupted.exitCode();
  }
  const failure = canaryFailure(report, target);
  if (failure !== undefined) throw failure;
  return EXIT.ok;
});

function lineOf({ name, milliseconds, failure }: CanaryStep): string {
  const paint = paintFor(process.stdout);
  const sign = failure === undefined ? paint.green("✔") : paint.red("✖");
  return `${sign} ${name.padEnd(16)}${(milliseconds / 1_000).toFixed(1).padStart(5)} s\n`;
}

function tellOthers({ removed, others }: CanaryReport): void {
  const say = (text: string) => process.stderr.write(`${text}\n`);
  if (removed.length > 0) say(`Removed leftovers of killed runs: ${removed.join(", ")}`);
  if (others > 0)
    say(
      `${others === 1 ? "Another canary is" : `${others} other canaries are`} in the pool and less than 5 minutes old, from another run or one that was just killed. A later run removes leftovers.`,
    );
}

function documentOf(report: CanaryReport, pool: PoolIdentity | undefined): string {
  const { steps, username, removed, others } = report;
  const document = {
    ok: steps.every(({ failure }) => failure === undefined),
    username,
    steps: steps.map(({ name, milliseconds, failure }) => ({
      name,
      ok: failure === undefined,
      milliseconds,
      ...(failure && { problem: failure.error instanceof UserError ? failure.error.message : "unexpected" }),
    })),
    removed,
    others,
    pool,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

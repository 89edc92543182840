import { join, resolve } from "node:path";
import { Option } from "commander";
import { EXIT } from "../lib/errors.ts";
import { PRIVATE, writeFile } from "../lib/files.ts";
import { type EmulatorName, type Rehearsal, rehearse } from "../lib/local/rehearsal.ts";
import type { RehearsedPerson } from "../lib/local/rehearse-person.ts";
import { loadRoster, readRosterFiles } from "../lib/roster/load.ts";
import { dayOfRun, rosterOn } from "../lib/roster/until.ts";
import { commandLine } from "../lib/shell.ts";
import { rosterRules } from "../lib/stack/settings.ts";
import { table, wrapIndented } from "../lib/text/terminal.ts";
import { counted } from "../lib/text/words.ts";
import { interruption, main, newCommand, ROOT } from "./frame/main.ts";
import { config, namedRoster } from "./frame/settings.ts";
import { progress } from "./progress.ts";
import { screenOf } from "./screen.ts";

interface Options {
  readonly keep: boolean;
  readonly emulator: EmulatorName;
  readonly roster?: string;
}

main(async () => {
  const command = newCommand(
    "local",
    "Rehearses everything without AWS: real Terraform, an emulated Cognito, everyone's first login.",
  )
    .option(
      "--keep",
      "keep the emulator running until Ctrl-C, and print the environment variables for it",
      false,
    )
    .addOption(
      new Option("--emulator <name>", "which Cognito")
        .choices(["cognito-local", "moto"])
        .default("cognito-local"),
    )
    .option("--roster <file>", `the roster to rehearse (default: ${namedRoster()})`)
    .parse();
  const { keep, emulator, roster: file } = command.opts<Options>();
  const rules = rosterRules(config);
  const written =
    file === undefined
      ? readRosterFiles({ root: ROOT, roster: config.roster, rules }).roster
      : loadRoster(resolve(file), rules);
  const roster = rosterOn(written, dayOfRun(config, { env: process.env }));

  const interrupted = interruption();
  const shown = progress();
  let failed = 0;
  try {
    await rehearse(
      {
        settings: config,
        roster,
        emulator,
        cacheDirectory: join(ROOT, ".cache"),
        signal: interrupted.signal,
        onProgress: shown.say,
      },
      async (rehearsal) => {
        shown.stop();
        failed = report(rehearsal.people);
        if (failed === 0) teach(rehearsal.people, emulator);
        if (keep) {
          explainEnvironment(rehearsal);
          await interrupted.happened;
        } else {
          shown.say("Stopping");
        }
      },
    );
  } catch (error) {
    if (interrupted.signal.aborted) {
      shown.stop();
      process.stderr.write("Interrupted: everything was stopped and removed.\n");
      return interrupted.exitCode();
    }
    throw error;
  } finally {
    shown.stop();
  }
  return failed === 0 ? EXIT.ok : EXIT.failed;
});

const INVITATION = { email: "e-mail", sms: "SMS", issued: "password issued", none: "–" } as const;

/** @returns how many people did not get as far as they should */
function report(people: readonly RehearsedPerson[]): number {
  const screen = screenOf(process.stdout);
  const { paint } = screen;
  const end = (person: RehearsedPerson) => {
    if (person.outcome === "skipped") return paint.dim(person.enabled ? "not expected" : "disabled");
    if (person.outcome === "failed") return paint.red(`✖ ${person.problem}`);
    return paint.green("✔ signed in");
  };
  const rows = people.map((person) => [
    person.username,
    INVITATION[person.invitation],
    person.status,
    end(person),
  ]);
  process.stdout.write(`${table(["Person", "Invitation", "Status", "Ended"], rows, screen)}\n`);
  const signedIn = people.filter(
    (person) => person.outcome === "signed-in" && person.status === "CONFIRMED",
  ).length;
  const skipped = people.filter((person) => person.outcome === "skipped").length;
  const failed = people.length - signedIn - skipped;
  const counts = [`${signedIn} signed in`, `${skipped} not expected to`, `${failed} failed`];
  process.stdout.write(`${counted(people.length, "person", "people")}: ${counts.join(", ")}\n`);
  return failed;
}

/** What this was, for someone who sees it for the first time, and what to type next. */
function teach(people: readonly RehearsedPerson[], emulator: string): void {
  const { paint, columns } = screenOf(process.stdout);
  const by = (invitation: RehearsedPerson["invitation"]) =>
    people.filter((person) => person.outcome !== "skipped" && person.invitation === invitation).length;
  const sent = [
    ...(by("email") > 0 ? [`${by("email")} by e-mail`] : []),
    ...(by("sms") > 0 ? [`${by("sms")} by SMS`] : []),
    ...(by("issued") > 0 ? [`${by("issued")} issued to you instead`] : []),
  ];
  process.stdout.write(
    [
      "",
      "What happened:",
      ...[
        `1. config.ts and the roster became Terraform: a user pool, its apps and ${counted(people.length, "person", "people")}.`,
        `2. Terraform deployed that to ${emulator}, an emulated Cognito on this machine.`,
        `3. Everyone got a temporary password: ${sent.length === 0 ? "no one was invited" : sent.join(", ")}.`,
        "4. Each person signed in with it and chose a new one, as they would in your app.",
      ].flatMap((step) => wrapIndented(`  ${step.slice(0, 3)}`, step.slice(3), columns)),
      paint.dim("Everything was temporary; AWS was never contacted."),
      "",
      "Next: edit users.json, then npm run check, and npm run local again.",
      "With AWS credentials, npm run plan shows what a real deploy would do.",
      "",
    ].join("\n"),
  );
}

function explainEnvironment({ environment, deployment, directory, password, people }: Rehearsal): void {
  const passwordFile = join(directory, "password");
  writeFile(passwordFile, `${password}\n`, { mode: PRIVATE });
  const exports = {
    ...environment,
    COGNITO_USER_POOL_ID: deployment.userPoolId,
    COGNITO_CLIENT_ID: deployment.clientId,
  };
  const example = people.find((person) => person.outcome === "signed-in")?.username ?? "USERNAME";
  process.stdout.write(
    [
      "",
      "The emulator is still running. In another terminal:",
      "",
      ...Object.entries(exports).map(([name, value]) => commandLine`export ${name}=${value}`),
      "",
      "Everyone has the same new password, in a temporary file. For example:",
      "",
      commandLine`npm run sign-in -- ${example} --password-stdin < ${passwordFile}`,
      "",
      "Ctrl-C stops the emulator and removes everything.",
      "",
    ].join("\n"),
  );
}

// npm create cognito-roster: creates a project for people as code, and overwrites nothing.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { Command, CommanderError, Option } from "commander";
import { EXIT, UserError } from "../lib/errors.ts";
import { commandLine } from "../lib/shell.ts";
import { checkSettings } from "../lib/stack/rules/check.ts";
import { SettingsError } from "../lib/stack/rules/problem.ts";
import {
  type Answers,
  DEFAULTS,
  type Packed,
  type ProjectFile,
  projectFiles,
  settingsFor,
} from "./project.ts";

/** Inserted by create/build.mjs. */
declare const PACKED: Packed;

interface Options extends Partial<Answers> {
  readonly yes: boolean;
  readonly package?: string;
}

const SIGN_IN = ["email", "phone", "username"] as const;

/** Where the state may be: a file, or a bucket by its name. */
const STATE = /^(?:local|s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$/;
const STATE_WORDS = "Write local, or s3:// and the name of a bucket that exists.";

async function create(): Promise<void> {
  const command = new Command("npm create cognito-roster --")
    .description(
      "Writes a project for people as code in Amazon Cognito: config.ts, users.json, main.ts, cdktf.json, package.json, " +
        "GitHub workflows and .gitignore. Asks four questions, unless options answer them. Overwrites nothing, and never reaches AWS.",
    )
    .argument("[directory]", "the folder, which is created if it doesn't exist", ".")
    .option("--pool <name>", `the user pool's name (default: ${DEFAULTS.pool})`)
    .option("--region <name>", `the AWS region (default: AWS_REGION, or ${DEFAULTS.region})`)
    .addOption(
      new Option(
        "--sign-in <kind>",
        `what people type to sign in; it can't be changed later (default: ${DEFAULTS.signIn})`,
      ).choices(SIGN_IN),
    )
    .option(
      "--state <place>",
      "where Terraform's state is: local, a file that only this machine has, or s3://BUCKET (default: local)",
    )
    .option("--package <spec>", "the cognito-roster to depend on, such as file:cognito-roster-0.1.0.tgz")
    .option("-y, --yes", "don't ask: use the default for everything without an option", false)
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .parse();
  const { yes, package: spec, ...given } = command.opts<Options>();
  const directory = resolve(command.args[0] ?? ".");
  const defaults = { ...DEFAULTS, ...(process.env.AWS_REGION && { region: process.env.AWS_REGION }) };
  const answers = yes ? { ...defaults, ...given } : await ask(given, defaults);

  refuseWrong(answers);
  const files = projectFiles(answers, PACKED, spec);
  writeNew(directory, files);

  for (const { path } of files) process.stdout.write(`  ${path}\n`);
  const launcher = join(directory, "node_modules/cognito-roster/scripts/cognito-roster.mjs");
  if (existsSync(launcher))
    spawnSync(process.execPath, [launcher, "check"], { cwd: directory, stdio: "inherit" });
  const folder = relative("", directory);
  const here = folder === "" ? "" : `${commandLine`cd ${folder}`} && `;
  process.stdout.write(
    `\nPut your people into users.json: "you@example.com": {}. Then two commands:\n\n` +
      `  ${here}npm install\n  npm run deploy\n\n` +
      "The first also lets you rehearse without AWS (npm run local). The second shows what happens to whom, and asks.\n",
  );
}

/** @throws UserError (exit 2) if there is something to ask, and no terminal */
async function ask(given: Partial<Answers>, defaults: Answers): Promise<Answers> {
  const missing = (Object.keys(DEFAULTS) as (keyof Answers)[]).filter((name) => given[name] === undefined);
  if (missing.length === 0) return { ...defaults, ...given };
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    const options = missing.map((name) => (name === "signIn" ? "--sign-in" : `--${name}`));
    throw new UserError("There is no terminal for prompts", {
      why: `These have no answer: ${options.join(", ")}. Nothing was written.`,
      next: ["pass them as options", "or pass --yes to use the defaults"],
      exitCode: EXIT.wrong,
    });
  }
  const { input, select } = await import("@inquirer/prompts");
  const pool = given.pool ?? (await input({ message: "Name of the user pool", default: defaults.pool }));
  const region = given.region ?? (await input({ message: "AWS region", default: defaults.region }));
  const signIn =
    given.signIn ??
    (await select({
      message: "What people sign in with (can't be changed later)",
      choices: [
        { value: "email" as const, name: "their e-mail address" },
        { value: "username" as const, name: "a username" },
        { value: "phone" as const, name: "their phone number" },
      ],
      default: defaults.signIn,
    }));
  const state =
    given.state ??
    (await input({
      message: "Where Terraform's state is: local, or s3://BUCKET",
      default: defaults.state,
      validate: (text) => STATE.test(text) || STATE_WORDS,
    }));
  return { pool, region, signIn, state };
}

/** @throws UserError (exit 2) for answers that config.ts could not contain */
function refuseWrong(answers: Answers): void {
  if (!STATE.test(answers.state))
    throw new UserError("The state can't be kept there", {
      why: "Nothing was written.",
      next: [STATE_WORDS],
      exitCode: EXIT.wrong,
    });
  const errors = checkSettings(settingsFor(answers)).filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new SettingsError(errors);
}

/**
 * All of them or none, and never over an existing file.
 * @throws UserError (exit 2)
 */
function writeNew(directory: string, files: readonly ProjectFile[]): void {
  const there = files.filter(({ path }) => existsSync(join(directory, path))).map(({ path }) => path);
  if (there.length > 0)
    throw new UserError(`${there.join(", ")} already ${there.length === 1 ? "exists" : "exist"}`, {
      why: "Nothing is overwritten, and nothing was written.",
      next: ["name another folder: npm create cognito-roster FOLDER"],
      exitCode: EXIT.wrong,
    });
  for (const { path, text } of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text, { flag: "wx" });
  }
}

create().catch((error: unknown) => {
  // commander has printed its help
  if (error instanceof CommanderError && error.exitCode === 0) return;
  if (error instanceof Error && error.name === "ExitPromptError") {
    process.exitCode = EXIT.interrupted;
    return;
  }
  if (error instanceof CommanderError) {
    process.stderr.write("✖ An option or an argument is wrong\n  → --help lists them\n");
    process.exitCode = EXIT.wrong;
    return;
  }
  const { message, code } = error as NodeJS.ErrnoException;
  const {
    why,
    next = [],
    exitCode = EXIT.failed,
  } = (error instanceof UserError ? error : {}) as Partial<UserError>;
  if (!(error instanceof UserError) && code === undefined) throw error;
  process.stderr.write(
    [`✖ ${message}`, ...(why ? [`  ${why}`] : []), ...next.map((step) => `  → ${step}`), ""].join("\n"),
  );
  process.exitCode = exitCode;
});

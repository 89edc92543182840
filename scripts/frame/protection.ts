import { EXIT, UserError } from "../../lib/errors.ts";
import { commandLine } from "../../lib/shell.ts";
import type { Shown } from "../progress.ts";
import { environment, environments, isProtectedEnvironment } from "./settings.ts";

/** For a command that changes something: `newCommand` adds the option. */
export interface ConfirmOptions {
  readonly confirm?: string | undefined;
}

/**
 * Checks that the name that protects an environment can be obtained: before anything is planned, or read from AWS.
 * @throws UserError (exit 2) for another name than the environment's, and if there is neither a name nor a terminal
 */
export function requireConfirmable({ confirm }: ConfirmOptions): void {
  if (confirm !== undefined && environments.length === 0) {
    throw new UserError("--confirm names an environment, and config.ts has none", {
      next: ["leave it out"],
      exitCode: EXIT.wrong,
    });
  }
  requireName({ confirm, name: environment, asked: isProtectedEnvironment, what: "environment" });
}

/**
 * Asks for the name of the environment if it is protected: `--yes` does not answer that.
 * @param question what is about to happen. @default that something is changed
 * @param shown the progress display, which makes room
 * @throws UserError (exit 1) for another name: nothing may be changed
 */
export async function confirmEnvironment(
  options: ConfirmOptions,
  { question = "This makes changes", shown, signal }: Asking = {},
): Promise<void> {
  requireConfirmable(options);
  if (!isProtectedEnvironment || environment === undefined || options.confirm !== undefined) return;
  shown?.stop();
  await askName(environment, { question: `${question} in the protected environment ${environment}`, signal });
}

interface Asking {
  readonly question?: string;
  readonly shown?: Shown;
  readonly signal?: AbortSignal | undefined;
}

export interface NameAsked extends ConfirmOptions {
  /** What has to be typed. */
  readonly name: string | undefined;
  /** Whether it is asked for. */
  readonly asked: boolean;
  /** What has this name. */
  readonly what: "environment" | "stack";
}

/** @throws UserError (exit 2) */
export function requireName({ confirm, name = "", asked, what }: NameAsked): void {
  if (confirm !== undefined && confirm !== name) {
    throw new UserError(`--confirm doesn't match this ${what}`, {
      why: `It is ${name}. Nothing was changed.`,
      next: [`use the same ${what} in both places`],
      exitCode: EXIT.wrong,
    });
  }
  if (!asked || confirm !== undefined || (process.stdin.isTTY && process.stderr.isTTY)) return;
  throw new UserError(`There is no terminal to ask for the name of the ${what}`, {
    why:
      what === "environment"
        ? `config.ts protects ${name}: a change there must be confirmed by its name, so --yes isn't enough. Nothing was changed.`
        : "This can't be undone, so --yes isn't enough. Nothing was changed.",
    next: [commandLine`add --confirm ${name}`],
    exitCode: EXIT.wrong,
  });
}

/** @throws UserError (exit 1) unless exactly this name is typed */
export async function askName(name: string, { question, signal }: Asking): Promise<void> {
  // Most commands never ask.
  const { input } = await import("@inquirer/prompts");
  const typed = await input(
    { message: `${question}. Type ${name} to continue:` },
    { output: process.stderr, ...(signal && { signal }) },
  );
  if (typed.trim() === name) return;
  throw new UserError("That isn't its name. Nothing was changed", {
    next: ["run the command again if you meant it"],
  });
}

import { EXIT, UserError } from "../../lib/errors.ts";
import { closest } from "../../lib/roster/problem.ts";
import { quote } from "../../lib/roster/redact.ts";
import { commandLine } from "../../lib/shell.ts";

/** Where the environment's name came from; empty means unset, as a workflow's variable may be. */
export interface Named {
  readonly option: string | undefined;
  readonly variable: string | undefined;
}

/**
 * Which environment a command is for: known before config.ts is used, and so before commander reads the arguments.
 * @param argv as process.argv
 */
export function namedEnvironment(argv: readonly string[], env: NodeJS.ProcessEnv): Named {
  const end = argv.indexOf("--", 2);
  const options = end < 0 ? argv : argv.slice(0, end);
  let option: string | undefined;
  for (const [index, argument] of options.entries()) {
    if (argument === "--env") option = options[index + 1];
    else if (argument.startsWith("--env=")) option = argument.slice("--env=".length);
  }
  return { option, variable: env.ROSTER_ENV || undefined };
}

/** The name, whether or not such an environment exists; `requireChosen` checks. */
export const nameIn = ({ option, variable }: Named): string | undefined => option ?? variable;

export interface Choice {
  readonly named: Named;
  /** The environments of config.ts. */
  readonly all: readonly string[];
  /** As it was typed, up to its options: `npm run plan --`. */
  readonly command: string;
  /** Whether the command works without one. */
  readonly optional: boolean;
}

/**
 * Refuses a command that is not for exactly one environment.
 * @throws UserError (exit 2)
 */
export function requireChosen({ named, all, command, optional }: Choice): void {
  const { option, variable } = named;
  const wrong = (message: string, why: string, next: readonly string[]) =>
    new UserError(message, { why: `${why} Nothing was done.`, next, exitCode: EXIT.wrong });
  const name = nameIn(named);
  if (name !== undefined && all.length === 0) {
    throw wrong(
      `${option === undefined ? "ROSTER_ENV" : "--env"} names an environment, and config.ts has none`,
      "config.ts describes a single deployment.",
      [option === undefined ? "unset ROSTER_ENV" : "leave out --env", "or add `environments` to config.ts"],
    );
  }
  if (option !== undefined && variable !== undefined && option !== variable) {
    throw wrong(
      `--env and ROSTER_ENV name two environments: ${quote(option)} and ${quote(variable)}`,
      "It isn't clear which one is meant.",
      ["unset ROSTER_ENV, or leave out --env"],
    );
  }
  if (name === undefined && (optional || all.length === 0)) return;
  const ways = (names: readonly string[]) => names.map((one) => wayTo(command, one));
  if (name === undefined) {
    throw wrong(
      `Which environment? config.ts has ${all.join(", ")}`,
      "There is no default, because it could be the wrong one.",
      ways(all),
    );
  }
  if (all.includes(name)) return;
  const near = closest(name, all);
  throw wrong(`config.ts has no environment ${quote(name)}`, `It has ${all.join(", ")}.`, [
    ...(near === undefined ? ways(all) : [`did you mean ${near}? ${wayTo(command, near)}`]),
  ]);
}

/** Plain cdktf has no options of ours. */
const wayTo = (command: string, name: string): string =>
  command.startsWith("npm ") ? `${command} ${commandLine`--env ${name}`}` : `ROSTER_ENV=${name} ${command}`;

/** Tests, and commands that don't read config.ts. */
const WITHOUT = "test|bench|types|lint|unused|format|build|forward|fixtures|screenshots|install";

const OWN_COMMAND = new RegExp(
  `\\b(npm run\\s+(?:--silent )?(?!(?:${WITHOUT})\\b)[a-z][a-z-]*)(?![\\w-]|:\\w)(?! -- --env\\b)(?: --(?=\\s|$))?`,
  "g",
);

/** A text whose commands are for the same environment when they are pasted. */
export function inEnvironment(text: string, name: string | undefined): string {
  if (name === undefined) return text;
  return text.replace(OWN_COMMAND, (_, command: string) => `${command} ${commandLine`-- --env ${name}`}`);
}

/**
 * Adds the environment to every command that this process prints. It happens only here, since commands are written all over
 * lib, which knows nothing of environments. Names have neither quotes nor backslashes, so JSON stays valid.
 */
export function printEnvironment(name: string | undefined): void {
  if (name === undefined) return;
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream) as (chunk: unknown, ...more: unknown[]) => boolean;
    stream.write = (chunk: unknown, ...more: unknown[]) =>
      write(typeof chunk === "string" ? inEnvironment(chunk, name) : chunk, ...more);
  }
}

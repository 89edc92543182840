import { isAbsolute, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Location, UserError } from "../../lib/errors.ts";
import { calledRoster } from "../../lib/roster/files.ts";
import { sourceOf } from "../../lib/roster/json-text.ts";
import { closest } from "../../lib/roster/problem.ts";
import { quote } from "../../lib/roster/redact.ts";
import { environmentsOf, isProtected, settingsOf } from "../../lib/stack/environments.ts";
import { checkSettings } from "../../lib/stack/rules/check.ts";
import { concerns, placeOf } from "../../lib/stack/rules/environments.ts";
import { locateSetting, readConfigSource } from "../../lib/stack/rules/locate.ts";
import { SETTINGS_FILE, type SettingProblem, SettingsError } from "../../lib/stack/rules/problem.ts";
import type { Settings } from "../../lib/stack/settings.ts";
import { namedEnvironment, nameIn, requireChosen } from "./environment.ts";
import { PACKAGE, ROOT } from "./root.ts";
import { sourceStack } from "./source-stack.ts";

const CONFIG = join(ROOT, SETTINGS_FILE);

/** Its name in problems, relative to where the command runs. */
const file = relative("", CONFIG);

const WHY =
  "config.ts runs before every command; without it nobody knows which pool and which roster are meant.";

/** In a project that depends on us, lib and scripts are the team's. */
const NOT_THE_TEAMS =
  ROOT === PACKAGE
    ? /^(?:\.\.|lib|scripts|node_modules|\.cache)(?:[\\/]|$)/
    : /^(?:\.\.|node_modules|\.cache)(?:[\\/]|$)/;

/**
 * Only imported here, and late: its errors are reported in words, after the command's arguments have been read. It is a
 * separate function, since esbuild does not report a missing file if the import's error is caught right there.
 */
const load = (): Promise<Readonly<Record<string, unknown>>> => import("../../config.ts");

interface Read {
  /** Whatever config.ts exports, or nothing: any setting may be missing, or have the wrong type. */
  readonly settings: Settings;
  readonly problems: readonly SettingProblem[];
}

const nothing = (problems: readonly SettingProblem[]): Read => ({ settings: {} as Settings, problems });

async function read(): Promise<Read> {
  let exported: Readonly<Record<string, unknown>>;
  try {
    exported = await load();
  } catch (thrown) {
    return nothing(thrownProblems(thrown));
  }
  const { config: written } = exported;
  if (!("config" in exported)) return nothing([notExported(Object.keys(exported))]);
  if (written instanceof Promise) return nothing([aPromise()]);
  try {
    const problems = checkSettings(written as Settings, readConfigSource(CONFIG, file));
    return { settings: Object(written) as Settings, problems };
  } catch (error) {
    // A setting that is computed when it is read; anything else is a defect of ours.
    if (placeIn(error) === undefined) throw error;
    return nothing(thrownProblems(error));
  }
}

const { settings, problems } = await read();

const named = namedEnvironment(process.argv, process.env);

/** The environments of config.ts, in its order; none if its settings are the only one. */
export const environments = environmentsOf(settings);

/** The selected one. @default config.ts has none, or the command is for all of them */
export const environment = environments.find((name) => name === nameIn(named));

/** Whether commands that change something in it ask for its name. */
export const isProtectedEnvironment = isProtected(settings, environment);

/** All that config.ts says, environments included. */
export const written = settings;

/**
 * The settings, of the selected environment. They are only valid after `requireSettings`, which every command calls as it
 * parses its arguments.
 */
export const config = settingsOf(settings, environment);

/** The settings of each environment, of the selected one, or the only ones: what a check covers. */
export function checkedSettings(): readonly { readonly environment?: string; readonly settings: Settings }[] {
  if (environments.length === 0 || environment !== undefined)
    return [{ ...(environment && { environment }), settings: config }];
  return environments.map((name) => ({ environment: name, settings: settingsOf(settings, name) }));
}

/** The roster's name in help texts, whatever config.ts says. */
export function namedRoster(): string {
  return saysRoster() && environments.length === 0
    ? calledRoster(config.roster)
    : "the one that config.ts names";
}

/** Whether config.ts names a roster, whatever else is wrong with it. */
export const saysRoster = ({ roster }: Pick<Settings, "roster"> = config): boolean =>
  typeof roster === "string" || (Array.isArray(roster) && roster.every((name) => typeof name === "string"));

/** Where config.ts names it. */
export function rosterSetting(of = environment): Location {
  const source = readConfigSource(CONFIG, file);
  return source === undefined ? { file } : locateSetting(source, placeOf(written, of, "roster"));
}

/** Everything that is wrong or doubtful in config.ts, including that it can't be read; for one environment, its own. */
export const configProblems = problems.filter((problem) => concerns(problem, environment));

/**
 * Refuses a command that names no environment, if there are several.
 * @param command as it was typed, up to its options
 * @param optional whether it is then for all of them
 * @throws UserError (exit 2)
 */
export function requireEnvironment(command: string, optional: boolean): void {
  // An unreadable file may contain anything: its problems come first.
  if (problems.some(({ setting, severity }) => setting === "" && severity === "error")) return;
  requireChosen({ named, all: environments, command, optional });
}

/**
 * Refuses an unusable config.ts.
 * @throws SettingsError (exit 2) with every error
 */
export function requireSettings(): void {
  const errors = configProblems.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new SettingsError(errors);
}

function unreadable(location: Location, message: string, next: string, why = WHY): SettingProblem {
  return { severity: "error", setting: "", location, message, why, next };
}

function notExported(names: readonly string[]): SettingProblem {
  const found = closest("config", names) ?? names[0];
  const what = found === "default" ? "a default" : found;
  const message = what === undefined ? "it exports nothing" : `it exports ${what}, but no config`;
  return unreadable({ file }, message, "Add: export const config: Settings = { … };");
}

function aPromise(): SettingProblem {
  const source = readConfigSource(CONFIG, file);
  const location = source === undefined ? { file } : locateSetting(source, "config");
  return unreadable(location, "config is a promise", "Add await before it.");
}

/** esbuild's errors, as scripts/compile.mjs passes them on. */
interface BuildError {
  readonly text: string;
  readonly location: { readonly file: string; readonly line: number; readonly column: number } | null;
}

/**
 * An error thrown by a project's file while it is loaded or called, in words.
 * @param about the file's name in problems, and why it matters. @default config.ts
 */
export function thrownProblems(
  thrown: unknown,
  about: { readonly file: string; readonly why: string } = { file, why: WHY },
): SettingProblem[] {
  return problemsThrown(thrown, about.file).map((problem) =>
    problem.why === WHY ? { ...problem, why: about.why } : problem,
  );
}

function problemsThrown(thrown: unknown, file: string): SettingProblem[] {
  const { configErrors } = Object(thrown) as { configErrors?: readonly BuildError[] };
  if (configErrors !== undefined) return configErrors.map((error) => buildProblem(error, file));
  const location = placeIn(thrown) ?? { file };
  if (thrown instanceof UserError) {
    const { message, why = WHY, next } = thrown;
    return [{ ...unreadable(location, message, next.join("; ")), why }];
  }
  if (!(thrown instanceof Error)) {
    const what = typeof thrown === "string" ? quote(thrown) : "a value that isn't an Error";
    return [unreadable(location, `it throws ${what}`, "Fix it, or throw an Error, which has a line number.")];
  }
  const [message = ""] = thrown.message.split("\n");
  const missing = /^Cannot find package '([^']+)'/.exec(message)?.[1];
  if (missing !== undefined) {
    const next = "Install the package, or correct its name.";
    return [unreadable(mentionOf(missing, file), `the package ${quote(missing)} is not installed`, next)];
  }
  return [
    unreadable(location, thrown.name === "Error" ? message : `${thrown.name}: ${message}`, wayOut(thrown)),
  ];
}

/** Where config.ts imports a package. Node only names the importing file, and that is a compiled one. */
function mentionOf(name: string, file: string): Location {
  const text = readConfigSource(resolve(file), file)?.text ?? "";
  const at = [`"${name}`, `'${name}`].map((written) => text.indexOf(written)).find((index) => index >= 0);
  return at === undefined ? { file } : sourceOf(text, file).locate(at);
}

function wayOut({ name, message }: Error): string {
  if (name === "ReferenceError") return "Declare or import it, or correct its name.";
  if (/of undefined|of null/.test(message))
    return "Check that what this line reads exists, such as an environment variable.";
  return "Fix this line, or what it uses.";
}

function buildProblem({ text, location }: BuildError, file: string): SettingProblem {
  const missing = /^Could not resolve "(.*)"$/.exec(text)?.[1];
  if (location === null) {
    const next = "Restore it from git, or write one: examples/ has some to start from.";
    return unreadable({ file }, missing === undefined ? text : "there is no such file", next);
  }
  const { line, column } = location;
  const place = { file: relative("", join(ROOT, location.file)), line, column: column + 1 };
  return missing === undefined
    ? unreadable(place, text, "Fix the TypeScript error on this line or the one before.")
    : unreadable(
        place,
        `${quote(missing)} is imported but doesn't exist`,
        "Correct the path, or add the file.",
      );
}

/** Where a stack first passes through the project's own code: config.ts, or a file that it imports. */
function placeIn(thrown: unknown): Location | undefined {
  if (!(thrown instanceof Error) || thrown.stack === undefined) return undefined;
  for (const [, url = "", line, column] of sourceStack(thrown.stack).matchAll(
    /(file:\/\/[^\s)]+):(\d+):(\d+)/g,
  )) {
    const own = relative(ROOT, fileURLToPath(url));
    if (isAbsolute(own) || NOT_THE_TEAMS.test(own)) continue;
    return { file: relative("", join(ROOT, own)), line: Number(line), column: Number(column) };
  }
  return undefined;
}

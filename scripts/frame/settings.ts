import { dirname, isAbsolute, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type Location, UserError } from "../../lib/errors.ts";
import { calledRoster } from "../../lib/roster/files.ts";
import { sourceOf } from "../../lib/roster/json-text.ts";
import { closest } from "../../lib/roster/problem.ts";
import { quote } from "../../lib/roster/redact.ts";
import { checkSettings } from "../../lib/stack/rules/check.ts";
import { locateSetting, readConfigSource } from "../../lib/stack/rules/locate.ts";
import { type SettingProblem, SettingsError } from "../../lib/stack/rules/problem.ts";
import type { Settings } from "../../lib/stack/settings.ts";
import { sourceStack } from "./source-stack.ts";

const CONFIG = fileURLToPath(new URL("../../config.ts", import.meta.url));
const ROOT = dirname(CONFIG);

/** As problems name it: from where the command runs. */
const file = relative("", CONFIG);

const WHY =
  "config.ts runs before every command; without it nobody knows which pool and which roster are meant.";

/**
 * Imported here alone, and late: what it throws is told in words, after the command's arguments have been read. A function of
 * its own, since of an import that is caught where it stands esbuild does not say that there is no such file.
 */
const load = (): Promise<Readonly<Record<string, unknown>>> => import("../../config.ts");

interface Read {
  /** Whatever config.ts exports, or nothing: any setting may be missing, or be another kind of thing. */
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

/** The team's settings. Only after `requireSettings`, which every command calls as it parses its arguments, they are whole. */
export const config = settings;

/** The roster as help texts name it, whatever config.ts says. */
export function namedRoster(): string {
  return saysRoster() ? calledRoster(config.roster) : "the one that config.ts names";
}

/** Whether config.ts names a roster, whatever else is wrong with it. */
export const saysRoster = (): boolean =>
  typeof config.roster === "string" ||
  (Array.isArray(config.roster) && config.roster.every((name) => typeof name === "string"));

/** Where config.ts names it. */
export function rosterSetting(): Location {
  const source = readConfigSource(CONFIG, file);
  return source === undefined ? { file } : locateSetting(source, "roster");
}

/** Everything that is wrong or doubtful about config.ts, also that it can't be read at all. */
export const configProblems = problems;

/**
 * Refuses a config.ts that can't be used.
 * @throws SettingsError (exit 2) with every error
 */
export function requireSettings(): void {
  const errors = configProblems.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new SettingsError(errors);
}

function unreadable(location: Location, message: string, next: string): SettingProblem {
  return { severity: "error", setting: "", location, message, why: WHY, next };
}

function notExported(names: readonly string[]): SettingProblem {
  const found = closest("config", names) ?? names[0];
  const what = found === "default" ? "a default" : found;
  const message = what === undefined ? "it exports nothing" : `it exports ${what}, but no config`;
  return unreadable({ file }, message, "Write: export const config: Settings = { … };");
}

function aPromise(): SettingProblem {
  const source = readConfigSource(CONFIG, file);
  const location = source === undefined ? { file } : locateSetting(source, "config");
  return unreadable(location, "config is a promise", "Write await before what makes it.");
}

/** What esbuild found, as scripts/compile.mjs hands it on. */
interface BuildError {
  readonly text: string;
  readonly location: { readonly file: string; readonly line: number; readonly column: number } | null;
}

function thrownProblems(thrown: unknown): SettingProblem[] {
  const { configErrors } = Object(thrown) as { configErrors?: readonly BuildError[] };
  if (configErrors !== undefined) return configErrors.map(buildProblem);
  const location = placeIn(thrown) ?? { file };
  if (thrown instanceof UserError) {
    const { message, why = WHY, next } = thrown;
    return [{ ...unreadable(location, message, next.join("; ")), why }];
  }
  if (!(thrown instanceof Error)) {
    const what = typeof thrown === "string" ? quote(thrown) : "something that is no Error";
    return [
      unreadable(location, `it throws ${what}`, "Mend what it does, or throw an Error, which has a line."),
    ];
  }
  const [message = ""] = thrown.message.split("\n");
  const missing = /^Cannot find package '([^']+)'/.exec(message)?.[1];
  if (missing !== undefined) {
    const next = "Install the package, or correct its name.";
    return [unreadable(mentionOf(missing), `the package ${quote(missing)} is not installed`, next)];
  }
  return [
    unreadable(location, thrown.name === "Error" ? message : `${thrown.name}: ${message}`, wayOut(thrown)),
  ];
}

/** Where config.ts imports a package. Node names the importing file only, and that is a compiled one. */
function mentionOf(name: string): Location {
  const text = readConfigSource(CONFIG, file)?.text ?? "";
  const at = [`"${name}`, `'${name}`].map((written) => text.indexOf(written)).find((index) => index >= 0);
  return at === undefined ? { file } : sourceOf(text, file).locate(at);
}

function wayOut({ name, message }: Error): string {
  if (name === "ReferenceError") return "Declare or import it, or correct its name.";
  if (/of undefined|of null/.test(message))
    return "Check that what this line reads is there, such as a variable of the environment.";
  return "Mend this line, or what it needs.";
}

function buildProblem({ text, location }: BuildError): SettingProblem {
  const missing = /^Could not resolve "(.*)"$/.exec(text)?.[1];
  if (location === null) {
    const next = "Take it back from git, or write one: examples/ has four to start from.";
    return unreadable({ file }, missing === undefined ? text : "there is no such file", next);
  }
  const { line, column } = location;
  const place = { file: relative("", join(ROOT, location.file)), line, column: column + 1 };
  return missing === undefined
    ? unreadable(place, text, "Mend this line, or the one before it: it has to be TypeScript first.")
    : unreadable(place, `${quote(missing)} is imported, but not there`, "Correct the path, or add the file.");
}

/** Where a stack first passes through what a team has written: config.ts, or a file that it imports. */
function placeIn(thrown: unknown): Location | undefined {
  if (!(thrown instanceof Error) || thrown.stack === undefined) return undefined;
  for (const [, url = "", line, column] of sourceStack(thrown.stack).matchAll(
    /(file:\/\/[^\s)]+):(\d+):(\d+)/g,
  )) {
    const own = relative(ROOT, fileURLToPath(url));
    if (isAbsolute(own) || /^(?:\.\.|lib|scripts|node_modules|\.cache)(?:[\\/]|$)/.test(own)) continue;
    return { file: relative("", join(ROOT, own)), line: Number(line), column: Number(column) };
  }
  return undefined;
}

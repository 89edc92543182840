import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { asClause, EXIT, formatLocation, UserError } from "../errors.ts";
import { readRosterFiles } from "../roster/load.ts";
import { placesIn as placesInText, type RosterText } from "../roster/parse.ts";
import { type Problem, repetition, withoutRepetition } from "../roster/problem.ts";
import type { Roster } from "../roster/roster.ts";
import { type Day, dayOfRun, rosterOn } from "../roster/until.ts";
import { commandLine } from "../shell.ts";
import { environmentsOf, settingsOf } from "../stack/environments.ts";
import { parseGuardsOutput } from "../stack/guards.ts";
import { requireUsable } from "../stack/rules/check.ts";
import { placeOf } from "../stack/rules/environments.ts";
import { locateSetting, readConfigSource } from "../stack/rules/locate.ts";
import { describeProblem, SETTINGS_FILE } from "../stack/rules/problem.ts";
import { rosterRules, type Settings } from "../stack/settings.ts";
import { localStatePath } from "../stack/state-place.ts";
import {
  ADOPTION_FILE,
  type Adoption,
  adoptionFile,
  mergedAdoption,
  readAdoption,
} from "../stack/synth/import-blocks.ts";
import { PLANNED_WITH } from "../stack/synth/outputs.ts";
import { AWS_PROVIDER, type OwnResources, synthesize } from "../stack/synth/roster-stack.ts";
import { findTerraform } from "../terraform/find.ts";
import { keepLocalState } from "../terraform/local-state.ts";
import { useProviderMirror } from "../terraform/provider-mirror.ts";
import { pullRemoteState } from "../terraform/remote-state.ts";
import { type PulledState, readStateFile, type StateInstance } from "../terraform/state.ts";
import { DEPLOYS_OUTPUT } from "./deploy-record.ts";
import { refusePoolReplacement } from "./immutable-settings.ts";

/**
 * What a team has written, read once per run, so that the same content is checked, planned, digested and applied even if the
 * files change meanwhile.
 */
export interface Project {
  /** Checked: Cognito should accept them, as far as can be known before a deploy. */
  readonly settings: Settings;
  /** The environment of these settings. @default config.ts has no environments */
  readonly environment?: string | undefined;
  /** The stacks of the other environments. */
  readonly otherStacks?: readonly string[];
  /** The roster on `day`: people whose `until` has passed are leaving, and memberships whose `until` has passed are gone. */
  readonly roster: Roster;
  /** The roster as written. */
  readonly written: Roster;
  /** The day of this run, in the time zone of config.ts. */
  readonly day: Day;
  /** The roster's files. */
  readonly texts: readonly RosterText[];
  /** The content of adopt.json; absent if there is none. */
  readonly adoption?: Adoption;
  /** The exports of resources.ts; absent if there is none. */
  readonly own?: OwnResources;
  /**
   * SHA-256 of the written roster, resources.ts and the settings. Not of cdk.tf.json, which also depends on what is deployed:
   * after another deploy, a plan is out of date but still of the same roster.
   */
  readonly digest: string;
  /** The place of a person's line, or of a part of it. */
  readonly placeOf: ReturnType<typeof placesInText>;
  /** Warnings about settings and roster, in sentences. */
  readonly warnings: readonly string[];
}

/**
 * Reads the roster that the settings name, and adopt.json beside config.ts.
 * @param root the directory of config.ts, to which its paths are relative
 * @param written what config.ts exports
 * @param environment which of its environments. @default it has none
 * @param own what resources.ts beside it exports. @default there is none
 * @param on the day whose access is meant. @default ROSTER_DAY, otherwise today
 * @throws SettingsError (exit 2) for unusable settings, RosterError (exit 2) with every problem of the roster, UserError
 *   (exit 2) for an unreadable adopt.json
 */
export function readProject(
  root: string,
  written: Settings,
  environment?: string,
  own?: OwnResources,
  on?: Day,
): Project {
  const path = resolve(root, SETTINGS_FILE);
  const source = readConfigSource(path, relative("", path));
  const aboutSettings = requireUsable(written, source, environment).map(describeProblem);
  const settings = settingsOf(written, environment);
  const day = on ?? dayOfRun(settings, { env: process.env });
  const { roster, texts, warnings } = readRosterFiles({
    root,
    roster: settings.roster,
    rules: rosterRules(settings),
    ...(source && { setting: locateSetting(source, placeOf(written, environment, "roster")) }),
  });
  if (environment !== undefined) refuseCommonAdoption(root, environment);
  const adoption = readAdoption(resolve(root, adoptionFile(environment)));
  return {
    settings,
    ...(environment && { environment, otherStacks: stacksBeside(written, environment) }),
    roster: rosterOn(roster, day),
    written: roster,
    day,
    texts,
    placeOf: placesInFiles(texts, roster),
    ...(adoption && { adoption }),
    ...(own && { own }),
    digest: digestOf(wholeText(texts), settings, own && readFileSync(resolve(root, RESOURCES_FILE), "utf8")),
    warnings: [...aboutSettings, ...aboutNames(warnings)],
  };
}

const stacksBeside = (written: Settings, environment: string): readonly string[] =>
  environmentsOf(written)
    .filter((name) => name !== environment)
    .map((name) => settingsOf(written, name).stack);

/**
 * One pool's resources must not be imported into another pool's state.
 * @throws UserError (exit 2)
 */
function refuseCommonAdoption(root: string, environment: string): void {
  if (!existsSync(resolve(root, ADOPTION_FILE))) return;
  const own = adoptionFile(environment);
  throw new UserError(`${ADOPTION_FILE} doesn't belong to an environment`, {
    why: `config.ts has several, each with a pool of its own: that of ${environment} is adopted by ${own}. Nothing was done.`,
    next: [
      "delete it if that pool has been deployed since",
      `or move it to the environment of its pool: ${commandLine`git mv ${ADOPTION_FILE} ${own}`}`,
    ],
    exitCode: EXIT.wrong,
  });
}

/** Beside config.ts, for a team's own constructs. */
export const RESOURCES_FILE = "resources.ts";

/** How many of the roster's warnings appear before a plan: `check` shows all. */
const WARNINGS_SHOWN = 5;

function aboutNames(warnings: readonly Problem[]): string[] {
  const different = withoutRepetition(warnings);
  const more = different.length - WARNINGS_SHOWN;
  return [
    ...different.slice(0, WARNINGS_SHOWN).map((warning) => {
      const { location, message, hint } = warning;
      const again = repetition(warning);
      return `${formatLocation(location)}: ${message}\n    → ${hint}${again === undefined ? "" : `\n    ${again}`}`;
    }),
    ...(more > 0 ? [`${more} more warnings: npm run check`] : []),
  ];
}

/** The roster as one text: a single file's text, or all names and texts of several. */
function wholeText(texts: readonly RosterText[]): string {
  const [only, ...more] = texts;
  if (only !== undefined && more.length === 0) return only.text;
  return JSON.stringify(texts.map(({ name, text }) => [name, text.replaceAll("\r\n", "\n")]));
}

/** The place in the file that contains the person; for anyone else, in the first. */
export function placesInFiles(
  texts: readonly RosterText[],
  { file, files = [] }: Roster,
): Project["placeOf"] {
  const places = texts.map(({ text, file }) => placesInText(text, file));
  const partOf = new Map(
    files.flatMap(({ people }, index) => people.map(({ username }) => [username, index])),
  );
  return (username, ...path) => places[partOf.get(username) ?? 0]?.(username, ...path) ?? { file };
}

/** @param text with LF or CRLF, depending on the checkout: both are the same roster */
export function digestOf(text: string, settings: Settings, own?: string): string {
  const parts = [text, ...(own === undefined ? [] : [own])].map((one) => one.replaceAll("\r\n", "\n"));
  return createHash("sha256")
    .update(JSON.stringify([parts[0], settings, ...parts.slice(1)]))
    .digest("hex");
}

/** The attributes that people have in a state: after one of our deploys, those that the roster named. */
export function attributesNamed(state: readonly StateInstance[]): Set<string> {
  return new Set(
    state.flatMap(({ type, attributes: { attributes } }) =>
      type === "aws_cognito_user" && attributes !== null ? Object.keys(Object(attributes)) : [],
    ),
  );
}

/** Groups that the pool had before they were in the roster, according to the last deploy. */
export function adoptedBefore(recorded: Recorded | undefined): readonly string[] {
  return parseGuardsOutput(recorded?.outputs.guards)?.adopted ?? [];
}

/** The attribute lists of config.ts's app clients at the last deploy, from `attributesSaidBy`. */
function attributesSaidIn(recorded: Recorded | undefined): readonly string[] {
  const said = recorded?.outputs.client_attributes_said;
  return Array.isArray(said) ? said.filter((section) => typeof section === "string") : [];
}

/** A plan keeps the value: only the end of a deploy adds to it. */
function deploysTextIn(recorded: Recorded | undefined): string | undefined {
  const text = recorded?.outputs[DEPLOYS_OUTPUT];
  return typeof text === "string" ? text : undefined;
}

function rememberedIn(recorded: Recorded | undefined): string | undefined {
  const remembered = recorded?.outputs[PLANNED_WITH];
  return typeof remembered === "string" ? remembered : undefined;
}

/**
 * The sub of each deployed account, by username.
 * @param accepted usernames that another account may now have
 */
export function subsIn(state: readonly StateInstance[], accepted: readonly string[]): Map<string, string> {
  return new Map(
    state.flatMap(({ type, key, tainted, attributes: { sub } }) =>
      type === "aws_cognito_user" &&
      typeof key === "string" &&
      typeof sub === "string" &&
      sub !== "" &&
      !tainted &&
      !accepted.includes(key)
        ? [[key, sub] as const]
        : [],
    ),
  );
}

/** The parts of a state that a configuration depends on. */
export type Recorded = Pick<PulledState, "instances" | "outputs">;

const NOTHING: Recorded = { instances: [], outputs: {} };

/** What is known about the deployment, beyond the team's files. */
export interface Known {
  /** People who are in the user pool but not in the state: newer than adopt.json, which it replaces for the same pool. */
  readonly adopt?: Adoption | undefined;
  /** Terraform's state. @default the local backend's file, read here; unknown for others */
  readonly recorded?: Recorded | undefined;
  /**
   * Like `recorded`, when plain cdktf deploys: its refresh may have added people's own attributes to the state. `unread`:
   * there is a state, but it couldn't be read. @default the local backend's file
   */
  readonly seen?: Recorded | "unread" | undefined;
  /** Usernames that another account may now have. @default none */
  readonly accepted?: readonly string[] | undefined;
  /** What the deploy is planned with, to be kept in the state. @default the state's value */
  readonly plannedWith?: string | undefined;
  /** Write only cdk.tf.json, as for a plan. @default false */
  readonly lookOnly?: boolean | undefined;
}

export interface Synthesized {
  /** Terraform's working directory, which now contains `cdk.tf.json`. */
  readonly stackDirectory: string;
  /** The local backend's file. @default another backend has the state */
  readonly stateFile?: string | undefined;
  /** The adoption that it was made with, including adopt.json's. */
  readonly adoption?: Adoption | undefined;
  /**
   * The state was elsewhere, and so unknown. Synthesized again with it, settings removed from config.ts are taken back, and
   * planning many people is cheaper.
   */
  readonly assumed: boolean;
  /** A killed run had left a broken local state, which was restored from the copy beside it. */
  readonly restored: boolean;
}

/**
 * Writes the project as `cdk.tf.json`. May be called again in the same run, as more becomes known.
 * @param outdir where to write. @default CDKTF_OUTDIR, which the cdktf CLI sets, otherwise `cdktf.out`
 * @throws RosterError (exit 2) when the settings' guards forbid the roster; UserError (exit 2) for a setting of a deployed
 *   pool that Cognito can't change
 */
export function synthesizeProject(
  { settings, roster, adoption: written, own }: Pick<Project, "settings" | "roster" | "adoption" | "own">,
  { adopt, recorded: given, seen, accepted = [], plannedWith, lookOnly = false }: Known = {},
  outdir = resolve(process.env.CDKTF_OUTDIR ?? "cdktf.out"),
): Synthesized {
  const { stack, backend = { type: "local" } } = settings;
  const stateFile =
    backend.type === "local" ? resolve(outdir, "stacks", stack, localStatePath(stack)) : undefined;
  const restored = stateFile !== undefined && keepLocalState(stateFile, { lookOnly }) === "restored";
  const found = seen === "unread" ? undefined : seen;
  const state =
    given ?? found ?? (stateFile === undefined ? undefined : (readStateFile(stateFile) ?? NOTHING));
  const recorded = state?.instances;
  const adoption = mergedAdoption(written, adopt);
  const stackDirectory = synthesize({
    settings,
    roster,
    adopt: adoption,
    recorded,
    subs: seen === "unread" ? seen : recorded && subsIn(recorded, accepted),
    namedBefore: given && attributesNamed(given.instances),
    attributesSaid: attributesSaidIn(state),
    deploys: deploysTextIn(state),
    plannedWith: plannedWith ?? rememberedIn(state),
    adoptedGroups: [...adoptedBefore(state), ...(adoption?.groups ?? [])],
    own,
    outdir,
    checked: true,
  });
  refusePoolReplacement(stackDirectory, recorded);
  useProviderMirror(stackDirectory, AWS_PROVIDER);
  const assumed = recorded === undefined;
  return { stackDirectory, stateFile, adoption, assumed, restored };
}

export interface UnaidedOptions {
  /** The directory of config.ts. */
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Like {@link synthesizeProject}, for the cdktf CLI, which runs Terraform itself and doesn't know what is deployed: the state
 * is read from wherever it is, and a name that another account has taken stops the plan.
 * @returns with a sentence if the state couldn't be read: the plan then fails, because no account could be verified
 */
export async function synthesizeUnaided(
  project: Project,
  { root, env }: UnaidedOptions,
): Promise<Synthesized & { readonly warnings: readonly string[] }> {
  const synthesized = synthesizeProject(project);
  if (synthesized.stateFile !== undefined) return { ...synthesized, warnings: [] };
  try {
    const { path } = await findTerraform({ cacheDirectory: resolve(root, ".cache"), env });
    const seen = await pullRemoteState({ binary: path, directory: synthesized.stackDirectory, env });
    return { ...synthesizeProject(project, { seen }), warnings: [] };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return {
      ...synthesizeProject(project, { seen: "unread" }),
      warnings: [
        `The state could not be read: ${asClause(error.message)}${error.why ? ` (${error.why})` : ""}. Terraform will refuse to plan from this, because nobody could be matched to the deployed account. Synthesize again with the deploy's credentials.`,
      ],
    };
  }
}

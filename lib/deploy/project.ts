import { createHash } from "node:crypto";
import { relative, resolve } from "node:path";
import { formatLocation, UserError } from "../errors.ts";
import { readRosterFiles } from "../roster/load.ts";
import { placesIn as placesInText, type RosterText } from "../roster/parse.ts";
import { type Problem, repetition, withoutRepetition } from "../roster/problem.ts";
import type { Roster } from "../roster/roster.ts";
import { parseGuardsOutput } from "../stack/guards.ts";
import { requireUsable } from "../stack/rules/check.ts";
import { locateSetting, readConfigSource } from "../stack/rules/locate.ts";
import { describeProblem, SETTINGS_FILE } from "../stack/rules/problem.ts";
import { rosterRules, type Settings } from "../stack/settings.ts";
import { localStatePath } from "../stack/state-place.ts";
import { ADOPTION_FILE, type Adoption, mergedAdoption, readAdoption } from "../stack/synth/import-blocks.ts";
import { AWS_PROVIDER, synthesize } from "../stack/synth/roster-stack.ts";
import { findTerraform } from "../terraform/find.ts";
import { keepLocalState } from "../terraform/local-state.ts";
import { useProviderMirror } from "../terraform/provider-mirror.ts";
import { pullRemoteState } from "../terraform/remote-state.ts";
import { type PulledState, readStateFile, type StateInstance } from "../terraform/state.ts";
import { refusePoolReplacement } from "./immutable-settings.ts";

/**
 * What a team has written, read once in a run: whatever is checked, planned, digested and applied is this, and not what the
 * files say by then.
 */
export interface Project {
  /** Checked: Cognito takes them, as far as can be known before a deploy. */
  readonly settings: Settings;
  readonly roster: Roster;
  /** What adopt.json says; absent where there is none. */
  readonly adoption?: Adoption;
  /**
   * Of the roster as it is written, and the settings (SHA-256). Not of cdk.tf.json, which also depends on what is deployed: a
   * plan from before somebody else's deploy is out of date, and not of another roster.
   */
  readonly digest: string;
  /** Where somebody's line, or a part of it, stands in the roster. */
  readonly placeOf: ReturnType<typeof placesInText>;
  /** What to know about the settings and the roster, although they can be used, in sentences. */
  readonly warnings: readonly string[];
}

/**
 * Reads the roster that the settings name, and adopt.json beside config.ts.
 * @param root the directory of config.ts: paths in it are relative to this one
 * @param settings what config.ts exports
 * @throws SettingsError (exit 2) for settings that can't be used, RosterError (exit 2) with every problem of the roster,
 *   UserError (exit 2) for an adopt.json that can't be read
 */
export function readProject(root: string, settings: Settings): Project {
  const path = resolve(root, SETTINGS_FILE);
  const source = readConfigSource(path, relative("", path));
  const aboutSettings = requireUsable(settings, source).map(describeProblem);
  const { roster, texts, warnings } = readRosterFiles({
    root,
    roster: settings.roster,
    rules: rosterRules(settings),
    ...(source && { setting: locateSetting(source, "roster") }),
  });
  const adoption = readAdoption(resolve(root, ADOPTION_FILE));
  return {
    settings,
    roster,
    placeOf: placesIn(texts, roster),
    ...(adoption && { adoption }),
    digest: digestOf(wholeText(texts), settings),
    warnings: [...aboutSettings, ...aboutNames(warnings)],
  };
}

/** How many of the roster's warnings are said before a plan: `check` has them all. */
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

/** What the roster says: of one file its text, of several all names and texts. */
function wholeText(texts: readonly RosterText[]): string {
  const [only, ...more] = texts;
  if (only !== undefined && more.length === 0) return only.text;
  return JSON.stringify(texts.map(({ name, text }) => [name, text.replaceAll("\r\n", "\n")]));
}

/** Of the file that somebody is in; of who is in none, the first. */
function placesIn(texts: readonly RosterText[], { file, files = [] }: Roster): Project["placeOf"] {
  const places = texts.map(({ text, file }) => placesInText(text, file));
  const partOf = new Map(
    files.flatMap(({ people }, index) => people.map(({ username }) => [username, index])),
  );
  return (username, ...path) => places[partOf.get(username) ?? 0]?.(username, ...path) ?? { file };
}

/** @param text LF or CRLF, whatever a checkout made of it: both are the same roster */
export function digestOf(text: string, settings: Settings): string {
  return createHash("sha256")
    .update(JSON.stringify([text.replaceAll("\r\n", "\n"), settings]))
    .digest("hex");
}

/** The attributes that people have in a state: after a deploy of this package, those that the roster named. */
export function attributesNamed(state: readonly StateInstance[]): Set<string> {
  return new Set(
    state.flatMap(({ type, attributes: { attributes } }) =>
      type === "aws_cognito_user" && attributes !== null ? Object.keys(Object(attributes)) : [],
    ),
  );
}

/** Groups that the pool had before they were in the roster, as the last deploy knew them. */
export function adoptedBefore(recorded: Recorded | undefined): readonly string[] {
  return parseGuardsOutput(recorded?.outputs.guards)?.adopted ?? [];
}

/**
 * Who was deployed as which account, by username.
 * @param accepted usernames that may be another account's by now
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

/** A state, as far as a configuration depends on it. */
export type Recorded = Pick<PulledState, "instances" | "outputs">;

const NOTHING: Recorded = { instances: [], outputs: {} };

/** What is known of the deployment, beyond what the team has written. */
export interface Known {
  /** Who is in the user pool but not in the state: newer than adopt.json, which it replaces for the same pool. */
  readonly adopt?: Adoption | undefined;
  /** What Terraform has recorded. @default a local backend's file, read here; of others it is unknown */
  readonly recorded?: Recorded | undefined;
  /**
   * As `recorded`, where plain cdktf deploys: its refresh may have put into the state what people have of their own. `unread`:
   * there is one, and nobody could read it. @default the local backend's file
   */
  readonly seen?: Recorded | "unread" | undefined;
  /** Usernames that may be another account's by now. @default none */
  readonly accepted?: readonly string[] | undefined;
  /** Whether nothing is written beside cdk.tf.json, as for a plan. @default false */
  readonly lookOnly?: boolean | undefined;
}

export interface Synthesized {
  /** Terraform's working directory, in which `cdk.tf.json` is now. */
  readonly stackDirectory: string;
  /** The local backend's file. @default another backend has the state */
  readonly stateFile?: string | undefined;
  /** What it was made with, adopt.json's included. */
  readonly adoption?: Adoption | undefined;
  /**
   * The state was not known, being elsewhere. Made again with it, what was taken out of config.ts is taken back, and the plan of
   * many people is cheaper.
   */
  readonly assumed: boolean;
  /** A killed run had left the local state broken, and it was restored from the copy beside it. */
  readonly restored: boolean;
}

/**
 * The project → `cdk.tf.json`. May be called again in the same run, as more is known.
 * @param outdir where to write. @default CDKTF_OUTDIR, which the cdktf CLI sets, else `cdktf.out`
 * @throws RosterError (exit 2) when the settings' guards forbid the roster; UserError (exit 2) for a setting of a deployed pool
 *   that Cognito can't change
 */
export function synthesizeProject(
  { settings, roster, adoption: written }: Project,
  { adopt, recorded: given, seen, accepted = [], lookOnly = false }: Known = {},
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
    adoptedGroups: [...adoptedBefore(state), ...(adoption?.groups ?? [])],
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
 * As {@link synthesizeProject}, for the cdktf CLI, which runs Terraform itself: nobody will tell it what is
 * deployed, so the state is read from wherever it is, and whoever has another account by now stops the plan.
 * @returns with a sentence where the state could not be read: then the plan fails, as nobody could be held to their account
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
        `The state could not be read: ${error.message}${error.why ? ` (${error.why})` : ""}. Terraform will refuse to plan from this, since nobody could be held to the account that was deployed: synthesize again with the credentials of the deploy.`,
      ],
    };
  }
}

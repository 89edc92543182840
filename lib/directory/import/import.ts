import { existsSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import type { CognitoClient } from "../../cognito/client.ts";
import { regionOf } from "../../cognito/pool-id.ts";
import { EXIT, UserError } from "../../errors.ts";
import { writeFile } from "../../files.ts";
import { requireWritable } from "../../output-file.ts";
import { calledRoster, isOneFile, matches, nameFrom, patternsOf, rosterFiles } from "../../roster/files.ts";
import { commentsLost } from "../../roster/json-errors.ts";
import { quote } from "../../roster/redact.ts";
import { checkSettings } from "../../stack/rules/check.ts";
import type { Settings } from "../../stack/settings.ts";
import { ADOPTION_FILE, type Adoption, adoptionText } from "../../stack/synth/import-blocks.ts";
import { counted } from "../../text/words.ts";
import { describePool, type PoolDescription, refuseOtherNames, rosterRulesOf } from "../pool/facts.ts";
import type { PoolGroup } from "../pool/groups.ts";
import { readPeople } from "../pool/people.ts";
import { type PoolRoster, refuseNobody, rosterFromPool } from "./roster.ts";
import { configText, proposeClient, proposeGroups, proposePool } from "./settings.ts";

export interface Imported {
  readonly description: PoolDescription;
  readonly roster: PoolRoster;
  readonly settings: Settings;
  /** Every group of the pool. */
  readonly groups: readonly PoolGroup[];
}

/** What a team should know before it deploys what was imported: what the deploy changes, and what it leaves alone. */
export function importNotes({ description, roster, settings, groups }: Imported): string[] {
  const { pool, client } = description;
  const unused = groups
    .map(({ name }) => name)
    .filter((group) => ![...roster.groups, ...roster.leftOutGroups].includes(group));
  const notes = [
    pool.DeletionProtection !== "ACTIVE" &&
      !settings.destroyable &&
      "The deploy turns the pool's deletion protection on.",
    client === undefined && `The pool has no app client: the deploy creates one, "${settings.client.name}".`,
    roster.people.length > 0 &&
      `To import ${counted(roster.people.length, "person", "people")}, Terraform reads each one once (AdminGetUser), in every plan until the deploy: AWS counts them among this month's active users.`,
    roster.memberships > 0 &&
      `${counted(roster.memberships, "group membership exists", "group memberships exist")} already: the provider can't import them. npm run deploy leaves them out of its plan, and records them at its end, which changes nothing in the user pool. A plan of plain cdktf says that they will be added.`,
    roster.unverifiedPhones.length > 0 &&
      `The deploy makes ${counted(roster.unverifiedPhones.length, "phone number", "phone numbers")} count as verified, as it does for every number in a roster: ${some(roster.unverifiedPhones)}.`,
    roster.unsaidEmails.length > 0 &&
      `The deploy writes down that ${counted(roster.unsaidEmails.length, "e-mail address is", "e-mail addresses are")} not verified, which the pool leaves unsaid: ${some(roster.unsaidEmails)}.`,
    unused.length > 0 && `Groups with nobody of the roster in them stay as they are: ${some(unused)}.`,
    roster.leftOutGroups.length > 0 && leftOutGroupsLine(roster.leftOutGroups),
    pool.CustomDomain && `The pool's own domain ${pool.CustomDomain} stays as it is: no setting has it.`,
    settings.pool.asIs &&
      `Settings that config.ts has no word for stand in pool.asIs: ${Object.keys(settings.pool.asIs).join(", ")}.`,
  ];
  const problems = checkSettings(settings).map(
    ({ severity, setting, message }) =>
      `${severity === "error" ? "config.ts will be refused" : "A doubt about config.ts"}: ${setting}: ${message}`,
  );
  return [...notes.filter((note) => typeof note === "string"), ...problems];
}

/** What to know of groups that no roster can name. */
export const leftOutGroupsLine = (groups: readonly string[]): string =>
  `These group names can't be used in a roster; the pool keeps the groups and their members: ${some(groups.map(quote))}.`;

const SHOWN = 5;

function some(names: readonly string[]): string {
  const more = names.length - SHOWN;
  return names.slice(0, SHOWN).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

export interface ImportOptions {
  readonly userPoolId: string;
  /** @default the pool's only app client */
  readonly clientId?: string | undefined;
  /** The team's settings so far: what the pool doesn't say stays as it is there. */
  readonly settings: Settings;
  /** Called with each step, and how many people are known. */
  readonly onProgress: (step: string, detail?: string) => void;
  readonly signal?: AbortSignal;
}

/** An existing pool in this package's terms. */
export interface PoolImport {
  readonly roster: PoolRoster;
  /** With them a deploy leaves the pool and the client as they are. */
  readonly settings: Settings;
  readonly adoption: Adoption;
  /** What a team should know before it deploys. */
  readonly notes: readonly string[];
}

/**
 * Reads a pool that exists: its people and groups, and its settings. Changes nothing.
 * Calls: one for every 60 people, one for every 60 members of each group, and four or five more; none of them makes anybody a
 * monthly active user.
 * @throws UserError for a pool that can't be adopted; what the SDK throws (`explainPoolFailure` has the words)
 */
export async function importPool(client: CognitoClient, options: ImportOptions): Promise<PoolImport> {
  const { userPoolId, settings: before, onProgress } = options;
  const aborting = options.signal === undefined ? {} : { signal: options.signal };
  onProgress("Reading the pool's settings");
  const description = await describePool(client, { userPoolId, clientId: options.clientId, ...aborting });
  refuseOtherNames(description.pool);
  const { people, memberships } = await readPeople(client, { userPoolId, onProgress, ...aborting });
  const settings = proposeSettings(before, description, memberships.groups);
  const roster = rosterFromPool(people, memberships, rosterRulesOf(description.pool));
  return {
    roster,
    settings,
    adoption: {
      userPoolId,
      ...(description.client && { clientId: description.client.ClientId }),
      ...(settings.pool.domainPrefix && { domain: settings.pool.domainPrefix }),
      people: roster.people,
      groups: Object.keys(settings.groups ?? {}),
    },
    notes: importNotes({ description, roster, settings, groups: memberships.groups }),
  };
}

function proposeSettings(
  before: Settings,
  { pool, mfa, client }: PoolDescription,
  inPool: readonly PoolGroup[],
): Settings {
  const { pool: _, client: placeholder, region: __, groups: declared, ...kept } = before;
  const region = regionOf(pool.Id ?? "");
  const groups = proposeGroups(inPool, declared);
  return {
    ...kept,
    ...(region !== undefined && { region }),
    pool: proposePool(pool, mfa),
    client: client === undefined ? placeholder : proposeClient(client),
    ...(groups && { groups }),
  };
}

/** Not config.ts itself: a team reads it first. Ignored by git. */
export const PROPOSAL_FILE = "config.proposal.ts";

export interface WriteImportOptions {
  /** The repository's root. */
  readonly directory: string;
  /** Write over a roster that is there already. @default false */
  readonly replace?: boolean;
  /** Which of the roster's files, where it may be several. @default its only one */
  readonly into?: string | undefined;
}

/**
 * The one file that an import writes.
 * @throws UserError (exit 2) where `roster` allows several and none is named, or one that is none of them
 */
export function importedInto(directory: string, { roster }: Pick<Settings, "roster">, into?: string): string {
  if (isOneFile(roster) && into === undefined) return roster;
  const called = calledRoster(roster);
  if (into === undefined) {
    throw new UserError("Which file of the roster? It is in several", {
      why: `config.ts says ${called}, and an import writes one file.`,
      next: ["name it: npm run import-users -- --into FILE"],
      exitCode: EXIT.wrong,
    });
  }
  const name = nameFrom(directory, resolve(directory, into));
  if (patternsOf(roster).some((pattern) => matches(pattern, name))) return name;
  throw new UserError(`${into} is no file of the roster`, {
    why: `config.ts says ${called}: what is elsewhere, no command reads.`,
    next: ["name a file that it matches, or add it to roster in config.ts"],
    exitCode: EXIT.wrong,
  });
}

/**
 * Writes the roster, `adopt.json` and `config.proposal.ts`: all of them or, when one can't be written, none.
 * @returns the files' paths
 * @throws UserError (exit 2) when another roster is there already; the system's error (`fileFailure` has the words)
 */
export function writeImport(
  imported: PoolImport,
  { directory, replace, into }: WriteImportOptions,
): string[] {
  const { roster, settings, adoption } = imported;
  const rosterFile = resolve(directory, importedInto(directory, settings, into));
  const others = rosterFiles(directory, settings.roster)
    .names.map((name) => resolve(directory, name))
    .filter((file) => file !== rosterFile && existsSync(file));
  if (others[0] !== undefined) {
    throw new UserError(`The roster has people in other files already: ${nameFrom(directory, others[0])}`, {
      why: "An import writes everybody of the pool into one file, and each person may be in one file only.",
      next: ["move the other files away first, and split what was imported afterwards"],
      exitCode: EXIT.wrong,
    });
  }
  refuseNobody(roster, ["make a roster by hand, with the first people of the pool"]);
  requireWritable({
    file: rosterFile,
    isOurs: (content) => content.toString() === roster.text,
    keeps: (content) => commentsLost(content, rosterFile),
    replace,
    elsewhere: "name the roster's file in config.ts: roster",
  });
  return replaceAll([
    { path: join(directory, PROPOSAL_FILE), text: configText(settings) },
    { path: join(directory, ADOPTION_FILE), text: adoptionText(adoption) },
    { path: rosterFile, text: roster.text },
  ]);
}

interface WholeFile {
  readonly path: string;
  readonly text: string;
}

/** A roster without adopt.json would invite everyone anew, and adopt.json beside another roster would delete people. */
function replaceAll(files: readonly WholeFile[]): string[] {
  const before = files.map(({ path }) => (existsSync(path) ? readFileSync(path) : undefined));
  for (const [index, { path, text }] of files.entries()) {
    try {
      writeFile(path, text);
    } catch (error) {
      for (const [done, { path }] of files.slice(0, index).entries()) {
        const old = before[done];
        if (old === undefined) rmSync(path);
        else writeFile(path, old);
      }
      throw error;
    }
  }
  return files.map(({ path }) => path);
}

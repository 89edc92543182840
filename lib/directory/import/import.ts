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
import { clientsOf } from "../../stack/clients.ts";
import { configText } from "../../stack/config-text.ts";
import { domainNameOf } from "../../stack/domain.ts";
import { checkSettings } from "../../stack/rules/check.ts";
import type { Settings } from "../../stack/settings.ts";
import { type Adoption, adoptionFile, adoptionText } from "../../stack/synth/import-blocks.ts";
import { counted } from "../../text/words.ts";
import { describePool, type PoolDescription, rosterRulesOf } from "../pool/facts.ts";
import type { PoolGroup } from "../pool/groups.ts";
import { readPeople } from "../pool/people.ts";
import { describeServices, type PoolServices } from "../pool/services.ts";
import { adoptedClients, proposeClients } from "./clients.ts";
import { type PoolRoster, refuseNobody, rosterFromPool } from "./roster.ts";
import { proposeDomain, proposeServices, serviceNotes } from "./services.ts";
import { proposeGroups, proposePool } from "./settings.ts";

export interface Imported {
  readonly description: PoolDescription;
  readonly roster: PoolRoster;
  readonly settings: Settings;
  /** Every group of the pool. */
  readonly groups: readonly PoolGroup[];
  /** Things beside the pool that no setting covers. @default none */
  readonly leftOut?: readonly string[];
}

/** What a team should know before it deploys the import: what the deploy changes, and what it leaves alone. */
export function importNotes({ description, roster, settings, groups, leftOut = [] }: Imported): string[] {
  const { pool, clients } = description;
  const unused = groups
    .map(({ name }) => name)
    .filter((group) => ![...roster.groups, ...roster.leftOutGroups].includes(group));
  const notes = [
    pool.DeletionProtection !== "ACTIVE" &&
      !settings.destroyable &&
      "The deploy turns the pool's deletion protection on.",
    clients.length === 0 &&
      `The pool has no app client: the deploy creates one, ${clientsOf(settings)
        .map(({ settings: { name } }) => quote(name))
        .join(", and one, ")}.`,
    roster.people.length > 0 &&
      `To import ${counted(roster.people.length, "person", "people")}, Terraform reads each of them (AdminGetUser) in every plan until the deploy, which AWS bills as monthly active users.`,
    roster.memberships > 0 &&
      `${counted(roster.memberships, "group membership exists", "group memberships exist")} already: the provider can't import them. npm run deploy leaves them out of its plan and records them at its end, which changes nothing in the user pool. Plain cdktf's plan says they will be added.`,
    roster.unsaidPhones.length > 0 &&
      `The deploy records that ${counted(roster.unsaidPhones.length, "phone number is", "phone numbers are")} not verified; the pool doesn't say: ${some(roster.unsaidPhones)}.`,
    roster.unsaidEmails.length > 0 &&
      `The deploy records that ${counted(roster.unsaidEmails.length, "e-mail address is", "e-mail addresses are")} not verified; the pool doesn't say: ${some(roster.unsaidEmails)}.`,
    unused.length > 0 && `Groups without anyone from the roster stay as they are: ${some(unused)}.`,
    roster.leftOutGroups.length > 0 && leftOutGroupsLine(roster.leftOutGroups),
    pool.CustomDomain &&
      domainNameOf(settings.pool) !== pool.CustomDomain &&
      `The pool's own domain ${pool.CustomDomain} stays as it is, because its certificate is unknown.`,
    pool.CustomDomain &&
      pool.Domain &&
      domainNameOf(settings.pool) === pool.CustomDomain &&
      `The pool's other domain, with the prefix ${pool.Domain}, stays as it is: the settings allow one domain.`,
    settings.pool.triggers &&
      "The deploy gives each function in pool.triggers a permission for this pool, in addition to any it has; existing permissions are not read.",
    ...serviceNotes(settings, leftOut),
    settings.pool.asIs &&
      `Settings without a name of their own are in pool.asIs: ${Object.keys(settings.pool.asIs).join(", ")}.`,
  ];
  const problems = checkSettings(settings).map(
    ({ severity, setting, message }) =>
      `${severity === "error" ? "config.ts will be refused" : "A warning about config.ts"}: ${setting}: ${message}`,
  );
  return [...notes.filter((note) => typeof note === "string"), ...problems];
}

/** The note on groups that no roster can name. */
export const leftOutGroupsLine = (groups: readonly string[]): string =>
  `These group names can't be used in a roster; the pool keeps the groups and their members: ${some(groups.map(quote))}.`;

const SHOWN = 5;

function some(names: readonly string[]): string {
  const more = names.length - SHOWN;
  return names.slice(0, SHOWN).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

export interface ImportOptions {
  readonly userPoolId: string;
  /** Limits the import to this one of several app clients. @default all of them */
  readonly clientId?: string | undefined;
  /** The team's current settings: whatever the pool doesn't determine stays as it is there. */
  readonly settings: Settings;
  /** Called with each step, and the number of people so far. */
  readonly onProgress: (step: string, detail?: string) => void;
  readonly signal?: AbortSignal;
}

/** An existing pool as settings and roster. */
export interface PoolImport {
  readonly roster: PoolRoster;
  /** With these, a deploy leaves the pool and the client unchanged. */
  readonly settings: Settings;
  readonly adoption: Adoption;
  /** What a team should know before it deploys. */
  readonly notes: readonly string[];
}

/**
 * Reads an existing pool: its people, groups and settings. Changes nothing.
 * Calls: one for every 60 people, one for every 60 members of each group, one for each identity provider, and four or five
 * more; none makes anyone a monthly active user.
 * @throws UserError for a pool that can't be adopted; what the SDK throws (`explainPoolFailure` explains it)
 */
export async function importPool(client: CognitoClient, options: ImportOptions): Promise<PoolImport> {
  const { userPoolId, settings: before, onProgress } = options;
  const aborting = options.signal === undefined ? {} : { signal: options.signal };
  onProgress("Reading the pool's settings");
  const description = await describePool(client, { userPoolId, clientId: options.clientId, ...aborting });
  const { people, memberships } = await readPeople(client, { userPoolId, onProgress, ...aborting });
  const services = await describeServices(client, description.pool, { userPoolId, ...aborting });
  const { settings, leftOut } = proposeSettings(before, description, memberships.groups, services);
  const roster = rosterFromPool(people, memberships, rosterRulesOf(description.pool));
  const domain = domainNameOf(settings.pool);
  return {
    roster,
    settings,
    adoption: {
      userPoolId,
      ...adoptedClients(description.clients, settings),
      ...(domain !== undefined && { domain }),
      people: roster.people,
      groups: Object.keys(settings.groups ?? {}),
      ...(settings.resourceServers && { resourceServers: Object.keys(settings.resourceServers) }),
      ...(settings.identityProviders && { identityProviders: Object.keys(settings.identityProviders) }),
    },
    notes: importNotes({ description, roster, settings, groups: memberships.groups, leftOut }),
  };
}

function proposeSettings(
  before: Settings,
  { pool, mfa, clients: clientsFound }: PoolDescription,
  inPool: readonly PoolGroup[],
  services: PoolServices,
): { readonly settings: Settings; readonly leftOut: readonly string[] } {
  const {
    pool: _,
    client,
    clients,
    region: __,
    groups: declared,
    resourceServers: ___,
    identityProviders: ____,
    ...kept
  } = before;
  const region = regionOf(pool.Id ?? "");
  const groups = proposeGroups(inPool, declared);
  const { domainPrefix, ...proposed } = proposePool(pool, mfa);
  const domain = proposeDomain(services.domain);
  const found = proposeServices(services, proposed);
  return {
    settings: {
      ...kept,
      ...(region !== undefined && { region }),
      pool: {
        ...proposed,
        ...(Object.keys(domain).length > 0 ? domain : domainPrefix !== undefined && { domainPrefix }),
      },
      ...(clientsFound.length === 0
        ? { ...(client && { client }), ...(clients && { clients }) }
        : proposeClients(clientsFound, before, found.settings.resourceServers)),
      ...(groups && { groups }),
      ...found.settings,
    },
    leftOut: found.leftOut,
  };
}

/** Not config.ts itself, because a team reviews it first. Ignored by git. */
export const PROPOSAL_FILE = "config.proposal.ts";

export interface WriteImportOptions {
  /** The environment that the pool belongs to. @default config.ts has no environments */
  readonly environment?: string | undefined;
  /** The repository's root. */
  readonly directory: string;
  /** Overwrite an existing roster. @default false */
  readonly replace?: boolean;
  /** Which of the roster's files, if there are several. @default its only one */
  readonly into?: string | undefined;
}

/**
 * The one file that an import writes.
 * @throws UserError (exit 2) if `roster` allows several files and none is named, or one that isn't among them
 */
export function importedInto(directory: string, { roster }: Pick<Settings, "roster">, into?: string): string {
  if (isOneFile(roster) && into === undefined) return roster;
  const called = calledRoster(roster);
  if (into === undefined) {
    throw new UserError("The roster has several files: choose one", {
      why: `config.ts says ${called}, and an import writes one file.`,
      next: ["name it: npm run import-users -- --into FILE"],
      exitCode: EXIT.wrong,
    });
  }
  const name = nameFrom(directory, resolve(directory, into));
  if (patternsOf(roster).some((pattern) => matches(pattern, name))) return name;
  throw new UserError(`${into} is not a file of the roster`, {
    why: `config.ts says ${called}: what is elsewhere, no command reads.`,
    next: ["choose a file that it matches, or add it to roster in config.ts"],
    exitCode: EXIT.wrong,
  });
}

/**
 * Writes the roster, `adopt.json` and `config.proposal.ts`: all of them or, if one can't be written, none.
 * @returns the files' paths
 * @throws UserError (exit 2) when another roster already exists; the system's error (`fileFailure` explains it)
 */
export function writeImport(
  imported: PoolImport,
  { directory, replace, into, environment }: WriteImportOptions,
): string[] {
  const { roster, settings, adoption } = imported;
  const rosterFile = resolve(directory, importedInto(directory, settings, into));
  const others = rosterFiles(directory, settings.roster)
    .names.map((name) => resolve(directory, name))
    .filter((file) => file !== rosterFile && existsSync(file));
  if (others[0] !== undefined) {
    throw new UserError(`The roster already has people in other files: ${nameFrom(directory, others[0])}`, {
      why: "An import writes everyone in the pool into one file, and each person may only be in one file.",
      next: ["move the other files away first, and split the imported file afterwards"],
      exitCode: EXIT.wrong,
    });
  }
  refuseNobody(roster, ["write a roster by hand, with the first people of the pool"]);
  requireWritable({
    file: rosterFile,
    isOurs: (content) => content.toString() === roster.text,
    keeps: (content) => commentsLost(content, rosterFile),
    replace,
    elsewhere: "name the roster's file in config.ts: roster",
  });
  return replaceAll([
    { path: join(directory, PROPOSAL_FILE), text: proposalText(settings, directory) },
    { path: join(directory, adoptionFile(environment)), text: adoptionText(adoption) },
    { path: rosterFile, text: roster.text },
  ]);
}

/**
 * The text of config.ts that an import proposes.
 * @param directory the project's
 */
export function proposalText(settings: Settings, directory: string): string {
  // A project that depends on the package imports the type from it.
  const cloned = existsSync(join(directory, "lib/stack/settings.ts"));
  return configText(settings, cloned ? {} : { from: "cognito-roster" });
}

export interface WholeFile {
  readonly path: string;
  readonly text: string;
}

/**
 * All or none: a roster without adopt.json would invite everyone again, and adopt.json beside another roster would delete
 * people.
 */
export function replaceAll(files: readonly WholeFile[]): string[] {
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

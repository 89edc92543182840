import { createHash } from "node:crypto";
import { parse } from "jsonc-parser";
import { entryOf, type RosterEntry, whyLeftOut } from "../directory/import/roster.ts";
import type { DirectoryPerson } from "../directory/pool/people.ts";
import type { DriftedMembership, DriftedPerson } from "../review/drift.ts";
import {
  askAboutGroup,
  askAboutPerson,
  askAboutStranger,
  type PersonDrift,
  type Question,
  type Unasked,
} from "../review/questions.ts";
import { counted } from "../review/refusals.ts";
import { type Edits, editJson, type JsonValue, renameField } from "../roster/edit-json.ts";
import { explainGroup } from "../roster/names.ts";
import { parseRosterFiles, type RosterText } from "../roster/parse.ts";
import { type RosterRules, withDefaults } from "../roster/roster.ts";
import { attributeOf, nameAttribute } from "../roster/sign-in-names.ts";
import { guardProblems } from "../stack/guards.ts";
import { privilegedGroups, rosterRules } from "../stack/settings.ts";
import type { Proposal } from "./proposal.ts";

/** A question, and the change of the roster that answers it with yes. */
export interface AskedQuestion extends Question {
  /** For a branch name: the same for the same person or group, whatever has drifted. Letters, digits and dashes. */
  readonly id: string;
  /** Changes as soon as the drift, or the resulting text, changes. */
  readonly digest: string;
  /** Makes the change; several questions can be answered one after another. */
  readonly keepIn: (texts: readonly RosterText[]) => readonly RosterText[];
  /** The files that change, as complete new texts. */
  readonly texts: readonly RosterText[];
}

export interface DriftQuestions {
  readonly asked: readonly AskedQuestion[];
  /** Questions beyond this run's limit. */
  readonly later: readonly AskedQuestion[];
  /** What stays in the report. */
  readonly left: readonly Unasked[];
}

/** More changes than these weren't made by hand, and asking about each would be pointless. */
const ASKED_MAX = 20;

type Found = Pick<
  Proposal,
  "drift" | "strangers" | "unconfirmed" | "live" | "project" | "pool" | "review" | "refused"
>;

/**
 * Manual changes that a change of the roster can keep: one question for each person, each account that is in no roster, and
 * each group created by hand. The result of a yes is checked as `npm run check` does. It doesn't ask about names that another
 * account has taken or people who are leaving: the review says what to do.
 * @param most the maximum number of questions. @default 20
 */
export function driftQuestions(found: Found, most = ASKED_MAX): DriftQuestions {
  const drafts = [...aboutPeople(found), ...aboutGroups(found), ...aboutStrangers(found)];
  const asked: AskedQuestion[] = [];
  const later: AskedQuestion[] = [];
  const left: Unasked[] = [];
  for (const draft of drafts) {
    const decided = decide(draft, found.project);
    if ("why" in decided) left.push(decided);
    else if (asked.length < most) asked.push(decided);
    else {
      later.push(decided);
      left.push({ who: decided.name, why: `is asked about later: ${most} questions at once are enough` });
    }
  }
  return { asked, later, left: [...left, ...withoutQuestion(found, [...asked, ...later])] };
}

/** Not yet checked. */
type Draft = { readonly question: Question; readonly keepIn: AskedQuestion["keepIn"] } | Unasked;

function decide(draft: Draft, project: Found["project"]): AskedQuestion | Unasked {
  if ("why" in draft) return draft;
  const { question, keepIn } = draft;
  const { texts: before, settings, roster } = project;
  const after = keepIn(before);
  const texts = after.filter(({ text }, index) => text !== before[index]?.text);
  const who = question.about === "group" ? `group ${question.name}` : question.name;
  if (texts.length === 0) return { who, why: "the roster has no line that could be changed" };
  const parsed = parseRosterFiles(after, roster.file, rosterRules(settings));
  const guarded = parsed.roster === undefined ? [] : guardProblems(settings.guards ?? {}, parsed.roster);
  const [problem] = [...parsed.problems, ...guarded];
  // Its place would be in the changed file, which exists only here.
  if (problem !== undefined)
    return { who, why: `the roster can't keep it: ${problem.message}. ${problem.hint}` };
  const key = JSON.stringify([question.about, question.name]);
  return {
    ...question,
    id: `${slug(question.name)}-${sha256(key).slice(0, 8)}`,
    digest: sha256(JSON.stringify([question.found, question.keep, changedEntries(before, after)])).slice(
      0,
      16,
    ),
    keepIn,
    texts,
  };
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

const slug = (name: string) =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 40)
    .replace(/^-|-$/g, "") || "name";

/**
 * Lines of people that differ afterwards, and how. Compares lines rather than texts, so that a neighbour's line changes no
 * question.
 */
function changedEntries(before: readonly RosterText[], after: readonly RosterText[]) {
  return after.flatMap(({ name, text }, index) => {
    if (text === before[index]?.text) return [];
    const [old, now] = [usersIn(before[index]?.text ?? ""), usersIn(text)];
    const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
    return names.flatMap((username) => {
      const entry = JSON.stringify(now[username]);
      return entry === JSON.stringify(old[username]) ? [] : [[name, username, entry]];
    });
  });
}

/** Lines as written, by name. */
function usersIn(text: string): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const roster: unknown = parse(text.replace(/^\ufeff/, ""), [], { allowTrailingComma: true });
  return Object((roster as { users?: unknown } | undefined)?.users);
}

type Line = Readonly<Record<string, unknown>>;

/** Changes a person's line, in the file that contains it. */
function changeLine(
  texts: readonly RosterText[],
  username: string,
  change: (line: Line) => Edits,
): RosterText[] {
  return texts.map((file) => {
    const users = usersIn(file.text);
    if (!Object.hasOwn(users, username)) return file;
    const edits = change(users[username] ?? {});
    if (edits.size === 0) return file;
    return { ...file, text: editJson(file.text, new Map([["users", new Map([[username, edits]])]])) };
  });
}

/** A membership is a group's name, or an object with the name as its only key. */
const groupIn = (entry: unknown): unknown =>
  typeof entry === "object" && entry !== null ? Object.keys(entry)[0] : entry;

/** A line's groups, with one added or removed; the rest of the list is unchanged. */
function groupsWith(line: Line, memberships: readonly DriftedMembership[]): readonly JsonValue[] | undefined {
  let groups = (Array.isArray(line.groups) ? line.groups : []) as JsonValue[];
  for (const { group, what } of memberships) {
    groups = groups.filter((entry) => groupIn(entry) !== group);
    if (what === "added") groups = [...groups, group];
  }
  return groups.length === 0 ? undefined : groups;
}

function aboutPeople({ drift, live, project, pool }: Found): Draft[] {
  const { settings, roster } = project;
  const rules = withDefaults(rosterRules(settings));
  const declared = new Map(roster.people.map((person) => [person.username, person]));
  const undeclared = new Set(drift.groups.map(({ name }) => name));
  const accounts = new Map(drift.people.map((person) => [person.username, person]));
  const memberships = drift.memberships.filter(
    ({ stranger, group, what }) => !stranger && !(what === "added" && undeclared.has(group)),
  );
  const names = new Set([...accounts.keys(), ...memberships.map(({ username }) => username)]);
  return [...names].sort().map((username): Draft => {
    const account = accounts.get(username);
    const line = declared.get(username);
    const why =
      account?.otherAccount === true
        ? "is another account now, which no merge should let in: npm run plan says what to do"
        : line === undefined
          ? "no longer has a line in the roster"
          : line.leaving
            ? "is leaving: npm run deploy puts back what was changed"
            : undefined;
    if (why !== undefined) return { who: username, why };
    const drifted: PersonDrift = {
      username,
      account,
      memberships: memberships.filter((membership) => membership.username === username),
    };
    const there = live.accountOf(account?.now ?? username);
    if (account?.what === "differs" && there === undefined)
      return { who: username, why: "is changing in the user pool at this moment" };
    return {
      question: askAboutPerson(drifted, aroundGroups({ project, pool })),
      keepIn: (texts) => keepPerson(texts, drifted, there, rules),
    };
  });
}

function aroundGroups({ project: { settings }, pool }: Pick<Found, "project" | "pool">) {
  const roles = Object.entries(settings.groups ?? {}).flatMap(([name, { roleArn }]) =>
    typeof roleArn === "string" ? [[name, roleArn] as const] : [],
  );
  return {
    userPoolId: pool?.userPoolId ?? "ID",
    privileged: privilegedGroups(settings),
    roles: new Map(roles),
  };
}

function keepPerson(
  texts: readonly RosterText[],
  { username, account, memberships }: PersonDrift,
  there: DirectoryPerson | undefined,
  rules: RosterRules,
): RosterText[] {
  const now = account?.now;
  const changed = changeLine(texts, username, (line) => {
    const edits = new Map(account === undefined ? [] : accountEdits(account, line, there, rules));
    if (memberships.length > 0) edits.set("groups", groupsWith(line, memberships));
    return edits;
  });
  if (now === undefined) return changed;
  return changed.map((file) =>
    Object.hasOwn(usersIn(file.text), username)
      ? { ...file, text: renameField(file.text, ["users", username], now) }
      : file,
  );
}

/** Attributes that are separate fields in the roster, by Cognito's names. */
const FIELDS: ReadonlyMap<string, string> = new Map([
  ["email", "email"],
  ["phone_number", "phone"],
  ["email_verified", "emailVerified"],
  ["phone_number_verified", "phoneVerified"],
]);

function accountEdits(
  { username, what, attributes, enabled, now }: DriftedPerson,
  line: Line,
  there: DirectoryPerson | undefined,
  { signInWith }: RosterRules,
): Map<string, Edits | JsonValue | undefined> {
  const edits = new Map<string, Edits | JsonValue | undefined>();
  if (what === "missing") return edits.set("leaving", true);
  const value = (name: string) => there?.attributes[name] || there?.attributes[`custom:${name}`] || undefined;
  const others = new Map<string, JsonValue | undefined>();
  // A person whose address changed wasn't compared further: a yes keeps their current attributes.
  const renamed = now === undefined ? [] : [`${attributeOf(username)}_verified`];
  for (const name of new Set([...attributes, ...renamed])) {
    const field = FIELDS.get(name);
    if (name === nameAttribute(signInWith)) continue;
    if (field === undefined) others.set(name, value(name));
    else if (name.endsWith("_verified")) edits.set(field, value(name) === "true" ? undefined : false);
    else edits.set(field, value(name));
  }
  if (others.size > 0) {
    const staying = Object.keys(Object(line.attributes)).some((name) => !others.has(name));
    const gone = !staying && [...others.values()].every((one) => one === undefined);
    edits.set("attributes", gone ? undefined : others);
  }
  if (enabled !== undefined) edits.set("enabled", enabled ? undefined : false);
  if (now !== undefined) edits.set("formerly", username);
  return edits;
}

function aboutGroups({ drift, project, pool }: Found): Draft[] {
  return drift.groups.map((group): Draft => {
    const added = drift.memberships.filter(
      ({ group: name, what, stranger }) => name === group.name && what === "added" && !stranger,
    );
    if (added.length === 0)
      return {
        who: `group ${group.name}`,
        why: "was created in the user pool, and no one of the roster is in it: declare it in config.ts (groups), or delete it",
      };
    const members = added.map(({ username }) => username);
    return {
      question: askAboutGroup(group, members, aroundGroups({ project, pool })),
      keepIn: (texts) =>
        added.reduce<readonly RosterText[]>(
          (all, membership) =>
            changeLine(
              all,
              membership.username,
              (line) => new Map([["groups", groupsWith(line, [membership])]]),
            ),
          texts,
        ),
    };
  });
}

function aboutStrangers({ drift, strangers, unconfirmed = [], live, project, pool }: Found): Draft[] {
  if (strangers.length > 0 && project.settings.pool.selfSignUp === true) {
    const who = counted(strangers.length, "account outside the roster", "accounts outside the roster");
    return [{ who, why: "people can sign up here (pool.selfSignUp), so not everyone belongs in the roster" }];
  }
  const rules = withDefaults(rosterRules(project.settings));
  return strangers.map((name): Draft => {
    const person = live.accountOf(name);
    const why = unconfirmed.includes(name)
      ? "signed up but hasn't confirmed"
      : person === undefined
        ? "is changing in the user pool at this moment"
        : whyLeftOut(person, rules);
    if (person === undefined || why !== undefined) return { who: name, why: why ?? "" };
    const groups = drift.memberships.flatMap(({ username, group, stranger }) =>
      stranger && username === name ? [group] : [],
    );
    const nameable = groups.filter((group) => explainGroup(group) === undefined);
    const entry = entryOf(person, rules, nameable);
    const file = fileFor(name, entry, project);
    return {
      question: askAboutStranger(
        name,
        groups,
        { file: file?.name ?? project.roster.file, enabled: person.enabled },
        aroundGroups({ project, pool }),
      ),
      keepIn: (texts) => texts.map((one) => (one.name === file?.name ? withLine(one, name, entry) : one)),
    };
  });
}

function withLine(file: RosterText, name: string, entry: RosterEntry): RosterText {
  const line = entry as unknown as JsonValue;
  return { ...file, text: editJson(file.text, new Map([["users", new Map([[name, line]])]])) };
}

/**
 * The file for a new person: groups can be bound to files (`grantedIn`). If no file is allowed, the first one, whose check
 * reports why.
 */
function fileFor(
  name: string,
  entry: RosterEntry,
  { texts, roster, settings }: Found["project"],
): RosterText | undefined {
  if (texts.length === 1) return texts[0];
  const takes = (file: RosterText) => {
    const all = texts.map((one) => (one === file ? withLine(one, name, entry) : one));
    return parseRosterFiles(all, roster.file, rosterRules(settings)).problems.length === 0;
  };
  return texts.find(takes) ?? texts[0];
}

/** Drift that isn't about people or their groups. */
function withoutQuestion(
  { drift, refused, review }: Found,
  asked: readonly AskedQuestion[],
): readonly Unasked[] {
  const people = new Set(asked.filter(({ about }) => about !== "group").map(({ name }) => name));
  const groups = new Set(asked.filter(({ about }) => about === "group").map(({ name }) => name));
  const things = new Set(drift.things.map(({ label }) => label));
  const undeployed = review.entries.filter((entry) =>
    entry.about === "person"
      ? !people.has(entry.username)
      : entry.about === "membership"
        ? !(people.has(entry.username) || groups.has(entry.group))
        : !(things.has(entry.label) || things.has(entry.address)),
  ).length;
  return [
    ...drift.things.map(({ about, label, missing }) => ({
      who: about === "group" ? `group ${label}` : label,
      why: missing
        ? "was deleted: npm run deploy creates it again, or take it out of config.ts"
        : "has other settings: npm run deploy puts them back, or write them into config.ts",
    })),
    ...drift.services.map(({ what, name }) => ({
      who: `${what} ${name}`,
      why: "is not in config.ts: add it, or delete it",
    })),
    ...(drift.clients ?? []).map(({ name }) => ({
      who: `app client ${name}`,
      why: "is not in config.ts: add it, or delete it",
    })),
    ...refused.map(({ message, hint }) => ({ who: "a deploy is refused", why: `${message}. ${hint}` })),
    ...(undeployed === 0
      ? []
      : [
          {
            who: counted(undeployed, "other change", "other changes"),
            why: "in the repository, but not deployed yet: npm run plan shows them, npm run deploy applies them",
          },
        ]),
  ];
}

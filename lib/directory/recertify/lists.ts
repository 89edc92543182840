import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fold } from "../../roster/formats.ts";
import type { Problem } from "../../roster/problem.ts";
import type { Person } from "../../roster/roster.ts";
import { type Day, daysBetween, isDay } from "../../roster/until.ts";
import { escapeHtml } from "../../text/html.ts";
import { counted, firstNames } from "../../text/words.ts";
import type { LastChange } from "./last-changes.ts";

/** Where lists are kept, from the repository's root; an environment's lists are in a folder of its name. */
const RECERTIFICATIONS = "recertification";

export const folderFor = (environment?: string): string =>
  environment === undefined ? RECERTIFICATIONS : `${RECERTIFICATIONS}/${environment}`;

/** What a list says about a person, besides the roster. */
export interface Known {
  readonly changes: ReadonlyMap<string, LastChange>;
  /** In words, by username; absent if the pool wasn't read. */
  readonly states?: ReadonlyMap<string, string>;
  /** By username; absent if the pool doesn't record sign-ins. */
  readonly signIns?: ReadonlyMap<string, Day>;
}

/** A checklist. */
export interface List {
  /** The file name, in the folder of its day. */
  readonly name: string;
  /** @default these people have no owner */
  readonly owner?: string;
  readonly people: readonly Person[];
  readonly text: string;
}

const MARKER = "<!-- cognito-roster-recertification ";

/**
 * One list for each owner, and one for people without an owner; people who are leaving are in none. The same roster, day and
 * knowledge give identical text.
 * @param people as they are on that day
 */
export function recertificationLists(people: readonly Person[], day: Day, known: Known): List[] {
  const byOwner = new Map<string | undefined, Person[]>();
  for (const person of people.filter(({ leaving }) => !leaving)) {
    const its = byOwner.get(person.owner);
    if (its === undefined) byOwner.set(person.owner, [person]);
    else its.push(person);
  }
  // People without an owner come last.
  const owners = [...byOwner.keys()].sort();
  return owners.map((owner) => {
    const its = (byOwner.get(owner) ?? []).toSorted((a, b) => (a.username < b.username ? -1 : 1));
    const text = [
      `${MARKER}${day} -->`,
      "",
      `# ${owner === undefined ? "Access without an owner" : `Access that ${code(owner)} answers for`}, ${day}`,
      "",
      "Tick everyone who still needs what is listed. If someone doesn't, leave the box empty and change the roster in the same pull request.",
      "",
      ...its.map((person) => line(person, known)),
      "",
    ].join("\n");
    return { name: fileName(owner), ...(owner !== undefined && { owner }), people: its, text };
  });
}

/** Readable, and distinct for owners that differ only in characters that file names can't have. */
function fileName(owner: string | undefined): string {
  if (owner === undefined) return "without-owner.md";
  const plain = owner
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 40);
  return `${plain}-${createHash("sha256").update(owner).digest("hex").slice(0, 6)}.md`;
}

const code = (text: string) => `<code>${escapeHtml(text)}</code>`;

function line({ username, groups, groupsUntil = {}, until, enabled }: Person, known: Known): string {
  const { changes, states, signIns } = known;
  const change = changes.get(username);
  const facts = [
    groups.length === 0
      ? "no groups"
      : `groups: ${groups.map((group) => code(group) + (Object.hasOwn(groupsUntil, group) ? ` until ${groupsUntil[group]}` : "")).join(", ")}`,
    ...(until === undefined ? [] : [`until ${until}`]),
    change === undefined ? "not committed yet" : `last change ${change.day} in ${code(change.commit)}`,
    states?.get(username) ?? (enabled ? "enabled in the roster" : "disabled in the roster"),
    ...(signIns === undefined ? [] : [`last sign-in: ${signIns.get(username) ?? "none recorded"}`]),
  ];
  // Repeats the name for `check`, escaped so that it is neither Markdown nor the end of a comment.
  return `- [ ] ${code(username)}: ${facts.join("; ")} <!-- ${hidden(username)} -->`;
}

const hidden = (username: string) =>
  JSON.stringify(username).replace(/[<>-]/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`);

const ITEM = /^- \[([ xX])\] .* <!-- (".*") -->\r?$/gm;

/** What the kept lists show: who was asked about, and who was ticked when. */
export interface Evidence {
  /** The day of the newest list. @default there is none */
  readonly newest?: Day;
  readonly listed: ReadonlySet<string>;
  /** The day of the newest list that ticks the person, by folded username. */
  readonly ticked: ReadonlyMap<string, Day>;
}

/**
 * Reads the kept lists. A list counts from the day that it was made for; the pull request shows when it was ticked.
 * @param root the directory of config.ts
 */
export function readEvidence(root: string, environment?: string): Evidence {
  const folder = join(root, folderFor(environment));
  const listed = new Set<string>();
  const ticked = new Map<string, Day>();
  let newest: Day | undefined;
  const days = existsSync(folder) ? readdirSync(folder).filter(isDay).sort() : [];
  for (const day of days) {
    for (const name of readdirSync(join(folder, day)).filter((one) => one.endsWith(".md"))) {
      const text = readFileSync(join(folder, day, name), "utf8");
      if (!text.startsWith(`${MARKER}${day} -->`)) continue;
      newest = day;
      for (const [, tick, quoted = '""'] of text.matchAll(ITEM)) {
        const username = nameIn(quoted);
        if (username === undefined) continue;
        listed.add(username);
        if (tick !== " ") ticked.set(username, day);
      }
    }
  }
  return { ...(newest !== undefined && { newest }), listed, ticked };
}

/** A list is edited by hand: a tick beside an invalid name counts for no one. */
function nameIn(quoted: string): string | undefined {
  try {
    return fold(String(JSON.parse(quoted)));
  } catch {
    return undefined;
  }
}

/**
 * Warns about people whose access hasn't been confirmed for that long. New people are due with the next list, as long as the
 * newest one is recent.
 * @param every days
 */
export function recertificationWarnings(
  people: readonly Person[],
  { newest, listed, ticked }: Evidence,
  { every, day, file }: { readonly every: number; readonly day: Day; readonly file: string },
): Problem[] {
  const recent = (one: Day | undefined) => one !== undefined && daysBetween(one, day) <= every;
  const due = people.filter(({ username, leaving }) => {
    const name = fold(username);
    return !leaving && !recent(ticked.get(name)) && (listed.has(name) || !recent(newest));
  });
  if (due.length === 0) return [];
  return [
    {
      location: { file },
      message: `nobody has confirmed the access of ${counted(due.length, "person", "people")} in the last ${counted(every, "day", "days")}: ${firstNames(due.map(({ username }) => username))}`,
      hint: "Make the lists, have them ticked off in a pull request, and merge it: npm run recertify (guards.recertifyEvery).",
    },
  ];
}

import { commandLine } from "../shell.ts";
import { counted } from "../text/words.ts";
import { accessGiven } from "./access.ts";
import { INVITED, joinsToLeave, type PersonsChanges, personLine, toneOf } from "./describe-person.ts";
import type { SettingChange } from "./differences.ts";
import type { Drift, DriftedMembership, DriftedPerson, DriftedSetting, UndeclaredGroup } from "./drift.ts";
import { KINDS, type Line } from "./line.ts";
import type { PersonEntry } from "./person.ts";
import type { Refusal } from "./refusals.ts";
import type { Entry, ResourceEntry, Review } from "./review.ts";
import { effectOf, fateOf, releaseOf } from "./settings-effects.ts";

export interface Found {
  readonly review: Review;
  readonly drift: Drift;
  readonly strangers: readonly string[];
  /** Whether the plan was made before, and kept: it puts no drift back. @default false */
  readonly kept?: boolean | undefined;
}

/** Of a plan that was kept: it was made while nothing was written. */
const NOT_PUT_BACK = "not put back by this plan: npm run deploy without --plan";

const WEIGHT = new Map<string, number>(KINDS.map(({ id }, index) => [id, index]));

/** Line by line: everyone once, with all that the plan does to them, the heaviest first; then things; then what was found. */
export function lines({ review, drift, strangers, kept = false }: Found): Line[] {
  const { people, things } = bySubject(review.entries);
  const missing = new Set(drift.people.flatMap(({ what, username }) => (what === "missing" ? username : [])));
  const found = [
    ...people.map((changes) => personLine(changes, missing.has(changes.username))),
    ...things.map(thingLine),
  ];
  const staying = (line: Line): Line => (kept ? { ...line, what: [...line.what, NOT_PUT_BACK] } : line);
  const [ours, strangersIn] = [
    drift.memberships.filter(({ stranger }) => !stranger),
    drift.memberships.filter(({ stranger }) => stranger),
  ];
  const weight = ({ kind }: Line) => WEIGHT.get(kind) ?? KINDS.length;
  return [
    ...found.sort((a, b) => weight(a) - weight(b)),
    ...drift.people.map((one) => (one.held ? driftedPerson(one) : staying(driftedPerson(one)))),
    ...ours.map(driftedMembership).map(staying),
    ...drift.things.map((one) => (one.held ? driftedThing(one) : staying(driftedThing(one)))),
    ...drift.groups.map(undeclaredGroup),
    ...strangers.map((name) =>
      undeclared(
        name,
        strangersIn.flatMap(({ username, group }) => (username === name ? [group] : [])),
      ),
    ),
  ];
}

/** Every entry, once: those about a person under that person, the others each for itself. */
export function bySubject(entries: readonly Entry[]): { people: PersonsChanges[]; things: ResourceEntry[] } {
  const people = new Map<string, PersonsChanges>();
  const things: ResourceEntry[] = [];
  for (const entry of entries) {
    if (entry.about !== "person" && entry.about !== "membership") {
      things.push(entry);
      continue;
    }
    const { username } = entry;
    const known = people.get(username) ?? { username, memberships: [] };
    people.set(
      username,
      entry.about === "person"
        ? { ...known, account: entry }
        : { ...known, memberships: [...known.memberships, entry] },
    );
  }
  return { people: [...people.values()], things };
}

const LABEL = { pool: "user pool", client: "app client", group: "group", other: "" } as const;

const called = (about: ResourceEntry["about"], label: string) =>
  [LABEL[about], about === "pool" || about === "client" ? "" : label].filter(Boolean).join(" ");

function thingLine(entry: ResourceEntry): Line {
  const { about, label, what, settings, released = [] } = entry;
  const lost = what === "deleted" || what === "replaced";
  const free = what === "moved" && released.length > 0;
  const quiet =
    what === "read" || (what === "moved" && !free) || (what === "adopted" && settings.length === 0);
  const fate = fateOf(entry);
  return {
    kind: about,
    tone: lost ? "bad" : quiet ? "quiet" : what === "created" ? "good" : toneOf(about),
    who: called(about, label),
    what: [
      ...(free
        ? []
        : [
            `is ${what}${lost && isIrreversible(entry) ? ", irreversibly" : ""}${fate === undefined ? "" : `: ${fate}`}`,
          ]),
      ...settings.map((setting) => settingWords(setting, effectOf(about, setting))),
      ...released.map(releaseOf),
    ],
  };
}

function settingWords({ name, from, to, forcesReplacement }: SettingChange, effect?: string): string {
  const change =
    from === undefined && to === undefined
      ? `${name} (not shown)`
      : `${name}: ${from ?? "none"} → ${to ?? "known after the deploy"}`;
  return [
    change,
    ...(forcesReplacement ? ["forces replacement"] : []),
    ...(effect === undefined ? [] : [effect]),
  ].join(" — ");
}

function driftedPerson(person: DriftedPerson): Line {
  const { username, what, attributes, enabled, otherAccount, held, invitation = "none" } = person;
  const again = `with a new sub, ${INVITED[invitation]}`;
  const differing = otherAccount ? attributes.filter((name) => name !== "sub") : attributes;
  return {
    kind: "drift",
    tone: otherAccount ? "bad" : toneOf("drift"),
    who: username,
    what:
      what === "missing"
        ? [
            held
              ? `was deleted outside this repository, and stays so. To create the account again, ${again}: ${commandLine`npm run deploy -- --recreate ${username}`}`
              : `was deleted outside this repository: npm run deploy creates the account anew, ${again}`,
          ]
        : [
            ...(otherAccount ? ["is another account of that name, with another sub"] : []),
            ...(enabled === undefined
              ? []
              : [
                  held
                    ? `was disabled outside this repository, and stays so. To let them in again: ${commandLine`npm run deploy -- --enable ${username}`}`
                    : `was ${enabled ? "enabled" : "disabled"} outside this repository`,
                ]),
            ...(differing.length > 0 ? [`changed outside this repository: ${differing.join(", ")}`] : []),
          ],
  };
}

function driftedThing({ about, label, settings, missing, held }: DriftedSetting): Line {
  return {
    kind: "drift",
    tone: toneOf("drift"),
    who: called(about, label),
    what: missing
      ? [
          about === "client"
            ? "was deleted outside this repository: npm run deploy creates it anew with another id (and secret): every app needs the new one"
            : "is not there any more: deleted outside this repository",
        ]
      : [
          held
            ? "was changed outside this repository, and stays so: config.ts does not say what it should be"
            : "was changed outside this repository",
          ...settings.map((setting) => settingWords(setting, effectOf(about, setting))),
        ],
  };
}

function driftedMembership({ username, group, what }: DriftedMembership): Line {
  return {
    kind: "drift",
    tone: toneOf("drift"),
    who: username,
    what: [
      what === "added"
        ? `was put into ${group} outside this repository: npm run deploy takes them out`
        : `was taken out of ${group} outside this repository: npm run deploy puts them back`,
    ],
  };
}

const undeclaredGroup = ({ name, members, roleArn }: UndeclaredGroup): Line => ({
  kind: "undeclared",
  tone: toneOf("undeclared"),
  who: called("group", name),
  what: [
    `is in the user pool, and nobody declared it: ${counted(members, "member", "members")}${roleArn === undefined ? "" : `, gives the role ${roleArn}`}; not touched`,
  ],
});

const undeclared = (who: string, groups: readonly string[]): Line => ({
  kind: "undeclared",
  tone: groups.length > 0 ? "warn" : toneOf("undeclared"),
  who,
  what: [
    `is in the user pool${groups.length > 0 ? `, in ${groups.join(", ")}` : ""}, and not in the roster; not touched`,
  ],
});

/** More refusals than these are only counted in the head line; each stands below it. */
const NAMED = 3;

/** "3 join, 1 leaves, 2 change — nothing irreversible", or "REFUSED: 41 people would be deleted (limit 10)". */
export function headline(found: Omit<Found, "strangers">, refused: readonly Refusal[]): string {
  const { review, drift, kept = false } = found;
  if (refused.length > 0) {
    const named = refused.slice(0, NAMED).map(({ message }) => message);
    const more = refused.length - named.length;
    return `REFUSED: ${[...named, ...(more > 0 ? [`and ${more} more`] : [])].join("; ")}`;
  }
  const outside = changedOutside(drift);
  const missing = drift.people.filter(({ what, held }) => what === "missing" && !held).length;
  const left = heldWords(found);
  if (review.entries.length === 0) {
    if (outside === 0) return left || "Nothing to do: everything is as it is written";
    const changed = `${counted(outside, "thing was", "things were")} changed outside this repository`;
    const rest = outside > missing ? "puts that back, and " : "";
    const then = kept
      ? NOT_PUT_BACK
      : missing === 0
        ? "npm run deploy puts that back"
        : `npm run deploy ${rest}creates ${counted(missing, "deleted account", "deleted accounts")} anew, with a new sub`;
    return [`${changed}: ${then}`, ...(left === "" ? [] : [left])].join("; ");
  }
  const people = review.entries.filter((entry) => entry.about === "person");
  const touched = new Set(people.map(({ username }) => username));
  const regrouped = new Set(
    review.entries.flatMap((entry) =>
      entry.about === "membership" && !touched.has(entry.username) ? [entry.username] : [],
    ),
  );
  const others = review.entries.filter((entry) => entry.about !== "person" && entry.about !== "membership");
  const count = (what: PersonEntry["what"]) => people.filter((entry) => entry.what === what).length;
  const toLeave = people.filter(joinsToLeave).length;
  const parts = [
    verb(count("joins") - toLeave, "joins", "join"),
    verb(toLeave, "is created only to leave", "are created only to leave"),
    verb(count("leaves"), "leaves", "leave"),
    verb(count("returns"), "returns", "return"),
    verb(count("changes") + regrouped.size, "changes", "change"),
    verb(count("adopted"), "is adopted", "are adopted"),
    verb(count("deleted"), "is deleted", "are deleted"),
    verb(count("replaced"), "is replaced", "are replaced"),
    ...(others.length === 0 ? [] : [counted(others.length, "other thing", "other things")]),
  ].filter((part) => part !== "");
  const gone = review.entries.filter(isIrreversible).length;
  const given = accessGiven(found).length;
  const ends = [
    ...(gone === 0 && missing > 0 ? [] : [gone === 0 ? "nothing irreversible" : `${gone} irreversible`]),
    ...(missing === 0
      ? []
      : [`${counted(missing, "account was", "accounts were")} deleted outside this repository`]),
    ...(given === 0 ? [] : [`${given} would get access`]),
    ...(left === "" ? [] : [left]),
  ];
  return `${parts.join(", ")} — ${ends.join(", ")}`;
}

/** What a deploy puts back; not what it leaves as it is. */
export const changedOutside = ({ people, things, memberships }: Drift) =>
  people.filter(({ held }) => !held).length +
  things.filter(({ held }) => !held).length +
  memberships.filter(({ stranger }) => !stranger).length;

/** What was changed by other hands and stays so, counted; empty where nothing is. */
function heldWords({ drift }: Pick<Found, "drift">): string {
  const held = drift.people.filter((one) => one.held);
  const [missing, disabled] = [true, false].map(
    (gone) => held.filter(({ what }) => (what === "missing") === gone).length,
  );
  const strangersIn = new Set(
    drift.memberships.flatMap(({ username, stranger }) => (stranger ? [username] : [])),
  ).size;
  return [
    verb(disabled ?? 0, "account disabled by hand stays disabled", "accounts disabled by hand stay disabled"),
    verb(missing ?? 0, "account deleted by hand stays deleted", "accounts deleted by hand stay deleted"),
    verb(strangersIn, "stranger is in a group", "strangers are in groups"),
    verb(
      drift.things.filter(({ held: stays }) => stays).length,
      "group changed by hand stays so",
      "groups changed by hand stay so",
    ),
    verb(drift.groups.length, "group is declared nowhere", "groups are declared nowhere"),
  ]
    .filter((part) => part !== "")
    .join(", ");
}

/** A group without a role can be made again as it was, and a membership too. */
export const isIrreversible = (entry: Entry) =>
  entry.about !== "membership" &&
  (entry.about !== "group" || entry.roleArn !== undefined) &&
  (entry.what === "deleted" ||
    entry.what === "replaced" ||
    (entry.about === "person" && entry.password !== undefined));

const verb = (count: number, one: string, several: string) =>
  count === 0 ? "" : counted(count, one, several);

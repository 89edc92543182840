import type { Line } from "./document.ts";
import type { Drift, DriftedPerson, DriftedSetting } from "./drift.ts";
import { KINDS } from "./kinds.ts";
import { INVITED, type PersonsChanges, personLine, toneOf } from "./person-words.ts";
import type { Entry, ResourceEntry, Review } from "./review.ts";
import { effectOf, fateOf } from "./settings-effects.ts";
import type { SettingChange } from "./values.ts";

export interface Found {
  readonly review: Review;
  readonly drift: Drift;
  readonly strangers: readonly string[];
  /** Whether the plan was made before, and kept: it puts no drift back. @default false */
  readonly kept?: boolean | undefined;
}

/** Of a plan that was kept: it was made while nothing was written. */
export const NOT_PUT_BACK = "not put back by this plan: npm run deploy without --plan";

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
  const weight = ({ kind }: Line) => WEIGHT.get(kind) ?? KINDS.length;
  return [
    ...found.sort((a, b) => weight(a) - weight(b)),
    ...drift.people.map(driftedPerson).map(staying),
    ...drift.things.map(driftedThing).map(staying),
    ...strangers.map(undeclared),
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
  const { about, label, what, settings } = entry;
  const lost = what === "deleted" || what === "replaced";
  const quiet = what === "read" || what === "moved" || (what === "adopted" && settings.length === 0);
  const fate = fateOf(entry);
  return {
    kind: about,
    tone: lost ? "bad" : quiet ? "quiet" : what === "created" ? "good" : toneOf(about),
    who: called(about, label),
    what: [
      `is ${what}${lost && about !== "group" ? ", irreversibly" : ""}${fate === undefined ? "" : `: ${fate}`}`,
      ...settings.map((setting) => settingWords(setting, effectOf(about, setting))),
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
  const { username, what, attributes, enabled, otherAccount, invitation = "none" } = person;
  const differing = otherAccount ? attributes.filter((name) => name !== "sub") : attributes;
  return {
    kind: "drift",
    tone: otherAccount ? "bad" : toneOf("drift"),
    who: username,
    what:
      what === "missing"
        ? [
            `was deleted outside this repository: npm run deploy creates the account anew, with a new sub, ${INVITED[invitation]}`,
          ]
        : [
            ...(otherAccount ? ["is another account of that name, with another sub"] : []),
            ...(enabled === undefined
              ? []
              : [`was ${enabled ? "enabled" : "disabled"} outside this repository`]),
            ...(differing.length > 0 ? [`changed outside this repository: ${differing.join(", ")}`] : []),
          ],
  };
}

function driftedThing({ about, label, settings, missing }: DriftedSetting): Line {
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
          "was changed outside this repository",
          ...settings.map((setting) => settingWords(setting, effectOf(about, setting))),
        ],
  };
}

const undeclared = (who: string): Line => ({
  kind: "undeclared",
  tone: toneOf("undeclared"),
  who,
  what: ["is in the user pool, and not in the roster; not touched"],
});

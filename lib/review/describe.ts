import { ATTRIBUTE_WORDS, attributeOf } from "../roster/sign-in-names.ts";
import { commandLine } from "../shell.ts";
import { clientKeyAt } from "../stack/clients.ts";
import { counted } from "../text/words.ts";
import { accessGiven, triggersChanged } from "./access.ts";
import { INVITED, joinsToLeave, type PersonsChanges, personLine, toneOf } from "./describe-person.ts";
import type { SettingChange } from "./differences.ts";
import type {
  Drift,
  DriftedMembership,
  DriftedPerson,
  DriftedSetting,
  UndeclaredClient,
  UndeclaredGroup,
  UndeclaredService,
} from "./drift.ts";
import { KINDS, type Line } from "./line.ts";
import type { PersonEntry } from "./person.ts";
import type { Refusal } from "./refusals.ts";
import type { Entry, ResourceEntry, Review } from "./review.ts";
import { effectOf, fateOf, releaseOf } from "./settings-effects.ts";
import { waysIn } from "./ways-in.ts";

export interface Found {
  readonly review: Review;
  readonly drift: Drift;
  readonly strangers: readonly string[];
  /** Those who signed up on their own and have not confirmed. @default none */
  readonly unconfirmed?: readonly string[] | undefined;
  /** Whether the plan was made earlier and saved: it doesn't reverse drift. @default false */
  readonly kept?: boolean | undefined;
}

/** For a saved plan: it was made while nothing was pending. */
const NOT_PUT_BACK = "this plan doesn't put it back: use npm run deploy without --plan";

const WEIGHT = new Map<string, number>(KINDS.map(({ id }, index) => [id, index]));

/**
 * Line by line: each person once, with everything that the plan does to them, the most serious first; then things; then drift.
 */
export function lines({ review, drift, strangers, unconfirmed = [], kept = false }: Found): Line[] {
  const signedUp = new Set(unconfirmed);
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
    ...drift.services.map(undeclaredService),
    ...(drift.clients ?? []).map(undeclaredClient),
    ...strangers.map((name) =>
      undeclared(
        name,
        strangersIn.flatMap(({ username, group }) => (username === name ? [group] : [])),
        signedUp.has(name),
      ),
    ),
  ];
}

/** Every entry once: those about a person under that person, the others separately. */
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
  [LABEL[about], about === "pool" ? "" : about === "client" ? (clientKeyAt(label) ?? "") : label]
    .filter(Boolean)
    .join(" ");

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
      ...settings.map((setting) => settingWords(setting, effectOf(about, setting, entry.address))),
      ...released.map(releaseOf),
    ],
  };
}

function settingWords(setting: SettingChange, effect?: string): string {
  const { name, from, to, added = [], gone = [], forcesReplacement } = setting;
  const change =
    from === undefined && to === undefined
      ? `${name} (not shown)`
      : added.length + gone.length > 0
        ? `${name}: ${[...added.map((one) => `+ ${one}`), ...gone.map((one) => `− ${one}`)].join(", ")}`
        : `${name}: ${from ?? "none"} → ${to ?? "known after the deploy"}`;
  return [
    change,
    ...(forcesReplacement ? ["forces replacement"] : []),
    ...(effect === undefined ? [] : [effect]),
  ].join(" — ");
}

function driftedPerson(person: DriftedPerson): Line {
  const { username, what, attributes, enabled, otherAccount, held, invitation = "none", now } = person;
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
              ? `was deleted outside this repository and stays deleted. To create the account again, ${again}: ${commandLine`npm run deploy -- --recreate ${username}`}`
              : `was deleted outside this repository: npm run deploy creates the account again, ${again}`,
          ]
        : [
            ...(otherAccount ? ["is another account of that name, with another sub"] : []),
            ...(enabled === undefined
              ? []
              : [
                  held
                    ? `was disabled outside this repository and stays disabled. To enable them: ${commandLine`npm run deploy -- --enable ${username}`}`
                    : `was ${enabled ? "enabled" : "disabled"} outside this repository`,
                ]),
            ...(now === undefined
              ? []
              : [
                  `has the ${ATTRIBUTE_WORDS[attributeOf(username)]} ${now} now. To put ${username} back: npm run deploy. To keep the new one: ${JSON.stringify(now)} with "formerly": ${JSON.stringify(username)} in its line`,
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
            ? "was deleted outside this repository: npm run deploy creates it again with a new id (and secret), which every app needs"
            : "was deleted outside this repository",
        ]
      : [
          held
            ? "was changed outside this repository and stays changed: config.ts doesn't set it"
            : "was changed outside this repository",
          ...settings.map((setting) => settingWords(setting, effectOf(about, setting, label))),
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
        ? `was added to ${group} outside this repository: npm run deploy removes them`
        : `was removed from ${group} outside this repository: npm run deploy puts them back`,
    ],
  };
}

const undeclaredGroup = ({ name, members, roleArn }: UndeclaredGroup): Line => ({
  kind: "undeclared",
  tone: toneOf("undeclared"),
  who: called("group", name),
  what: [
    `is in the user pool but declared nowhere: ${counted(members, "member", "members")}${roleArn === undefined ? "" : `, gives the role ${roleArn}`}; not touched`,
  ],
});

const undeclaredService = ({ what, name }: UndeclaredService): Line => ({
  kind: "undeclared",
  tone: what === "identity provider" ? "warn" : toneOf("undeclared"),
  who: `${what} ${name}`,
  what: [`is in the user pool but not in config.ts; not touched`],
});

const undeclaredClient = ({ id, name, allows }: UndeclaredClient): Line => ({
  kind: "undeclared",
  tone: "warn",
  who: `app client ${name}`,
  what: [
    `is in the user pool (${id}) but not in config.ts${allows.length > 0 ? `: people can sign in by ${allows.join(", ")}` : ""}; not touched`,
  ],
});

const undeclared = (who: string, groups: readonly string[], signedUp: boolean): Line => ({
  kind: "undeclared",
  tone: groups.length > 0 ? "warn" : toneOf("undeclared"),
  who,
  what: [
    signedUp
      ? `signed up but hasn't confirmed${groups.length > 0 ? `, is in ${groups.join(", ")}` : ""}; not in the roster, and not touched`
      : `is in the user pool${groups.length > 0 ? `, in ${groups.join(", ")}` : ""}, but not in the roster; not touched`,
  ],
});

/** Above this number, refusals are only counted in the head line; each is listed below it. */
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
    if (outside === 0) return left || "Nothing to do: everything is as declared";
    const changed = `${counted(outside, "thing was", "things were")} changed outside this repository`;
    const rest = outside > missing ? "puts that back, and " : "";
    const then = kept
      ? NOT_PUT_BACK
      : missing === 0
        ? "npm run deploy puts that back"
        : `npm run deploy ${rest}creates ${counted(missing, "deleted account", "deleted accounts")} again, with a new sub`;
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
  const renamed = people.filter(({ what, renamed }) => what === "changes" && renamed !== undefined);
  const inPrivileged = people.filter((entry) => entry.renamed?.privileged !== undefined).length;
  const toLeave = people.filter(joinsToLeave).length;
  const changing = [
    verb(count("joins") - toLeave, "joins", "join"),
    verb(toLeave, "is created only to be deleted", "are created only to be deleted"),
    verb(count("leaves"), "leaves", "leave"),
    verb(count("returns"), "returns", "return"),
    verb(renamed.length, "gets a new address", "get new addresses"),
    verb(count("changes") - renamed.length + regrouped.size, "changes", "change"),
    verb(count("adopted"), "is adopted", "are adopted"),
    verb(count("deleted"), "is deleted", "are deleted"),
    verb(count("replaced"), "is replaced", "are replaced"),
  ].filter((part) => part !== "");
  const parts = [
    // The first says what is counted.
    ...changing.map((part, index) =>
      index === 0 ? part.replace(/^\S+/, (n) => `${n} ${n === "1" ? "person" : "people"}`) : part,
    ),
    ...(others.length === 0 ? [] : [counted(others.length, "other change", "other changes")]),
  ];
  const gone = review.entries.filter(isIrreversible).length;
  const given = accessGiven(found).length;
  const triggers = triggersChanged(review);
  const ways = waysIn(review).length;
  const ends = [
    ...(gone === 0 && missing > 0 ? [] : [gone === 0 ? "nothing irreversible" : `${gone} irreversible`]),
    ...(missing === 0
      ? []
      : [`${counted(missing, "account was", "accounts were")} deleted outside this repository`]),
    ...(given === 0 ? [] : [`${given} would get access`]),
    ...(inPrivileged === 0 ? [] : [`${inPrivileged} of a privileged group under another name`]),
    ...(triggers.length === 0
      ? []
      : [
          `${triggers.length === 1 ? "a function" : "functions"} that can affect sign-in ${triggers.length === 1 ? "changes" : "change"}: ${triggers.join(", ")}`,
        ]),
    ...(ways === 0 ? [] : [counted(ways, "new way in", "new ways in")]),
    ...rolesOpened(review),
    ...(left === "" ? [] : [left]),
  ];
  return `${parts.join(", ")} — ${ends.join(", ")}`;
}

/** What a deploy reverses; not what it leaves alone. */
export const changedOutside = ({ people, things, memberships }: Drift) =>
  people.filter(({ held }) => !held).length +
  things.filter(({ held }) => !held).length +
  memberships.filter(({ stranger }) => !stranger).length;

/** The number of changes made outside that stay; empty if there are none. */
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
    verb(strangersIn, "person outside the roster is in a group", "people outside the roster are in groups"),
    verb(
      drift.things.filter(({ held: stays }) => stays).length,
      "group stays as it was changed by hand",
      "groups stay as they were changed by hand",
    ),
    verb(drift.groups.length, "group is declared nowhere", "groups are declared nowhere"),
    verb(drift.clients?.length ?? 0, "app client is declared nowhere", "app clients are declared nowhere"),
    ...(["identity provider", "resource server"] as const).map((kind) =>
      verb(
        drift.services.filter(({ what }) => what === kind).length,
        `${kind} is declared nowhere`,
        `${kind}s are declared nowhere`,
      ),
    ),
  ]
    .filter((part) => part !== "")
    .join(", ");
}

/** A group without a role can be re-created as it was, and so can a membership. */
export const isIrreversible = (entry: Entry) =>
  entry.about !== "membership" &&
  (entry.about !== "group" || entry.roleArn !== undefined) &&
  (entry.what === "deleted" ||
    entry.what === "replaced" ||
    (entry.about === "person" && entry.password !== undefined));

const verb = (count: number, one: string, several: string) =>
  count === 0 ? "" : counted(count, one, several);

const ROLES_SHOWN = 3;

/** Which groups' members may assume which IAM role from now on, the first ones by name. */
function rolesOpened({ groupRoles = [] }: Pick<Review, "groupRoles">): string[] {
  const more = groupRoles.length - ROLES_SHOWN;
  return [
    ...groupRoles.slice(0, ROLES_SHOWN).map(({ group, role }) => `${group} may assume ${role}`),
    ...(more > 0 ? [`${more} more ${more === 1 ? "group" : "groups"} may assume a role`] : []),
  ];
}

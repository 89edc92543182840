import type { Entry, MembershipEntry, PersonEntry, ResourceEntry, Review } from "./review.ts";
import { counted, type Refusal } from "./verdict.ts";

/** How a line of the review weighs: for its colour and its sign. */
export type Weight = "adds" | "changes" | "takes" | "destroys" | "quiet";

/** Everything about one person, or one thing, in words. */
export interface Line {
  readonly weight: Weight;
  readonly who: string;
  readonly what: string;
}

const HEAVIEST: readonly Weight[] = ["destroys", "takes", "adds", "changes", "quiet"];

/** "3 join, 1 leaves, 2 change — nothing irreversible", or "REFUSED: 41 people would lose access (limit 10)". */
export function headline(review: Review, refused: readonly Refusal[]): string {
  if (refused.length > 0) return `REFUSED: ${refused.map(({ message }) => message).join("; ")}`;
  if (review.entries.length === 0) return "Nothing to do: everything is as it is written";
  const people = review.entries.filter((entry) => entry.about === "person");
  const touched = new Set(people.map(({ username }) => username));
  const regrouped = new Set(
    review.entries.flatMap((entry) =>
      entry.about === "membership" && !touched.has(entry.username) ? [entry.username] : [],
    ),
  );
  const others = review.entries.filter((entry) => entry.about !== "person" && entry.about !== "membership");
  const count = (what: PersonEntry["what"]) => people.filter((entry) => entry.what === what).length;
  const parts = [
    verb(count("joins"), "joins", "join"),
    verb(count("leaves"), "leaves", "leave"),
    verb(count("returns"), "returns", "return"),
    verb(count("changes") + regrouped.size, "changes", "change"),
    verb(count("adopted"), "is adopted", "are adopted"),
    verb(count("deleted"), "is deleted", "are deleted"),
    verb(count("replaced"), "is replaced", "are replaced"),
    ...(others.length === 0 ? [] : [counted(others.length, "other thing", "other things")]),
  ].filter((part) => part !== "");
  const gone = review.entries.filter(isIrreversible).length;
  return `${parts.join(", ")} — ${gone === 0 ? "nothing irreversible" : `${gone} irreversible`}`;
}

/** A group can be made again as it was, and a membership too. */
const isIrreversible = ({ about, what }: Entry) =>
  about !== "group" && about !== "membership" && (what === "deleted" || what === "replaced");

const verb = (count: number, one: string, several: string) =>
  count === 0 ? "" : counted(count, one, several);

/** Line by line: everyone once, with all that happens to them, the heaviest first; then the rest. */
export function lines({ entries }: Review): Line[] {
  const byPerson = new Map<string, Entry[]>();
  const rest: Line[] = [];
  for (const entry of entries) {
    if (entry.about === "person" || entry.about === "membership") {
      byPerson.set(entry.username, [...(byPerson.get(entry.username) ?? []), entry]);
    } else rest.push(thingLine(entry));
  }
  const people = [...byPerson].map(([username, about]) => personLine(username, about));
  const sorted = (found: Line[]) =>
    found.sort((a, b) => HEAVIEST.indexOf(a.weight) - HEAVIEST.indexOf(b.weight));
  return [...sorted(people), ...sorted(rest)];
}

function personLine(username: string, entries: readonly Entry[]): Line {
  const about = entries.find((entry) => entry.about === "person");
  const memberships = entries.filter((entry) => entry.about === "membership");
  const groups = (what: MembershipEntry["what"]) =>
    memberships.filter((entry) => entry.what === what).map(({ group }) => group);
  // Whoever is deleted leaves every group by it.
  const out = about?.what === "deleted" ? [] : groups("out");
  const words = [
    ...(about === undefined ? [] : personWords(about)),
    ...(groups("in").length > 0 ? [`into ${groups("in").join(", ")}`] : []),
    ...(out.length > 0 ? [`out of ${out.join(", ")}`] : []),
    ...(groups("replaced").length > 0 ? [`out of and into ${groups("replaced").join(", ")}`] : []),
  ];
  return { who: username, weight: about === undefined ? "changes" : weightOf(about), what: words.join("; ") };
}

function weightOf({ what, enabled }: PersonEntry): Weight {
  if (what === "deleted" || what === "replaced") return "destroys";
  if (what === "leaves" || (what === "changes" && enabled === false)) return "takes";
  return what === "joins" || what === "returns" ? "adds" : "changes";
}

const INVITED = { email: "invited by e-mail", sms: "invited by SMS", none: "no invitation" } as const;

function personWords({ what, invitation, attributes, enabled }: PersonEntry): string[] {
  const changed = attributes.length === 0 ? [] : [`changes ${attributes.join(", ")}`];
  switch (what) {
    case "joins":
      return [
        `joins, ${INVITED[invitation ?? "none"]}${enabled === false ? ", disabled from the start" : ""}`,
      ];
    case "leaves":
      return ["leaves: disabled and signed out now, deleted when the line goes", ...changed];
    case "returns":
      return [enabled === true ? "returns, enabled again" : "returns, still disabled", ...changed];
    case "deleted":
      return ["is deleted, irreversibly"];
    case "replaced":
      return ["is deleted and created anew with a new sub, irreversibly"];
    case "adopted":
      return ["is in the user pool already, and is taken over as is", ...access(enabled), ...changed];
    case "changes":
      return [...access(enabled), ...changed];
  }
}

const access = (enabled: boolean | undefined) =>
  enabled === undefined ? [] : [enabled ? "is enabled" : "is disabled"];

const LABEL = { pool: "user pool", client: "app client", group: "group", other: "" } as const;

function thingLine({ about, label, what, settings }: ResourceEntry): Line {
  const name = about === "pool" || about === "client" ? "" : label;
  const changes = settings.map(({ name, from, to }) =>
    from === undefined && to === undefined
      ? `${name} (not shown)`
      : `${name}: ${from ?? "none"} → ${to ?? "known after the deploy"}`,
  );
  const weight =
    what === "deleted" || what === "replaced" ? "destroys" : what === "created" ? "adds" : "changes";
  const lost = weight === "destroys" && about !== "group" ? ", irreversibly" : "";
  return {
    weight: what === "read" || what === "moved" ? "quiet" : weight,
    who: [LABEL[about], name].filter(Boolean).join(" "),
    what: [`is ${what}${lost}`, ...changes].join("; "),
  };
}

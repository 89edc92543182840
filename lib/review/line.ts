/** How serious something is for the reader: decides colours and signs. */
export type Tone = "good" | "warn" | "bad" | "quiet" | "info";

export type Kind = (typeof KINDS)[number]["id"];

/**
 * What a line of the review is about, the most serious first: the order in which lines are shown, and which kind a person with
 * several consequences is listed under. `irreversible` kinds can't be undone by another deploy.
 */
export const KINDS = [
  { id: "deleted", label: "Deleted", tone: "bad", sign: "✖" },
  { id: "replaced", label: "Re-created with a new sub", tone: "bad", sign: "✖" },
  { id: "thrown-back", label: "Loses their password", tone: "bad", sign: "✖" },
  { id: "leaves", label: "Leaves", tone: "warn", sign: "-" },
  { id: "disabled", label: "Disabled", tone: "warn", sign: "-" },
  { id: "joins", label: "Joins", tone: "good", sign: "+" },
  { id: "returns", label: "Returns", tone: "good", sign: "+" },
  { id: "changes", label: "Changes", tone: "info", sign: "~" },
  { id: "groups", label: "Groups only", tone: "info", sign: "~" },
  { id: "adopted", label: "Adopted unchanged", tone: "quiet", sign: "·" },
  { id: "pool", label: "User pool", tone: "info", sign: "~" },
  { id: "client", label: "App client", tone: "info", sign: "~" },
  { id: "group", label: "Groups of the pool", tone: "info", sign: "~" },
  { id: "other", label: "Other resources", tone: "info", sign: "~" },
  { id: "drift", label: "Changed by hand", tone: "warn", sign: "≠" },
  { id: "undeclared", label: "Not in the roster", tone: "quiet", sign: "?" },
] as const satisfies readonly {
  readonly id: string;
  readonly label: string;
  readonly tone: Tone;
  readonly sign: string;
}[];

/** The sign before a line: what is lost and what is new look the same everywhere. */
export function signOf({ kind, tone }: { readonly kind: Kind; readonly tone: Tone }): string {
  if (tone === "bad") return "✖";
  if (tone === "good") return "+";
  return KINDS.find(({ id }) => id === kind)?.sign ?? "~";
}

/** Everything about one person, or one thing, in words. */
export interface Line {
  readonly kind: Kind;
  readonly tone: Tone;
  /** A username, "user pool", "app client", "group ops", or the address of something else. */
  readonly who: string;
  /** One consequence each. */
  readonly what: readonly string[];
  /** The roster's remarks about the person: `owner: …`, `note: …`. @default nothing */
  readonly remarks?: readonly string[];
  /** The roster file that has the person, if there are several. */
  readonly file?: string;
}

/** How a thing weighs. It colours words that say the same: never the colour alone. */
export type Tone = "good" | "warn" | "bad" | "quiet" | "info";

/** Something counted, as a part of the bar. */
export interface Share {
  readonly label: string;
  readonly count: number;
  readonly tone: Tone;
}

/** What rows can be filtered by. */
export interface Kind {
  /** Names it in the page's address, so a link keeps a filter: `#kind=joins`. */
  readonly id: string;
  readonly label: string;
  readonly tone: Tone;
}

export interface Row {
  /** The id of one of the page's kinds. */
  readonly kind: string;
  readonly who: string;
  /** One consequence an entry. */
  readonly what: readonly string[];
  /** A command that helps, as typed in a terminal. */
  readonly help?: string;
}

/** A report for people, in plain text: what is HTML in it is shown, not obeyed. */
export interface Page {
  /** The window's. */
  readonly title: string;
  /** What this is about. */
  readonly heading: string;
  /** What it comes down to: the head line. */
  readonly verdict: { readonly text: string; readonly tone: Tone };
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  /** Without it, or when every count is 0, there is none. */
  readonly bar?: readonly Share[];
  /** In the order of their buttons; those without rows are not offered. */
  readonly kinds: readonly Kind[];
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
}

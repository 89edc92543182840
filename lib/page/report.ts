/** How serious something is. It only colours words that say the same. */
export type Tone = "good" | "warn" | "bad" | "quiet" | "info";

/** A count, shown as a part of the bar. */
export interface Share {
  readonly label: string;
  readonly count: number;
  readonly tone: Tone;
}

/** A kind that rows can be filtered by. */
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
  /** One consequence per entry. */
  readonly what: readonly string[];
  /** A command that helps, as typed in a terminal. */
  readonly help?: string;
}

/** A report for people, in plain text: HTML in it is shown, not interpreted. */
export interface Page {
  /** The window's. */
  readonly title: string;
  /** The subject. */
  readonly heading: string;
  /** The summary: the head line. */
  readonly verdict: { readonly text: string; readonly tone: Tone };
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  /** Without it, or if every count is 0, there is no bar. */
  readonly bar?: readonly Share[];
  /** In the order of their buttons; those without rows get none. */
  readonly kinds: readonly Kind[];
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
}

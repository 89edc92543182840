/** How many people each comparison has, and how often it is repeated. */
export interface Sizes {
  readonly name: "full" | "quick";
  /** Of what takes seconds only; the middle one counts. */
  readonly repeats: number;
  /** `growing`: three sizes, whose memory is compared; the middle one is timed, too. */
  readonly synth: { readonly few: number; readonly growing: readonly [number, number, number] };
  readonly check: { readonly few: number; readonly many: number };
  readonly plan: {
    /** Ours, and one resource for each person. */
    readonly people: readonly number[];
    /** The inline for_each; once a size is too big, no bigger one is tried. */
    readonly inline: readonly number[];
    readonly inlineInGroups: readonly number[];
    /** For the targets. */
    readonly compared: number;
    /** How often that size is planned, and nobody: the middle one counts. */
    readonly repeats: number;
    /** The size that `compared` is to grow to. */
    readonly grown: number;
  };
  readonly endToEnd: {
    readonly people: readonly number[];
    /** How many groups everyone is in. */
    readonly groups: readonly number[];
    /** Up to how many people are deployed, too. */
    readonly deployed: number;
    /** For the targets. */
    readonly target: { readonly few: number; readonly many: number };
  };
  readonly calls: readonly [number, number];
  /** With a user pool in memory. */
  readonly compare: readonly number[];
  /** `processes`: of these, how many are walked one process each. */
  readonly walk: { readonly people: number; readonly processes: number };
  /** Random pairs; of `spread` of them the people are so many that they stand in blocks. */
  readonly equality: { readonly pairs: number; readonly spread: number };
}

export const FULL: Sizes = {
  name: "full",
  repeats: 5,
  synth: { few: 10, growing: [1_000, 10_000, 20_000] },
  check: { few: 10, many: 10_000 },
  plan: {
    people: [10, 100, 1_000, 3_000, 10_000],
    inline: [10, 100, 300, 1_000],
    inlineInGroups: [10, 100],
    compared: 1_000,
    repeats: 3,
    grown: 10_000,
  },
  endToEnd: {
    people: [10, 1_000, 10_000],
    groups: [0, 3],
    deployed: 1_000,
    target: { few: 10, many: 10_000 },
  },
  calls: [60, 600],
  compare: [1_000, 10_000],
  walk: { people: 200, processes: 10 },
  equality: { pairs: 200, spread: 6 },
};

/** A minute or two, to see that everything runs. */
export const QUICK: Sizes = {
  name: "quick",
  repeats: 1,
  synth: { few: 10, growing: [20, 50, 100] },
  check: { few: 10, many: 100 },
  plan: { people: [10], inline: [10], inlineInGroups: [], compared: 10, repeats: 1, grown: 10 },
  endToEnd: { people: [10], groups: [3], deployed: 10, target: { few: 10, many: 10 } },
  calls: [5, 65],
  compare: [65],
  walk: { people: 6, processes: 2 },
  equality: { pairs: 12, spread: 0 },
};

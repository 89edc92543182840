import type { Sizes } from "./sizes.ts";

/** What the issue asks of one thing, and how far it is kept. */
export interface Target {
  readonly asks: string;
  /** With the numbers. */
  readonly measured: string;
  /** Undefined where it was not measured. */
  readonly met?: boolean | undefined;
  /** Where it is not met: what stands in the way. */
  readonly inTheWay?: string;
}

/** One thing measured. */
export interface Section {
  readonly title: string;
  /** Markdown: how it was measured, for whoever wants to do it again. */
  readonly how: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly targets: readonly Target[];
}

/** What each comparison is given. */
export interface BenchContext {
  readonly sizes: Sizes;
  readonly signal: AbortSignal;
  /** Told what goes on. */
  readonly say: (step: string, detail?: string) => void;
}

/** A result, or why there is none. */
export function notMeasured(title: string, why: string): Section {
  return { title, how: `Not measured: ${why}`, head: [], rows: [], targets: [] };
}

/** `0.84 s`, `12.3 s`, `117 s`. */
export function seconds(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} s`;
}

/** `0.24 ×`, `11.7 ×`, `31 ×`. */
export function times(ratio: number): string {
  return `${ratio.toFixed(ratio < 10 ? 2 : ratio < 20 ? 1 : 0)} ×`;
}

/** `10,000`. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

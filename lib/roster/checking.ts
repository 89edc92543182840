import type { Node } from "jsonc-parser";
import type { Words } from "./problem.ts";
import type { RosterRules } from "./roster.ts";
import type { TreeIndex } from "./tree.ts";

/** What every check of a roster works with. */
export interface Checking {
  readonly tree: TreeIndex;
  readonly rules: RosterRules;
  /** A node's line, to name the first of two. */
  readonly lineOf: (node: Node) => number;
  /** Adds a problem at the beginning of a node. */
  readonly report: (at: Node, words: Words) => void;
}

import type { Node } from "jsonc-parser";
import type { Location } from "../errors.ts";
import type { Words } from "./problem.ts";
import type { RosterRules } from "./roster.ts";

/** A name and its value; in a tree without syntax errors both always exist. */
export interface Entry {
  readonly name: string;
  readonly key: Node;
  readonly value: Node;
}

/** The entries of an object in file order, including duplicates; none for any other value. */
export function entriesOf(node: Node | undefined): Entry[] {
  if (node?.type !== "object") return [];
  return (node.children ?? []).flatMap(({ children: [key, value] = [] }) =>
    key && value ? [{ name: String(key.value), key, value }] : [],
  );
}

/** Finds nodes by path, indexing each object's names once: 10,000 people with 10,000 problems stay linear. */
export class TreeIndex {
  readonly root: Node;
  readonly #names = new WeakMap<Node, Map<string, Entry>>();

  constructor(root: Node) {
    this.root = root;
  }

  /** The entry with this name; the last one if it occurs twice, as in JSON.parse. */
  entry(node: Node | undefined, name: string): Entry | undefined {
    if (node?.type !== "object") return undefined;
    let names = this.#names.get(node);
    if (names === undefined) {
      names = new Map(entriesOf(node).map((entry) => [entry.name, entry]));
      this.#names.set(node, names);
    }
    return names.get(name);
  }

  /** The node at a path of names and indexes, from the root or another node. */
  at(path: readonly PropertyKey[], from: Node = this.root): Node | undefined {
    return path.reduce<Node | undefined>(
      (node, step) =>
        typeof step === "number" ? node?.children?.[step] : this.entry(node, String(step))?.value,
      from,
    );
  }
}

/** What a value is, in words, without the value. */
export function kindOf(node: Node | undefined): string {
  switch (node?.type) {
    case "string":
      return "a text";
    case "number":
      return "a number";
    case "boolean":
      return String(node.value);
    case "array":
      return "a list";
    case "object":
      return "an object";
    default:
      return "null";
  }
}

/** Whether a file may have comments and trailing commas, judging by its name, as editors and formatters do. */
export const hasComments = (file: string): boolean => /\.jsonc$/i.test(file);

/** A roster's text, with its line starts found once, so that thousands of problems are cheap to place. */
export interface Source {
  readonly text: string;
  /** Whether it may have comments and trailing commas. */
  readonly comments: boolean;
  /** Line and column of an offset, both from 1. Columns count UTF-16 code units, as VS Code does. */
  readonly locate: (offset: number) => Required<Location>;
}

const BYTE_ORDER_MARK = "\ufeff";

/**
 * @param text the file's contents; a byte order mark before it is dropped (RFC 8259 section 8.1 allows that, and Windows tools
 *   write it), and does not count as a column
 * @param file the name that problems use for it
 */
export function sourceOf(text: string, file: string): Source {
  const body = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  const lineStarts = [0];
  for (const lineBreak of body.matchAll(/\r\n|\r|\n/g))
    lineStarts.push(lineBreak.index + lineBreak[0].length);
  return {
    text: body,
    comments: hasComments(file),
    locate: (offset) => {
      let low = 0;
      let high = lineStarts.length - 1;
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if ((lineStarts[middle] ?? 0) <= offset) low = middle;
        else high = middle - 1;
      }
      return { file, line: low + 1, column: offset - (lineStarts[low] ?? 0) + 1 };
    },
  };
}

/** A person, with the file that contains them. */
export interface Placed extends Entry {
  readonly in: Checking;
}

/** What every check of a roster uses. */
export interface Checking {
  readonly tree: TreeIndex;
  readonly rules: RosterRules;
  /** The file, from the repository's root, as config.ts names it. */
  readonly name: string;
  /** The place of a node. */
  readonly locate: (node: Node) => Location;
  /** A node's line, to name the first of two. */
  readonly lineOf: (node: Node) => number;
  /** Adds a problem at the beginning of a node. */
  readonly report: (at: Node, words: Words) => void;
  /** The same for a warning. */
  readonly warn: (at: Node, words: Words) => void;
}

import type { Node } from "jsonc-parser";

/** A name and its value; in a tree without syntax errors both are always there. */
export interface Entry {
  readonly name: string;
  readonly key: Node;
  readonly value: Node;
}

/** The entries of an object in file order, duplicates included; none for any other value. */
export function entriesOf(node: Node | undefined): Entry[] {
  if (node?.type !== "object") return [];
  return (node.children ?? []).flatMap(({ children: [key, value] = [] }) =>
    key && value ? [{ name: String(key.value), key, value }] : [],
  );
}

/** Finds nodes by path, each object's names indexed once: 10,000 people with 10,000 problems stay linear. */
export class TreeIndex {
  readonly root: Node;
  readonly #names = new WeakMap<Node, Map<string, Entry>>();

  constructor(root: Node) {
    this.root = root;
  }

  /** The entry of this name; the last one where it stands twice, as JSON.parse has it. */
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

import { findNodeAtLocation, type Node, type ParseError, parseTree } from "jsonc-parser";

/** How far back to look for a line's beginning: a one-line text stays linear. */
const NEAR = 1_000;

/**
 * What becomes of an object's fields: a value, edits of the existing object (or a new one), items to remove from the existing
 * list, or nothing, which removes the field.
 */
export interface Edits extends ReadonlyMap<string, Edits | JsonValue | ItemsGone | undefined> {}

/** Items of a list to remove, by index; the others stay unchanged to the byte. */
export class ItemsGone {
  readonly indexes: ReadonlySet<number>;

  constructor(indexes: Iterable<number>) {
    this.indexes = new Set(indexes);
  }
}

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

interface Piece {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/**
 * Changes fields of a JSON text and leaves everything else unchanged to the byte: order, blanks, line ends, and comments if it
 * may have them. One pass, however many fields change.
 * @param text without syntax errors, an object
 */
export function editJson(text: string, edits: Edits): string {
  const mark = text.startsWith("\ufeff") ? "\ufeff" : "";
  const body = text.slice(mark.length);
  const errors: ParseError[] = [];
  const root = parseTree(body, errors, { allowTrailingComma: true });
  if (root?.type !== "object" || errors.length > 0)
    throw new Error("editJson wants an object without syntax errors");
  const pieces: Piece[] = [];
  new Editor(body, root, pieces).object(root, edits, 0);
  pieces.sort((a, b) => a.offset - b.offset);
  let at = 0;
  let result = mark;
  for (const { offset, length, text: written } of pieces) {
    result += body.slice(at, offset) + written;
    at = offset + length;
  }
  return result + body.slice(at);
}

/**
 * Renames a field, and leaves its value, its place and everything else unchanged.
 * @param path of the field, from the outermost object
 * @returns the same text if there is no such field
 */
export function renameField(text: string, path: readonly string[], name: string): string {
  const mark = text.startsWith("\ufeff") ? 1 : 0;
  const root = parseTree(text.slice(mark), [], { allowTrailingComma: true });
  const value = root && findNodeAtLocation(root, [...path]);
  const key = value?.parent?.children?.[0];
  if (key === undefined) return text;
  const at = key.offset + mark;
  return text.slice(0, at) + JSON.stringify(name) + text.slice(at + key.length);
}

const endOf = ({ offset, length }: Node): number => offset + length;

class Editor {
  readonly #text: string;
  readonly #pieces: Piece[];
  readonly #newline: string;
  readonly #unit: string;

  constructor(text: string, root: Node, pieces: Piece[]) {
    this.#text = text;
    this.#pieces = pieces;
    this.#newline = /\r\n|\n/.exec(text)?.[0] ?? "\n";
    const [first] = root.children ?? [];
    this.#unit = (first && this.#indentAt(first.offset)) || "  ";
  }

  object(node: Node, edits: Edits, depth: number): void {
    const fields = node.children ?? [];
    const known = new Map(fields.map((field) => [String(field.children?.[0]?.value), field]));
    const added: [string, JsonValue][] = [];
    const removed = new Set<Node>();
    for (const [name, edit] of edits) {
      const field = known.get(name);
      const value = field?.children?.[1];
      if (field === undefined || value === undefined) {
        // There is nothing to remove from a missing list.
        if (edit !== undefined && !(edit instanceof ItemsGone))
          added.push([name, isEdits(edit) ? jsonOf(edit) : edit]);
      } else if (edit === undefined) removed.add(field);
      else if (edit instanceof ItemsGone) this.#items(value, edit);
      else if (isEdits(edit) && value.type === "object") this.object(value, edit, depth + 1);
      else this.#replace(value, isEdits(edit) ? jsonOf(edit) : edit);
    }
    if (removed.size + added.length > 0) this.#shape(node, fields, removed, added, depth);
  }

  #items(node: Node, { indexes }: ItemsGone): void {
    const items = node.type === "array" ? (node.children ?? []) : [];
    const gone = new Set(items.filter((_, index) => indexes.has(index)));
    if (gone.size > 0) this.#shape(node, items, gone, [], 0);
  }

  #replace(node: Node, value: JsonValue): void {
    const old = this.#text.slice(node.offset, endOf(node));
    const text = old.includes("\n") ? this.#pretty(value, this.#indentAt(node.offset) ?? "") : spaced(value);
    this.#put(node.offset, node.length, text);
  }

  /** Fields are added and removed, with the commas between them. */
  #shape(
    node: Node,
    fields: readonly Node[],
    removed: ReadonlySet<Node>,
    added: readonly [string, JsonValue][],
    depth: number,
  ): void {
    const commas = fields.map((field, index) =>
      this.#comma(endOf(field), fields[index + 1]?.offset ?? endOf(node) - 1),
    );
    const lastKept = fields.findLastIndex((field) => !removed.has(field));
    const hasTrailingComma = commas.at(-1) !== undefined;
    const inner = this.#text.slice(node.offset + 1, endOf(node) - 1);
    if (lastKept < 0 && added.length === 0 && !/\/[/*]/.test(inner)) {
      this.#put(node.offset, node.length, node.type === "array" ? "[]" : "{}");
      return;
    }
    if (added.length > 0) this.#add(node, fields, lastKept, commas, added, depth);
    else if (removed.has(fields.at(-1) as Node) && !hasTrailingComma) {
      const comma = commas[lastKept];
      if (comma !== undefined) this.#put(comma, 1, "");
    }
    for (const [index, field] of fields.entries()) {
      if (!removed.has(field)) continue;
      const near = this.#text.slice(Math.max(0, field.offset - NEAR), field.offset);
      const from = field.offset - (/(?:\r?\n)?[ \t]*$/.exec(near)?.[0].length ?? 0);
      const comma = commas[index];
      // A comment between a value and its comma stays.
      this.#put(from, endOf(field) - from, "");
      if (comma === undefined) continue;
      // In a one-line list the bracket has no blank after it: the one after the comma is removed, too.
      const isFirst = node.type === "array" && this.#text[from - 1] === "[";
      const blank = isFirst
        ? (/^[ \t]*/.exec(this.#text.slice(comma + 1, comma + NEAR))?.[0].length ?? 0)
        : 0;
      this.#put(comma, 1 + blank, "");
    }
  }

  #add(
    node: Node,
    fields: readonly Node[],
    lastKept: number,
    commas: readonly (number | undefined)[],
    added: readonly [string, JsonValue][],
    depth: number,
  ): void {
    const last = fields[lastKept];
    const lastField = fields.at(-1);
    const isTall =
      lastField === undefined ? depth < 2 : this.#text.slice(endOf(lastField), endOf(node)).includes("\n");
    const trailing = commas.at(-1) === undefined ? "" : ",";
    const sibling = last?.children?.[1];
    const isPretty = sibling !== undefined && this.#text.slice(sibling.offset, endOf(sibling)).includes("\n");
    const indent =
      (last && this.#indentAt(last.offset)) ??
      `${this.#indentAt(node.offset) ?? ""}${isTall ? this.#unit : ""}`;
    const write = ([name, value]: readonly [string, JsonValue]) =>
      `${JSON.stringify(name)}: ${isTall && isPretty ? this.#pretty(value, indent) : spaced(value)}`;
    const written = added.map(write);
    if (last === undefined) {
      const close = `${this.#newline}${this.#indentAt(node.offset) ?? ""}`;
      const blank = this.#text.slice(node.offset + 1, endOf(node) - 1).trim() === "";
      const inner = isTall
        ? written.map((one) => `${this.#newline}${indent}${one}`).join(",") + trailing
        : ` ${written.join(", ")}${trailing}`;
      if (blank) this.#put(node.offset + 1, node.length - 2, isTall ? inner + close : `${inner} `);
      else this.#put(node.offset + 1, 0, inner);
      return;
    }
    const comma = commas[lastKept];
    if (comma === undefined) this.#put(endOf(last), 0, ",");
    const before = comma === undefined ? endOf(last) : comma + 1;
    const sameLine = /[ \t]*(?:\/\*[^\r\n]*?\*\/[ \t]*)*(?:\/\/[^\r\n]*)?(?=\r?\n)/y;
    sameLine.lastIndex = before;
    const at = isTall && sameLine.test(this.#text) ? sameLine.lastIndex : before;
    const gap = isTall ? `${this.#newline}${indent}` : " ";
    this.#put(at, 0, written.map((one) => gap + one).join(",") + trailing);
  }

  /** The comma's place between two places, ignoring comments. */
  #comma(from: number, to: number): number | undefined {
    const comma = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*,/y.exec(this.#text.slice(from, to));
    return comma === null ? undefined : from + comma[0].length - 1;
  }

  /** The blanks before the first thing on a line; undefined if something precedes it. */
  #indentAt(offset: number): string | undefined {
    const near = this.#text.slice(Math.max(0, offset - NEAR), offset);
    const line = near.lastIndexOf("\n") + 1;
    // A one-line text has none.
    if (line === 0 && offset > NEAR) return undefined;
    const before = near.slice(line);
    const [blanks = ""] = /^[ \t]*/.exec(before) ?? [];
    return before.trim() === "" || /^[ \t]*"(?:[^"\\]|\\.)*"\s*:\s*$/.test(before) ? blanks : undefined;
  }

  #pretty(value: JsonValue, indent: string): string {
    return JSON.stringify(value, null, this.#unit).replaceAll("\n", `${this.#newline}${indent}`);
  }

  #put(offset: number, length: number, text: string): void {
    this.#pieces.push({ offset, length, text });
  }
}

const isEdits = (edit: Edits | JsonValue | ItemsGone): edit is Edits => edit instanceof Map;

function jsonOf(edits: Edits): JsonValue {
  const fields = [...edits].flatMap(([name, edit]) =>
    edit === undefined || edit instanceof ItemsGone
      ? []
      : [[name, isEdits(edit) ? jsonOf(edit) : edit] as const],
  );
  return Object.fromEntries(fields);
}

/** JSON on one line, with the spaces that a person would write. */
export function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}: ${spaced(inner)}`);
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}

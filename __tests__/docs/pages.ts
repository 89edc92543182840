import { marked, type Token, type Tokens } from "marked";
import { read, TRACKED } from "./tracked.ts";

/** A piece of text with the line where it begins, from 1. */
export interface Piece {
  readonly line: number;
  readonly text: string;
}

export interface Block extends Piece {
  /** What follows the fence: `sh`. */
  readonly info: string;
  /** The HTML comment right above the fence, without its brackets. */
  readonly remark: string | undefined;
}

export interface Row {
  readonly line: number;
  /** Its table's first heading, as it is written. */
  readonly head: string;
  /** The code in each cell. */
  readonly cells: readonly (readonly string[])[];
}

/** One Markdown file, as far as it can be wrong about this repository. */
export interface Page {
  readonly file: string;
  readonly text: string;
  /** The anchors that GitHub gives its headings. */
  readonly anchors: ReadonlySet<string>;
  /** Where its links and images lead. */
  readonly links: readonly Piece[];
  /** Code in its sentences and tables. */
  readonly code: readonly Piece[];
  readonly blocks: readonly Block[];
  readonly rows: readonly Row[];
}

/** Every tracked Markdown file. */
export const PAGES: readonly Page[] = TRACKED.filter((file) => file.endsWith(".md")).map((file) =>
  parsePage(file, read(file)),
);

export function parsePage(file: string, text: string): Page {
  const lineOf = lineFinder(text);
  const links: Piece[] = [];
  const code: Piece[] = [];
  const blocks: Block[] = [];
  const rows: Row[] = [];
  const titles: string[] = [];
  const codeIn = (tokens: readonly Token[]) => {
    const found: string[] = [];
    marked.walkTokens([...tokens], (token) => {
      if (token.type === "codespan") found.push(token.text);
    });
    return found;
  };
  const tokens = marked.lexer(text);
  const remarks = remarksOf(tokens);

  marked.walkTokens(tokens, (token) => {
    const line = lineOf(token.raw);
    if (token.type === "heading") titles.push(plainText(token.tokens ?? []));
    if (token.type === "codespan") code.push({ line, text: token.text });
    if (token.type === "link" || token.type === "image") links.push({ line, text: token.href });
    if (token.type === "html") {
      for (const [, href = ""] of token.raw.matchAll(
        /<(?:a|img|source)\b[^>]*?\s(?:href|src|srcset)="([^"]+)"/g,
      ))
        links.push({ line, text: href });
    }
    if (token.type === "code") {
      blocks.push({ line, text: token.text, info: token.lang ?? "", remark: remarks.get(token) });
    }
    if (token.type === "table") {
      const { header, rows: cells } = token as Tokens.Table;
      for (const [index, row] of cells.entries()) {
        const at = line + 2 + index;
        rows.push({ line: at, head: header[0]?.text ?? "", cells: row.map((cell) => codeIn(cell.tokens)) });
      }
    }
  });
  return { file, text, anchors: anchorsOf(titles), links, code, blocks, rows };
}

/** GitHub's rule: lower case, letters, digits, `_` and `-` stay, blanks become `-`; a second one of the same name gets `-1`. */
export function anchorsOf(titles: readonly string[]): Set<string> {
  const anchors = new Set<string>();
  for (const title of titles) {
    const slug = title
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
      .replaceAll(" ", "-");
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count++) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** A heading's words without their marks: what an anchor is made of. */
function plainText(tokens: readonly Token[]): string {
  return tokens
    .map((token) =>
      "tokens" in token && token.tokens ? plainText(token.tokens) : "text" in token ? token.text : "",
    )
    .join("");
}

/** The comment that stands right above a block, for each that has one. */
function remarksOf(tokens: readonly Token[]): Map<Token, string> {
  const remarks = new Map<Token, string>();
  const look = (siblings: readonly Token[]) => {
    let remark: string | undefined;
    for (const token of siblings) {
      if (token.type === "code" && remark !== undefined) remarks.set(token, remark);
      if (token.type !== "space")
        remark = /^<!--\s*([\s\S]*?)\s*-->\s*$/.exec(token.type === "html" ? token.raw : "")?.[1];
      if (token.type === "list") for (const item of (token as Tokens.List).items) look(item.tokens);
      else if ("tokens" in token && token.tokens) look(token.tokens);
    }
  };
  look(tokens);
  return remarks;
}

/** Tokens have no positions, but come in the order of the text: each one's first line is looked up behind the last one's. */
function lineFinder(text: string) {
  let from = 0;
  let line = 1;
  return (raw: string): number => {
    const [first = ""] = raw.trimStart().split("\n");
    const at = first === "" ? -1 : text.indexOf(first, from);
    if (at < 0) return line;
    line += text.slice(from, at).split("\n").length - 1;
    from = at;
    return line;
  };
}

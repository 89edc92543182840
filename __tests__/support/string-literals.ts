import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { transformSync } from "esbuild";
import { parseAst } from "vite";

/** A fixed piece of a text in a source file: a string, or what stands between the `${…}` of a template. */
interface Piece {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The texts that a TypeScript file holds, in their order; comments and names are not among them. Pieces that a `+` joins
 * are one, as the reader of the message has them.
 */
export function stringLiterals(source: string): string[] {
  const { code } = transformSync(source, { loader: "ts", target: "esnext" });
  const pieces: Piece[] = [];
  collect(parseAst(code), pieces);
  pieces.sort((a, b) => a.start - b.start);
  const texts: string[] = [];
  let end: number | undefined;
  for (const piece of pieces) {
    const joined = end !== undefined && /^["'`]?\s*\+\s*["'`]?$/.test(code.slice(end, piece.start));
    if (joined) texts.push((texts.pop() ?? "") + piece.text);
    else texts.push(piece.text);
    end = piece.end;
  }
  return texts;
}

function collect(node: unknown, into: Piece[]): void {
  if (typeof node !== "object" || node === null) return;
  const text = textOf(node);
  if (text !== undefined) into.push(text);
  for (const child of Object.values(node)) collect(child, into);
}

function textOf(node: object): Piece | undefined {
  const { type, value, start, end } = node as Record<"type" | "value" | "start" | "end", unknown>;
  if (typeof start !== "number" || typeof end !== "number") return undefined;
  if (type === "Literal" && typeof value === "string") return { text: value, start, end };
  if (type !== "TemplateElement") return undefined;
  const { cooked } = value as { cooked?: unknown };
  return typeof cooked === "string" ? { text: cooked, start, end } : undefined;
}

/** Every TypeScript file under a directory. */
export function sourcesUnder(directory: string): Map<string, string> {
  const files = readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  return new Map(files.map((file) => [file, readFileSync(join(directory, file), "utf8")]));
}

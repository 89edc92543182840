import { createScanner } from "jsonc-parser";

/** A roster is four levels deep; more than this is damage, and would overflow a recursive parser's stack. */
export const DEPTH_MAX = 64;

interface OpenBracket {
  readonly offset: number;
  readonly text: "{" | "[";
}

/** The first thing wrong with the brackets of a text, found without recursion. */
export type BracketFault =
  | { readonly kind: "deep"; readonly offset: number }
  | { readonly kind: "mismatch"; readonly offset: number; readonly opened: OpenBracket }
  | { readonly kind: "surplus"; readonly offset: number }
  | {
      readonly kind: "unclosed";
      readonly offset: number;
      readonly opened: OpenBracket;
      /** Where indentation betrays the culprit: the closing bracket that stands further left than `opened`'s line. */
      readonly outdented?: number;
    };

/** @returns undefined when every bracket has its partner and none lies deeper than 64 */
export function findBracketFault(text: string): BracketFault | undefined {
  const scanner = createScanner(text, true);
  const open: OpenBracket[] = [];
  let suspect: { opened: OpenBracket; outdented: number } | undefined;
  // jsonc-parser's token kinds are ambient const enums, which isolatedModules can't read: a bracket is known by its
  // first character (no other token begins with one), the end by its offset.
  for (scanner.scan(); scanner.getTokenOffset() < text.length; scanner.scan()) {
    const offset = scanner.getTokenOffset();
    const bracket = text[offset];
    if (bracket === "{" || bracket === "[") {
      if (open.length === DEPTH_MAX) return { kind: "deep", offset };
      open.push({ offset, text: bracket });
    } else if (bracket === "}" || bracket === "]") {
      const opened = open.pop();
      if (opened === undefined) return { kind: "surplus", offset };
      if ((opened.text === "{") !== (bracket === "}")) return { kind: "mismatch", offset, opened };
      const indent = indentBefore(text, offset);
      if (suspect === undefined && indent !== undefined && indent < lineIndent(text, opened.offset)) {
        suspect = { opened, outdented: offset };
      }
    }
  }
  const opened = open.at(-1);
  return opened && { kind: "unclosed", offset: text.trimEnd().length, opened, ...suspect };
}

/** Blanks before an offset on its line; undefined when something else stands there. */
function indentBefore(text: string, offset: number): number | undefined {
  const before = lineBefore(text, offset);
  return before.trim() === "" ? before.length : undefined;
}

function lineIndent(text: string, offset: number): number {
  return /^[ \t]*/.exec(lineBefore(text, offset))?.[0].length ?? 0;
}

/** The line up to an offset; only its last 200 characters, so that a one-line file stays linear. */
function lineBefore(text: string, offset: number): string {
  const before = text.slice(Math.max(0, offset - 200), offset);
  return before.slice(Math.max(before.lastIndexOf("\n"), before.lastIndexOf("\r")) + 1);
}

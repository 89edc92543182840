import { createScanner, type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { hasComments, type Source } from "./json-text.ts";
import type { Problem } from "./problem.ts";

/** A roster is four levels deep; more than this is damage, and would overflow a recursive parser's stack. */
const DEPTH_MAX = 64;

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
      /** Where indentation suggests the cause: the closing bracket that is further left than `opened`'s line. */
      readonly outdented?: number;
    };

/** @returns undefined if every bracket has its partner and none is deeper than 64 */
function findBracketFault(text: string): BracketFault | undefined {
  const scanner = createScanner(text, true);
  const open: OpenBracket[] = [];
  let suspect: { opened: OpenBracket; outdented: number } | undefined;
  // jsonc-parser's token kinds are ambient const enums, which isolatedModules can't read: a bracket is identified by its first
  // character (no other token begins with one), the end by its offset.
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

/** Blanks before an offset on its line; undefined if something else precedes it. */
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

const LITERALS = new Map([
  ["True", "true"],
  ["TRUE", "true"],
  ["False", "false"],
  ["FALSE", "false"],
  ["None", "null"],
  ["nil", "null"],
  ["NULL", "null"],
  ["Null", "null"],
  ["undefined", "null"],
]);

/** Quotation marks that word processors and input methods use instead of ". */
const FANCY_QUOTES = "“”„‟«»＂〝〞";

/** Their full-width twins, which a Japanese or Chinese input method types. */
const PUNCTUATION = new Map([
  ["｛", "{"],
  ["｝", "}"],
  ["［", "["],
  ["］", "]"],
  ["：", ":"],
  ["，", ","],
  ["、", ","],
]);

/**
 * The message for characters that JSON doesn't allow. They are never repeated, except for a few harmless ones: an unquoted word
 * may be a password.
 */
function explainStray({ text, comments }: Source, offset: number): { message: string; hint: string } {
  const word = /^[^\s"'{}[\]:,/]*/.exec(text.slice(offset, offset + 100))?.[0] ?? "";
  const at = String.fromCodePoint(text.codePointAt(offset) ?? 0);
  const startsLine = offset === 0 || text[offset - 1] === "\n" || text[offset - 1] === "\r";
  if (startsLine && /^(?:<{7}|={7}|>{7}|\|{7})/.test(word)) {
    return {
      message: "a merge conflict is still in the file",
      hint: "Keep one side and delete the <<<<<<<, ======= and >>>>>>> lines.",
    };
  }
  const literal = LITERALS.get(word);
  if (literal)
    return { message: `${word} is not JSON`, hint: `Write ${literal}, in lowercase and without quotes.` };
  if (at === "#")
    return comments ? { message: "a comment begins with //", hint: "Write // instead." } : NO_COMMENTS;
  if (at === "'" || at === "`")
    return { message: `${at} can't quote text in JSON`, hint: 'Use double quotes: ".' };
  if (FANCY_QUOTES.includes(at))
    return { message: `${at} can't quote text in JSON`, hint: 'Use straight double quotes: ".' };
  const ascii = PUNCTUATION.get(at);
  if (ascii)
    return {
      message: `${at} is not JSON: it is a full-width or ideographic sign`,
      hint: `Write ${ascii} instead.`,
    };
  if (/[\p{Z}\p{C}]/u.test(at)) {
    const code = (text.codePointAt(offset) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    return {
      message: `there is an invisible character (U+${code}) here`,
      hint: "Delete it; between values JSON allows spaces, tabs and line breaks.",
    };
  }
  return {
    message: "this text has no double quotes",
    hint: 'Put names and texts in double quotes: "like this".',
  };
}

interface Fault {
  readonly offset: number;
  readonly message: string;
  readonly hint: string;
  /** The rest can still be read as intended: a comment, an extra or missing comma, an invalid character in a text. */
  readonly harmless?: true;
  /** It is in the text that begins at `offset`. */
  readonly inText?: true;
}

/**
 * JSON as in RFC 8259: no comments, no trailing commas; or with them, if the file's name ends in .jsonc. One problem per line,
 * because the rest of a broken line is mostly a consequence; and none repeats the text it is about, which may be half a secret.
 * @returns every syntax problem in file order, the tree unless one of them makes the rest guesswork, and the offsets of texts
 *   whose value differs from what was intended
 */
export function parseJson(source: Source): ParsedJson {
  const { text, comments } = source;
  const broken = new Set<number>();
  if (text.trim() === "") return { root: undefined, problems: [toProblem(source, EMPTY)], broken };
  const brackets = findBracketFault(text);
  if (brackets?.kind === "deep")
    return { root: undefined, problems: [toProblem(source, explainBrackets(source, brackets))], broken };

  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: !comments, allowTrailingComma: comments });
  if (errors.length === 0 && brackets === undefined && root !== undefined)
    return { root, problems: [], broken };

  // An end that comes too early is a consequence of the earlier fault.
  const causes = errors.filter(
    ({ error }) => errors.length === 1 || printParseErrorCode(error) !== "EndOfFileExpected",
  );
  const faults = causes.flatMap((error) => explainError(source, error) ?? []);
  // Everything after the first wrong bracket is its consequence; a wrong bracket after another problem is a consequence of
  // that.
  const first = faults.reduce((least, { offset }) => Math.min(least, offset), Number.POSITIVE_INFINITY);
  if (brackets && brackets.offset <= first)
    faults.splice(0, faults.length, explainBrackets(source, brackets));

  const byLine = new Map<number, Problem>();
  for (const fault of faults.sort((a, b) => a.offset - b.offset)) {
    const problem = toProblem(source, fault);
    const line = problem.location.line ?? 0;
    if (!byLine.has(line)) byLine.set(line, problem);
  }
  if (byLine.size === 0) byLine.set(0, toProblem(source, UNREADABLE));
  for (const { offset, inText } of faults) if (inText) broken.add(offset);
  const legible = faults.length > 0 && faults.every(({ harmless }) => harmless);
  return { root: legible ? root : undefined, problems: [...byLine.values()], broken };
}

/**
 * Why a program may not replace a file with a generated roster: comments would be lost.
 * @returns undefined if it has none
 */
export function commentsLost(text: string, file: string): string | undefined {
  if (!hasComments(file)) return undefined;
  const errors: ParseError[] = [];
  parseTree(text.replace(/^\ufeff/, ""), errors, { disallowComments: true, allowTrailingComma: true });
  return errors.some(({ error }) => printParseErrorCode(error) === "InvalidCommentToken")
    ? "Its comments would be lost."
    : undefined;
}

interface ParsedJson {
  readonly root: Node | undefined;
  readonly problems: Problem[];
  readonly broken: ReadonlySet<number>;
}

const NO_COMMENTS = {
  message: "JSON has no comments",
  hint: 'Write it as a person\'s "note", delete it, or rename the file to .jsonc (roster in config.ts).',
};

const EMPTY: Fault = {
  offset: 0,
  message: "the file is empty",
  hint: 'Write { "users": { "hanako@example.com": {} } }, or restore the file from git if it was cut off.',
};

/** The parser stopped without an error: not known to happen, but a roster must never pass by accident. */
const UNREADABLE: Fault = {
  offset: 0,
  message: "this is not JSON",
  hint: "Restore the file from git and repeat the change.",
};

const toProblem = (source: Source, { offset, message, hint }: Fault): Problem => ({
  location: source.locate(offset),
  message,
  hint,
});

function explainBrackets(source: Source, fault: BracketFault): Fault {
  const { offset } = fault;
  if (fault.kind === "deep") {
    return {
      offset,
      message: `brackets are nested more than ${DEPTH_MAX} deep`,
      hint: "A roster needs four levels: restore the file from git.",
    };
  }
  if (fault.kind === "surplus") {
    return {
      offset,
      message: `this ${source.text[offset]} closes nothing`,
      hint: "Delete it, or open the bracket it belongs to.",
    };
  }
  const { line, column } = source.locate(fault.opened.offset);
  const closing = fault.opened.text === "{" ? "}" : "]";
  if (fault.kind === "mismatch") {
    return {
      offset,
      message: `this ${source.text[offset]} can't close the ${fault.opened.text} of line ${line}, column ${column}`,
      hint: `Write ${closing} here, or close the inner bracket first.`,
    };
  }
  if (fault.outdented !== undefined) {
    return {
      offset: fault.opened.offset,
      message: `this ${fault.opened.text} seems not to be closed: the next one that closes, on line ${source.locate(fault.outdented).line}, is indented less`,
      hint: `Add the missing ${closing}.`,
    };
  }
  return {
    offset,
    message: `the file ends before the ${fault.opened.text} of line ${line}, column ${column} is closed`,
    hint: `Add the missing ${closing}, or restore the file from git if it was cut off.`,
  };
}

/** Where the last thing before an offset ends, ignoring comments and blanks. */
function endBefore({ text, comments }: Source, offset: number): number {
  if (!comments) return text.slice(0, offset).trimEnd().length;
  const scanner = createScanner(text, true);
  let end = 0;
  for (scanner.scan(); scanner.getTokenOffset() < offset; scanner.scan())
    end = scanner.getTokenOffset() + scanner.getTokenLength();
  return Math.min(end, offset);
}

function explainError(source: Source, { error, offset }: ParseError): Fault | undefined {
  const { text } = source;
  const at = text[offset] ?? "";
  const before = text.slice(0, endBefore(source, offset));
  const previous = before.at(-1) ?? "";
  const kind = printParseErrorCode(error);
  switch (kind) {
    case "CloseBraceExpected":
    case "CloseBracketExpected":
      return undefined; // findBracketFault has the better message
    case "InvalidCommentToken":
      return { offset, ...NO_COMMENTS, harmless: true };
    case "InvalidSymbol":
      return { offset, ...explainStray(source, offset) };
    case "UnexpectedEndOfComment":
      return { offset, message: "this comment is not closed", hint: "Add */ where it ends." };
    case "PropertyNameExpected":
    case "ValueExpected":
      if (at === "")
        return {
          offset: before.length,
          message: "the file ends in the middle",
          hint: "Restore the file from git, or write the rest.",
        };
      if (previous === "," && (at === "}" || at === "]")) {
        return {
          offset: before.length - 1,
          message: `unexpected comma before ${at}`,
          hint: "Delete the comma.",
          harmless: true,
        };
      }
      if (at === "," && (previous === "," || previous === "{" || previous === "[")) {
        return {
          offset,
          message: "unexpected comma",
          hint: "Delete it, or write what is missing before it.",
        };
      }
      // Two values instead of one, which has been reported
      if (kind === "ValueExpected" && /[}\]]/.test(at) && previous !== ":") return undefined;
      return kind === "PropertyNameExpected"
        ? {
            offset,
            message: "a name in double quotes was expected here",
            hint: 'Write "name": before the value.',
          }
        : {
            offset,
            message: "a value was expected here",
            hint: "Write a text in double quotes, true, false, { … } or [ … ].",
          };
    case "ColonExpected":
      return {
        offset: before.length,
        message: "a : was expected after the name",
        hint: 'Write "name": value.',
      };
    case "CommaExpected":
      // To the parser, 01 is two numbers
      if (/^0\d$/.test(text.slice(offset - 1, offset + 1))) {
        return {
          offset,
          message: "a number can't begin with 0",
          hint: "Write it in double quotes if it is a text, such as a phone number.",
        };
      }
      return {
        offset: before.length,
        message: "a comma is missing here",
        hint: "Add a comma before what follows.",
        harmless: true,
      };
    case "EndOfFileExpected":
      return {
        offset,
        message: "unexpected text after the end of the roster",
        hint: "Delete it, or move it inside the outer { }.",
      };
    case "UnexpectedEndOfString":
      return {
        offset,
        message: "this text has no closing quote on its line",
        hint: 'Add the missing " (a line break inside a text is written \\n).',
      };
    case "InvalidUnicode":
    case "InvalidEscapeCharacter":
      return {
        offset,
        message: "this text has a \\ that begins no JSON escape",
        hint: "Write \\\\ for a backslash, \\n for a line break, \\u3042 for a code point.",
        harmless: true,
        inText: true,
      };
    case "InvalidCharacter":
      return {
        offset,
        message: "this text has a control character in it, perhaps a tab",
        hint: "Delete it, or write \\t for a tab.",
        harmless: true,
        inText: true,
      };
    default:
      return {
        offset,
        message: "this is not a JSON number",
        hint: "Write it in double quotes if it is a text.",
      };
  }
}

import { readFileSync } from "node:fs";
import type { Location } from "../../errors.ts";
import { sourceOf } from "../../roster/json-text.ts";

/** The text of a config.ts. */
export interface ConfigSource {
  /** The name that problems use for it. */
  readonly file: string;
  readonly text: string;
}

/**
 * Reads a config.ts for `locateSetting`.
 * @param path where it is
 * @param file the name that problems use for it
 * @returns undefined if it can't be read: places are a help, never a reason to fail
 */
export function readConfigSource(path: string, file: string): ConfigSource | undefined {
  try {
    return { file, text: readFileSync(path, "utf8") };
  } catch {
    return undefined;
  }
}

/**
 * Where a setting is in config.ts. TypeScript 7 has no parser that a program could call without starting another one, and
 * esbuild doesn't expose its tree; so the text is read as far as settings go: object and array literals, in `config` itself and
 * in constants of the same file. For anything computed, imported or missing, the place is the innermost setting around it.
 * @param setting its path, such as `client.oauth.callbackUrls[0]`; any other text means `config` as a whole
 * @returns the file alone if it has no `config`
 */
export function locateSetting({ file, text }: ConfigSource, setting: string): Location {
  const source = sourceOf(text, file);
  const code = readCode(text.replace(/^\ufeff/, ""));
  const config = code.constants.get("config");
  if (config === undefined) return { file };
  let at = config.name;
  let value: number | undefined = config.value;
  for (const step of pathOf(setting)) {
    const found: Member | undefined = value === undefined ? undefined : member(code, value, step);
    if (found === undefined) break;
    at = found.name;
    value = found.value;
  }
  return source.locate(code.tokens[at]?.start ?? 0);
}

/** The steps of a path as `settingPath` writes it; a truncated name is not in the file. */
export function pathOf(setting: string): string[] {
  const steps = setting.matchAll(/(?:^|\.)([A-Za-z_$][\w$]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")[^\]]*\]/g);
  return [...steps].map(([, name, index, quoted]) => name ?? index ?? String(JSON.parse(quoted ?? '""')));
}

interface Token {
  readonly kind: "name" | "text" | "other";
  /** The content of a string, else the token as written. */
  readonly value: string;
  readonly start: number;
}

/** Matching tokens, by their indices. */
interface Member {
  readonly name: number;
  /** Where the value begins. @default no readable value, such as a method */
  readonly value?: number;
}

interface Code {
  readonly tokens: readonly Token[];
  /** The index of the matching closing bracket. */
  readonly closing: ReadonlyMap<number, number>;
  /** At the top level of the file. */
  readonly constants: ReadonlyMap<string, Required<Member>>;
}

const TOKEN =
  /(?<space>\s+|\/\/[^\n]*|\/\*.*?\*\/)|(?<name>[\p{L}\p{Nl}_$#][\p{L}\p{N}\p{M}_$]*)|(?<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?<number>[\d.]*\d[\w.]*)|(?<sign>\.\.\.|=>|[=!]==?|\?\.|.)/suy;

/** After one of these, a slash is a division. */
const ENDS_VALUE = /^[)\]}]$|^[\p{L}\p{N}_$"'`]/u;
const REGULAR_EXPRESSION = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;

function readCode(text: string): Code {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const last = tokens.at(-1);
    const divides = last?.kind === "text" || ENDS_VALUE.test(last?.value ?? "");
    REGULAR_EXPRESSION.lastIndex = at;
    TOKEN.lastIndex = at;
    const { groups: { space, name, text: quoted } = {}, 0: whole = text[at] ?? "" } = TOKEN.exec(text) ?? {};
    const expression = whole === "/" && !divides ? REGULAR_EXPRESSION.exec(text)?.[0] : undefined;
    const end = at + (whole === "`" ? templateLength(text, at) : (expression ?? whole).length);
    const plain = whole === "`" && /^`[^\\$]*`$/.test(text.slice(at, end));
    if (plain) tokens.push({ kind: "text", value: text.slice(at + 1, end - 1), start: at });
    else if (quoted !== undefined) tokens.push({ kind: "text", value: unquoted(quoted), start: at });
    else if (space === undefined)
      tokens.push({ kind: name === undefined ? "other" : "name", value: text.slice(at, end), start: at });
    at = end;
  }
  const closing = bracketsOf(tokens);
  return { tokens, closing, constants: constantsOf(tokens, closing) };
}

/** The content of a quoted string; one with an escape that JSON doesn't have can't be a setting's name. */
function unquoted(quoted: string): string {
  try {
    const escaped = quoted
      .slice(1, -1)
      .replace(/\\(.)|"/gs, (whole, one) => (one === "'" ? "'" : whole === '"' ? '\\"' : whole));
    return String(JSON.parse(`"${escaped}"`));
  } catch {
    return quoted;
  }
}

/** Including the templates in its `${…}`. */
function templateLength(text: string, start: number): number {
  let at = start + 1;
  for (let depth = 0; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (depth === 0 && text[at] === "`") break;
    else if (depth === 0 && text.startsWith("${", at)) [depth, at] = [1, at + 1];
    else if (depth > 0 && text[at] === "`") at += templateLength(text, at) - 1;
    else if (depth > 0 && text[at] === "{") depth++;
    else if (depth > 0 && text[at] === "}") depth--;
  }
  return at + 1 - start;
}

function bracketsOf(tokens: readonly Token[]): Map<number, number> {
  const closing = new Map<number, number>();
  const open: number[] = [];
  for (const [index, { kind, value }] of tokens.entries()) {
    if (kind !== "other") continue;
    if (/^[([{]$/.test(value)) open.push(index);
    const opener = /^[)\]}]$/.test(value) ? open.pop() : undefined;
    if (opener !== undefined) closing.set(opener, index);
  }
  return closing;
}

/** `const NAME = …`, whatever type is written in between. */
function constantsOf(tokens: readonly Token[], closing: ReadonlyMap<number, number>) {
  const found = new Map<string, Required<Member>>();
  for (let index = 0; index < tokens.length; index = after(closing, index)) {
    if (tokens[index]?.kind !== "name" || !/^(?:const|let|var)$/.test(tokens[index]?.value ?? "")) continue;
    let equals = index + 1;
    while (equals < tokens.length && !isSign(tokens[equals], "=", ";")) equals = after(closing, equals);
    const name = tokens[index + 1];
    if (name?.kind === "name" && isSign(tokens[equals], "="))
      found.set(name.value, { name: index + 1, value: equals + 1 });
  }
  return found;
}

/** The token after this one, or after the brackets that it opens. */
const after = (closing: ReadonlyMap<number, number>, index: number) => (closing.get(index) ?? index) + 1;

const isSign = (token: Token | undefined, ...signs: readonly string[]) =>
  token?.kind === "other" && signs.includes(token.value);

/** The member with this name, or index, in the literal that begins at a token. */
function member(code: Code, value: number, step: string): Member | undefined {
  const literal = literalAt(code, value);
  if (literal === undefined) return undefined;
  if (isSign(code.tokens[literal], "[")) return elementOf(code, literal, Number(step));
  // From the last one, which wins.
  for (const one of membersOf(code, literal).reverse()) {
    if (one.name === undefined) {
      // A spread may contain it, if it is readable; if not, nothing before it is certain.
      if (literalAt(code, one.value) === undefined) return undefined;
      const spread = member(code, one.value, step);
      if (spread !== undefined) return spread;
    } else if (code.tokens[one.name]?.value === step) {
      return { ...one, name: one.name };
    }
  }
  return undefined;
}

/** Where the object or array literal of a value begins, following constants; undefined for anything else. */
function literalAt({ tokens, closing, constants }: Code, value: number, ways = 10): number | undefined {
  const code = { tokens, closing, constants };
  const token = tokens[value];
  const behind = tokens[after(closing, value)];
  if (isSign(token, "(")) return literalAt(code, value + 1, ways);
  const isWhole = behind === undefined || isSign(behind, ",", ";", ")", "]", "}") || behind.kind === "name";
  if (!isWhole) return undefined;
  if (isSign(token, "{", "[")) return value;
  const constant = token?.kind === "name" ? constants.get(token.value) : undefined;
  return constant === undefined || ways === 0 ? undefined : literalAt(code, constant.value, ways - 1);
}

function elementOf({ tokens, closing }: Code, literal: number, wanted: number): Member | undefined {
  const end = closing.get(literal) ?? tokens.length;
  let position = 0;
  for (let index = literal + 1; index < end; index++) {
    // The number of elements in a spread is unknown here.
    if (isSign(tokens[index], "...")) return undefined;
    if (position === wanted) return { name: index, value: index };
    while (index < end && !isSign(tokens[index], ",")) index = after(closing, index);
    position++;
  }
  return undefined;
}

/** The members of an object literal; for a spread, the value alone. */
function membersOf({ tokens, closing }: Code, literal: number) {
  const end = closing.get(literal) ?? tokens.length;
  const found: ({ name: number; value?: number } | { name?: undefined; value: number })[] = [];
  for (let index = literal + 1; index < end; index++) {
    if (isSign(tokens[index], "...")) found.push({ value: index + 1 });
    else {
      const isComputed = isSign(tokens[index], "[");
      const name = isComputed ? index + 1 : index;
      const behind = isComputed ? after(closing, index) : index + 1;
      if (isSign(tokens[behind], ":")) found.push({ name, value: behind + 1 });
      else if (isSign(tokens[behind], ",", "}")) found.push({ name, value: name });
      // A method or a getter: its name comes before the brackets.
      else found.push({ name: isSign(tokens[behind], "(") ? name : behind });
    }
    while (index < end && !isSign(tokens[index], ",")) index = after(closing, index);
  }
  return found;
}

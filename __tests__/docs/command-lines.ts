import type { Page, Piece } from "./pages.ts";

/** `npm run NAME …` as a document or a message of ours writes it. */
export interface CommandLine {
  readonly line: number;
  readonly name: string;
  /** What follows the name, up to the next command of the shell. */
  readonly rest: string;
}

/** What ends a command in bash, or the code that it stands in. */
const END = /[|;&#<>`]|$/m;

/** @param text where a backslash at a line's end continues it */
export function commandLinesIn({ line, text }: Piece): CommandLine[] {
  const whole = text.replace(/\\\n\s*/g, " ").replace(/<[a-z][a-z -]*>/g, "X");
  const found = whole.matchAll(/\bnpm run (?:(?:--silent|-s) )?([a-z][\w-]*(?::[\w-]+)*)(?=(.*))/gm);
  return [...found].map(({ 1: name = "", 2: after = "", index }) => ({
    line: line + whole.slice(0, index).split("\n").length - 1,
    name,
    rest: after.slice(0, END.exec(after)?.index),
  }));
}

/** Every command line of a page: in its blocks, tables and sentences. Code may leave `npm run` out: `plan -- --json`. */
export function commandLinesOf({ text, code }: Page, names: ReadonlySet<string>): CommandLine[] {
  const short = code.flatMap(({ line, text: words }) => {
    const [, name = "", rest = ""] = /^([a-z][\w-]*(?::[\w-]+)*)( \[?-- .*)$/.exec(words) ?? [];
    return names.has(name) ? [{ line, name, rest }] : [];
  });
  return [...commandLinesIn({ line: 1, text }), ...short];
}

/** What a command knows: `--flag`, and its values where there is a choice. */
export type Flags = ReadonlyMap<string, readonly string[] | undefined>;

export const flagsIn = (text: string): string[] =>
  [...text.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([flag]) => flag);

/** What is wrong with the flags of a command line: not the command's, a value it can't have, or npm would take them. */
export function wrongFlags({ name, rest }: CommandLine, flags: Flags): string[] {
  const [taken] = /^ --[a-z][a-z-]*/.exec(rest) ?? [];
  // Other words than these belong to a sentence: `npm run canary does it`.
  const [, words = ""] = /^ \[?-- (.*)/.exec(rest) ?? [];
  const unknown = flagsIn(words).filter((flag) => !flags.has(flag));
  const values = [...words.matchAll(/(--[a-z][a-z-]*)[ =]([a-z][\w-]*)/g)].filter(
    ([, flag = "", value = ""]) => flags.get(flag)?.includes(value) === false,
  );
  return [
    ...(taken === undefined ? [] : [`npm run ${name}: npm takes${taken}, without -- before it`]),
    ...unknown.map((flag) => `npm run ${name} has no ${flag}`),
    ...values.map(([, flag, value]) => `npm run ${name} ${flag} can't be ${value}`),
  ];
}

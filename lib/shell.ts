/** Characters that no POSIX shell interprets, anywhere in a word. `=` can't come first: zsh would look up a command. */
const PLAIN = /^[\w@%+:,./-][\w@%+=:,./-]*$/;

/** Quotes a text as one word of a POSIX shell. */
function shellWord(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The text so far ends with an option that takes a value. */
const AFTER_OPTION = /(?:^|\s)--[a-z][\w-]*\s$/;

/**
 * Whether `--` already ended the options. npm's own `--` ends only npm's.
 * @param literals the text so far without its values, which may contain a quoted `--`
 */
function optionsEnded(literals: string): boolean {
  const ends = literals.split(/\s+/).filter((word) => word === "--").length;
  return ends > (literals.startsWith("npm run ") ? 1 : 0);
}

/** Options that are left out when they have no value. */
type MaybeOptions = Readonly<Record<`--${string}`, string | undefined>>;

/**
 * A command that a message offers to be copied. Each value is one word of a POSIX shell, whatever characters a name has. One
 * that begins with a dash is no option: it stands behind `=` where it is an option's value, and else behind a `--` at the end.
 *
 * Every command with a value in it is written with this: __tests__/printed-commands.test.ts finds those that are not.
 * @param values a text is one word, a list as many as it has, and an object those of its options that have a value
 * @example
 * commandLine`npm run first-login -- ${username}`
 */
export function commandLine(
  literals: TemplateStringsArray,
  ...values: readonly (string | readonly string[] | MaybeOptions)[]
): string {
  const last: string[] = [];
  let text = literals[0] ?? "";
  let fixed = text;
  const put = (value: string) => {
    if (!value.startsWith("-") || !/(?:^|\s)$/.test(text) || optionsEnded(fixed)) text += shellWord(value);
    else if (AFTER_OPTION.test(text)) text = `${text.trimEnd()}=${shellWord(value)}`;
    else last.push(shellWord(value));
  };
  for (const [index, value] of values.entries()) {
    if (typeof value === "string") put(value);
    else if (isList(value)) {
      for (const word of value) {
        put(word);
        text = `${text.trimEnd()} `;
      }
    } else {
      for (const [option, of] of Object.entries(value)) {
        if (of === undefined) continue;
        text += `${option} `;
        put(of);
        text += " ";
      }
    }
    const next = literals[index + 1] ?? "";
    fixed += next;
    // Where a value is empty or moves to the end, drop the space before it too.
    text = /^(?:\s|$)/.test(next) ? text.trimEnd() + next : text + next;
  }
  return last.length === 0 ? text : [text, "--", ...last].join(" ");
}

const isList = (value: readonly string[] | MaybeOptions): value is readonly string[] => Array.isArray(value);

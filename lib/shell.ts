/** What no POSIX shell reads anything into, wherever it stands in a word. `=` is not first: zsh would look up a command. */
const PLAIN = /^[\w@%+:,./-][\w@%+=:,./-]*$/;

/** A text as one word of a POSIX shell. */
function shellWord(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The text so far ends with an option, whose value comes next. */
const AFTER_OPTION = /(?:^|\s)--[a-z][\w-]*\s$/;

/** Whether whatever comes next is no option. npm's own `--` ends only npm's. */
function optionsEnded(text: string): boolean {
  const ends = text.split(/\s+/).filter((word) => word === "--").length;
  return ends > (text.startsWith("npm run ") ? 1 : 0);
}

/** Options that a command has only when they have a value. */
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
  const put = (value: string) => {
    if (!value.startsWith("-") || !/(?:^|\s)$/.test(text) || optionsEnded(text)) text += shellWord(value);
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
    // Where nothing was put, or what was put goes last, its space goes, too.
    text = /^(?:\s|$)/.test(next) ? text.trimEnd() + next : text + next;
  }
  return last.length === 0 ? text : [text, "--", ...last].join(" ");
}

const isList = (value: readonly string[] | MaybeOptions): value is readonly string[] => Array.isArray(value);

/** A username as one word of a POSIX shell, for the commands that messages offer to copy. */
export function shellWord(text: string): string {
  return /^[\w.@+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

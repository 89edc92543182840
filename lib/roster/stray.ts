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
/** Quotation marks that word processors and input methods put in place of ". */
const FANCY_QUOTES = "“”„‟«»＂〝〞";
/** Their full-width twins are what a Japanese or Chinese input method types. */
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
 * Words for characters that stand where JSON allows none. They are never repeated, save for a few harmless ones:
 * an unquoted word may be a password.
 */
export function explainStray(text: string, offset: number): { message: string; hint: string } {
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
    return { message: `${word} is not JSON`, hint: `Write ${literal}, in small letters and without quotes.` };
  if (at === "#")
    return {
      message: "JSON has no comments",
      hint: "Delete it; git's history and the pull request hold the reasons.",
    };
  if (at === "'" || at === "`")
    return { message: `${at} can't quote a text in JSON`, hint: 'Use double quotes: ".' };
  if (FANCY_QUOTES.includes(at))
    return { message: `${at} can't quote a text in JSON`, hint: 'Use straight double quotes: ".' };
  const ascii = PUNCTUATION.get(at);
  if (ascii)
    return {
      message: `${at} is not JSON: it is a full-width or ideographic sign`,
      hint: `Write ${ascii} instead.`,
    };
  if (/[\p{Z}\p{C}]/u.test(at)) {
    const code = (text.codePointAt(offset) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    return {
      message: `an invisible character (U+${code}) stands here`,
      hint: "Delete it; between values JSON allows spaces, tabs and line breaks.",
    };
  }
  return {
    message: "a text without double quotes stands here",
    hint: 'Put names and texts in double quotes: "like this".',
  };
}

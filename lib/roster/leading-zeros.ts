import { type ParseError, printParseErrorCode } from "jsonc-parser";

/**
 * JSON knows no `01`: the parser takes it for two numbers and stumbles over what follows. Read as `11`, which is
 * as long, it upsets nothing else.
 * @returns the offset of each digit after such a 0, and the text without them
 */
export function maskLeadingZeros(
  text: string,
  errors: readonly ParseError[],
): { at: number[]; text: string } {
  const at = errors
    .filter(({ error, offset }) => printParseErrorCode(error) === "CommaExpected" && follows0(text, offset))
    .map(({ offset }) => offset);
  const starts = [0, ...at];
  const pieces = starts.map((start, index) => {
    const next = at[index];
    return next === undefined ? text.slice(start) : `${text.slice(start, next - 1)}1`;
  });
  return { at, text: pieces.join("") };
}

const follows0 = (text: string, offset: number): boolean => /^0\d$/.test(text.slice(offset - 1, offset + 1));

/** Where the number begins whose digit at this offset follows a 0. */
export function numberStart(text: string, offset: number): number {
  let start = offset - 1;
  while (start > 0 && /[-\d]/.test(text[start - 1] ?? "")) start--;
  return start;
}

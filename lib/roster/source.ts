import type { Location } from "../errors.ts";

/** A roster's text, with its lines found once, so that thousands of problems stay cheap to place. */
export interface Source {
  readonly text: string;
  /** Line and column of an offset, both from 1. Columns count UTF-16 code units, as VS Code does. */
  readonly locate: (offset: number) => Required<Location>;
}

const BYTE_ORDER_MARK = "\ufeff";

/**
 * @param text the file's contents; one byte order mark before it is dropped (RFC 8259 section 8.1 allows that,
 *   and Windows tools write it), and is not counted as a column
 * @param file as problems shall name it
 */
export function sourceOf(text: string, file: string): Source {
  const body = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  const lineStarts = [0];
  for (const lineBreak of body.matchAll(/\r\n|\r|\n/g))
    lineStarts.push(lineBreak.index + lineBreak[0].length);
  return {
    text: body,
    locate: (offset) => {
      let low = 0;
      let high = lineStarts.length - 1;
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if ((lineStarts[middle] ?? 0) <= offset) low = middle;
        else high = middle - 1;
      }
      return { file, line: low + 1, column: offset - (lineStarts[low] ?? 0) + 1 };
    },
  };
}

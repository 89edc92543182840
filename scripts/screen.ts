import type { WriteStream } from "node:tty";
import * as colors from "yoctocolors";
import type { Paint, Screen, Style } from "../lib/text/terminal.ts";

const plain: Style = (text) => text;
const PLAIN: Paint = { red: plain, green: plain, yellow: plain, cyan: plain, bold: plain, dim: plain };

/**
 * Colours for one stream: yoctocolors decides for the process (FORCE_COLOR, CI), but stdout may be a file while stderr is a
 * terminal, and a non-empty NO_COLOR always disables them (no-color.org).
 * @param stream process.stdout or process.stderr
 */
export function paintFor(stream: Pick<WriteStream, "isTTY">): Paint {
  if (process.env.NO_COLOR) return PLAIN;
  return stream.isTTY || process.env.FORCE_COLOR ? colors : PLAIN;
}

/** @param stream process.stdout or process.stderr */
export function screenOf(stream: Pick<WriteStream, "isTTY"> & { readonly columns?: number }): Screen {
  return { paint: paintFor(stream), columns: stream.columns };
}

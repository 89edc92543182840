import type { WriteStream } from "node:tty";
import { type Paint, paintFor } from "./paint.ts";

/** What a stream is shown on. */
export interface Screen {
  readonly paint: Paint;
  /** Of the window. Nothing where there is none: then lines are as long as they are. */
  readonly columns?: number | undefined;
}

/** @param stream process.stdout or process.stderr */
export function screenOf(stream: Pick<WriteStream, "isTTY"> & { readonly columns?: number }): Screen {
  return { paint: paintFor(stream), columns: stream.columns };
}

import type { Picture } from "./picture.ts";

/** In the place of a colour: what was there before shows through. */
export const UNCHANGED = -1;

/** A part of a picture, in pixels from its upper left corner. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The smallest part that holds every pixel that differs: all of it where nothing was before, nothing where none does. */
export function changedArea(
  before: Picture | undefined,
  { width, height, pixels }: Picture,
): Area | undefined {
  if (before === undefined) return { left: 0, top: 0, width, height };
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let at = 0; at < pixels.length; at++) {
    if (pixels[at] === before.pixels[at]) continue;
    const [column, line] = [at % width, Math.floor(at / width)];
    left = Math.min(left, column);
    right = Math.max(right, column);
    top = Math.min(top, line);
    bottom = line;
  }
  if (right < 0) return undefined;
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** That part, with only the pixels that differ. */
export function changesIn(before: Picture | undefined, picture: Picture, area: Area): Picture {
  const { left, top, width, height } = area;
  const pixels = new Int32Array(width * height);
  for (let at = 0; at < pixels.length; at++) {
    const from = (top + Math.floor(at / width)) * picture.width + left + (at % width);
    const now = picture.pixels[from] ?? UNCHANGED;
    pixels[at] = now === before?.pixels[from] ? UNCHANGED : now;
  }
  return { width, height, pixels };
}

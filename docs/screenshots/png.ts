import { crc32, deflateSync } from "node:zlib";
import { type Area, changedArea, changesIn, UNCHANGED } from "./changed-area.ts";
import type { Picture } from "./picture.ts";

const SIGNATURE = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
const BITS = 8;
const PALETTE = 3;

/** A picture as a PNG with a palette: a third of what a browser writes. */
export function stillPng(picture: Picture): Buffer {
  const palette = paletteOf([picture]);
  return Buffer.concat([...headOf(picture, palette), chunk("IDAT", packed(picture, palette)), chunk("IEND")]);
}

/**
 * Pictures of the same size as an APNG (the PNG specification, third edition) that plays once and stays at its last one. That
 * one is also what a viewer shows who can't play it.
 * @param shown milliseconds of each; equal neighbours are shown for longer
 */
export function animatedPng(frames: readonly Picture[], shown: number): Buffer {
  const last = frames.at(-1);
  if (last === undefined) throw new Error("There is nothing to play");
  const palette = paletteOf(frames);
  const steps: { area: Area; changes: Picture; milliseconds: number }[] = [];
  for (const [index, frame] of frames.entries()) {
    const before = frames[index - 1];
    const area = changedArea(before, frame);
    const latest = steps.at(-1);
    if (area !== undefined)
      steps.push({ area, changes: changesIn(before, frame, area), milliseconds: shown });
    else if (latest !== undefined) latest.milliseconds += shown;
  }
  let sequence = 0;
  const numbered = (rest: Buffer) => Buffer.concat([uint32(sequence++), rest]);
  return Buffer.concat([
    ...headOf(last, palette),
    chunk("acTL", uint32(steps.length), uint32(1)),
    chunk("IDAT", packed(last, palette)),
    ...steps.flatMap(({ area, changes, milliseconds }) => [
      chunk("fcTL", numbered(control(area, milliseconds))),
      chunk("fdAT", numbered(packed(changes, palette))),
    ]),
    chunk("IEND"),
  ]);
}

/** Drawn over what is there, which then stays. */
function control({ left, top, width, height }: Area, milliseconds: number): Buffer {
  const delay = Buffer.alloc(6);
  delay.writeUInt16BE(milliseconds, 0);
  delay.writeUInt16BE(1_000, 2);
  delay.writeUInt8(0, 4);
  delay.writeUInt8(1, 5);
  return Buffer.concat([uint32(width), uint32(height), uint32(left), uint32(top), delay]);
}

type Palette = ReadonlyMap<number, number>;

/** @throws when there are more colours than a palette holds */
function paletteOf(pictures: readonly Picture[]): Palette {
  // Its first entry is the transparent one.
  const colours = new Set([UNCHANGED]);
  for (const { pixels } of pictures) for (const pixel of pixels) colours.add(pixel);
  if (colours.size > 1 << BITS) throw new Error(`${colours.size} colours are too many for a palette`);
  return new Map([...colours].map((colour, index) => [colour, index]));
}

function headOf({ width, height }: Picture, palette: Palette): Buffer[] {
  const colours = [...palette.keys()].map((colour) => uint32(Math.max(colour, 0)).subarray(1));
  return [
    SIGNATURE,
    chunk("IHDR", uint32(width), uint32(height), Buffer.from([BITS, PALETTE, 0, 0, 0])),
    chunk("PLTE", ...colours),
    chunk("tRNS", Buffer.from([0])),
  ];
}

function packed({ width, height, pixels }: Picture, palette: Palette): Buffer {
  const lines = Buffer.alloc(height * (width + 1));
  for (let line = 0; line < height; line++) {
    for (let at = 0; at < width; at++) {
      lines[line * (width + 1) + 1 + at] = palette.get(pixels[line * width + at] ?? UNCHANGED) ?? 0;
    }
  }
  return deflateSync(lines, { level: 9 });
}

function chunk(type: string, ...contents: readonly Buffer[]): Buffer {
  const typed = Buffer.concat([Buffer.from(type, "latin1"), ...contents]);
  return Buffer.concat([uint32(typed.length - 4), typed, uint32(crc32(typed))]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

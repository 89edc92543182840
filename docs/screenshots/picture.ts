import { inflateSync } from "node:zlib";

/** Its pixels line by line, each as `0xrrggbb`. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Int32Array;
}

const SIGNATURE_BYTES = 8;
/** PNG's colour types (its specification, 11.2.1), with the samples of a pixel. */
const SAMPLES: Readonly<Record<number, number>> = { 2: 3, 6: 4 };

/**
 * Reads a browser's screenshot, in 16 shades of each colour: more than letters need.
 * @param png 8 bits a sample, with or without transparency, not interlaced
 */
export function pictureOf(png: Buffer): Picture {
  let header: Buffer = Buffer.alloc(0);
  const data: Buffer[] = [];
  for (let at = SIGNATURE_BYTES; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const content = png.subarray(at + 8, at + 8 + length);
    const type = png.toString("latin1", at + 4, at + 8);
    if (type === "IHDR") header = content;
    if (type === "IDAT") data.push(content);
    at += length + 12;
  }
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const samples = SAMPLES[header[9] ?? 0];
  if (samples === undefined || header[8] !== 8 || header[12] !== 0)
    throw new Error("This PNG is no screenshot");
  const lines = unfiltered(inflateSync(Buffer.concat(data)), width * samples, samples);
  const pixels = new Int32Array(width * height);
  const shade = (value = 0) => Math.round(value / 17) * 17;
  for (let index = 0, at = 0; index < pixels.length; index++, at += samples) {
    pixels[index] = (shade(lines[at]) << 16) | (shade(lines[at + 1]) << 8) | shade(lines[at + 2]);
  }
  return { width, height, pixels };
}

/** Takes back the filter of each line (PNG's specification, 9.2). */
function unfiltered(filtered: Buffer, bytesALine: number, bytesAPixel: number): Uint8Array {
  const height = filtered.length / (bytesALine + 1);
  const bytes = new Uint8Array(height * bytesALine);
  for (let line = 0; line < height; line++) {
    const from = line * (bytesALine + 1) + 1;
    const to = line * bytesALine;
    for (let at = 0; at < bytesALine; at++) {
      const left = at < bytesAPixel ? 0 : (bytes[to + at - bytesAPixel] ?? 0);
      const up = line === 0 ? 0 : (bytes[to + at - bytesALine] ?? 0);
      const corner = line === 0 || at < bytesAPixel ? 0 : (bytes[to + at - bytesALine - bytesAPixel] ?? 0);
      const guess = guessOf(filtered[from - 1] ?? 0, left, up, corner);
      bytes[to + at] = (filtered[from + at] ?? 0) + guess;
    }
  }
  return bytes;
}

function guessOf(filter: number, left: number, up: number, corner: number): number {
  if (filter < 2) return filter === 0 ? 0 : left;
  if (filter < 4) return filter === 2 ? up : (left + up) >> 1;
  const toLeft = Math.abs(up - corner);
  const toUp = Math.abs(left - corner);
  const toCorner = Math.abs(left + up - 2 * corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

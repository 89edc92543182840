import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { crc32, deflateSync, inflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { type Picture, pictureOf } from "../../docs/screenshots/picture.ts";
import { animatedPng, stillPng } from "../../docs/screenshots/png.ts";

const [WHITE, RED, BLACK] = [0xffffff, 0xcc2222, 0x000000];
const picture = (...lines: readonly (readonly number[])[]): Picture => ({
  width: lines[0]?.length ?? 0,
  height: lines.length,
  pixels: Int32Array.from(lines.flat()),
});

/** A PNG's chunks in their order, each with a checksum that is right. */
function chunksOf(png: Buffer) {
  const chunks: { type: string; content: Buffer }[] = [];
  for (let at = 8; at < png.length; ) {
    const end = at + 8 + png.readUInt32BE(at);
    expect(png.readUInt32BE(end)).toBe(crc32(png.subarray(at + 4, end)));
    chunks.push({ type: png.toString("latin1", at + 4, at + 8), content: png.subarray(at + 8, end) });
    at = end + 4;
  }
  return chunks;
}
const contentOf = (png: Buffer, type: string) =>
  chunksOf(png).find((chunk) => chunk.type === type)?.content ?? Buffer.alloc(0);

describe("a recording", () => {
  const first = picture([WHITE, WHITE, WHITE], [WHITE, WHITE, WHITE]);
  const second = picture([WHITE, WHITE, WHITE], [WHITE, RED, BLACK]);
  const png = animatedPng([first, first, second], 40);

  test("plays once, and only what changes is drawn", () => {
    expect([...contentOf(png, "acTL")]).toEqual([0, 0, 0, 2, 0, 0, 0, 1]);
    const areas = chunksOf(png).flatMap(({ type, content }) =>
      type === "fcTL" ? [[4, 8, 12, 16].map((at) => content.readUInt32BE(at))] : [],
    );
    expect(areas).toEqual([
      [3, 2, 0, 0],
      [2, 1, 1, 1],
    ]);
  });

  test("what stays within that part is transparent: the palette's first entry", () => {
    const corners = picture([RED, WHITE, WHITE], [WHITE, RED, WHITE]);
    const changes = chunksOf(animatedPng([first, corners], 40)).findLast(({ type }) => type === "fdAT");
    const lines = inflateSync((changes?.content ?? Buffer.alloc(0)).subarray(4));
    expect([...lines].map((index) => index === 0)).toEqual([true, false, true, true, true, false]);
  });

  test("shows equal neighbours for longer", () => {
    const delays = chunksOf(png).flatMap(({ type, content }) =>
      type === "fcTL" ? [content.readUInt16BE(20)] : [],
    );
    expect(delays).toEqual([80, 40]);
  });

  test("numbers its frames and their data from 0", () => {
    const numbers = chunksOf(png).flatMap(({ type, content }) =>
      ["fcTL", "fdAT"].includes(type) ? [content.readUInt32BE(0)] : [],
    );
    expect(numbers).toEqual([0, 1, 2, 3]);
  });

  test("is its end, for a viewer that can't play it", () => {
    expect(inflateSync(contentOf(png, "IDAT"))).toEqual(inflateSync(contentOf(stillPng(second), "IDAT")));
  });
});

test("more colours than a palette has are refused", () => {
  const colours = Array.from({ length: 256 }, (_, index) => index);
  expect(() => stillPng(picture(colours))).toThrow("257 colours are too many");
});

/** One pixel, and one of each filter that a browser may choose: none, left, up, their mean, the nearest of three. */
test("a browser's screenshot is read, whatever its filters", () => {
  const head = Buffer.from([0, 0, 0, 2, 0, 0, 0, 5, 8, 2, 0, 0, 0]);
  const filtered = [
    [0, 0x33, 0, 0, 0x66, 0, 0],
    [1, 0x33, 0, 0, 0x33, 0, 0],
    [2, 0, 0, 0, 0, 0, 0],
    [3, 0x1a, 0, 0, 0x1a, 0, 0],
    [4, 0, 0, 0, 0, 0, 0],
  ];
  const chunk = (type: string, content: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(content.length);
    return Buffer.concat([length, Buffer.from(type, "latin1"), content, Buffer.alloc(4)]);
  };
  const data = deflateSync(Buffer.from(filtered.flat()));
  const { width, height, pixels } = pictureOf(
    Buffer.concat([Buffer.alloc(8), chunk("IHDR", head), chunk("IDAT", data)]),
  );
  expect([width, height]).toEqual([2, 5]);
  expect([...pixels].map((pixel) => pixel >> 16)).toEqual([
    0x33, 0x66, 0x33, 0x66, 0x33, 0x66, 0x33, 0x66, 0x33, 0x66,
  ]);
});

const IMAGES = fileURLToPath(new URL("../../docs/images/", import.meta.url));
test.each(readdirSync(IMAGES))("%s is small enough for a README", (name) => {
  expect(readFileSync(IMAGES + name).length).toBeLessThan(150_000);
});

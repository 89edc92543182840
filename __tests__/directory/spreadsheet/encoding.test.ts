import { describe, expect, test } from "vitest";
import { decodeSpreadsheet } from "../../../lib/directory/spreadsheet/encoding.ts";

/** Shift_JIS of `メール,氏名\r\nhanako@example.com,山田 花子`. */
const SHIFT_JIS = Buffer.from(
  "8381815b838b2c8e8196bc0d0a68616e616b6f406578616d706c652e636f6d2c8e5293632089d48e71",
  "hex",
);
const TEXT = "メール,氏名\r\nhanako@example.com,山田 花子";
const utf16be = (text: string) => Buffer.from(text, "utf16le").swap16();

describe("the encoding is found out", () => {
  test.each<[string, Uint8Array, string, string]>([
    ["UTF-8", Buffer.from(TEXT), TEXT, "UTF-8"],
    ["UTF-8 with a byte order mark", Buffer.from(`\ufeff${TEXT}`), TEXT, "UTF-8"],
    ["UTF-16, as Excel's Unicode text is", Buffer.from(`\ufeff${TEXT}`, "utf16le"), TEXT, "UTF-16LE"],
    ["UTF-16, the other way", utf16be(`\ufeff${TEXT}`), TEXT, "UTF-16BE"],
    ["Shift_JIS, as Excel writes it in Japan", SHIFT_JIS, TEXT, "Shift_JIS"],
    [
      "Windows-1252",
      Buffer.from("Name\nMüller\nLéa\nNúñez", "latin1"),
      "Name\nMüller\nLéa\nNúñez",
      "Windows-1252",
    ],
    [
      "Windows-1252 that would be Shift_JIS as well",
      Buffer.from("Name\nLéa", "latin1"),
      "Name\nLéa",
      "Windows-1252",
    ],
  ])("%s", (_, bytes, text, encoding) => {
    expect(decodeSpreadsheet(bytes, "hr.csv")).toEqual({ text, encoding });
  });

  test.each<[string, Buffer]>([
    ["half-width katakana, which are accented letters as well", Buffer.from("cfcab2", "hex")],
    ["EUC-JP, whose bytes are half-width katakana in Shift_JIS", Buffer.from("6e616d650abbb3c5c4", "hex")],
    ["UTF-16 without a byte order mark", Buffer.from("name\n", "utf16le")],
  ])("but not guessed at for %s", (_, bytes) => {
    expect(() => decodeSpreadsheet(bytes, "hr.csv")).toThrow("The encoding of hr.csv is unclear");
  });
});

describe("the encoding is said", () => {
  test("and taken", () => {
    expect(decodeSpreadsheet(Buffer.from("bbb3c5c4", "hex"), "hr.csv", "euc-jp").text).toBe("山田");
  });

  test("and refused where the bytes are none of its characters", () => {
    expect(() => decodeSpreadsheet(SHIFT_JIS, "hr.csv", "utf-8")).toThrow("hr.csv is not UTF-8");
  });

  test("and refused where there is none of that name", () => {
    expect(() => decodeSpreadsheet(SHIFT_JIS, "hr.csv", "sjis-what")).toThrow("Unknown encoding");
  });
});

test("a workbook is told apart from CSV", () => {
  expect(() => decodeSpreadsheet(Buffer.from("504b030414000600", "hex"), "hr.xlsx")).toThrow(
    "hr.xlsx is a workbook, not CSV",
  );
});

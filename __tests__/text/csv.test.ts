import { describe, expect, test } from "vitest";
import { cellName, csvText, readCsv } from "../../lib/text/csv.ts";

test.each<[string, string | number | undefined, string]>([
  ["plain text", "hanako", "hanako"],
  ["nothing", undefined, ""],
  ["a comma", "a,b", '"a,b"'],
  ["a quotation mark", 'say "hi"', '"say ""hi"""'],
  ["two lines", "a\r\nb", '"a\r\nb"'],
  ["a formula", "=HYPERLINK(1)", "'=HYPERLINK(1)"],
  ["a formula with a comma", "=SUM(1,2)", '"\'=SUM(1,2)"'],
  ["a phone number", "+819012345678", "'+819012345678"],
  ["a name that begins with -", "-1+1|cmd", "'-1+1|cmd"],
  ["a name that begins with @", "@SUM", "'@SUM"],
  ["a full-width formula", "＝1+1", "'＝1+1"],
  ["a tab before a formula", "\t=1", "'\t=1"],
  ["a number below 0 of our own", -3, "-3"],
  ["an address, which has its @ elsewhere", "a@x.jp", "a@x.jp"],
])("a cell with %s", (_, value, written) => {
  expect(csvText(["head"], [[value]])).toBe(`head\r\n${written}\r\n`);
});

describe("a CSV file is read", () => {
  const texts = (text: string, separator = ",") =>
    readCsv(text, separator).rows.map((row) => row.map((cell) => cell.text));

  test.each<[string, string, string, string[][]]>([
    [
      "with any line break",
      "a,b\r\nc,d\ne,f\rg,h",
      ",",
      [
        ["a", "b"],
        ["c", "d"],
        ["e", "f"],
        ["g", "h"],
      ],
    ],
    ["with quoted cells", '"a,b","say ""hi""","two\r\nlines"\n', ",", [["a,b", 'say "hi"', "two\r\nlines"]]],
    ["with blanks around quotation marks", 'a, "b" ,c', ",", [["a", "b", "c"]]],
    ["with a quotation mark in the middle of a cell", 'a 5" disk,b', ",", [['a 5" disk', "b"]]],
    [
      "with empty cells at the end",
      "a;;\n;;",
      ";",
      [
        ["a", "", ""],
        ["", "", ""],
      ],
    ],
    ["with empty lines, which count", "a\n\nb\n", ",", [["a"], [""], ["b"]]],
    ["separated by tabs", "a\tb c\n", "\t", [["a", "b c"]]],
    ["empty", "", ",", []],
  ])("%s", (_, text, separator, expected) => {
    expect(texts(text, separator)).toEqual(expected);
  });

  test("with each cell's place, behind line breaks within cells too", () => {
    const { rows } = readCsv('a,"b\nb",c\nd,e\n', ",");
    expect(rows.map((row) => row.map(({ line, column }) => `${line}:${column}`))).toEqual([
      ["1:1", "1:3", "2:4"],
      ["3:1", "3:3"],
    ]);
  });

  test.each([
    ['a\nb,"c\nd', { line: 2, column: 3, what: "unclosed" }],
    ['a\nb,"c"d,e', { line: 2, column: 6, what: "after-quote" }],
  ])("%j has a quotation mark at the wrong place", (text, problem) => {
    expect(readCsv(text, ",").problems).toEqual([problem]);
  });

  test.each([
    [1, "A1"],
    [26, "Z1"],
    [27, "AA1"],
    [703, "AAA1"],
  ])("column %i is that of %s", (column, name) => {
    expect(cellName(column, 1)).toBe(name);
  });
});

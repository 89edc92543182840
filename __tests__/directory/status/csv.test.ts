import { expect, test } from "vitest";
import { csvText } from "../../../lib/directory/status/render.ts";

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

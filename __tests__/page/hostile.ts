import type { Page } from "../../lib/page/report.ts";
import { examplePage } from "./example.ts";

/** What people must not be able to do to a page by their names. */
export const HOSTILE_NAMES = [
  "<script>alert(1)</script>",
  `"><img src=x onerror=alert(1)>`,
  "</script></style></title>",
  "R&D &amp; &lt;",
  "it's `${1}`",
  "a\u2028b\u2029c",
  "evil\u202Emoc.elpmaxe@x",
  "דנה@example.com",
  "寿限無寿限無五劫の擦り切れ海砂利水魚の水行末雲来末風来末食う寝る処に住む処".repeat(3),
  `${"a".repeat(300)}@example.com`,
  "line\r\nline\ttab",
  "👩\u200D💻",
];
/** Such a name wherever a page takes one. */
export const hostilePage: Page = {
  ...examplePage,
  title: "</title><script>alert(1)</script>",
  heading: HOSTILE_NAMES.join(" "),
  verdict: { text: HOSTILE_NAMES.join(" "), tone: "bad" },
  facts: HOSTILE_NAMES.map((name) => ({ label: name, value: name })),
  bar: HOSTILE_NAMES.map((label, index) => ({ label, count: 10 ** (index % 5), tone: "bad" as const })),
  kinds: HOSTILE_NAMES.map((name) => ({ id: name, label: name, tone: "info" as const })),
  rows: HOSTILE_NAMES.map((name) => ({ kind: name, who: name, what: [name, name], help: name })),
  notes: HOSTILE_NAMES,
};

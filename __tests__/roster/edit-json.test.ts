import { describe, expect, test } from "vitest";
import { type Edits, editJson, type JsonValue } from "../../lib/roster/edit-json.ts";

type Spelled = { readonly [name: string]: JsonValue | undefined };

/** Plain objects as edits of what stands there. */
const edits = (spelled: Spelled): Edits =>
  new Map(
    Object.entries(spelled).map(([name, value]) => [
      name,
      typeof value === "object" && value !== null && !Array.isArray(value) ? edits(value as Spelled) : value,
    ]),
  );

const LINES = `{
  "users": {
    "a@x.jp": { "attributes": { "name": "A" }, "groups": ["ops"] }, // the first
    // Our robot
    "bot@x.jp": { "invite": "none" } // the last
  }
}
`;

describe("editJson leaves all but the fields as they are", () => {
  test.each<[string, string, Spelled, string]>([
    ["a value", '{ "a":1,"b": 2 }\n', { a: 3 }, '{ "a":3,"b": 2 }\n'],
    ["a field that comes, on one line", '{ "a": 1 }', { b: "x" }, '{ "a": 1, "b": "x" }'],
    ["a field that goes, the first", '{ "a": 1, "b": 2 }', { a: undefined }, '{ "b": 2 }'],
    ["a field that goes, the last", '{ "a": 1, "b": 2 }', { b: undefined }, '{ "a": 1 }'],
    ["all that go", '{ "a": 1, "b": 2 }', { a: undefined, b: undefined }, "{}"],
    ["one that goes and one that comes", '{ "a": 1, "b": 2 }', { b: undefined, c: 3 }, '{ "a": 1, "c": 3 }'],
    ["the only one that goes for another", '{ "a": 1 }', { a: undefined, c: 3 }, '{ "c": 3 }'],
    [
      "fields below each other, with CRLF",
      '{\r\n\t"a": 1,\r\n\t"b": 2\r\n}\r\n',
      { b: undefined, c: 3 },
      '{\r\n\t"a": 1,\r\n\t"c": 3\r\n}\r\n',
    ],
    [
      "a trailing comma",
      '{\n  "a": 1, // one\n  "b": 2,\n}\n',
      { c: 3 },
      '{\n  "a": 1, // one\n  "b": 2,\n  "c": 3,\n}\n',
    ],
    [
      "a comment beside what goes",
      '{\n  "a": 1, // one\n  "b": 2, // two\n  "c": 3\n}\n',
      { b: undefined },
      '{\n  "a": 1, // one // two\n  "c": 3\n}\n',
    ],
    [
      "a list that stands on several lines",
      '{\n  "a": [\n    1\n  ]\n}',
      { a: [1, 2] },
      '{\n  "a": [\n    1,\n    2\n  ]\n}',
    ],
    ["a byte order mark", '\ufeff{ "a": 1 }', { a: 2 }, '\ufeff{ "a": 2 }'],
    ["a name of Object's", '{ "a": 1 }', { constructor: 2 }, '{ "a": 1, "constructor": 2 }'],
    [
      "an empty object",
      '{\n  "users": {}\n}\n',
      { users: { a: {} } },
      '{\n  "users": {\n    "a": {}\n  }\n}\n',
    ],
    [
      "people and comments",
      LINES,
      { users: { "a@x.jp": { attributes: { name: "B", nickname: "b" } }, "c@x.jp": { phone: "+81" } } },
      `{
  "users": {
    "a@x.jp": { "attributes": { "name": "B", "nickname": "b" }, "groups": ["ops"] }, // the first
    // Our robot
    "bot@x.jp": { "invite": "none" }, // the last
    "c@x.jp": { "phone": "+81" }
  }
}
`,
    ],
    [
      "people of several lines each",
      '{\n  "users": {\n    "a": {\n      "groups": []\n    }\n  }\n}\n',
      { users: { b: { attributes: { name: "B" } } } },
      '{\n  "users": {\n    "a": {\n      "groups": []\n    },\n    "b": {\n      "attributes": {\n        "name": "B"\n      }\n    }\n  }\n}\n',
    ],
  ])("%s", (_, text, spelled, expected) => {
    expect(editJson(text, edits(spelled))).toBe(expected);
  });
});

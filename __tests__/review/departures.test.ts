import { expect, test } from "vitest";
import type { PreviousPerson } from "../../lib/review/departures.ts";
import { explainRemoval, explainReturnAsNew, missingPeople } from "../../lib/review/departures.ts";
import { person } from "../support/people.ts";

const former = (username: string, more: Partial<PreviousPerson> = {}): PreviousPerson => ({
  username,
  leaving: false,
  attributes: { email: username },
  ...more,
});

test("whoever is still there has not gone, in whatever order", () => {
  const people = [person("b@example.com"), person("a@example.com", { leaving: true })];
  const gone = missingPeople([former("a@example.com"), former("b@example.com")], people);
  expect(gone).toEqual({ removed: [], left: [] });
});

test("a line that goes without leaving is told in the roster's words: put it back, with leaving", () => {
  const { removed } = missingPeople([former("taro@example.com")], [person("a@example.com")]);
  const words = removed.map((removal) => explainRemoval(removal, "users.json"));
  expect(words[0]?.message).toBe('"taro@example.com" was deleted from users.json without leaving first');
  expect(words[0]?.hint).toContain('"taro@example.com": { …, "leaving": true }');
});

test("a line that goes after leaving is how people leave", () => {
  const gone = missingPeople([former("taro@example.com", { leaving: true })], [person("a@example.com")]);
  expect(gone.removed).toEqual([]);
  expect(gone.left).toHaveLength(1);
});

test.each([
  ["letter case", "Taro@example.com", {}, "Taro@Example.com", {}, "spelling"],
  ["how characters are written", "ﬁ-taro", {}, "fi-taro", {}, "spelling"],
  [
    "the same e-mail address",
    "taro",
    { email: "t@example.com" },
    "taro2",
    { email: "T@example.com" },
    "attributes",
  ],
  [
    "the same phone number",
    "taro",
    { phone_number: "+819012345678" },
    "taro2",
    { phone: "+819012345678" },
    "attributes",
  ],
  [
    "the same name and everything else",
    "taro@old.example.com",
    { name: "Taro", locale: "ja", sub: "1" },
    "taro@new.example.com",
    { attributes: { name: "Taro", locale: "ja" } },
    "attributes",
  ],
])("an edited key is recognised as a rename by %s", (_, from, attributes, to, more, by) => {
  const people = [person(to, { email: to, ...more })];
  const { removed } = missingPeople([former(from, { attributes })], people);
  expect(removed[0]?.renamed).toMatchObject({ to: { username: to }, by });
  const { message, hint } = explainRemoval(removed[0] ?? { former: former("") }, "users.json");
  expect(message).toContain(`this would delete "${from}" and create "${to}" with a new sub`);
  expect(hint).toContain(`Write "${from}" again`);
});

test("whoever's former name it is, it has not gone", () => {
  const people = [person("new@example.com", { formerly: "old@example.com" })];
  expect(missingPeople([former("old@example.com")], people)).toEqual({ removed: [], left: [] });
});

test("a former name does not cover somebody who is deployed beside the new one", () => {
  const people = [person("new@example.com", { formerly: "old@example.com" })];
  const before = [former("old@example.com"), former("new@example.com")];
  expect(missingPeople(before, people).removed).toHaveLength(1);
});

test.each([
  ["alike", { attributes: { name: "Taro" } }],
  ["of whom nothing else is known", {}],
])("where a newcomer is %s, what to write for the same person is told", (_, more) => {
  const before = [former("old@example.com", { attributes: { name: "Taro" } })];
  const { removed } = missingPeople(before, [person("new@example.com", more)]);
  const hints = removed.map((removal) => explainRemoval(removal, "users.json").hint);
  expect(hints[0]).toContain('"new@example.com": { "formerly": "old@example.com", … }');
  expect(hints[0]).toContain('"leaving": true');
});

test("a number that is another one's keeps the account as well, and never becomes an address", () => {
  const before = [former("+819033334444")];
  const hintFor = (to: string, more: object) =>
    missingPeople(before, [person(to, more)]).removed.map((removal) => explainRemoval(removal, "u").hint)[0];
  expect(hintFor("+819011112222", { email: undefined, phone: "+819011112222" })).toContain(
    'with a new number, write "+819011112222": { "formerly": "+819033334444", … }',
  );
  expect(hintFor("new@example.com", {})).not.toContain("formerly");
});

test("two newcomers with the same attributes, or the same locale alone, make nobody the same person", () => {
  const twins = ["b@example.com", "c@example.com"].map((name) =>
    person(name, { attributes: { name: "Taro" } }),
  );
  const taro = former("a@example.com", { attributes: { name: "Taro" } });
  expect(missingPeople([taro], twins).removed[0]?.renamed).toBeUndefined();

  const somebody = person("d@example.com", { attributes: { locale: "ja" } });
  const other = former("a@example.com", { attributes: { locale: "ja" } });
  expect(missingPeople([other], [somebody]).removed[0]?.renamed).toBeUndefined();
});

test("of somebody who left and seems to come again, another spelling must wait for the next deploy; the rest can be allowed", () => {
  const gone = [
    former("taro@example.com", { leaving: true }),
    former("jiro", { leaving: true, attributes: { email: "j@example.com" } }),
  ];
  const { left } = missingPeople(gone, [
    person("Taro@example.com"),
    person("jiro2", { email: "j@example.com" }),
  ]);
  const hints = left.flatMap(({ former, renamed }) =>
    renamed ? [explainReturnAsNew({ former, renamed }).hint] : [],
  );
  expect(hints[0]).toContain('Deploy without "Taro@example.com" first');
  expect(hints[1]).toContain("--allow-replace jiro");
});

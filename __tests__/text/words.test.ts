import { expect, test } from "vitest";
import { closest, counted, shellWord } from "../../lib/text/words.ts";

test.each([
  [0, "0 people"],
  [1, "1 person"],
  [2, "2 people"],
])("%i of a person is %s", (count, words) => {
  expect(counted(count, "person", "people")).toBe(words);
});

test.each([
  ["enabeld", "enabled"],
  ["Given-Name", "given_name"],
  ["mfaa", "mfa"],
  ["xyz", undefined],
  ["enabled".repeat(6), undefined],
])("%s is closest to %s", (name, candidate) => {
  expect(closest(name, ["enabled", "given_name", "mfa"])).toBe(candidate);
});

test.each([
  ["hanako@example.com", "hanako@example.com"],
  ["山田", "'山田'"],
  ["it's; rm -rf /", `'it'\\''s; rm -rf /'`],
  ["", "''"],
])("%s is %s to a shell", (text, word) => {
  expect(shellWord(text)).toBe(word);
});

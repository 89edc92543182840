import { expect, test } from "vitest";
import { closest, counted } from "../../lib/text/words.ts";

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

import { expect, test } from "vitest";
import { type Checked, mergeChecked } from "../../scripts/check-report.ts";

const problem = (message: string) => ({
  location: { file: "users.json", line: 3 },
  message,
  hint: "Mend it.",
});
const found = (file: string, ...messages: string[]): Checked => ({
  file,
  problems: messages.map(problem),
  warnings: [],
});
const told = (results: readonly Checked[]) =>
  results.map(({ file, problems }) => [file, ...problems.map(({ message }) => message)]);

test("without environments, what was found is what is told", () => {
  const checked = found("users.json", "a");
  expect(mergeChecked([{ checked }])).toEqual([checked]);
});

test("a roster that all have is told once, and of a problem of some whose it is", () => {
  const merged = mergeChecked([
    { environment: "dev", checked: found("users.json", "all", "some") },
    { environment: "staging", checked: found("users.json", "all") },
    { environment: "prod", checked: found("users.json", "all", "some", "one") },
  ]);
  expect(told(merged)).toEqual([["users.json", "all", "some (in dev, prod)", "one (in prod)"]]);
});

test("two rosters are two, each with its own", () => {
  const merged = mergeChecked([
    { environment: "dev", checked: found("dev.json", "a") },
    { environment: "prod", checked: found("users.json", "a") },
  ]);
  expect(told(merged)).toEqual([
    ["dev.json", "a"],
    ["users.json", "a"],
  ]);
});

test("a roster that one of them could not check counts as unchecked", () => {
  const merged = mergeChecked([
    { environment: "dev", checked: { ...found("users.json"), unchecked: true } },
    { environment: "prod", checked: found("users.json") },
  ]);
  expect(merged).toEqual([{ file: "users.json", problems: [], warnings: [], unchecked: true }]);
});

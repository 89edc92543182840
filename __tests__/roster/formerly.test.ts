import { describe, expect, test } from "vitest";
import { parseRoster } from "../../lib/roster/parse.ts";
import type { GivenRules } from "../../lib/roster/roster.ts";

const problemsOf = (users: object, rules: GivenRules = {}) =>
  parseRoster(JSON.stringify({ users }, null, 2), "users.json", rules).problems.map(
    ({ location, message, hint }) => `${location.line}: ${message} → ${hint}`,
  );

test("the former address stands in the line that has the new one", () => {
  const { roster } = parseRoster(
    '{"users":{"new@example.com":{"formerly":"old@example.com"}}}',
    "users.json",
  );
  expect(roster?.people[0]).toMatchObject({ username: "new@example.com", formerly: "old@example.com" });
});

test.each([
  [
    "somebody who is still there",
    { "b@example.com": {}, "c@example.com": { formerly: "B@example.com" } },
    "5: ",
  ],
  [
    "a chain",
    { "c@example.com": { formerly: "b@example.com" }, "b@example.com": { formerly: "a@example.com" } },
    "A chain takes two deploys",
  ],
  [
    "a swap",
    { "a@example.com": { formerly: "b@example.com" }, "b@example.com": { formerly: "a@example.com" } },
    "A swap takes three",
  ],
  [
    "two people",
    { "b@example.com": { formerly: "a@example.com" }, "c@example.com": { formerly: "A@example.com" } },
    '7: "A@example.com" is already the former address of "b@example.com"',
  ],
  [
    "the name itself",
    { "a@example.com": { formerly: "a@example.com" } },
    "is the same as the line's address",
  ],
  [
    "another spelling of the name",
    { "a@example.com": { formerly: "A@example.com" } },
    "and are the same to Cognito",
  ],
  ["no address", { "a@example.com": { formerly: "old" } }, '4: "old" is not an e-mail address'],
  ["no text", { "a@example.com": { formerly: true } }, '"formerly" must be text'],
])("%s is no former address", (_, users, words) => {
  expect(problemsOf(users).join("\n")).toContain(words);
});

test("in a pool with plain usernames it is refused: Cognito can't change one", () => {
  const users = { taro2: { invite: "none", formerly: "taro" } };
  const problems = problemsOf(users, { signInWith: "username" });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain("Cognito can't change a username");
});

test("an earlier text is not judged again", () => {
  const users = { "b@example.com": {}, "c@example.com": { formerly: "b@example.com" } };
  expect(problemsOf(users, { earlier: true })).toEqual([]);
});

describe("in a pool of phone numbers", () => {
  const rules = { signInWith: "phone" } as const;

  test("the former name is a number", () => {
    const users = { "+819011112222": { formerly: "+819033334444" } };
    expect(problemsOf(users, rules)).toEqual([]);
  });

  test.each([
    ["an address, which nobody there was ever known by", "old@example.com", "is not a phone number"],
    ["the number of somebody who is there", "+819055556666", "the former number of"],
    ["the number itself", "+819011112222", "is the same as the line's number"],
  ])("%s is no former number", (_, formerly, words) => {
    const users = { "+819011112222": { formerly }, "+819055556666": {} };
    expect(problemsOf(users, rules).join("\n")).toContain(words);
  });
});

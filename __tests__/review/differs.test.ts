import { expect, test } from "vitest";
import { differs } from "../../lib/review/document.ts";
import { type Drift, NO_DRIFT } from "../../lib/review/drift.ts";
import { documentOf, documentWith } from "./documents.ts";
import { fixture } from "./fixtures.ts";
import { account, change, users } from "./plans.ts";

const NOTHING = [change(users("a"), ["no-op"], account("a"), account("a"))];
const drift = (more: Partial<Drift>): Drift => ({ ...NO_DRIFT, ...more });

test("nothing to do is no difference; strangers alone are none, for a deploy leaves them as they are", () => {
  expect(differs(documentWith(NOTHING))).toBe(false);
  expect(differs(documentWith(NOTHING, { strangers: ["mallory"] }))).toBe(false);
});

test.each([
  ["a person", drift({ people: [{ username: "a", what: "differs", attributes: ["name"] }] })],
  ["somebody who is gone", drift({ people: [{ username: "a", what: "missing", attributes: [] }] })],
  ["a setting", drift({ things: [{ about: "client", label: "app", settings: [] }] })],
])("what was changed in the pool is one, although the plan has nothing yet: %s", (_, found) => {
  expect(differs(documentWith(NOTHING, { drift: found }))).toBe(true);
});

test("what is written and not deployed is one", () => {
  expect(differs(documentOf(fixture("everyday").plan))).toBe(true);
});

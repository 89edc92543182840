import fc from "fast-check";
import { expect, test } from "vitest";
import { UserError } from "../../lib/errors.ts";
import { bySubject } from "../../lib/review/describe.ts";
import { hidesValues, refusedDocument } from "../../lib/review/document.ts";
import { RefusedError } from "../../lib/review/refusals.ts";
import { reviewPage } from "../../lib/review/render/html.ts";
import { reviewMarkdown } from "../../lib/review/render/markdown.ts";
import { reviewText } from "../../lib/review/render/terminal.ts";
import { reviewPlan } from "../../lib/review/review.ts";
import { paintFor } from "../../scripts/screen.ts";
import { documentOf, documentWith } from "./documents.ts";
import { FIXTURES, fixture } from "./fixtures.ts";
import { account, type Change, change, leaving, planOf, users } from "./plans.ts";

const VALUES = ["Hanako Yamada", "花子", "+34611111111", "ja-JP", "hanako.yamada@example.com"];

test.each(FIXTURES)(
  "%s: no value of anybody's attributes is in the document, unless it was asked for",
  (name) => {
    const hidden = JSON.stringify(documentOf(fixture(name).plan));
    for (const value of VALUES) expect(hidden).not.toContain(value);
  },
);

test("values that were asked for are in it, and it says so", () => {
  const document = documentOf(fixture("everyday").plan, { asked: { showValues: true } });
  expect(JSON.stringify(document)).toContain("name: Hanako → Hanako Yamada");
  expect([document.values, hidesValues(document)]).toEqual([true, false]);
  expect(hidesValues(documentOf(fixture("everyday").plan))).toBe(true);
});

test.each([
  ["nothing", [], "nothing"],
  ["somebody who joins", [change(users("a"), ["create"], null, account("a"))], "reversible"],
  ["somebody who is deleted", [change(leaving("a"), ["delete"], account("a"), null)], "irreversible"],
])("the verdict on %s", (_, changes, verdict) => {
  expect(documentWith(changes).verdict).toBe(verdict);
});

test("a plan that breaks a guard is refused, and exceptions are told by their option", () => {
  const gone = [change(leaving("a"), ["delete"], account("a"), null)];
  expect(documentWith(gone, { removals: 0 })).toMatchObject({
    verdict: "refused",
    summary: "REFUSED: 1 person would be deleted (limit 0)",
    exceptions: [],
  });
  const asked = { allowRemovals: 1, allowReplace: ["b@example.com"] };
  expect(documentWith(gone, { asked }).exceptions).toEqual([
    "--allow-removals 1: 1 person may lose access, despite config.ts",
    "--allow-replace b@example.com: may be deleted and created again, or be another account",
  ]);
});

test("what is refused before anything is planned is a document too", () => {
  const refused = [{ message: '"a" is gone', hint: "put it back" }];
  expect(refusedDocument(new RefusedError(refused, "users.json"))).toMatchObject({
    verdict: "refused",
    summary: "REFUSED: 1 line of users.json would lose people",
    refused,
    lines: [],
  });
  expect(new RefusedError(refused, ["people/*.json", "ops.json"]).next).toContain(
    "the deleted lines are in git: git log -p -- 'people/*.json' ops.json",
  );
  const other = new UserError("REFUSED: another roster", { why: "It is.", next: ["go back"], exitCode: 3 });
  expect(refusedDocument(other)).toMatchObject({
    summary: "REFUSED: another roster",
    refused: [{ message: "another roster", hint: "It is. → go back" }],
  });
});

/** People with plain changes, and things, at addresses that are all different. */
const anyPlan = fc
  .uniqueArray(
    fc.tuple(fc.constantFrom("person", "membership", "group", "other"), fc.stringMatching(/^[a-z]{1,3}$/)),
    {
      selector: ([sort, name]) => `${sort} ${name}`,
      maxLength: 12,
    },
  )
  .chain((subjects) =>
    fc.tuple(
      fc.constant(subjects),
      fc.array(fc.constantFrom("create", "update", "delete"), {
        minLength: subjects.length,
        maxLength: subjects.length,
      }),
    ),
  )
  .map(([subjects, actions]) =>
    subjects.map(([sort, name], index): Change => {
      const action = actions[index] ?? "create";
      const values = (note: string) =>
        sort === "person"
          ? account(name, { attributes: { note } })
          : { username: name, group_name: "ops", note };
      const address = {
        person: users(name),
        membership: `aws_cognito_user_in_group.memberships[${JSON.stringify(`${name} in ops`)}]`,
        group: `aws_cognito_user_group.groups[${JSON.stringify(name)}]`,
        other: `aws_thing.${name}`,
      }[sort];
      // Nobody's membership can be updated: the provider replaces it.
      const actual = sort === "membership" && action === "update" ? ["delete", "create"] : [action];
      return change(
        address ?? "",
        actual,
        action === "create" ? null : values("old"),
        action === "delete" ? null : values("new"),
      );
    }),
  );

test("every change of a plan is told exactly once: under one person, or as one thing, and on one line", () => {
  fc.assert(
    fc.property(anyPlan, (changes) => {
      const plan = planOf(...changes);
      const { people, things } = bySubject(reviewPlan(plan).entries);
      const told = [
        ...people.flatMap(({ account, memberships }) => [...(account ? [account] : []), ...memberships]),
        ...things,
      ].map(({ address }) => address);
      expect([...told].sort()).toEqual(changes.map(({ address }) => address).sort());

      const document = documentOf(plan, { removals: 100 });
      expect(document.lines).toHaveLength(people.length + things.length);
      for (const { what } of document.lines) expect(what.join("")).not.toBe("");
      const text = reviewText(document, { paint: paintFor({ isTTY: false }), columns: 100 });
      const markdown = reviewMarkdown(document);
      for (const { who } of document.lines) {
        expect(text).toContain(who);
        expect(markdown).toContain(`<code>${who}</code>`);
      }
    }),
  );
});

test("a notice of the guards stands in the document, the terminal, the page and the comment", () => {
  const notices = ["Could not check whether <somebody> is there."];
  const document = documentWith([], { notices });
  expect(document.notices).toEqual(notices);
  expect(reviewText(document, { paint: paintFor({ isTTY: false }), columns: 100 })).toContain(
    `! ${notices[0]}`,
  );
  expect(reviewPage(document).notes).toContain(notices[0]);
  expect(reviewMarkdown(document)).toContain("<li>Could not check whether &lt;somebody&gt; is there.</li>");
  expect(refusedDocument(new RefusedError([], "users.json")).notices).toEqual([]);
});

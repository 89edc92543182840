import { expect, test } from "vitest";
import { parseRoster } from "../../../lib/roster/parse.ts";
import { rosterRules } from "../../../lib/stack/settings.ts";
import { usable } from "../rules/usable.ts";
import { synth } from "./synth.ts";

/** What a plain object answers to without having it. `__proto__` is refused: as a key it is lost. */
const NAMES = Object.getOwnPropertyNames(Object.prototype).filter((name) => name !== "__proto__");

test("people and groups called like what every object has are people and groups like others", () => {
  const settings = {
    ...usable({ signInWith: "username" as const }),
    groups: Object.fromEntries(NAMES.map((name) => [name, { description: `of ${name}` }])),
  };
  const text = JSON.stringify({
    users: Object.fromEntries(NAMES.map((name) => [name, { invite: "none", groups: NAMES }])),
  });
  const { roster, problems } = parseRoster(text, "users.json", rosterRules(settings));
  expect(problems).toEqual([]);
  const { locals, resource } = synth(roster?.people ?? [], settings);
  expect(NAMES).toContain("hasOwnProperty");
  expect(Object.keys(locals.usernames).sort()).toEqual(NAMES.toSorted());
  expect(Object.keys(locals.user_values).sort()).toEqual(NAMES.toSorted());
  const written = JSON.stringify({ locals, resource });
  for (const name of NAMES) expect(written).toContain(`"of ${name}"`);
  expect(Object.keys(locals.membership_names)).toHaveLength(NAMES.length ** 2);
});

test("a name with Terraform's code in it is written as text", () => {
  const name = "${path.root}%{if}";
  const text = JSON.stringify({ users: { [name]: { invite: "none", groups: [name] } } });
  const { roster } = parseRoster(text, "users.json", { signInWith: "username" });
  const { locals } = synth(roster?.people ?? [], usable({ signInWith: "username" }));
  expect(Object.keys(locals.usernames)).toEqual(['${"$"}{path.root}${"%"}{if}']);
});

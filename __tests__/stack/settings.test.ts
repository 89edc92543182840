import { expect, test } from "vitest";
import { privilegedGroups, rosterRules } from "../../lib/stack/settings.ts";
import { usable } from "./rules/usable.ts";

test("the rules of a roster are the pool's, and the declared groups where there are any", () => {
  const pool = usable({ signInWith: "username", customAttributes: ["team"], mfa: "optional" });
  expect(rosterRules(pool)).toEqual({ signInWith: "username", customAttributes: ["team"] });
  const level = { type: "number", max: 5 } as const;
  const schema = [{ name: "badge", attributeDataType: "String", mutable: false }];
  expect(rosterRules(usable({ customAttributes: { level }, asIs: { schema } }))).toEqual({
    customAttributes: ["level"],
    attributeTypes: { level, badge: { type: "string", immutable: true } },
  });
  expect(rosterRules({ ...usable(), groups: { ops: {}, admins: { precedence: 1 } } })).toEqual({
    groups: ["ops", "admins"],
  });
  expect(rosterRules({ ...usable(), groups: {} })).toEqual({ groups: [] });
});

test("privileged are the groups that say so", () => {
  expect(privilegedGroups(usable())).toEqual([]);
  expect(privilegedGroups({ groups: { admins: { privileged: true }, ops: {} } })).toEqual(["admins"]);
});

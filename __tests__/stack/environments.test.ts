import { describe, expect, test } from "vitest";
import { environmentsOf, isProtected, settingsOf } from "../../lib/stack/environments.ts";
import type { EnvironmentSettings, Settings } from "../../lib/stack/settings.ts";
import { usable } from "./rules/usable.ts";

const common: Settings = {
  ...usable({
    mfa: "optional",
    tags: { team: "a", cost: "1" },
    passwordPolicy: { minimumLength: 14, history: 3 },
    asIs: { tags: { a: "1" }, mfaConfiguration: "ON" },
  }),
  groups: { ops: { precedence: 1 }, dev: {} },
  backend: { type: "s3", bucket: "states", kmsKeyId: "k" },
};
const having = (dev: EnvironmentSettings): Settings => ({ ...common, environments: { dev } });
const dev = (own: EnvironmentSettings) => settingsOf(having(own), "dev");

test("without environments the settings are what they are", () => {
  expect(settingsOf(common)).toBe(common);
  expect(environmentsOf(common)).toEqual([]);
});

describe("an environment's settings", () => {
  test("that says nothing are the common ones, with a stack of its own", () => {
    expect(dev({})).toEqual({ ...common, stack: "team-dev" });
    expect(dev({ protected: true, stack: "people" })).toEqual({ ...common, stack: "people" });
  });

  test("a repository that moves over keeps its settings to the letter, and so its plans", () => {
    expect(JSON.stringify(dev({ stack: "team" }))).toBe(JSON.stringify(common));
  });

  test("objects are merged by key; lists and other values replace", () => {
    const { pool, groups, roster } = dev({
      roster: ["dev.json"],
      pool: { name: "people-dev", tags: { cost: "2" }, recovery: ["verified_email"] },
      groups: { ops: { description: "o" } },
    });
    expect(pool).toEqual({
      ...common.pool,
      name: "people-dev",
      tags: { team: "a", cost: "2" },
      recovery: ["verified_email"],
    });
    expect(groups).toEqual({ ops: { precedence: 1, description: "o" }, dev: {} });
    expect(roster).toEqual(["dev.json"]);
  });

  test("undefined takes out; in asIs it stays, where it leaves out a default", () => {
    const { pool, groups, backend } = dev({
      backend: undefined,
      groups: { dev: undefined },
      pool: { mfa: undefined, passwordPolicy: { history: undefined }, asIs: { mfaConfiguration: undefined } },
    });
    expect(pool).not.toHaveProperty("mfa");
    expect(pool.passwordPolicy).toEqual({ minimumLength: 14 });
    expect(pool.asIs).toStrictEqual({ tags: { a: "1" }, mfaConfiguration: undefined });
    expect([groups, backend]).toEqual([{ ops: { precedence: 1 } }, undefined]);
  });

  test("of another kind of backend nothing stays, of the same one the rest", () => {
    const hcp = { type: "hcp", organization: "o", workspace: "w" } as const;
    expect(dev({ backend: hcp }).backend).toEqual(hcp);
    expect(dev({ backend: { bucket: "other" } }).backend).toEqual({
      type: "s3",
      bucket: "other",
      kmsKeyId: "k",
    });
  });

  test("names that every object has are names like others", () => {
    const groups = JSON.parse('{ "__proto__": { "precedence": 2 } }');
    const merged = dev({ groups }).groups;
    expect(Object.keys(merged ?? {})).toEqual(["ops", "dev", "__proto__"]);
    expect(environmentsOf({ environments: JSON.parse('{ "constructor": {} }') })).toEqual(["constructor"]);
    expect(settingsOf(having({}), "constructor").stack).toBe("team-constructor");
    expect(isProtected({ environments: {} }, "constructor")).toBe(false);
  });
});

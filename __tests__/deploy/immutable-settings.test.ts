import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { refuseOtherAttributes, refusePoolReplacement } from "../../lib/deploy/immutable-settings.ts";
import type { AttributeType } from "../../lib/roster/attribute-types.ts";
import type { Settings } from "../../lib/stack/settings.ts";
import { synthesize } from "../../lib/stack/synth/roster-stack.ts";
import { person } from "../support/people.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pool-identity-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** What provider 5.100.0 writes for the default settings. */
const DEPLOYED = {
  name: "people",
  username_attributes: ["email"],
  alias_attributes: null,
  username_configuration: [{ case_sensitive: false }],
  schema: [] as { name: string }[],
};
const instance = (type: string, name: string, key: string | null, attributes: object) => ({
  mode: "managed",
  type,
  name,
  instances: [{ ...(key !== null && { index_key: key }), attributes }],
});

function deployed(pool: object) {
  const resources = [
    instance("aws_cognito_user_pool", "pool", null, pool),
    instance("aws_cognito_user", "users", "a@example.com", {}),
    instance("aws_cognito_user", "leaving", "b@example.com", {}),
  ];
  const text = JSON.stringify({ version: 4, serial: 1, lineage: "x", resources });
  writeFileSync(join(directory, "terraform.team.tfstate"), text);
}

const SETTINGS: Settings = {
  stack: "team",
  roster: "users.json",
  pool: { name: "people" },
  client: { name: "app" },
};
const synth = (settings: Partial<Settings> = {}) =>
  synthesize({
    settings: { ...SETTINGS, ...settings },
    roster: { file: "users.json", people: [person("a@example.com")] },
    env: {},
    outdir: join(directory, "cdktf.out"),
  });

test("nothing is deployed yet, or nothing differs: nothing to say", () => {
  expect(() => refusePoolReplacement(synth())).not.toThrow();
  deployed(DEPLOYED);
  expect(() => refusePoolReplacement(synth())).not.toThrow();
});

test.each<[string, Partial<Settings>, string]>([
  ["name", { pool: { name: "everybody" } }, 'name: "people" → "everybody"'],
  [
    "how people sign in",
    { pool: { name: "people", signInWith: "username" } },
    '(signInWith): ["email"] → none',
  ],
  [
    "aliases",
    { pool: { name: "people", signInWith: "username", aliases: ["email"] } },
    'alias_attributes (aliases): none → ["email"]',
  ],
  ["letter case", { pool: { name: "people", caseSensitive: true } }, "(case_sensitive): false → true"],
])("%s: refused with what it would cost", (_, settings, why) => {
  deployed(DEPLOYED);
  const stack = synth(settings);
  expect(() => refusePoolReplacement(stack)).toThrow("Cognito can't change this setting");
  try {
    refusePoolReplacement(stack);
  } catch (error) {
    expect(error).toMatchObject({ exitCode: 2, why: expect.stringContaining(why) });
    expect(error).toMatchObject({ why: expect.stringContaining("all 2 people") });
  }
});

test("a custom attribute may come, but not go", () => {
  deployed({ ...DEPLOYED, schema: [{ name: "team" }] });
  const pool = (...customAttributes: string[]) => synth({ pool: { name: "people", customAttributes } });
  expect(() => refusePoolReplacement(pool("team", "badge"))).not.toThrow();
  expect(() => refusePoolReplacement(pool("badge"))).toThrow("can't be removed from a user pool: team");
});

describe("an attribute of a deployed pool stays what it is", () => {
  const state = (name: string, type: string, more: object = {}) => ({
    name,
    attribute_data_type: type,
    developer_only_attribute: false,
    mutable: true,
    required: false,
    string_attribute_constraints: [] as object[],
    number_attribute_constraints: [] as object[],
    ...more,
  });
  const SCHEMA = [
    state("level", "Number", { number_attribute_constraints: [{ min_value: "1", max_value: "5" }] }),
    state("team", "String", { string_attribute_constraints: [{ min_length: "0", max_length: "2048" }] }),
    state("since", "DateTime"),
  ];
  const SAME: Record<string, AttributeType> = {
    level: { type: "number", min: 1, max: 5 },
    team: { type: "string" },
    since: { type: "date" },
  };
  const typed = (customAttributes: Record<string, AttributeType>) =>
    synth({ pool: { name: "people", customAttributes } });

  test("the same types, and a new one beside them", () => {
    deployed({ ...DEPLOYED, schema: SCHEMA });
    expect(() => refusePoolReplacement(typed({ ...SAME, badge: { type: "number" } }))).not.toThrow();
  });

  test.each<[string, Record<string, AttributeType>, string]>([
    [
      "a wider limit",
      { level: { type: "number", min: 1, max: 9 } },
      "level: Number, 1–5, can change → Number, 1–9, can change",
    ],
    [
      "another type",
      { level: { type: "string" } },
      "level: Number, 1–5, can change → String, 0–2048 characters, can change",
    ],
    [
      "another length",
      { team: { type: "string", maxLength: 9 } },
      "0–2048 characters, can change → String, 0–9 characters",
    ],
    [
      "immutable from now on",
      { since: { type: "date", immutable: true } },
      "since: DateTime, can change → DateTime, never changes",
    ],
  ])("%s is refused in words", (_, change, why) => {
    deployed({ ...DEPLOYED, schema: SCHEMA });
    const stack = typed({ ...SAME, ...change });
    expect(() => refusePoolReplacement(stack)).toThrow(
      `The attributes of a user pool can't be changed: ${Object.keys(change)}`,
    );
    try {
      refusePoolReplacement(stack);
    } catch (error) {
      expect(error).toMatchObject({ exitCode: 2, why: expect.stringContaining(why) });
    }
  });

  test("as a list, where they were typed", () => {
    deployed({ ...DEPLOYED, schema: SCHEMA });
    const stack = synth({ pool: { name: "people", customAttributes: ["level", "team", "since"] } });
    expect(() => refusePoolReplacement(stack)).toThrow("can't be changed: level, since");
  });
});

describe("a pool that is to be adopted has the attributes that config.ts says", () => {
  const block = (name: string, attributeDataType: string, more: object = {}) => ({
    name,
    attributeDataType,
    mutable: true,
    required: false,
    developerOnlyAttribute: false,
    ...more,
  });
  const level = block("level", "Number", { numberAttributeConstraints: { minValue: "1" } });
  const declared = (customAttributes: Record<string, AttributeType> | readonly string[]) =>
    synth({ pool: { name: "people", customAttributes } });

  test("the same ones, and more", () => {
    const stack = declared({ level: { type: "number", min: 1 }, badge: { type: "string" } });
    expect(() => refuseOtherAttributes(stack, "us-east-1_x", [level])).not.toThrow();
  });

  test("as a list, although one is a number: AWS would refuse the deploy half-way", () => {
    expect(() => refuseOtherAttributes(declared(["level"]), "us-east-1_x", [level])).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: "The user pool us-east-1_x has other attributes than config.ts says: level",
        why: expect.stringContaining("level is Number, 1 or more, can change, not String, 0–2048 characters"),
      }),
    );
  });

  test("one that is not declared", () => {
    expect(() => refuseOtherAttributes(declared([]), "us-east-1_x", [level])).toThrow(
      expect.objectContaining({ why: expect.stringContaining("and not declared") }),
    );
  });
});

test("a stack that may be destroyed may also be replaced", () => {
  deployed(DEPLOYED);
  expect(() => refusePoolReplacement(synth({ pool: { name: "x" }, destroyable: true }))).not.toThrow();
});

test("a state that cannot be read without Terraform is left to Terraform", () => {
  writeFileSync(join(directory, "terraform.team.tfstate"), '{"encrypted_data":"…"}');
  expect(() => refusePoolReplacement(synth({ pool: { name: "x" } }))).not.toThrow();
});

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Person } from "../../../lib/roster/roster.ts";
import type { Settings } from "../../../lib/stack/settings.ts";
import type { Adoption } from "../../../lib/stack/synth/import-blocks.ts";
import { adoptionText, mergedAdoption, readAdoption } from "../../../lib/stack/synth/import-blocks.ts";
import { synthesize } from "../../../lib/stack/synth/roster-stack.ts";
import { person } from "../../support/people.ts";

const directory = mkdtempSync(join(tmpdir(), "roster-adoption-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function synth(people: readonly Person[], adopt?: Adoption, more: Partial<Settings> = {}) {
  const settings = { stack: "team", roster: "users.json", pool: { name: "people" }, client: { name: "app" } };
  const stack = synthesize({
    settings: { ...settings, ...more },
    roster: { file: "users.json", people },
    adopt,
    env: {},
    outdir: join(directory, "cdktf.out"),
  });
  return JSON.parse(readFileSync(join(stack, "cdk.tf.json"), "utf8"));
}

const ADOPTION: Adoption = {
  userPoolId: "eu-west-1_x",
  clientId: "c1",
  people: ["a@example.com", "b@example.com"],
  groups: ["ops", "empty"],
};

describe("what exists already", () => {
  test("without anything to adopt there is not a trace of it", () => {
    const json = synth([person("a@example.com")]);
    expect(json).not.toHaveProperty("import");
    expect(json.output.user_pool_id).not.toHaveProperty("precondition");
  });

  test("is imported, by ids as the roster spells the names", () => {
    const json = synth([person("a@example.com", { groups: ["ops"] }), person("b@example.com")], ADOPTION);
    expect(json.import).toEqual([
      { to: "aws_cognito_user_pool.pool", id: "eu-west-1_x" },
      { to: "aws_cognito_user_pool_client.client", id: "eu-west-1_x/c1" },
      {
        for_each: "${local.adopted}",
        to: "aws_cognito_user.users[each.key]",
        id: "eu-west-1_x/${each.key}",
      },
      {
        for_each: "${local.adopted_groups}",
        to: "aws_cognito_user_group.groups[each.key]",
        id: "eu-west-1_x/${each.key}",
      },
    ]);
    expect(json.locals.adopted).toEqual({
      "a@example.com": "a@example.com",
      "b@example.com": "b@example.com",
    });
    expect(json.locals.adopted_groups).toEqual({ ops: "ops" });
  });

  test("a group is imported where its settings are declared, and without members, too", () => {
    const groups = { ops: {}, empty: { precedence: 1, description: "Nobody yet" }, new: {} };
    const json = synth([person("a@example.com")], ADOPTION, { groups });
    expect(json.import).toContainEqual({
      for_each: "${local.adopted_groups_description_precedence}",
      to: "aws_cognito_user_group.groups_description_precedence[each.key]",
      id: "eu-west-1_x/${each.key}",
    });
    expect(json.locals.adopted_groups_description_precedence).toEqual({ empty: "empty" });
    expect(json.locals.adopted_groups).toEqual({ ops: "ops" });
  });

  test("people who are new, or gone from the roster, have no import: Terraform would fail on either", () => {
    const json = synth([person("a@example.com"), person("new@example.com")], ADOPTION);
    expect(json.locals.adopted).toEqual({ "a@example.com": "a@example.com" });
  });

  test("whoever is leaving is imported where the leaving are", () => {
    const json = synth([person("a@example.com"), person("b@example.com", { leaving: true })], ADOPTION);
    expect(json.import).toContainEqual({
      for_each: "${local.adopted_leaving}",
      to: "aws_cognito_user.leaving[each.key]",
      id: "eu-west-1_x/${each.key}",
    });
    expect(json.locals.adopted_leaving).toEqual({ "b@example.com": "b@example.com" });
  });

  test("another pool's people are refused by Terraform, before they could be replaced", () => {
    const { precondition } = synth([person("a@example.com")], ADOPTION).output.user_pool_id;
    expect(precondition.condition).toBe('${aws_cognito_user_pool.pool.id == "eu-west-1_x"}');
  });
});

describe("adopt.json", () => {
  const file = join(directory, "adopt.json");

  test("what is written is what is read", () => {
    writeFileSync(file, adoptionText(ADOPTION));
    expect(readAdoption(file)).toEqual(ADOPTION);
  });

  test("nothing there: nothing to adopt", () => {
    expect(readAdoption(join(directory, "nowhere.json"))).toBeUndefined();
  });

  test.each(["", "{", "[]", '{"userPoolId":"x"}', '{"userPoolId":"x","people":[],"groups":[],"extra":1}'])(
    "%j is refused rather than ignored: everyone would be created again",
    (text) => {
      writeFileSync(file, text);
      expect(() => readAdoption(file)).toThrow(expect.objectContaining({ exitCode: 2 }));
    },
  );

  test("a directory in its place is refused", () => {
    const place = join(directory, "dir", "adopt.json");
    mkdirSync(place, { recursive: true });
    expect(() => readAdoption(place)).toThrow(/isn't a file that import-users wrote/);
  });

  test("people who were found missing just now count more than the file's, for the same pool", () => {
    const found = { userPoolId: "eu-west-1_x", people: ["b@example.com"], groups: [] };
    expect(mergedAdoption(ADOPTION, found)).toEqual({ ...ADOPTION, ...found });
    expect(mergedAdoption({ ...ADOPTION, userPoolId: "eu-west-1_other" }, found)).toEqual(found);
    expect(mergedAdoption(ADOPTION, undefined)).toEqual(ADOPTION);
    expect(mergedAdoption(undefined, undefined)).toBeUndefined();
  });
});

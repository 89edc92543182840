import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type Configuration, NotUnderstood, type RawState } from "../../lib/deploy/changed-people.ts";
import { reducedInputs } from "../../lib/deploy/reduced-inputs.ts";
import type { Person } from "../../lib/roster/roster.ts";
import { synthesize } from "../../lib/stack/synth/roster-stack.ts";
import { addressOf } from "../../lib/terraform/state.ts";
import { person } from "../support/people.ts";

const outdir = mkdtempSync(join(tmpdir(), "roster-reduced-"));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

function configurationOf(people: readonly Person[]): Configuration {
  const settings = {
    stack: "people",
    roster: "users.json",
    pool: { name: "people" },
    client: { name: "app" },
    groups: { ops: {} },
  };
  const subs = new Map(people.filter(({ leaving }) => !leaving).map(({ username }) => [username, "sub"]));
  const roster = { file: "users.json", people };
  const directory = synthesize({ settings, roster, outdir, env: {}, subs });
  return JSON.parse(readFileSync(join(directory, "cdk.tf.json"), "utf8")) as Configuration;
}

const HANAKO = person("hanako${x}@example.com", { groups: ["ops"] });
const TARO = person("taro@example.com", { groups: ["ops"] });
const SAM = person("sam@example.com", { leaving: true });
const WHOLE = configurationOf([HANAKO, TARO, SAM]);

const at = (type: string, name: string, key: string | null = null) => addressOf({ type, name, key });
const STATE: RawState = {
  resources: [
    { mode: "managed", type: "aws_cognito_user_pool", name: "pool", instances: [{}] },
    {
      mode: "managed",
      type: "aws_cognito_user",
      name: "users",
      instances: [{ index_key: HANAKO.username }, { index_key: TARO.username }],
    },
    { mode: "managed", type: "aws_cognito_user", name: "leaving", instances: [{ index_key: SAM.username }] },
  ],
};
const ADDRESS = at("aws_cognito_user", "users", HANAKO.username);
const reduced = (configuration: object = {}, people = [ADDRESS]) =>
  reducedInputs({ configuration: { ...WHOLE, ...configuration }, state: STATE }, people);

describe("everyone else is left out", () => {
  test("of the state", () => {
    expect(reduced().state.resources).toEqual([
      STATE.resources[0],
      expect.objectContaining({ name: "users", instances: [{ index_key: HANAKO.username }] }),
    ]);
  });

  test("of every map of people, and nothing else is", () => {
    const { locals = {}, resource } = reduced().configuration;
    const written = 'hanako${"$"}{x}@example.com';
    expect(Object.keys(locals.user_values as object)).toEqual([written]);
    expect(locals.usernames).toEqual({ [written]: written });
    expect(locals.known_subs_of_users).toEqual({ [written]: "sub" });
    expect(locals.leaving_usernames).toEqual({});
    expect(locals.membership_names).toEqual({});
    expect(locals.group_names).toEqual(WHOLE.locals?.group_names);
    expect(resource).toEqual(WHOLE.resource);
  });

  test("also of memberships, whose accounts need not be planned", () => {
    const key = `${TARO.username} in ops`;
    const { locals = {} } = reduced({}, [at("aws_cognito_user_in_group", "memberships", key)]).configuration;
    expect(locals.membership_names).toEqual({ [key]: key });
    expect(locals.usernames).toEqual({});
  });

  test("but those who are given a temporary password stay known, so that a misspelt name is found", () => {
    const passwords = `{"${TARO.username}":"x","nobody@example.com":"x"}`;
    const inputs = { configuration: WHOLE, state: STATE };
    const { locals = {}, ...rest } = reducedInputs(inputs, [], passwords).configuration;
    expect(Object.keys(locals.user_values as object)).toEqual([TARO.username]);
    expect(rest).toHaveProperty("variable", (WHOLE as { variable?: unknown }).variable);
    const escaped = '{"taro\\u0040example.com":"x"}';
    expect(() => reducedInputs(inputs, [], escaped)).toThrow(NotUnderstood);
  });

  test("with moves, which only name accounts", () => {
    expect(() => reduced({ moved: [{ from: ADDRESS, to: ADDRESS }] })).not.toThrow();
  });
});

describe("everyone stays, where something else refers to people", () => {
  const inOutput = (value: string) => ({ output: { ...WHOLE.output, people: { value } } });
  const resource = (type: string, name: string, block: object) => ({
    resource: { ...WHOLE.resource, [type]: { ...WHOLE.resource?.[type], [name]: block } },
  });
  const users = WHOLE.resource?.aws_cognito_user?.users;

  test.each<[string, object]>([
    ["a resource", resource("aws_ssm_parameter", "own", { value: "${length(aws_cognito_user.users)}" })],
    ["a for_each", resource("aws_ssm_parameter", "own", { for_each: "${local.user_values}" })],
    ["memberships", resource("aws_ssm_parameter", "own", { x: "${aws_cognito_user_in_group.memberships}" })],
    ["the people themselves", resource("aws_cognito_user", "users", { ...users, x: "${local.usernames}" })],
    ["a data source", { data: { aws_iam_policy: { own: { name: "${keys(local.user_values)[0]}" } } } }],
    ["a provider", { provider: { aws: [{ profile: "${local.leaving_usernames}" }] } }],
    ["a local", { locals: { ...WHOLE.locals, own: "${length(local.usernames)}" } }],
    ["an output", inOutput("${length(local.user_values)}")],
    ["an output's condition", { output: { own: { precondition: [{ condition: "${local.usernames}" }] } } }],
    [
      "the region's condition",
      { output: { region: { precondition: [{ condition: "${local.usernames}" }] } } },
    ],
  ])("%s", (_, configuration) => {
    expect(() => reduced(configuration)).toThrow(NotUnderstood);
  });
});

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  type Configuration,
  changedPeople,
  NotUnderstood,
  type RawState,
} from "../../lib/deploy/changed-people.ts";
import type { Person } from "../../lib/roster/roster.ts";
import { synthesize } from "../../lib/stack/synth/roster-stack.ts";
import { person } from "../support/people.ts";

const outdir = mkdtempSync(join(tmpdir(), "roster-changed-people-"));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

function configurationOf(people: readonly Person[]): Configuration {
  const directory = synthesize({
    settings: { stack: "people", roster: "users.json", pool: { name: "people" }, client: { name: "app" } },
    roster: { file: "users.json", people },
    outdir,
    env: {},
  });
  return JSON.parse(readFileSync(join(directory, "cdk.tf.json"), "utf8")) as Configuration;
}

const POOL = "eu-west-1_pool";
const HANAKO = person("hanako@example.com", { attributes: { name: "Hanako ${x}" }, groups: ["ops"] });
const TARO = person("taro@example.com", { leaving: true });

const account = (username: string, more: object = {}) => ({
  index_key: username,
  attributes: {
    id: `${POOL}/${username}`,
    user_pool_id: POOL,
    username,
    enabled: true,
    sub: "1",
    status: "CONFIRMED",
    attributes: { email: username, email_verified: "true", sub: "1" },
    ...more,
  },
});
const hanako = (more: object = {}, attributes: object = {}) =>
  account(HANAKO.username, {
    attributes: {
      email: HANAKO.username,
      email_verified: "true",
      name: "Hanako ${x}",
      sub: "1",
      ...attributes,
    },
    ...more,
  });
const membership = (username: string, group: string) => ({
  index_key: `${username} in ${group}`,
  attributes: { id: "any", user_pool_id: POOL, username, group_name: group },
});

type Instances = RawState["resources"][number]["instances"];

function stateOf(resources: Readonly<Record<string, Instances>>): RawState {
  const deployed: Readonly<Record<string, Instances>> = {
    "aws_cognito_user_pool.pool": [{ attributes: { id: POOL } }],
    "aws_cognito_user_pool_client.client": [{ attributes: {} }],
    "aws_cognito_user.users": [hanako()],
    "aws_cognito_user.leaving": [account(TARO.username, { enabled: false })],
    "aws_cognito_user_in_group.memberships": [membership(HANAKO.username, "ops")],
    ...resources,
  };
  return {
    resources: Object.entries(deployed).map(([address, instances]) => {
      const [type = "", name = ""] = address.split(".");
      return { mode: "managed", type, name, instances };
    }),
  };
}

const CONFIGURATION = configurationOf([HANAKO, TARO]);
const changedIn = (resources: Readonly<Record<string, Instances>>, configuration = CONFIGURATION) =>
  changedPeople(configuration, stateOf(resources)).changed;

const USERS = "aws_cognito_user.users";
const IN = "aws_cognito_user_in_group.memberships";
const AT_HANAKO = 'aws_cognito_user.users["hanako@example.com"]';

test("of people who are as they are written nothing changes, whatever their texts hold", () => {
  expect(changedPeople(CONFIGURATION, stateOf({}))).toMatchObject({
    changed: [],
    moving: [],
    recorded: 3,
    equal: 3,
  });
});

test("the pool, its clients and its groups are always planned, and what left the configuration", () => {
  const { others } = changedPeople(CONFIGURATION, stateOf({ "aws_lambda_permission.gone": [] }));
  expect(others.toSorted()).toEqual([
    "aws_cognito_user_group.groups",
    "aws_cognito_user_pool.pool",
    "aws_cognito_user_pool_client.client",
    "aws_lambda_permission.gone",
    "data.aws_region.current",
  ]);
});

describe("something may change of somebody", () => {
  test.each<[string, Instances]>([
    ["whose attribute has another value", [hanako({}, { name: "Somebody" })]],
    ["who has no such attribute", [hanako({}, { email_verified: undefined })]],
    ["who is disabled", [hanako({ enabled: false })]],
    ["of whom it isn't known", [hanako({ enabled: undefined })]],
    ["who has a value that no version known here has", [hanako({ new_argument: null })]],
    ["who is in another pool", [hanako({ user_pool_id: "other" })]],
    ["who is under another name", [hanako({ username: "other" })]],
    ["who was left half-made", [{ ...hanako(), status: "tainted" }]],
    ["who is not in the state", []],
  ])("%s", (_, instances) => {
    expect(changedIn({ [USERS]: instances })).toEqual([AT_HANAKO]);
  });

  test("who is in the state and in no line", () => {
    expect(changedIn({ [USERS]: [hanako(), account("gone@example.com")] })).toEqual([
      'aws_cognito_user.users["gone@example.com"]',
    ]);
  });

  test("who leaves: both places are named, or Terraform refuses to plan a part", () => {
    const { changed, moving } = changedPeople(
      CONFIGURATION,
      stateOf({ "aws_cognito_user.leaving": [], [USERS]: [hanako(), account(TARO.username)] }),
    );
    expect(changed).toEqual(['aws_cognito_user.leaving["taro@example.com"]']);
    expect(moving).toEqual(['aws_cognito_user.users["taro@example.com"]']);
  });

  test("who comes into a group, or goes out of it", () => {
    expect(changedIn({ [IN]: [membership(HANAKO.username, "all")] }).toSorted()).toEqual([
      `${IN}["hanako@example.com in all"]`,
      `${IN}["hanako@example.com in ops"]`,
    ]);
  });
});

test("what nobody's line names is a person's own, and no change", () => {
  expect(changedIn({ [USERS]: [hanako({}, { nickname: "Hana" })] })).toEqual([]);
});

describe("what is not compared here is a reason to plan everyone", () => {
  const withUsers = (more: object): Configuration => {
    const { resource = {} } = CONFIGURATION;
    const { aws_cognito_user: people = {}, ...others } = resource;
    return {
      ...CONFIGURATION,
      resource: { ...others, aws_cognito_user: { ...people, users: { ...people.users, ...more } } },
    };
  };
  test.each<[string, Configuration]>([
    ["an argument that people didn't have", withUsers({ mfa_preference: "TOTP" })],
    ["an argument written in another way", withUsers({ enabled: true })],
    [
      "changes of something compared that are ignored",
      withUsers({ lifecycle: { ignore_changes: ["enabled"] } }),
    ],
    ["another for_each", withUsers({ for_each: "${toset(local.usernames)}" })],
    [
      "a computed value",
      { ...CONFIGURATION, locals: { ...CONFIGURATION.locals, usernames: { a: "${var.name}" } } },
    ],
  ])("%s", (_, configuration) => {
    expect(() => changedIn({}, configuration)).toThrow(NotUnderstood);
  });

  test("a module in the state, or what is left of a replacement", () => {
    const [first, ...rest] = stateOf({}).resources;
    if (first === undefined) throw new Error("no resource");
    expect(() =>
      changedPeople(CONFIGURATION, { resources: [{ ...first, module: "module.other" }, ...rest] }),
    ).toThrow(NotUnderstood);
    expect(() => changedIn({ [USERS]: [{ ...hanako(), deposed: "1234" }] })).toThrow(NotUnderstood);
  });
});

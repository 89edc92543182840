import { describe, expect, test } from "vitest";
import { checkSettings, requireUsable } from "../../../lib/stack/rules/check.ts";
import type { Settings } from "../../../lib/stack/settings.ts";
import { told, usable } from "./usable.ts";

const having = (environments: unknown, more: Partial<Settings> = {}) =>
  ({ ...usable(), ...more, environments }) as Settings;

describe("a problem of settings with environments", () => {
  test.each<[string, Settings, string[]]>([
    ["there is none", having({ dev: {}, prod: { protected: true } }), []],
    [
      "common to all is said once",
      having({ dev: {}, prod: {} }, { region: 1 as never }),
      ["error region: it must be a text"],
    ],
    [
      "of some names them",
      having({ dev: {}, staging: {}, prod: { region: "eu-west-1" } }, { region: 1 as never }),
      ["error region: it must be a text (in dev, staging)"],
    ],
    [
      "of one is at its override",
      having({ dev: { pool: { mfa: "maybe" } }, prod: {} }),
      ['error environments.dev.pool.mfa: "maybe" is not an allowed value'],
    ],
    [
      "of a section that only one has, too",
      having({ dev: { client: { oauth: { scopes: ["openid"] } } }, prod: {} }),
      ["error environments.dev.client.oauth.callbackUrls: it is required"],
    ],
    [
      "in a list is at its element",
      having({ "pre-prod": { client: { oauth: { callbackUrls: ["http://a.example"] } } } }),
      [
        expect.stringContaining('error environments["pre-prod"].client.oauth.callbackUrls[0]: '),
        expect.stringContaining("warning pool.domainPrefix: "),
      ] as never,
    ],
    [
      "that is taken out is missing there",
      having({ dev: { pool: { name: undefined } }, prod: {} }),
      ["error environments.dev.pool.name: it is required"],
    ],
  ])("%s", (_, settings, expected) => {
    expect(told(settings)).toEqual(expected);
  });

  test("is of no matter to another environment, unless both share something", () => {
    const settings = having({ dev: { pool: { mfa: "maybe" } }, prod: {}, other: { stack: "team-prod" } });
    expect(() => requireUsable(settings, undefined, "dev")).toThrow(/pool\.mfa/);
    expect(() => requireUsable(settings, undefined, "prod")).toThrow(/same stack/);
    expect(() =>
      requireUsable(having({ dev: { pool: { mfa: "x" } }, prod: {} }), undefined, "prod"),
    ).not.toThrow();
  });

  test("has its place in config.ts: the override's line, or the common one", () => {
    const text = `export const config = {
  stack: "team", roster: "users.json", client: { name: "app" },
  pool: { name: "people", tier: "GOLD" },
  environments: {
    dev: {},
    prod: {
      pool: { mfa: "maybe" },
    },
  },
};
`;
    const settings = having(
      { dev: {}, prod: { pool: { mfa: "maybe" } } },
      { pool: { name: "people", tier: "GOLD" as never } },
    );
    const lines = checkSettings(settings, { file: "config.ts", text }).map(({ location, setting }) => [
      location?.line,
      setting,
    ]);
    expect(lines).toEqual([
      [3, "pool.tier"],
      [7, "environments.prod.pool.mfa"],
    ]);
  });
});

describe("what environments must not share", () => {
  test.each<[string, object, string[]]>([
    [
      "a stack, however it is spelt",
      { dev: { stack: "people" }, prod: { stack: "People" } },
      ["error environments.prod: it has the same stack as dev"],
    ],
    [
      "a key in a bucket",
      {
        dev: { backend: { type: "s3", bucket: "b", key: "k" } },
        prod: { backend: { type: "s3", bucket: "b", key: "k" } },
      },
      ["error environments.prod: its state is in the same place as that of dev"],
    ],
    [
      "a prefix of their domain",
      { dev: {}, prod: {} },
      ["warning environments.prod: it has the same pool.domainPrefix as dev"],
    ],
  ])("%s", (name, environments, expected) => {
    const pool = name.includes("domain") ? { domainPrefix: "team" } : {};
    expect(told(having(environments, { pool: { name: "people", ...pool } }))).toEqual(expected);
  });

  test.each([
    [{ prefix: "team" }, ["warning environments.prod: it has the same pool.domain as dev"]],
    [
      { custom: "login.example.com", certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/a" },
      ["warning environments.prod: it has the same pool.domain as dev"],
    ],
  ])("the long form of a domain is compared, too: %j", (domain, expected) => {
    expect(told(having({ dev: {}, prod: {} }, { pool: { name: "people", domain } }))).toEqual(expected);
  });

  test.each([
    { type: "hcp", organization: "o", workspace: "w" },
    { type: "http", address: "https://gitlab.example/state/people" },
  ] as const)("a common place in $type is one state for all", (backend) => {
    expect(told(having({ dev: {}, prod: {} }, { backend }))).toEqual([
      "error environments.prod: its state is in the same place as that of dev",
    ]);
  });

  test("a bucket they may share: the stack's name is in the key", () => {
    expect(told(having({ dev: {}, prod: {} }, { backend: { type: "s3", bucket: "b" } }))).toEqual([]);
  });
});

test.each<[string, unknown, string[]]>([
  ["no environment at all", {}, ["error environments: it has no environments"]],
  ["a list", ["dev"], ["error environments: it has no environments"]],
  [
    "names that are none",
    { Dev: {}, "": {}, "a b": {}, "-a": {}, "a-": {} },
    ["Dev", '[""]', '["a b"]', '["-a"]', '["a-"]'].map(
      (at) => expect.stringContaining(`error environments${at.startsWith("[") ? at : `.${at}`}: `) as never,
    ),
  ],
  ["a value that is no object", { dev: true }, ["error environments.dev: it must be an object"]],
  [
    "environments of its own",
    { dev: { environments: { a: {} } } },
    ["error environments.dev.environments: unknown setting"],
  ],
  [
    "protected by another word",
    { dev: { protected: "yes" } },
    ["error environments.dev.protected: this is not an allowed value"],
  ],
  [
    "protected, and yet destroyable",
    { dev: { protected: true, destroyable: true } },
    ["error environments.dev.protected: it is also destroyable"],
  ],
])("refused: %s", (_, environments, expected) => {
  expect(told(having(environments))).toEqual(expected);
});

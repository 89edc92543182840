import { describe, expect, test } from "vitest";
import { checkSettings } from "../../../lib/stack/rules/check.ts";
import type { Settings } from "../../../lib/stack/settings.ts";
import { told, usable } from "./usable.ts";

const ROLE = "arn:aws:iam::123456789012:role/People";
const { client, ...rest } = usable();
const withPool = (identityPool: unknown, more: object = {}) =>
  ({ ...rest, ...("clients" in more ? {} : { client }), identityPool, ...more }) as Settings;
const MACHINE = {
  clients: {
    web: { name: "web" },
    job: { name: "job", secret: true, clientCredentials: { scopes: ["https://api/read"] } },
  },
};

test("a team can say all of it", () => {
  const identityPool = {
    name: "people",
    authenticatedRoleArn: ROLE,
    roleRules: [{ claim: "cognito:groups", match: "Contains", value: "ops", roleArn: ROLE }],
    otherwise: "deny",
    principalTags: { team: "custom:team" },
  };
  expect(checkSettings(withPool(identityPool))).toEqual([]);
});

describe("who gets AWS credentials", () => {
  test.each<[string, unknown, string]>([
    ["a name with a slash", { name: "a/b" }, 'error identityPool.name: "a/b" isn\'t a name'],
    [
      "no role",
      { authenticatedRoleArn: "admin" },
      'error identityPool.authenticatedRoleArn: "admin" is not the ARN',
    ],
    [
      "guests",
      { guests: true },
      "warning identityPool.guests: anyone on the Internet can get AWS credentials",
    ],
    [
      "a guests' role that is none",
      { guests: { roleArn: "x" } },
      'error identityPool.guests.roleArn: "x" is not',
    ],
    [
      "a rule's role that is none",
      { roleRules: [{ claim: "c", value: "v", roleArn: "x" }] },
      'error identityPool.roleRules.0.roleArn: "x" is not',
    ],
    [
      "a client that there is not",
      { clients: ["web"] },
      'error identityPool.clients: there is no app client "web"',
    ],
    ["no client", { clients: [] }, "error identityPool.clients: it is empty"],
    ["roles for no one", { otherwise: "deny" }, "warning identityPool.otherwise: no group has a role"],
    ["a misspelt setting", { guest: true }, "error identityPool.guest: unknown setting"],
    ["a wrong kind", { otherwise: "allow" }, 'error identityPool.otherwise: "allow" is not an allowed value'],
  ])("%s is told", (_, identityPool, problem) => {
    expect(told(withPool(identityPool))).toContainEqual(expect.stringContaining(problem));
  });

  test("a machine's client can't be trusted: its tokens are about no person", () => {
    const more = { ...MACHINE, resourceServers: { "https://api": { scopes: { read: "Reads" } } } };
    expect(told(withPool({ clients: ["web", "job"] }, more))).toContainEqual(
      expect.stringContaining('identityPool.clients: the app client "job" is for a machine'),
    );
  });
});

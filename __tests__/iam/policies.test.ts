import { readdirSync, readFileSync } from "node:fs";
import * as cognito from "@aws-sdk/client-cognito-identity-provider";
import { describe, expect, test } from "vitest";
import { poolArn, WITHOUT_POOL } from "../support/iam-gate.ts";
import { allowedActions, type IamPolicy, permits, policyOf, ROLES, together } from "../support/iam-policy.ts";

const POOL_ID = "us-east-1_Ours";
const [OURS, OTHER] = [poolArn(POOL_ID), poolArn("us-east-1_Another")];
const role = (name: (typeof ROLES)[number]) => policyOf(name, { POOL_ID, BUCKET: "states" });

/** Everything that Cognito can be asked. */
const OPERATIONS = Object.keys(cognito).flatMap((name) => /^(\w+)Command$/.exec(name)?.[1] ?? []);

/** Which of all operations a policy allows on the pool. */
const mayOnPool = (policy: IamPolicy) =>
  OPERATIONS.filter((operation) => permits(policy, `cognito-idp:${operation}`, OURS)).sort();
const READS = /^(Describe|Get|List|AdminGet|AdminList)/;
const changes = (policy: IamPolicy) => mayOnPool(policy).filter((operation) => !READS.test(operation));

describe("a policy is evaluated as IAM does", () => {
  const policy = (
    ...statements: readonly [Effect: "Allow" | "Deny", Action: string, Resource: string][]
  ) => ({
    Version: "2012-10-17",
    Statement: statements.map(([Effect, Action, Resource]) => ({ Sid: "s", Effect, Action, Resource })),
  });
  test.each([
    ["what no statement names is refused", policy(), false],
    ["an action, whatever its letter case", policy(["Allow", "cognito-idp:listusers", "*"]), true],
    ["a wildcard for many", policy(["Allow", "cognito-idp:List*", "arn:aws:cognito-idp:*"]), true],
    ["a wildcard for one", policy(["Allow", "cognito-idp:List?sers", "*"]), true],
    ["a wildcard for one is not for none", policy(["Allow", "cognito-idp:ListUsers?", "*"]), false],
    ["the beginning of an action is not the action", policy(["Allow", "cognito-idp:List", "*"]), false],
    ["another pool is another resource", policy(["Allow", "cognito-idp:ListUsers", OTHER]), false],
    [
      "a Deny counts more, wherever it stands",
      policy(["Deny", "cognito-idp:*", "*"], ["Allow", "cognito-idp:ListUsers", "*"]),
      false,
    ],
  ])("%s", (_, given, allowed) => {
    expect(permits(given, "cognito-idp:ListUsers", OURS)).toBe(allowed);
  });

  test("what it does not know is an error", () => {
    const conditional = { ...role("planner").Statement[0], Condition: {} } as IamPolicy["Statement"][0];
    expect(() => permits({ Version: "2012-10-17", Statement: [conditional] }, "a:B", "*")).toThrow(
      "Condition",
    );
  });
});

describe.each(ROLES)("docs/iam/%s.json", (name) => {
  const text = readFileSync(`docs/iam/${name}.json`, "utf8");

  test("is one that IAM takes: a version, short enough, each statement with a name of letters and digits", () => {
    const { Version, Statement } = role(name);
    expect(Version).toBe("2012-10-17");
    // The quota of a managed policy, which does not count white space.
    expect(text.replace(/\s/g, "").length).toBeLessThan(6_144);
    const names = Statement.map(({ Sid }) => Sid);
    expect(names.filter((one) => !/^[A-Za-z0-9]+$/.test(one))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  test("names each action in full, and only such as there are", () => {
    const named = [...allowedActions(role(name))].flatMap(
      (action) => /^cognito-idp:(.*)$/.exec(action)?.[1] ?? [],
    );
    expect(named.filter((operation) => !OPERATIONS.includes(operation))).toEqual([]);
  });

  test("is for one pool; only what has no pool as its resource is for everything", () => {
    for (const { Effect, Action, Resource } of role(name).Statement) {
      const of = [Action].flat().flatMap((action) => /^cognito-idp:(.*)$/.exec(action)?.[1] ?? []);
      if (Effect === "Deny" || of.length === 0) continue;
      expect(Resource, String(of)).toBe(of.some((operation) => WITHOUT_POOL.has(operation)) ? "*" : OURS);
    }
  });

  test("has the placeholders that docs/security.md tells to fill in, and no others", () => {
    const placeholders = text.match(/\b[A-Z]{2}[A-Z_]+\b/g) ?? [];
    expect(placeholders.filter((one) => !/^(PARTITION|REGION|ACCOUNT|POOL_ID|BUCKET)$/.test(one))).toEqual(
      [],
    );
  });

  test("fits every partition: no ARN begins with that of one", () => {
    const policy = policyOf(name, { POOL_ID, BUCKET: "states", PARTITION: "aws-us-gov" });
    const arns = policy.Statement.flatMap(({ Resource }) => [Resource].flat()).filter((one) => one !== "*");
    expect(arns.length).toBeGreaterThan(0);
    expect(arns.filter((arn) => !/^arn:aws-us-gov:(cognito-idp|s3):/.test(arn))).toEqual([]);
  });
});

test("docs/security.md fills in every placeholder", () => {
  const command = readFileSync("docs/security.md", "utf8").match(/^sed '(.+)' docs\/iam/m)?.[1] ?? "";
  const filled = [...command.matchAll(/s\/(\w+)\/[^/]+\//g)].map(([, name]) => name);
  expect(filled).toEqual(["PARTITION", "REGION", "ACCOUNT", "POOL_ID", "BUCKET"]);
});

test("docs/iam has no other file", () => {
  expect(readdirSync("docs/iam").sort()).toEqual(ROLES.map((name) => `${name}.json`).sort());
});

describe("who may do what", () => {
  test("the planner changes nothing, anywhere", () => {
    expect(changes(role("planner"))).toEqual([]);
    const elsewhere = [...allowedActions(role("planner"))].filter(
      (action) => !action.startsWith("cognito-idp:"),
    );
    expect(elsewhere.sort()).toEqual(["s3:GetObject", "s3:ListBucket"]);
  });

  test("the helpdesk sets passwords, forgets authenticator apps and ends sessions: it neither creates nor deletes anybody", () => {
    expect(changes(role("helpdesk"))).toEqual([
      "AdminDeleteSoftwareToken",
      "AdminSetUserMFAPreference",
      "AdminSetUserPassword",
      "AdminUserGlobalSignOut",
    ]);
    expect([...allowedActions(role("helpdesk"))].filter((action) => action.startsWith("s3:"))).toEqual([]);
  });

  test("with helpdesk-invite it may create people besides: IAM cannot tell an invitation that is sent again from it", () => {
    const both = together(role("helpdesk"), role("helpdesk-invite"));
    expect(changes(both).filter((operation) => !changes(role("helpdesk")).includes(operation))).toEqual([
      "AdminCreateUser",
    ]);
  });

  test("the deployer sets nobody's password, and cannot delete the pool, whatever else is attached", () => {
    expect(mayOnPool(role("deployer"))).not.toContain("AdminSetUserPassword");
    const everything = {
      Version: "2012-10-17",
      Statement: [{ Sid: "All", Effect: "Allow", Action: "*", Resource: "*" } as const],
    };
    expect(permits(everything, "cognito-idp:DeleteUserPool", OURS)).toBe(true);
    expect(permits(together(role("deployer"), everything), "cognito-idp:DeleteUserPool", OURS)).toBe(false);
  });

  test.each(ROLES)("%s has no other pool of the account, and no other state of the bucket", (name) => {
    const policy = role(name);
    const anywhere = OPERATIONS.filter((operation) => permits(policy, `cognito-idp:${operation}`, OTHER));
    expect(anywhere.filter((operation) => !WITHOUT_POOL.has(operation))).toEqual([]);
    const objects = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"].filter((action) =>
      permits(policy, action, "arn:aws:s3:::states/another.tfstate"),
    );
    expect(objects).toEqual([]);
    // A lock that cannot be removed would be worse than none; the state is never deleted.
    expect(permits(policy, "s3:DeleteObject", "arn:aws:s3:::states/cognito-roster.tfstate")).toBe(false);
  });
});

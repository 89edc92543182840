import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { applyProposal } from "../../lib/deploy/apply.ts";
import { NO_POOL } from "../../lib/deploy/compare-pool.ts";
import type { Proposal } from "../../lib/deploy/proposal.ts";
import { NO_DRIFT } from "../../lib/review/drift.ts";
import { parsePlan } from "../../lib/review/plan.ts";
import { reviewPlan } from "../../lib/review/review.ts";
import { cognitoException, recordedCognito } from "../auth/recorded-cognito.ts";
import { change, planOf, users } from "../review/plans.ts";
import { person } from "../support/people.ts";
import { fakeTerraform, outputsOf } from "../terraform/fakes.ts";

const OUTPUTS = JSON.stringify(outputsOf("us-east-1_x", "us-east-1"));
const TERRAFORM = `echo "$@" >> log; touch cdk.tf.json; if [ "$1" = output ]; then echo '${OUTPUTS}'; fi`;

function proposal(
  context: ReturnType<typeof fakeTerraform>["context"],
  applyable: boolean,
  more: Partial<Proposal> = {},
): Proposal {
  const roster = {
    file: "users.json",
    people: [person("a"), person("b", { leaving: true })],
  };
  writeFileSync(join(context.directory, "deploy.tfplan"), "plan");
  return {
    review: reviewPlan({ ...planOf(), applyable }),
    refused: [],
    notices: [],
    strangers: [],
    drift: NO_DRIFT,
    fingerprints: {},
    state: "none",
    again: () => Promise.reject(new Error("not expected")),
    lookAgain: async () => ({}),
    cacheDirectory: context.directory,
    readdressed: [],
    live: NO_POOL,
    existingMemberships: [],
    project: {
      roster,
      written: roster,
      day: "2026-01-01",
      texts: [],
      settings: { stack: "x", roster: "users.json", pool: { name: "people" }, client: { name: "app" } },
      placeOf: () => ({ file: "users.json" }),
      digest: "",
      warnings: [],
    },
    plan: parsePlan(planOf()),
    saved: { file: "deploy.tfplan", digest: createHash("sha256").update("plan").digest("hex"), json: {} },
    context,
    synthesize: () => ({ stackDirectory: context.directory, assumed: false, restored: false }),
    ...more,
  };
}

test("applies the saved plan itself, and signs out who is leaving", async () => {
  using fake = fakeTerraform(TERRAFORM);
  const { client, sent } = recordedCognito({});
  const { signedOut, deployment } = await applyProposal(proposal(fake.context, true), {
    onProgress: () => {},
    clientFor: () => client,
  });
  expect(fake.read("log").split("\n")[0]).toBe("apply -json -input=false -parallelism=10 deploy.tfplan");
  expect(deployment.userPoolId).toBe("us-east-1_x");
  expect([signedOut, sent.length]).toEqual([["b"], 1]);
});

/** As {@link TERRAFORM}, with a state; and the backend refuses whatever is written to it after the apply. */
const UNWRITABLE = `echo "$@" >> log; touch cdk.tf.json
case "$1 $2" in
  "output -json") echo '${OUTPUTS}' ;;
  "state pull") echo '{"version":4,"serial":1,"lineage":"l","outputs":{},"resources":[]}' ;;
  "state push") echo "Error: Failed to write state: access denied" >&2; exit 1 ;;
esac`;

test("a record that can't be saved is a notice: all is deployed, and who is leaving is signed out", async () => {
  using fake = fakeTerraform(UNWRITABLE);
  const { client, sent } = recordedCognito({});
  const notices: string[] = [];
  const { signedOut } = await applyProposal(proposal(fake.context, true), {
    onProgress: () => {},
    onNotice: (text) => notices.push(text),
    clientFor: () => client,
  });
  expect(fake.read("log")).toContain("state push");
  expect(notices).toEqual([
    expect.stringMatching(
      /^Deployed, but the record of it could not be saved: .*\. npm run history won't show/s,
    ),
  ]);
  expect([signedOut, sent.length]).toEqual([["b"], 1]);
});

test("of 10,000 people only those who are leaving or not enabled are signed out, one call each", async () => {
  using fake = fakeTerraform(TERRAFORM);
  const people = Array.from({ length: 10_000 }, (_, index) =>
    person(`p${index}`, { leaving: index === 7, enabled: index !== 5_000 }),
  );
  const { client, sent } = recordedCognito({}, {});
  const given = proposal(fake.context, true);
  const { signedOut } = await applyProposal(
    { ...given, project: { ...given.project, roster: { file: "users.json", people } } },
    { onProgress: () => {}, clientFor: () => client },
  );
  expect(signedOut).toEqual(["p7", "p5000"]);
  expect(sent.map(({ operation }) => operation)).toEqual([
    "AdminUserGlobalSignOut",
    "AdminUserGlobalSignOut",
  ]);
});

test("Terraform works on fewer at a time where people are put into groups: UserUpdate's quota is half of UserCreation's", async () => {
  using fake = fakeTerraform(TERRAFORM);
  const { client } = recordedCognito({});
  const joins = change('aws_cognito_user_in_group.memberships["a in ops"]', ["create"], null, {
    username: "a",
    group_name: "ops",
  });
  await applyProposal(proposal(fake.context, true, { review: reviewPlan(planOf(joins)) }), {
    onProgress: () => {},
    clientFor: () => client,
  });
  expect(fake.read("log").split("\n")[0]).toBe("apply -json -input=false -parallelism=5 deploy.tfplan");
});

test("a group whose precedence is to be 0 gets it after the apply: the provider doesn't send it", async () => {
  using fake = fakeTerraform(TERRAFORM);
  const { client, sent } = recordedCognito(
    { Groups: [{ GroupName: "admins" }, { GroupName: "ops" }] },
    {},
    {},
  );
  const { project, ...rest } = proposal(fake.context, true);
  const groups = { admins: { precedence: 0 }, ops: { precedence: 1 } };
  await applyProposal(
    { ...rest, project: { ...project, settings: { ...project.settings, groups } } },
    { onProgress: () => {}, clientFor: () => client },
  );
  expect(sent.map(({ operation, input }) => [operation, input.GroupName])).toEqual([
    ["ListGroups", undefined],
    ["UpdateGroup", "admins"],
    ["AdminUserGlobalSignOut", undefined],
  ]);
});

test("with nothing to apply, who is leaving is signed out all the same: the last deploy may have been killed before it", async () => {
  using fake = fakeTerraform(TERRAFORM);
  writeFileSync(fake.file("cdk.tf.json"), "{}");
  const { client, sent } = recordedCognito({});
  await applyProposal(proposal(fake.context, false), { onProgress: () => {}, clientFor: () => client });
  expect(fake.read("log")).toBe("output -json");
  expect(sent[0]?.input).toEqual({ UserPoolId: "us-east-1_x", Username: "b" });
});

test("sessions that could not be ended are a failure: who, why, and what to repeat", async () => {
  using fake = fakeTerraform(TERRAFORM);
  const { client } = recordedCognito(
    cognitoException(
      "AccessDeniedException",
      "not authorized to perform: cognito-idp:AdminUserGlobalSignOut",
    ),
  );
  await expect(
    applyProposal(proposal(fake.context, true), { onProgress: () => {}, clientFor: () => client }),
  ).rejects.toMatchObject({
    exitCode: 1,
    message: "Deployed, but the sessions of 1 person couldn't be ended: b",
    why: expect.stringContaining("cognito-idp:AdminUserGlobalSignOut"),
    next: expect.arrayContaining(["then run it again: npm run deploy"]),
  });
});

test("an e-mail address is put back before the plan is applied, by the name that Cognito still knows", async () => {
  using fake = fakeTerraform(TERRAFORM);
  writeFileSync(fake.file("cdk.tf.json"), "{}");
  const { client, sent } = recordedCognito({}, {});
  const readdressed = [{ username: "a", sub: "sub-of-a" }];
  await applyProposal(
    proposal(fake.context, true, { readdressed, pool: { userPoolId: "us-east-1_x", region: "us-east-1" } }),
    { onProgress: () => {}, clientFor: () => client },
  );
  expect(sent[0]).toEqual({
    operation: "AdminUpdateUserAttributes",
    input: {
      UserPoolId: "us-east-1_x",
      Username: "sub-of-a",
      UserAttributes: [
        { Name: "email", Value: "a" },
        { Name: "email_verified", Value: "true" },
      ],
    },
  });
  expect(fake.read("log").split("\n")[0]).toBe("apply -json -input=false -parallelism=10 deploy.tfplan");
});

test("so is a phone number, where people sign in by it", async () => {
  using fake = fakeTerraform(TERRAFORM);
  writeFileSync(fake.file("cdk.tf.json"), "{}");
  const { client, sent } = recordedCognito({}, {});
  const number = "+819012345678";
  const given = proposal(fake.context, true, {
    readdressed: [{ username: number, sub: "sub-of-a" }],
    pool: { userPoolId: "us-east-1_x", region: "us-east-1" },
  });
  const { settings } = given.project;
  const people = [person(number, { phone: number, phoneVerified: false })];
  const project = {
    ...given.project,
    roster: { ...given.project.roster, people },
    settings: { ...settings, pool: { ...settings.pool, signInWith: "phone" as const } },
  };
  await applyProposal({ ...given, project }, { onProgress: () => {}, clientFor: () => client });
  expect(sent[0]?.input).toMatchObject({
    UserAttributes: [
      { Name: "phone_number", Value: number },
      { Name: "phone_number_verified", Value: "false" },
    ],
  });
});

describe("memberships that exist already", () => {
  const existingMemberships = [
    { username: "a", group: "ops" },
    { username: "b", group: "ops" },
  ];
  const joins = (username: string) =>
    change(`aws_cognito_user_in_group.memberships["${username} in ops"]`, ["create"], null, {
      username,
      group_name: "ops",
    });
  const recording = async (second: object) => {
    const fake = fakeTerraform(`${TERRAFORM}; if [ "$1" = show ]; then cat shown; fi`);
    writeFileSync(fake.file("cdk.tf.json"), "{}");
    writeFileSync(fake.file("shown"), JSON.stringify(second));
    const { client } = recordedCognito({});
    const steps = new Set<string>();
    const carrying = applyProposal(proposal(fake.context, true, { existingMemberships }), {
      onProgress: (step) => void steps.add(step),
      clientFor: () => client,
    });
    const failed = await carrying.then(() => undefined).catch((error: unknown) => error);
    const applied = fake
      .read("log")
      .split("\n")
      .filter((line) => line.startsWith("apply"));
    fake[Symbol.dispose]();
    return { failed, applied, steps };
  };

  test("are recorded after the plan, by a second one", async () => {
    const { failed, applied, steps } = await recording(planOf(joins("a"), joins("b")));
    expect(failed).toBeUndefined();
    expect(applied).toHaveLength(2);
    expect(steps).toContain("Recording 2 group memberships that exist already");
  });

  test.each([
    ["somebody else's membership", joins("c")],
    ["somebody", change(users("c"), ["create"], null, { username: "c" })],
  ])("are not, where the second plan has anything else in it: %s", async (_, other) => {
    const { failed, applied } = await recording(planOf(joins("a"), other));
    expect(failed).toMatchObject({ exitCode: 1, message: expect.stringContaining("one step is left") });
    expect(applied).toHaveLength(1);
  });
});

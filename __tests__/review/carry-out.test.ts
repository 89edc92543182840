import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { carryOut } from "../../lib/review/carry-out.ts";
import { reviewPlan } from "../../lib/review/review.ts";
import { cognitoException, recordedCognito } from "../auth/recorded-cognito.ts";
import { person } from "../support/people.ts";
import { fakeTerraform } from "../terraform/fakes.ts";
import { planOf } from "./plans.ts";

const OUTPUTS = JSON.stringify({
  user_pool_id: { value: "us-east-1_x" },
  user_pool_client_id: { value: "client" },
  region: { value: "us-east-1" },
  password_policy: {
    value: {
      minimum_length: 12,
      require_lowercase: true,
      require_uppercase: true,
      require_numbers: true,
      require_symbols: true,
      temporary_password_validity_days: 7,
    },
  },
});
const TERRAFORM = `echo "$@" >> log; touch cdk.tf.json; if [ "$1" = output ]; then echo '${OUTPUTS}'; fi`;

function proposal(context: ReturnType<typeof fakeTerraform>["context"], applyable: boolean) {
  return {
    review: reviewPlan({ ...planOf(), applyable }),
    refused: [],
    strangers: [],
    roster: { file: "users.json", people: [person("a"), person("b", { leaving: true })] },
    plan: { file: "deploy.tfplan", json: {} },
    context,
  };
}

test("applies the saved plan itself, and signs out who is leaving", async () => {
  using fake = fakeTerraform(TERRAFORM);
  const { client, sent } = recordedCognito({});
  const { signedOut, deployment } = await carryOut(
    proposal(fake.context, true),
    () => {},
    () => client,
  );
  expect(fake.read("log").split("\n")[0]).toBe("apply -json -input=false deploy.tfplan");
  expect(deployment.userPoolId).toBe("us-east-1_x");
  expect([signedOut, sent.length]).toEqual([["b"], 1]);
});

test("with nothing to apply, who is leaving is signed out all the same: the last deploy may have been killed before it", async () => {
  using fake = fakeTerraform(TERRAFORM);
  writeFileSync(fake.file("cdk.tf.json"), "{}");
  const { client, sent } = recordedCognito({});
  await carryOut(
    proposal(fake.context, false),
    () => {},
    () => client,
  );
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
    carryOut(
      proposal(fake.context, true),
      () => {},
      () => client,
    ),
  ).rejects.toMatchObject({
    exitCode: 1,
    message: "Deployed, but the sessions of 1 person could not be ended: b",
    why: expect.stringContaining("cognito-idp:AdminUserGlobalSignOut"),
    next: expect.arrayContaining(["then repeat it: npm run deploy"]),
  });
});

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { planApart } from "../../lib/terraform/isolated-plan.ts";
import { fakeTerraform } from "./fakes.ts";

const event = (type: string, addr: string) =>
  JSON.stringify({
    "@level": "info",
    "@message": "",
    type,
    change: { resource: { addr }, action: "update" },
  });
const STATE = JSON.stringify({
  version: 4,
  serial: 7,
  lineage: "x",
  outputs: { secret: { value: "s" } },
  resources: [{ type: "aws_cognito_user_pool" }, { type: "aws_cognito_user" }],
});

/** A Terraform that prints these events for a plan, and keeps what it saw beside the stack's directory. */
function deployed(...events: string[]) {
  const lines = events.map((line) => `echo '${line}'`).join("; ");
  const fake = fakeTerraform(
    `d=$(dirname "$0"); echo "$TF_DATA_DIR|$TF_WORKSPACE|$@" >> $d/log; cat terraform.tfstate > $d/seen; ` +
      `ls -l . > $d/modes; cat .terraform/providers/there > $d/provider; ` +
      `case "$1" in plan) ${lines || "true"};; show) echo '{"shown":true}';; esac`,
  );
  writeFileSync(fake.file("cdk.tf.json"), "{}");
  writeFileSync(fake.file(".terraform.lock.hcl"), "");
  mkdirSync(fake.file("data/providers"), { recursive: true });
  writeFileSync(fake.file("data/providers/there"), "provider");
  const env = { ...process.env, TF_DATA_DIR: "data", TF_WORKSPACE: "prod" };
  return {
    fake,
    plan: () => planApart({ ...fake.context, env }, { state: STATE, without: new Set(["aws_cognito_user"]) }),
  };
}

test("a copy without people is planned, with a refresh, whatever the environment says, and is gone afterwards", async () => {
  const { fake, plan } = deployed();
  using _ = fake;
  expect(await plan()).toBeUndefined();
  expect(fake.read("log")).toBe(
    ".terraform||plan -json -input=false -refresh=true -lock=false -out=apart.tfplan",
  );
  expect(JSON.parse(fake.read("seen"))).toMatchObject({
    serial: 7,
    outputs: {},
    resources: [{ type: "aws_cognito_user_pool" }],
  });
  expect(fake.read("provider")).toBe("provider");
  expect(fake.read("modes")).toMatch(/-rw------- .*terraform\.tfstate/);
  expect(existsSync(fake.file("checked-apart"))).toBe(false);
});

test.each<[string, string[], object | undefined]>([
  [
    "has drifted and is put back: shown",
    [event("resource_drift", "pool"), event("planned_change", "pool")],
    { shown: true },
  ],
  ["has drifted, as computed values do", [event("resource_drift", "pool")], undefined],
  [
    "is changed by the configuration",
    [event("resource_drift", "pool"), event("planned_change", "client")],
    undefined,
  ],
])("what %s", async (_, events, shown) => {
  const { fake, plan } = deployed(...events);
  using __ = fake;
  expect(await plan()).toEqual(shown);
});

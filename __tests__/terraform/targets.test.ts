import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { addressOf, forget, refreshTargets } from "../../lib/terraform/targets.ts";
import { fakeTerraform } from "./fakes.ts";

const CONFIGURATION = JSON.stringify({ resource: {}, moved: [{ from: "a", to: "b" }], import: [] });

test.each([
  ["pool", null, "aws_cognito_user.pool"],
  ["users", "hanako@example.com", 'aws_cognito_user.users["hanako@example.com"]'],
  ["x", 2, "aws_cognito_user.x[2]"],
  ["users", 'a"${b}\\', 'aws_cognito_user.users["a\\"$\\u007bb}\\\\"]'],
])("the address of %s %s", (name, key, address) => {
  expect(addressOf({ type: "aws_cognito_user", name, key })).toBe(address);
});

describe("a targeted refresh", () => {
  test("reads exactly these, without the moves that Terraform would refuse it for, which are back afterwards", async () => {
    using fake = fakeTerraform('echo "$@" >> log; cat cdk.tf.json > seen');
    writeFileSync(fake.file("cdk.tf.json"), CONFIGURATION);
    await refreshTargets(fake.context, ["a.b", 'c.d["e f"]']);
    expect(fake.read("log")).toBe(
      'apply -refresh-only -refresh=true -auto-approve -json -input=false -target=a.b -target=c.d["e f"]',
    );
    expect(JSON.parse(fake.read("seen"))).toEqual({ resource: {} });
    expect(readFileSync(fake.file("cdk.tf.json"), "utf8")).toBe(CONFIGURATION);
  });

  test("leaves the moves where they were when it fails", async () => {
    using fake = fakeTerraform("exit 1");
    writeFileSync(fake.file("cdk.tf.json"), CONFIGURATION);
    await expect(refreshTargets(fake.context, ["a.b"])).rejects.toThrow();
    expect(readFileSync(fake.file("cdk.tf.json"), "utf8")).toBe(CONFIGURATION);
  });

  test("takes several runs when the command line would be too long, and leaves nobody out", async () => {
    using fake = fakeTerraform('echo $# >> log; printf "%s\\n" "$@" >> all');
    writeFileSync(fake.file("cdk.tf.json"), CONFIGURATION);
    const addresses = Array.from(
      { length: 3_000 },
      (_, index) => `aws_cognito_user.users["person${index}@example.com"]`,
    );
    await refreshTargets(fake.context, addresses);
    expect(fake.read("log").split("\n").length).toBeGreaterThan(1);
    const targets = fake
      .read("all")
      .split("\n")
      .filter((line) => line.startsWith("-target="));
    expect(targets).toEqual(addresses.map((address) => `-target=${address}`));
  });
});

test("what is to be forgotten is taken out of the state alone", async () => {
  using fake = fakeTerraform('echo "$@" >> log');
  await forget(fake.context, ["a.b", "c.d"]);
  expect(fake.read("log")).toBe("state rm a.b c.d");
});

test("the copies that Terraform keeps of a local state by that do not stay", async () => {
  using fake = fakeTerraform("touch terraform.tfstate.1700000000.backup terraform.tfstate");
  await forget(fake.context, ["a.b"]);
  expect(existsSync(fake.file("terraform.tfstate.1700000000.backup"))).toBe(false);
  expect(existsSync(fake.file("terraform.tfstate"))).toBe(true);
});

import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { initialise } from "../../lib/terraform/init.ts";
import { fakeTerraform } from "./fakes.ts";

const PROVIDER = ".terraform/providers/registry.terraform.io/hashicorp/aws/5.100.0/linux_amd64/provider";
const configuration = (terraform: object, more: object = {}) =>
  JSON.stringify({
    terraform: { backend: { local: {} }, required_providers: { aws: { version: "5.100.0" } }, ...terraform },
    provider: { aws: [{ region: "us-east-1" }] },
    resource: { aws_cognito_user: { users: {} } },
    ...more,
  });

/** A stack, and how often its `terraform init` has run. */
function stack(cdkTf = configuration({})) {
  const fake = fakeTerraform('echo "$1" >> log');
  const write = (file: string, text: string) => {
    mkdirSync(dirname(fake.file(file)), { recursive: true });
    writeFileSync(fake.file(file), text);
  };
  write(PROVIDER, "provider");
  write(".terraform.lock.hcl", "locked");
  write("cdk.tf.json", cdkTf);
  const init = async (env: NodeJS.ProcessEnv = {}) => {
    await initialise({ ...fake.context, env: { ...process.env, ...env } });
    return fake.read("log").split("\n").filter(Boolean).length;
  };
  return { fake, write, init };
}

type Stack = ReturnType<typeof stack>;

test("terraform init runs once: other people, and other settings of a provider, are nothing to it", async () => {
  const { fake, write, init } = stack();
  using _ = fake;
  expect(await init()).toBe(1);
  const edited = { provider: { aws: [{ region: "eu-west-1" }] }, locals: { users: ["ann"] } };
  write("cdk.tf.json", configuration({}, edited));
  expect(await init()).toBe(1);
});

test.each<[string, (made: Stack) => NodeJS.ProcessEnv | undefined]>([
  [
    "the provider's version",
    ({ write }) =>
      void write("cdk.tf.json", configuration({ required_providers: { aws: { version: "6" } } })),
  ],
  [
    "the state's place",
    ({ write }) => void write("cdk.tf.json", configuration({ backend: { local: { path: "x" } } })),
  ],
  [
    "a resource of another provider",
    ({ write }) =>
      void write("cdk.tf.json", configuration({}, { resource: { random_pet: {}, aws_cognito_user: {} } })),
  ],
  ["the lock file", ({ write }) => void write(".terraform.lock.hcl", "another")],
  ["the provider's file", ({ fake }) => void appendFileSync(fake.file(PROVIDER), "!")],
  ["what is installed", ({ fake }) => void rmSync(fake.file(".terraform/providers"), { recursive: true })],
  ["Terraform itself", ({ fake }) => void appendFileSync(fake.file("terraform"), "\n# newer")],
  ["init's arguments", () => ({ TF_CLI_ARGS_init: "-upgrade" })],
  ["the workspace", () => ({ TF_WORKSPACE: "other" })],
])("it runs again after a change of %s", async (_, change) => {
  const made = stack();
  using __ = made.fake;
  await made.init();
  expect(await made.init(change(made))).toBe(2);
});

test.each([
  ["a state elsewhere, where credentials decide", configuration({ backend: { s3: { bucket: "b" } } })],
  ["modules, whose files are not looked at", configuration({}, { module: { more: {} } })],
  ["no state's place", JSON.stringify({ terraform: {} })],
])("with %s it runs each time", async (_, cdkTf) => {
  const { fake, init } = stack(cdkTf);
  using __ = fake;
  await init();
  expect(await init()).toBe(2);
});

test("after a failure it runs again", async () => {
  const { fake, write, init } = stack();
  using _ = fake;
  writeFileSync(fake.file("terraform"), '#!/bin/sh\necho "$1" >> log; [ -e fine ]\n');
  await expect(init()).rejects.toThrow("terraform init failed");
  write("fine", "");
  expect(await init()).toBe(2);
});

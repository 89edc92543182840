import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformStack } from "cdktf";
import { afterAll, describe, expect, test } from "vitest";
import { UserError } from "../../../lib/errors.ts";
import type { BackendSettings } from "../../../lib/stack/settings.ts";
import { stateBackend } from "../../../lib/stack/synth/backend.ts";

const outdir = mkdtempSync(join(tmpdir(), "roster-backend-"));
afterAll(() => rmSync(outdir, { recursive: true }));

/** The `terraform` block that the settings come to. */
function terraformBlock(settings: BackendSettings, env: NodeJS.ProcessEnv = {}, region?: string) {
  const stack = new TerraformStack(new App({ outdir }), "team");
  stateBackend(stack, { settings, stack: "team", region, env });
  return stack.toTerraform().terraform;
}

describe("the local backend", () => {
  test("is a file beside cdktf.out, at a path that is the same on every machine", () => {
    expect(terraformBlock({ type: "local" }).backend).toEqual({
      local: { path: "../../../terraform.team.tfstate" },
    });
  });
});

describe("the S3 backend", () => {
  test("locks with a lock file and encrypts, without being asked", () => {
    expect(terraformBlock({ type: "s3", bucket: "states" }).backend).toEqual({
      s3: { bucket: "states", key: "team.tfstate", encrypt: true, use_lockfile: true },
    });
  });

  test("takes a key, a region and a KMS key", () => {
    const kmsKeyId = "arn:aws:kms:eu-west-1:111122223333:key/0000";
    const settings = {
      type: "s3",
      bucket: "states",
      key: "people/one",
      region: "eu-west-1",
      kmsKeyId,
    } as const;
    expect(terraformBlock(settings, {}, "us-east-1").backend.s3).toMatchObject({
      key: "people/one",
      region: "eu-west-1",
      kms_key_id: kmsKeyId,
    });
  });

  test("lies in the stack's region when none is named", () => {
    expect(terraformBlock({ type: "s3", bucket: "states" }, {}, "ap-northeast-1").backend.s3.region).toBe(
      "ap-northeast-1",
    );
  });

  test.each(["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"])(
    "with %s it asks no STS and does not expect bucket.host to exist; the endpoint itself stays in the environment",
    (name) => {
      const { s3 } = terraformBlock(
        { type: "s3", bucket: "states" },
        { [name]: "http://127.0.0.1:9000" },
      ).backend;
      expect(s3).toMatchObject({
        use_path_style: true,
        skip_credentials_validation: true,
        skip_requesting_account_id: true,
      });
      expect(JSON.stringify(s3)).not.toContain("9000");
    },
  );
});

describe("HCP Terraform", () => {
  test("is a workspace of an organization", () => {
    expect(terraformBlock({ type: "hcp", organization: "example", workspace: "people" })).toMatchObject({
      cloud: { organization: "example", workspaces: { name: "people" } },
    });
  });
});

describe("a backend that is not meant so", () => {
  test.each([
    ["a misspelled type", { type: "S3", bucket: "states" }, 'there is no backend "S3"'],
    ["no type", { bucket: "states" }, "there is no backend undefined"],
    ["no bucket", { type: "s3" }, "lacks its bucket"],
    ["an empty bucket", { type: "s3", bucket: " " }, "lacks its bucket"],
    ["no organization", { type: "hcp", workspace: "people" }, "lacks its organization"],
    ["no workspace", { type: "hcp", organization: "example" }, "lacks its workspace"],
  ])("%s is refused, for config.ts is not type-checked when it runs", (_, settings, words) => {
    const refusal = () => terraformBlock(settings as unknown as BackendSettings);
    expect(refusal).toThrow(UserError);
    expect(refusal).toThrow(words);
  });
});

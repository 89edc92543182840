import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformStack } from "cdktf";
import { afterAll, describe, expect, test } from "vitest";
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

  test("takes a variable that is not set for what was left out", () => {
    const settings = { type: "s3", bucket: "states", key: undefined, region: undefined, kmsKeyId: undefined };
    expect(terraformBlock(settings as never, {}, "eu-west-1").backend.s3).toEqual({
      bucket: "states",
      key: "team.tfstate",
      region: "eu-west-1",
      encrypt: true,
      use_lockfile: true,
    });
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

describe("a server that speaks Terraform's HTTP protocol", () => {
  const address = "https://gitlab.example.com/api/v4/projects/1/terraform/state/people";

  test("is locked as GitLab's is, without being asked; credentials stay in the environment", () => {
    const env = { TF_HTTP_USERNAME: "ops", TF_HTTP_PASSWORD: "from the environment" };
    expect(terraformBlock({ type: "http", address }, env).backend).toEqual({
      http: {
        address,
        lock_address: `${address}/lock`,
        unlock_address: `${address}/lock`,
        lock_method: "POST",
        unlock_method: "DELETE",
      },
    });
  });

  test("takes other ways to lock", () => {
    const settings = {
      type: "http",
      address,
      lockAddress: address,
      lockMethod: "LOCK",
      unlockMethod: "UNLOCK",
    } as const;
    expect(terraformBlock(settings).backend.http).toMatchObject({
      lock_address: address,
      unlock_address: address,
      lock_method: "LOCK",
      unlock_method: "UNLOCK",
    });
  });
});

describe("HCP Terraform", () => {
  test("is a workspace of an organization", () => {
    expect(terraformBlock({ type: "hcp", organization: "example", workspace: "people" })).toMatchObject({
      cloud: { organization: "example", workspaces: { name: "people" } },
    });
  });
});

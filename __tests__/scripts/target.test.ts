import { describe, expect, test } from "vitest";
import { resolveTarget } from "../../scripts/support/target.ts";

describe("which user pool a command speaks to", () => {
  test.each([
    [
      "options come before the environment",
      { userPoolId: "eu-west-1_opt", clientId: "opt" },
      { COGNITO_USER_POOL_ID: "us-east-1_env", COGNITO_CLIENT_ID: "env" },
      { userPoolId: "eu-west-1_opt", clientId: "opt", region: "eu-west-1" },
    ],
    [
      "the environment comes next",
      {},
      { COGNITO_USER_POOL_ID: "ap-northeast-1_env", COGNITO_CLIENT_ID: "env" },
      { userPoolId: "ap-northeast-1_env", clientId: "env", region: "ap-northeast-1" },
    ],
    [
      "the pool's id knows the region better than AWS_REGION",
      { userPoolId: "us-gov-west-1_x", clientId: "c" },
      { AWS_REGION: "eu-west-1" },
      { userPoolId: "us-gov-west-1_x", clientId: "c", region: "us-gov-west-1" },
    ],
    [
      "an emulator's pool id has no region in it",
      { userPoolId: "local_abc", clientId: "c" },
      { AWS_REGION: "eu-west-1" },
      { userPoolId: "local_abc", clientId: "c", region: "eu-west-1" },
    ],
    [
      "the client id is enough; Terraform's AWS_DEFAULT_REGION counts, too",
      { clientId: "c" },
      { AWS_DEFAULT_REGION: "eu-west-1" },
      { clientId: "c", region: "eu-west-1" },
    ],
    [
      "empty variables are as good as none",
      { clientId: "c" },
      { AWS_REGION: "", COGNITO_USER_POOL_ID: "" },
      { clientId: "c" },
    ],
  ])("%s", async (_, options, env, target) => {
    expect(await resolveTarget(options, env)).toEqual(target);
  });
});

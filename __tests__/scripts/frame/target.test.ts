import { describe, expect, test } from "vitest";
import { resolveTarget } from "../../../scripts/frame/target.ts";

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
      "Terraform's AWS_DEFAULT_REGION counts, too",
      { userPoolId: "local_abc", clientId: "c" },
      { AWS_DEFAULT_REGION: "eu-west-1" },
      { userPoolId: "local_abc", clientId: "c", region: "eu-west-1" },
    ],
    [
      "empty variables are as good as none",
      { userPoolId: "local_abc", clientId: "c" },
      { AWS_REGION: "", COGNITO_USER_POOL_ID: "", COGNITO_CLIENT_SECRET: "" },
      { userPoolId: "local_abc", clientId: "c" },
    ],
    [
      "the client's secret comes from the environment, never from the command line",
      { userPoolId: "local_abc", clientId: "c" },
      { COGNITO_CLIENT_SECRET: "s" },
      { userPoolId: "local_abc", clientId: "c", clientSecret: "s" },
    ],
  ])("%s", async (_, options, env, target) => {
    expect(await resolveTarget(options, env)).toEqual(target);
  });

  test.each([
    [{ userPoolId: "us-east-1_x" }, "A user pool is named, but no app client"],
    [{ clientId: "c" }, "An app client is named, but no user pool"],
  ])("one id without the other is not guessed at: %j", async (options, words) => {
    await expect(resolveTarget(options, {})).rejects.toMatchObject({ message: words, exitCode: 2 });
  });
});

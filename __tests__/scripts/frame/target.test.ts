import { describe, expect, test } from "vitest";
import { config } from "../../../config.ts";
import { identityOf } from "../../../lib/directory/pool/facts.ts";
import { nameOf, poolLine, resolveTarget } from "../../../scripts/frame/target.ts";

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
    [{ userPoolId: "us-east-1_x" }, "There is a user pool id, but no app client id"],
    [{ clientId: "c" }, "There is an app client id, but no user pool id"],
  ])("one id without the other is not guessed at: %j", async (options, words) => {
    await expect(resolveTarget(options, {})).rejects.toMatchObject({ message: words, exitCode: 2 });
  });
});

describe("the line before a change says which pool it is", () => {
  const userPoolId = "eu-west-1_abc";
  const arn = `arn:aws-us-gov:cognito-idp:us-gov-west-1:123456789012:userpool/${userPoolId}`;

  test("by its name, id, account and region, where DescribeUserPool has told them", () => {
    const pool = identityOf({ Name: "people", Arn: arn }, { userPoolId, region: "eu-west-1", name: "other" });
    expect(pool).toEqual({
      name: "people",
      id: userPoolId,
      account: "123456789012",
      region: "us-gov-west-1",
    });
    expect(poolLine(pool, {}, {})).toBe(
      "User pool people (eu-west-1_abc), AWS account 123456789012, region us-gov-west-1",
    );
  });

  test("by what is known, where nobody has asked Cognito; what is not is null for --json", () => {
    const pool = identityOf({}, { userPoolId });
    expect(pool).toEqual({ name: null, id: userPoolId, account: null, region: null });
    expect(poolLine(pool, {}, {})).toBe("User pool eu-west-1_abc");
  });

  test.each([
    ["--user-pool-id", { userPoolId }, { COGNITO_USER_POOL_ID: "eu-west-1_env" }],
    ["COGNITO_USER_POOL_ID", {}, { COGNITO_USER_POOL_ID: userPoolId }],
  ])("and who named it, if config.ts did not: %s", (by, options, env) => {
    // config.ts's name is then another pool's.
    const pool = identityOf({}, { userPoolId, ...nameOf(options, env) });
    expect(poolLine(pool, options, env)).toBe(`User pool eu-west-1_abc, from ${by}, not from config.ts`);
  });

  test("config.ts's own pool has config.ts's name", () => {
    expect(nameOf({}, {})).toEqual({ name: config.pool.name });
    expect(nameOf({}, { COGNITO_USER_POOL_ID: "" })).toEqual({ name: config.pool.name });
  });

  test("a name can't steer the terminal", () => {
    expect(poolLine(identityOf({ Name: "a\u001b[2Jb" }, { userPoolId }), {}, {})).not.toContain("\u001b");
  });
});

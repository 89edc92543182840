import { describe, expect, test } from "vitest";
import { refuseMissingPool, refuseOtherRegion, workingRegion } from "../../lib/deploy/target.ts";

describe("a run for another region than the pool's", () => {
  test("is refused before Terraform could take everything for gone", () => {
    expect(() => refuseOtherRegion("us-east-1", "eu-west-1")).toThrow(
      expect.objectContaining({ exitCode: 3, message: expect.stringContaining("us-east-1") }),
    );
  });

  test.each([
    ["us-east-1", "us-east-1"],
    [undefined, "eu-west-1"],
    ["us-east-1", undefined],
  ])("deployed in %s, run for %s: goes on", (deployed, working) => {
    expect(() => refuseOtherRegion(deployed, working)).not.toThrow();
  });

  test.each([
    [{ region: "ap-northeast-1" }, { AWS_REGION: "us-east-1" }, "ap-northeast-1"],
    [{}, { AWS_REGION: "us-east-1", AWS_DEFAULT_REGION: "eu-west-1" }, "us-east-1"],
    [{}, { AWS_DEFAULT_REGION: "eu-west-1" }, "eu-west-1"],
  ])("is known as the provider finds it: %j, %j", async (settings, env, region) => {
    expect(await workingRegion(settings, env)).toBe(region);
  });
});

test("a pool that Terraform does not find is no drift to be put back", () => {
  const gone = { about: "pool", label: "aws_cognito_user_pool.pool", settings: [], missing: true } as const;
  expect(() => refuseMissingPool({ things: [gone] })).toThrow(expect.objectContaining({ exitCode: 3 }));
  expect(() => refuseMissingPool({ things: [{ ...gone, about: "client" }] })).not.toThrow();
});

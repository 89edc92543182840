import { expect, test } from "vitest";
import { issuerOf } from "../../lib/cognito/pool-id.ts";

test.each([
  ["eu-west-1", "amazonaws.com"],
  ["us-gov-west-1", "amazonaws.com"],
  ["cn-north-1", "amazonaws.com.cn"],
  ["eusc-de-east-1", "amazonaws.eu"],
])("tokens of a pool in %s are issued at %s, like the SDK's endpoint", (region, domain) => {
  expect(issuerOf(`${region}_AbC`)).toBe(`https://cognito-idp.${region}.${domain}/${region}_AbC`);
});

test("a region of its own goes before the one in the id, which emulators make up", () => {
  expect(issuerOf("local_AbC", "eu-west-1")).toBe("https://cognito-idp.eu-west-1.amazonaws.com/local_AbC");
});

import { afterEach, expect, test, vi } from "vitest";
import { cognitoClient } from "../../lib/cognito/client.ts";

afterEach(() => vi.unstubAllEnvs());

const endpointIn = async (region: string) => {
  const { endpointProvider, useFipsEndpoint } = cognitoClient({ region }).config;
  const { url } = endpointProvider({ Region: region, UseFIPS: await useFipsEndpoint() });
  return url.hostname;
};

test("in GovCloud, where AWS documents FIPS endpoints only, AWS_USE_FIPS_ENDPOINT leads there", async () => {
  vi.stubEnv("AWS_USE_FIPS_ENDPOINT", "true");
  expect(await endpointIn("us-gov-west-1")).toBe("cognito-idp-fips.us-gov-west-1.amazonaws.com");
});

test("another partition has its own domain", async () => {
  expect(await endpointIn("cn-north-1")).toBe("cognito-idp.cn-north-1.amazonaws.com.cn");
});

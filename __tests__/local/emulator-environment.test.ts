import { describe, expect, test } from "vitest";
import { rehearsalEnvironment, withoutSteering } from "../../lib/local/emulator-environment.ts";

describe("a rehearsal never leaves this machine", () => {
  test.each(["http://127.0.0.1:5000", "http://localhost:5000", "http://[::1]:5000"])(
    "%s is loopback",
    (endpoint) => {
      expect(rehearsalEnvironment(endpoint).AWS_ENDPOINT_URL).toBe(endpoint);
    },
  );

  test.each([
    "https://cognito-idp.eu-west-1.amazonaws.com",
    "http://10.0.0.1:5000",
    "http://127.0.0.1.example.com",
  ])("%s is refused", (endpoint) => {
    expect(() => rehearsalEnvironment(endpoint)).toThrow("never leaves this machine");
  });

  test("profiles, credentials, endpoints and Terraform variables of the caller are left behind", () => {
    const env = withoutSteering({
      PATH: "/bin",
      AWS_PROFILE: "production",
      AWS_ENDPOINT_URL_STS: "https://sts.example.com",
      TF_VAR_temporary_passwords: "{}",
      TF_CLI_ARGS_apply: "-refresh=false",
      TF_PLUGIN_CACHE_DIR: "/cache",
    });
    expect(env).toEqual({ PATH: "/bin", TF_PLUGIN_CACHE_DIR: "/cache" });
  });
});

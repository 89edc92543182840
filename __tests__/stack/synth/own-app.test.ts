import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function/index.js";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { App, GcsBackend, TerraformOutput, TerraformStack } from "cdktf";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RosterError } from "../../../lib/roster/problem.ts";
import { SettingsError } from "../../../lib/stack/rules/problem.ts";
import type { StackSettings } from "../../../lib/stack/settings.ts";
import { CognitoRosterStack } from "../../../lib/stack/synth/roster-stack.ts";
import { plainText } from "../../../lib/stack/terraform-text.ts";
import { person } from "../../support/people.ts";

const roster = { file: "users.json", people: [person("a@example.com")] };

let outdir: string;
let app: App;
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), "roster-own-app-"));
  app = new App({ outdir });
});
afterEach(() => rmSync(outdir, { recursive: true }));

function people(settings: Partial<StackSettings> = {}, id = "people") {
  const least = { pool: { name: id }, client: { name: "app" } };
  return new CognitoRosterStack(app, id, { settings: { ...least, ...settings }, roster, env: {} });
}

const synthesized = (stack: string) => {
  app.synth();
  return JSON.parse(readFileSync(join(outdir, "stacks", stack, "cdk.tf.json"), "utf8"));
};

describe("in an app of a team's own", () => {
  test("another stack may refer to the pool and the client; Terraform hands the values over by our state", () => {
    const stack = people();
    const api = new TerraformStack(app, "api");
    new TerraformOutput(api, "authorizer", { value: [stack.userPool.arn, stack.appClient.id] });
    const [remote] = Object.keys(synthesized("api").data.terraform_remote_state);
    expect(synthesized("api").data.terraform_remote_state[remote ?? ""].config.path).toBe(
      "../../../terraform.people.tfstate",
    );
    expect(synthesized("api").output.authorizer.value).toEqual([
      expect.stringContaining("cross-stack-output-aws_cognito_user_poolpoolarn"),
      expect.stringContaining("cross-stack-output-aws_cognito_user_pool_clientclientid"),
    ]);
    expect(synthesized("people").output).toHaveProperty("cross-stack-output-aws_cognito_user_poolpoolarn");
  });

  test("a backend that the app attaches is the only one", () => {
    new GcsBackend(people(), { bucket: "states" });
    expect(synthesized("people").terraform.backend).toEqual({ gcs: { bucket: "states" } });
  });

  test("two rosters have a state each", () => {
    people();
    people({}, "partners");
    expect(synthesized("partners").terraform.backend.local.path).toBe("../../../terraform.partners.tfstate");
    expect(synthesized("people").terraform.backend.local.path).toBe("../../../terraform.people.tfstate");
  });

  test("the provider can be told what the settings have no word for", () => {
    people().provider.assumeRole = [{ roleArn: "arn:aws:iam::111122223333:role/deployer" }];
    expect(synthesized("people").provider.aws).toEqual([
      { assume_role: [{ role_arn: "arn:aws:iam::111122223333:role/deployer" }] },
    ]);
  });
});

describe("what synth refuses in this repository, the stack refuses anywhere", () => {
  test("settings that can't be used, all at once", () => {
    const settings = {
      pool: { name: "a/b", mfa: "requird" },
      client: { name: "" },
    } as unknown as StackSettings;
    const refusal = () => people(settings);
    expect(refusal).toThrow(SettingsError);
    expect(refusal).toThrow(/pool\.mfa.*client\.name/s);
    expect(app.node.children).toEqual([]);
  });

  test("a roster that the guards forbid", () => {
    expect(() => people({ guards: { required: ["root@example.com"] } })).toThrow(RosterError);
  });

  test("what is only doubtful is at hand", () => {
    const { warnings } = people({
      client: { name: "app", oauth: { callbackUrls: ["https://app.example.com/"] } },
    });
    expect(warnings.map(({ setting }) => setting)).toEqual(["pool.domainPrefix"]);
  });
});

describe("a reference to another resource of the app", () => {
  /** The ARN of a function in a stack of its own. */
  function trigger() {
    const stack = new TerraformStack(app, "functions");
    new AwsProvider(stack, "aws");
    return new LambdaFunction(stack, "trigger", { functionName: "trigger", role: "arn" }).arn;
  }

  test("stays one where the settings speak Terraform's own words", () => {
    people({ pool: { name: "people", asIs: { lambdaConfig: { preSignUp: trigger() } } } });
    expect(synthesized("people").resource.aws_cognito_user_pool.pool.lambda_config.pre_sign_up).toMatch(
      /^\$\{data\.terraform_remote_state\./,
    );
  });

  test("stays one in triggers, too; its permission gets name and qualifier apart, whichever it has", () => {
    people({ pool: { name: "people", triggers: { preSignUp: trigger() } } });
    const { resource } = synthesized("people");
    expect(resource.aws_cognito_user_pool.pool.lambda_config.pre_sign_up).toMatch(
      /^\$\{data\.terraform_remote_state\./,
    );
    expect(resource.aws_lambda_permission.trigger_pre_sign_up).toMatchObject({
      function_name: expect.stringMatching(
        /^\$\{join\(":", slice\(split\(":", data\.terraform_remote_state\.[\w.-]+\), 0, 7\)\)\}$/,
      ),
      qualifier: expect.stringMatching(
        /^\$\{one\(slice\((split\(":", data\.terraform_remote_state\.[\w.-]+\)), 7, length\(\1\)\)\)\}$/,
      ),
    });
  });

  test("among other letters there, it is a text like any other", () => {
    const arn = trigger();
    people({ pool: { name: "people", asIs: { smsAuthenticationMessage: `{####} ${arn}` } } });
    expect(synthesized("people").resource.aws_cognito_user_pool.pool.sms_authentication_message).toBe(
      `{####} ${plainText(arn)}`,
    );
  });

  test.each([
    ["in a text", (arn: string) => ({ identityProviders: [arn] }), "client.identityProviders[0]"],
    [
      "in a part of one",
      (arn: string) => ({ oauth: { callbackUrls: [`https://app.example.com/${arn}`] } }),
      "client.oauth.callbackUrls[0]",
    ],
  ])("is refused %s that would be checked", (_, client, setting) => {
    expect(() => people({ client: { name: "app", ...client(trigger()) } })).toThrow(
      `${setting}: it refers to another resource`,
    );
  });
});

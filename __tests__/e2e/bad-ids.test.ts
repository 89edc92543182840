/** @module-tag full */

import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { damageTo, expectClearError, expectNothingHalfWritten } from "../support/damage.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";

const STATE = "terraform.cognito-roster.tfstate";
const STACK = "cdktf.out/stacks/cognito-roster";
const IDS = "--user-pool-id us-east-1_Aaaaaaaaa --client-id 1example23456789";

/** Which pool and whose tokens a command about one person can be told that are none. Else nobody is reached: a closed port. */
describe("ids, outputs and token files that a command cannot work with end in one clear error", () => {
  const project = new Project({ ...emulatorEnvironment("http://127.0.0.1:1"), AWS_MAX_ATTEMPTS: "1" });
  const { file, directory, mend } = damageTo(project);
  let moto: RunningEmulator | undefined;
  const atMoto = () => ({ AWS_ENDPOINT_URL: moto?.endpoint });
  beforeAll(async () => {
    if (inject("moto")) moto = await startMoto();
  });
  afterEach(mend);
  afterAll(async () => {
    project.remove();
    await moto?.stop();
  });

  const FLOWS = [
    ["first-login", "--password-stdin"],
    ["sign-in", "--password-stdin"],
    ["change-password", "--password-stdin"],
    ["forgot-password", "--code-stdin"],
    ["refresh", "--token-stdin"],
    ["sign-out", "--token-stdin"],
  ];
  describe.each(FLOWS)("%s", (name, stdin) => {
    const run = (options: string, env: NodeJS.ProcessEnv = {}) =>
      project.run(`node scripts/run.mjs ${name} taro ${stdin} ${options}`.trim(), {
        env,
        input: "one\ntwo\nthree\n",
      });

    test("nothing was deployed", async () => {
      expectClearError(await run(""), 1, "Nothing has been deployed");
    });

    test("nobody answers at the endpoint", async () => {
      expectClearError(await run(IDS), 1, "Can't reach Cognito at 127.0.0.1:1");
    });
  });

  describe("the ids", () => {
    const run = (options: string, env: NodeJS.ProcessEnv = {}) =>
      project.run(`node scripts/run.mjs sign-in taro --password-stdin ${options}`.trim(), {
        env,
        input: "one\n",
      });

    test.each([
      ["the manifest is a directory", directory("cdktf.out/manifest.json")],
      ["the manifest is cut off", file("cdktf.out/manifest.json", '{"stacks":')],
      ["the manifest is foreign JSON", file("cdktf.out/manifest.json", "[1]")],
    ])("%s", async (_, given) => {
      given();
      expectClearError(await run(""), 1, "Nothing has been deployed");
    });

    test("the state holds another stack's outputs", async () => {
      const outputs = { user_pool_id: { value: "us-east-1_A", type: "string" } };
      file(
        STATE,
        JSON.stringify({
          version: 4,
          terraform_version: "1.11.4",
          serial: 1,
          lineage: "x",
          outputs,
          resources: [],
        }),
      )();
      file(
        `${STACK}/cdk.tf.json`,
        JSON.stringify({ terraform: { backend: { local: { path: `../../../${STATE}` } } } }),
      )();
      file(
        "cdktf.out/manifest.json",
        JSON.stringify({ stacks: { "cognito-roster": { workingDirectory: "stacks/cognito-roster" } } }),
      )();
      const initialised = await project.run(`${process.env.TERRAFORM_BINARY_NAME} -chdir=${STACK} init`);
      expect(initialised.exitCode, initialised.all).toBe(0);
      expectClearError(
        await run(""),
        1,
        "don't have what this command needs: user_pool_client_id, region, password_policy",
      );
    });

    test("the endpoint is no URL", async () => {
      expectClearError(await run(IDS, { AWS_ENDPOINT_URL: "nonsense" }), 2, "is not a URL");
    });
  });

  test.each([
    ["refresh", "a token file that is missing", "--tokens nowhere.json", "can't be read"],
    ["refresh", "a directory for a token file", "--tokens lib", "can't be read"],
    ["refresh", "another JSON for a token file", "--tokens package.json", "contains no tokens"],
    ["sign-in", "a directory to save the tokens in", "--password-stdin --save lib", "isn't a token file"],
    [
      "sign-in",
      "another file to save the tokens in",
      "--password-stdin --save package.json",
      "isn't a token file",
    ],
    [
      "sign-in",
      "a place for the tokens that is none",
      "--password-stdin --save package.json/x",
      "can't be saved",
    ],
  ])("%s with %s", async (name, _, options, words) => {
    const result = await project.run(`node scripts/run.mjs ${name} taro ${IDS} ${options}`, {
      input: "one\n",
    });
    expectClearError(result, 2, words);
    expectNothingHalfWritten(project);
  });

  describe.skipIf(!inject("moto"))("ids that a server (moto) does not know", () => {
    test.each([
      [
        "sign-in taro --password-stdin",
        "--user-pool-id eu-west-1_Bbbbbbbbb --client-id 1example23456789",
        "There is no app client",
      ],
      ["first-login taro --password-stdin", IDS, "There is no app client"],
      ["import-users", "--user-pool-id eu-west-1_Bbbbbbbbb", "eu-west-1_Bbbbbbbbb"],
    ])("%s %s", async (command, ids, words) => {
      const result = await project.run(`node scripts/run.mjs ${command} ${ids}`, {
        env: atMoto(),
        input: "one\ntwo\n",
      });
      expectClearError(result, 1, words);
    });
  });
});

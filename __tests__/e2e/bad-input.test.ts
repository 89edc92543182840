/** @module-tag full */

import { afterAll, afterEach, describe, expect, test } from "vitest";
import { damageTo, expectClearError, expectNothingHalfWritten } from "../support/damage.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";

const STATE = "terraform.cognito-roster.tfstate";
const STACK = "cdktf.out/stacks/cognito-roster";

/** Everything a deploy, and what leads to it, can be given that it cannot work with. Nobody is reached: a closed port. */
describe("what a command cannot work with ends in one clear error", () => {
  const project = new Project({ ...emulatorEnvironment("http://127.0.0.1:1"), AWS_MAX_ATTEMPTS: "1" });
  const { file, directory, link, missing, nothing, mend } = damageTo(project);
  afterEach(mend);
  afterAll(() => project.remove());

  const ROSTERS: [string, () => void, string][] = [
    ["that is missing", missing("users.json"), "there is no such file"],
    ["that is a directory", directory("users.json"), "this is a directory, not a file"],
    ["that is empty", file("users.json", ""), "the file is empty"],
    ["that is cut off", file("users.json", '{"users":{"a@exam'), "users.json:1:11"],
    ["of another kind", file("users.json", '[{"Username":"a"}]'), "the file contains a list, not an object"],
    ["that links to nothing", link("users.json", "/nowhere"), "there is no such file"],
  ];
  describe("a roster", () => {
    test.each(ROSTERS)("%s: deploy", async (_, given, words) => {
      given();
      expectClearError(await project.run("node scripts/run.mjs deploy --yes"), 2, words);
      expectNothingHalfWritten(project);
    });

    test.each([
      ["synth", "node scripts/run.mjs ../main"],
      ["plan", "node scripts/run.mjs plan"],
      ["local", "node scripts/run.mjs local"],
    ])("that is cut off: %s", async (_, command) => {
      file("users.json", '{"users":{"a@exam')();
      expectClearError(await project.run(command), 2, "users.json:1:11");
      expectNothingHalfWritten(project);
    });
  });

  describe("check", () => {
    test.each([
      ["a file that is missing", "nowhere.json", "there is no such file"],
      ["a directory", "lib", "this is a directory, not a file"],
      ["something that is no text", "/usr/bin/env", "the file isn't valid UTF-8 from here on"],
      ["a device that never ends", "/dev/zero", "this is a device, not a file"],
    ])("%s", async (_, argument, words) => {
      const checked = await project.run(`node scripts/run.mjs check ${argument}`);
      expect(checked.exitCode, checked.all).toBe(2);
      expect(checked.words).toContain(words);
      expect(checked.all).not.toMatch(/^\s+at /m);
    });
  });

  describe("deploy", () => {
    test.each([
      ["cdktf.out is a file", file("cdktf.out", ""), {}, 1, "cdktf.out/stacks cannot be made"],
      ["cdktf.out cannot be written", link("cdktf.out", "/proc/self"), {}, 1, "cannot be made"],
      ["the disk is full", link(`${STACK}/cdk.tf.json`, "/dev/full"), {}, 1, "the disk is full"],
      ["a directory lies in the way", directory(`${STACK}/cdk.tf.json`), {}, 1, "it is a directory"],
      ["the state is a directory", directory(STATE), {}, 1, `${STATE} cannot be read: it is a directory`],
      ["the state is another file", file(STATE, "garbage"), {}, 1, "is damaged"],
      ["the state is foreign JSON", file(STATE, '{"serial":1}'), {}, 1, "is damaged"],
      [
        "the state is gone, and was there",
        file(`${STATE}.last`, '{"serial":1,"lineage":"x"}'),
        {},
        1,
        "is missing",
      ],
      [
        "Terraform is named, and is nowhere",
        nothing,
        { TERRAFORM_BINARY_NAME: "/nowhere" },
        2,
        "which cannot be run",
      ],
      [
        "what is named is not Terraform",
        nothing,
        { TERRAFORM_BINARY_NAME: "/bin/true" },
        1,
        "printed no JSON",
      ],
      ["what is named fails", nothing, { TERRAFORM_BINARY_NAME: "/bin/false" }, 1, "terraform init failed"],
      [
        "the mirror is nowhere",
        nothing,
        { TF_PLUGIN_MIRROR: "/nowhere" },
        2,
        "TF_PLUGIN_MIRROR does not hold",
      ],
    ] as const)("%s", async (_, given, env, exitCode, words) => {
      given();
      expectClearError(await project.run("node scripts/run.mjs deploy --yes", { env }), exitCode, words);
      expectNothingHalfWritten(project);
    });
  });

  test.each(["plan", "deploy", "import-users", "local", "check"])(
    "%s with an option that it does not have",
    async (command) => {
      expectClearError(await project.run(`node scripts/run.mjs ${command} --nonsense`), 2, "Unknown option");
    },
  );

  test("a backend that is misspelled is refused before anything is made", async () => {
    project.configure(
      'name: "people" },',
      'name: "people" },\n  backend: { type: "S3", bucket: "states" } as never,',
    );
    expectClearError(
      await project.run("node scripts/run.mjs deploy --yes"),
      2,
      'backend.type: "S3" is not an allowed value',
    );
  });

  describe("import-users", () => {
    test.each([
      ["no pool", "", 2, "Missing option: --user-pool-id"],
      ["a pool id that is none", "--user-pool-id nonsense", 2, "nonsense"],
      ["nobody at the endpoint", "--user-pool-id us-east-1_Aaaaaaaaa", 1, "Can't reach Cognito"],
    ])("%s", async (_, options, exitCode, words) => {
      expectClearError(
        await project.run(`node scripts/run.mjs import-users ${options}`.trim()),
        exitCode,
        words,
      );
    });
  });

  test.each(["check", "check --json"])(
    "%s that cannot be printed, for the disk is full, is no success",
    async (command) => {
      const result = await project.run("sh", { input: `node scripts/run.mjs ${command} > /dev/full\n` });
      expectClearError(result, 1, "the disk is full");
    },
  );
});

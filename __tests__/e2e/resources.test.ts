/** @module-tag full */

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Project } from "../support/project.ts";

/** What commands say of a team's resources.ts, in a copy of the repository that has one. */
describe("resources.ts", () => {
  let project: Project;
  beforeAll(() => {
    project = new Project({ AWS_REGION: "eu-west-1" });
  });
  afterAll(() => project?.remove());
  const run = async (command: string, text: string) => {
    writeFileSync(join(project.directory, "resources.ts"), text);
    return project.run(`node scripts/run.mjs ${command}`);
  };
  const PARAMETER = `import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter/index.js";
export default (stack: never) => {
  for (const value of ["a", "b"])
    new SsmParameter(stack, "pool", { name: "/people", type: "String", value });
};
`;

  test("makes what it says beside ours, in the same stack", async () => {
    const { exitCode, all } = await run("synth", PARAMETER.replace(', "b"', ""));
    expect(exitCode, all).toBe(0);
    const { resource } = JSON.parse(project.read("cdktf.out/stacks/cognito-roster/cdk.tf.json"));
    expect(resource.aws_ssm_parameter.pool).toMatchObject({ name: "/people", value: "a" });
    expect(Object.keys(resource.aws_cognito_user_pool)).toEqual(["pool"]);
  });

  test.each([
    ["check", "export default {;", "resources.ts:1:17 ✖ Expected identifier"],
    ["check", "export const make = 1;", "resources.ts ✖ it exports make, and no default"],
    ["check", "export default 1;", "resources.ts ✖ its default export is not a function"],
    ["check", "throw new Error('not so');", "resources.ts:1:7 ✖ not so"],
    ["check", "import 'no-such-package'; export default () => {};", 'the package "no-such-package" is not'],
    [
      "synth",
      "export default () => {};\nexport let a = b.c;",
      "resources.ts:2:16 ReferenceError: b is not defined",
    ],
    ["synth", "export default async () => {};", "resources.ts its default export is async"],
    ["synth", PARAMETER, "resources.ts:4:5 There is already a Construct with name 'pool'"],
  ])("%s: %j is told at its line, and ends with 2", async (command, text, words) => {
    const { exitCode, words: said } = await run(command, text);
    expect(said).toContain(words);
    expect(exitCode).toBe(2);
  });

  test("is one of the inputs, for whoever asks whether all of them are committed", async () => {
    expect((await run("inputs", "export default () => {};")).stdout.split("\n")).toContain("resources.ts");
    rmSync(join(project.directory, "resources.ts"));
    expect((await project.run("node scripts/run.mjs inputs")).stdout).not.toContain("resources.ts");
  });
});

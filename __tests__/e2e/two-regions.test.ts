/** @module-tag full */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";

const resources = (...topics: readonly string[]) => `
import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic/index.js";
import type { CognitoRosterStack } from "./lib/stack/synth/roster-stack.ts";

export default (stack: CognitoRosterStack) => {
  const provider = new AwsProvider(stack, "west", {
    alias: "west",
    region: "us-west-2",
    skipCredentialsValidation: true,
    skipRequestingAccountId: true,
    skipMetadataApiCheck: "true",
  });
  for (const name of ${JSON.stringify(topics)}) new SnsTopic(stack, name, { name, provider });
};
`;

/** moto keeps the regions apart, and is trusted for saying in which one a topic is. */
describe.skipIf(!inject("moto"))("a resources.ts with another region's provider", () => {
  let moto: RunningEmulator;
  let project: Project;
  const run = (command: string) => project.run(`node scripts/run.mjs ${command}`);
  const topics = () => {
    const { resources } = JSON.parse(project.read("terraform.cognito-roster.tfstate"));
    return resources
      .filter(({ type }: { type: string }) => type === "aws_sns_topic")
      .map(({ instances }: { instances: { attributes: { arn: string } }[] }) => instances[0]?.attributes.arn);
  };
  const at = (name: string) => `arn:aws:sns:us-west-2:123456789012:${name}`;

  beforeAll(async () => {
    moto = await startMoto();
    project = new Project(emulatorEnvironment(moto.endpoint));
  });
  afterAll(async () => {
    project?.remove();
    await moto?.stop();
  });

  test("what it adds is there after a first deploy and after a change, the pool is here, and then there is nothing to do", async () => {
    for (const names of [["first"], ["first", "second"]]) {
      writeFileSync(join(project.directory, "resources.ts"), resources(...names));
      const deploy = await run("deploy --yes");
      expect(deploy.exitCode, deploy.all).toBe(0);
      expect(topics()).toEqual(names.map(at));
    }
    const plan = await run("plan --json --fail-on-drift");
    expect(plan.exitCode, plan.all).toBe(0);
    expect(JSON.parse(plan.stdout)).toMatchObject({ verdict: "nothing", preflight: { region: "us-east-1" } });
  });
});

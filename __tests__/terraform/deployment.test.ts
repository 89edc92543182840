import { expect, test } from "vitest";
import { UserError } from "../../lib/errors.ts";
import { readDeployment, readOutputs } from "../../lib/terraform/deployment.ts";
import { terraform } from "../../lib/terraform/run.ts";
import { realTerraform } from "./fakes.ts";

const OUTPUTS = {
  output: {
    user_pool_id: { value: "eu-west-1_abc" },
    policy: { value: { minimum_length: 12 }, sensitive: true },
  },
};
const failure = async (work: Promise<unknown>): Promise<UserError> => {
  const error = await work.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
};

test("the outputs of the last deployment, by name, with their structure; sensitive ones too", async () => {
  using real = await realTerraform(OUTPUTS);
  await terraform(real.context, ["apply", "-auto-approve"]);
  expect(await readOutputs(real.context)).toEqual({
    user_pool_id: "eu-west-1_abc",
    policy: { minimum_length: 12 },
  });
});

test("nothing deployed yet: the next step is to deploy", async () => {
  using real = await realTerraform(OUTPUTS);
  const error = await failure(readOutputs(real.context));
  expect(error.message).toBe(`Nothing has been deployed from ${real.context.directory}`);
  expect(error.next).toEqual(["deploy first: npm run deploy"]);
});

test("a fresh clone is told both ways: deploy, or connect to what somebody else deployed", async () => {
  const error = await failure(readDeployment({ projectDirectory: "/nonexistent", env: {} }));
  expect(error.message).toBe("Nothing has been deployed from this directory");
  expect(error.next.slice(0, 2)).toEqual([
    "deploy first: npm run deploy",
    expect.stringContaining("npm run plan"),
  ]);
});

test("nothing synthesized yet: the next step is to deploy, or to connect to what somebody else deployed", async () => {
  using real = await realTerraform({});
  const error = await failure(readOutputs({ ...real.context, directory: "/nonexistent/stack" }));
  expect(error.message).toContain("Nothing has been synthesized");
  expect(error.next).toEqual(["deploy first: npm run deploy", expect.stringContaining("npm run plan")]);
});

test("a backend that is not initialised: deploying does it, and so does a plan where somebody else deployed", async () => {
  using real = await realTerraform({
    ...OUTPUTS,
    terraform: { backend: { local: { path: "elsewhere.tfstate" } } },
  });
  const error = await failure(readOutputs(real.context));
  expect(error.message).toContain("Nothing has been deployed from");
  expect(error.next.join(" ")).toMatch(/npm run deploy .*npm run plan/);
});

test("any other failure keeps Terraform's words", async () => {
  using real = await realTerraform({ output: { broken: {} } });
  expect((await failure(readOutputs(real.context))).message).toMatch(/^terraform output failed: .*Missing/);
});

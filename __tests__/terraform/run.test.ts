import { existsSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { TerraformError } from "../../lib/terraform/errors.ts";
import type { TerraformEvent } from "../../lib/terraform/events.ts";
import { terraform } from "../../lib/terraform/run.ts";
import { fakeTerraform, realTerraform } from "./fakes.ts";

const failure = async (work: Promise<unknown>): Promise<TerraformError> => {
  const error = await work.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(TerraformError);
  return error as TerraformError;
};
const events = (...lines: string[]) => lines.map((line) => `echo '${line}'`).join("\n");

test("runs in the stack's directory with the arguments given, and returns what was printed", async () => {
  using fake = fakeTerraform('pwd; echo "$@"; echo "$TF_IN_AUTOMATION$TF_INPUT$CHECKPOINT_DISABLE"');
  const { stdout } = await terraform(fake.context, ["show", "-json", "plan"]);
  expect(stdout.split("\n")).toEqual([fake.context.directory, "show -json plan", "101"]);
});

const LOCAL = { backend: { local: {} } };

test.each<[string[], object, boolean]>([
  [["state", "pull"], LOCAL, true],
  [["output", "-json"], LOCAL, true],
  [["state", "push", "edited.tfstate"], LOCAL, true],
  [["untaint", "-allow-missing", "aws_cognito_user.nobody"], { backend: { s3: {} } }, true],
  // Both need the provider's schemas for HCP Terraform.
  [["state", "push", "edited.tfstate"], { cloud: {} }, false],
  [["state", "push", "edited.tfstate"], { backend: { remote: {} } }, false],
  [["plan"], LOCAL, false],
  [["apply"], LOCAL, false],
])("%j, with the backend %j, compares no provider with the lock file: %s", async (args, backend, without) => {
  using fake = fakeTerraform('echo "$TF_REATTACH_PROVIDERS"');
  writeFileSync(fake.file("cdk.tf.json"), JSON.stringify({ terraform: backend }));
  const { TF_REATTACH_PROVIDERS: _, ...env } = process.env;
  const { stdout } = await terraform({ ...fake.context, env }, args);
  if (without) expect(stdout).toContain('"registry.terraform.io/hashicorp/aws"');
  else expect(stdout).toBe("");
  const own = await terraform({ ...fake.context, env: { ...env, TF_REATTACH_PROVIDERS: "{}" } }, args);
  expect(own.stdout).toBe("{}");
});

test("what Terraform writes is its owner's alone, and what this process writes is as it was", async () => {
  using fake = fakeTerraform('touch "by-$1"; stat -c %a "by-$1"');
  const umask = process.umask(0o022);
  try {
    expect(await terraform(fake.context, ["apply"])).toEqual({ stdout: "600" });
    expect(process.umask()).toBe(0o022);
    // A plugin cache that is shared stays so.
    expect(await terraform(fake.context, ["init"])).toEqual({ stdout: "644" });
  } finally {
    process.umask(umask);
  }
});

test("a TF_CLI_CONFIG_FILE that names a missing file does not reach Terraform, so its warning does not reach us", async () => {
  using fake = fakeTerraform('echo "${TF_CLI_CONFIG_FILE-unset}"');
  const env = { ...process.env, TF_CLI_CONFIG_FILE: "/nonexistent/terraformrc" };
  expect(await terraform({ ...fake.context, env }, ["plan"])).toEqual({ stdout: "unset" });
});

test("each event of a -json stream is told; other lines between them are tolerated and returned", async () => {
  using fake = fakeTerraform(
    events(
      '{"@level":"info","@message":"Creating...","type":"apply_start","hook":{"resource":{"addr":"a[\\"b\\"]"}}}',
      "2026-01-01 [WARN] a provider wrote this",
      '{"@level": broken',
      '{"@level":"info","@message":"no type"}',
      '{"@level":"info","@message":"Done","type":"change_summary"}',
    ),
  );
  const seen: TerraformEvent[] = [];
  const { stdout } = await terraform(fake.context, ["apply", "-json"], {
    onEvent: (event) => seen.push(event),
  });
  expect(seen.map(({ type }) => type)).toEqual(["apply_start", "change_summary"]);
  expect(seen[0]?.hook?.resource.addr).toBe('a["b"]');
  expect(stdout.split("\n")).toHaveLength(3);
});

test("a defect in the listener does not break Terraform off in the middle; it surfaces afterwards", async () => {
  using fake = fakeTerraform(
    `${events('{"@level":"info","@message":"","type":"apply_start"}')}\nsleep 0.2; echo finished >> log`,
  );
  const onEvent = () => {
    throw new RangeError("ours");
  };
  await expect(terraform(fake.context, ["apply", "-json"], { onEvent })).rejects.toThrow(RangeError);
  expect(fake.read("log")).toBe("finished");
});

test("errors of a -json stream become one error in words", async () => {
  using fake = fakeTerraform(
    `${events(
      '{"@level":"error","@message":"Error: x","type":"diagnostic","diagnostic":{"severity":"error","summary":"No such pool","detail":"It is gone.","address":"aws_cognito_user_pool.pool","snippet":{"code":"hunter2"}}}',
    )}\nexit 1`,
  );
  const error = await failure(terraform(fake.context, ["plan", "-json"]));
  expect(error).toMatchObject({
    message: "terraform plan failed: aws_cognito_user_pool.pool: No such pool",
    why: "It is gone.",
    interrupted: false,
    exitCode: 1,
  });
});

test("being killed from outside is said as such", async () => {
  using fake = fakeTerraform("kill -9 $$");
  expect((await failure(terraform(fake.context, ["apply"]))).message).toBe(
    "terraform apply was killed by SIGKILL",
  );
});

test.each([
  [
    "a missing executable",
    { binary: "/nonexistent/terraform" },
    "/nonexistent/terraform could not be started",
  ],
  [
    "a missing directory",
    { directory: "/nonexistent/stack" },
    "There is no directory /nonexistent/stack to run Terraform in",
  ],
])("%s is an error in words", async (_, change, message) => {
  using fake = fakeTerraform("");
  expect((await failure(terraform({ ...fake.context, ...change }, ["plan"]))).message).toBe(message);
});

test("the real Terraform: a failed precondition is told with its words, and no source line", async () => {
  using real = await realTerraform({
    variable: { people: { default: 0 } },
    resource: {
      terraform_data: {
        person: {
          lifecycle: { precondition: [{ condition: "${var.people > 0}", error_message: "Nobody is left." }] },
        },
      },
    },
  });
  await terraform(real.context, ["init"]);
  for (const args of [["plan", "-json"], ["plan"]]) {
    const error = await failure(terraform(real.context, args));
    expect(error.message).toBe("terraform plan failed: Resource precondition failed");
    expect(error.why).toBe("Nobody is left.");
  }
});

test.skipIf(process.platform === "win32")(
  "a TMPDIR that can't be used is one error in words, and Terraform is not started",
  async () => {
    using fake = fakeTerraform("touch started");
    for (const TMPDIR of [fake.file("nowhere"), fake.context.binary]) {
      await expect(
        terraform({ ...fake.context, env: { ...process.env, TMPDIR } }, ["plan"]),
      ).rejects.toMatchObject({ message: expect.stringContaining(`TMPDIR names ${TMPDIR}`), exitCode: 1 });
    }
    expect(existsSync(fake.file("started"))).toBe(false);
  },
);

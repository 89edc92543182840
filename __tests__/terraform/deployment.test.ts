import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformStack } from "cdktf";
import { describe, expect, test } from "vitest";
import { UserError } from "../../lib/errors.ts";
import type { BackendSettings } from "../../lib/stack/settings.ts";
import { localStatePath, placeIn, statePlace } from "../../lib/stack/state-place.ts";
import { stateBackend } from "../../lib/stack/synth/backend.ts";
import { readDeployment, readOutputs } from "../../lib/terraform/deployment.ts";
import { findTerraform } from "../../lib/terraform/find.ts";
import { terraform } from "../../lib/terraform/run.ts";
import { outputsOf, realTerraform } from "./fakes.ts";

const ROOT = join(import.meta.dirname, "..", "..");
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

/** A team's directory, with what its runs have left. */
class Clone {
  readonly directory = mkdtempSync(join(tmpdir(), "roster-clone-"));

  /** As a plan leaves it: connected to its backend, without anything deployed. */
  async plan(stack: string, terraformBlock = localBlock(stack)): Promise<void> {
    const directory = this.#of(stack);
    mkdirSync(directory, { recursive: true });
    const outputs = { output: outputsOf(`eu-west-1_${stack}`, "eu-west-1") };
    writeFileSync(join(directory, "cdk.tf.json"), JSON.stringify({ ...outputs, terraform: terraformBlock }));
    if (terraformBlock.backend?.local) await this.#terraform(stack, "init");
    writeFileSync(join(this.directory, "cdktf.out", "manifest.json"), JSON.stringify(manifestOf(stack)));
  }

  async deploy(stack: string): Promise<void> {
    await this.plan(stack);
    await this.#terraform(stack, "apply", "-auto-approve");
  }

  /** As plain cdktf does with the directories of other stacks. */
  forget(stack: string): void {
    rmSync(this.#of(stack), { recursive: true });
  }

  read(stack: string, backend?: BackendSettings, env = {}) {
    const settings = { stack, ...(backend && { backend }) };
    return readDeployment({ projectDirectory: this.directory, settings, env: { ...process.env, ...env } });
  }

  async idOf(stack: string): Promise<string> {
    return (await this.read(stack)).userPoolId;
  }

  #of(stack: string): string {
    return join(this.directory, "cdktf.out", "stacks", stack);
  }

  async #terraform(stack: string, ...args: readonly string[]): Promise<void> {
    const { path: binary } = await findTerraform({ cacheDirectory: join(ROOT, ".cache") });
    await terraform({ binary, directory: this.#of(stack) }, args);
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true });
  }
}

type Block = Parameters<typeof placeIn>[0];
const localBlock = (stack: string): Block => ({ backend: { local: { path: localStatePath(stack) } } });
const manifestOf = (stack: string) => ({
  version: "0.21.0",
  stacks: { [stack]: { name: stack, workingDirectory: `stacks/${stack}` } },
});

describe("config.ts decides which deployment is read", () => {
  test("that of its stack, whatever was planned or deployed last", async () => {
    using clone = new Clone();
    await clone.deploy("people-dev");
    await clone.plan("people-prod");
    expect(await clone.idOf("people-dev")).toBe("eu-west-1_people-dev");
    await clone.deploy("people-prod");
    expect(await clone.idOf("people-dev")).toBe("eu-west-1_people-dev");
    expect(await clone.idOf("people-prod")).toBe("eu-west-1_people-prod");
  });

  test("of a stack that was only planned, nothing; the error names it and those that were deployed", async () => {
    using clone = new Clone();
    await clone.deploy("people-dev");
    await clone.deploy("people-demo");
    await clone.plan("people-prod");
    const { message, why, exitCode, next } = await failure(clone.read("people-prod"));
    expect(message).toBe("Nothing has been deployed from this directory for the stack people-prod");
    expect(why).toContain("Deployed from here: people-demo, people-dev.");
    expect(exitCode).toBe(1);
    expect(next.join()).toContain("change `stack` in config.ts");
    expect(next.join()).not.toContain("connect to it");
  });

  test("of a stack that was never synthesized, nothing, and neither the only other one", async () => {
    using clone = new Clone();
    await clone.deploy("people-dev");
    const { message, why, next } = await failure(clone.read("people-test"));
    expect(message).toContain("for the stack people-test");
    expect(why).toContain("Deployed from here: people-dev.");
    expect(next.join()).toContain("connect to it: npm run plan");
  });

  test("also after plain cdktf, which deletes the directory of a stack when it synthesizes another", async () => {
    using clone = new Clone();
    await clone.deploy("people-dev");
    await clone.plan("people-prod");
    clone.forget("people-dev");
    expect(await clone.idOf("people-dev")).toBe("eu-west-1_people-dev");
    // Another workspace's state is not in that file.
    await expect(clone.read("people-dev", undefined, { TF_WORKSPACE: "other" })).rejects.toThrow(
      "people-dev",
    );
  });

  const S3 = { type: "s3", bucket: "states" } as const;
  test("with another backend in config.ts than it was synthesized for: the old state is not asked", async () => {
    using clone = new Clone();
    await clone.deploy("people");
    const { message, next } = await failure(clone.read("people", S3));
    expect(message).toMatch(/in s3:\/\/states\/people\.tfstate, .* the file terraform\.people\.tfstate$/);
    expect(next[0]).toBe("connect to it: npm run plan");
  });

  test("with the local backend again, the file is read, and not the bucket that it was synthesized for", async () => {
    using clone = new Clone();
    await clone.deploy("people");
    await clone.plan("people", { backend: { s3: { bucket: "states", key: "people.tfstate" } } });
    expect(await clone.idOf("people")).toBe("eu-west-1_people");
  });

  test("stacks whose state is elsewhere are named as what is known of them", async () => {
    using clone = new Clone();
    await clone.plan("far", { backend: { s3: { bucket: "states", key: "far.tfstate" } } });
    const connected = join(clone.directory, "cdktf.out", "stacks", "far", ".terraform");
    mkdirSync(connected);
    writeFileSync(join(connected, "terraform.tfstate"), "{}");
    expect((await failure(clone.read("near"))).why).toContain("Planned or deployed from here: far.");
  });

  test("no stack in config.ts, as of a variable that is not set, is wrong input", async () => {
    using clone = new Clone();
    expect((await failure(clone.read(""))).exitCode).toBe(2);
  });
});

test.each<[string, BackendSettings | undefined]>([
  ["none", undefined],
  ["local", { type: "local" }],
  ["S3", { type: "s3", bucket: "states" }],
  ["S3, by a key", { type: "s3", bucket: "states", key: "a/b" }],
  ["HCP Terraform", { type: "hcp", organization: "team", workspace: "people" }],
  [
    "GitLab",
    { type: "http", address: "https://gitlab.example.com/api/v4/projects/1/terraform/state/people" },
  ],
])("the place of a state is the same in config.ts and in what is synthesized of it: %s", (_, settings) => {
  const stack = new TerraformStack(new App(), "people");
  const backend = settings ?? { type: "local" };
  stateBackend(stack, { settings: backend, stack: "people", region: undefined, env: {} });
  expect(placeIn(stack.toTerraform().terraform)).toBe(statePlace(settings, "people"));
});

test("the places of different states differ", () => {
  const places = [
    statePlace(undefined, "a"),
    statePlace(undefined, "b"),
    statePlace({ type: "s3", bucket: "one" }, "a"),
    statePlace({ type: "s3", bucket: "two" }, "a"),
    statePlace({ type: "s3", bucket: "one", key: "other" }, "a"),
    statePlace({ type: "hcp", organization: "one", workspace: "a" }, "a"),
    statePlace({ type: "hcp", organization: "one", workspace: "b" }, "a"),
  ];
  expect(new Set(places).size).toBe(places.length);
});

test("a fresh clone is told both ways: deploy, or connect to what somebody else deployed", async () => {
  const settings = { stack: "people" };
  const error = await failure(readDeployment({ projectDirectory: "/nonexistent", settings, env: {} }));
  expect(error.message).toBe("Nothing has been deployed from this directory for the stack people");
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

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { garbageCollection, terraformEnvironment } from "../../lib/terraform/run.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "environment-"));
  writeFileSync(join(directory, "own.tfrc"), "");
});
afterAll(() => rmSync(directory, { recursive: true }));

test("Terraform never asks, never calls home, and keeps the rest of the environment", () => {
  expect(
    terraformEnvironment({ TF_VAR_temporary_passwords: "{}", AWS_PROFILE: "ops", TF_INPUT: "1" }),
  ).toEqual({
    TF_VAR_temporary_passwords: "{}",
    AWS_PROFILE: "ops",
    TF_IN_AUTOMATION: "1",
    TF_INPUT: "0",
    CHECKPOINT_DISABLE: "1",
  });
});

test("a TF_CLI_CONFIG_FILE that names a missing file is left out, for Terraform would warn on every run", () => {
  const env = { TF_CLI_CONFIG_FILE: join(directory, "missing.tfrc") };
  expect(terraformEnvironment(env)).not.toHaveProperty("TF_CLI_CONFIG_FILE");
});

test("an existing one is passed on, absolute: Terraform runs in another directory", () => {
  const path = join(directory, "own.tfrc");
  for (const TF_CLI_CONFIG_FILE of [path, relative(process.cwd(), path)]) {
    expect(terraformEnvironment({ TF_CLI_CONFIG_FILE }).TF_CLI_CONFIG_FILE).toBe(path);
  }
});

describe("garbage is collected less often", () => {
  const withConfiguration = (bytes: number) => {
    writeFileSync(join(directory, "cdk.tf.json"), " ".repeat(bytes));
    return directory;
  };

  test("while the configuration is small: most garbage is made at the start", () => {
    expect(garbageCollection(withConfiguration(1_000_000), {})).toEqual({ GOGC: "400" });
  });

  test("not where there are so many people that it takes twice the memory and saves nothing", () => {
    expect(garbageCollection(withConfiguration(1_000_001), {})).toEqual({});
  });

  test.each([{ GOGC: "50" }, { GOMEMLIMIT: "512MiB" }])("not against the operator's own %o", (env) => {
    expect(garbageCollection(withConfiguration(1), env)).toEqual({});
  });
});

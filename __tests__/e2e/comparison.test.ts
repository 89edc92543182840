/** @module-tag full */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AdminGetUserCommand, AdminSetUserPasswordCommand } from "@aws-sdk/client-cognito-identity-provider";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { AWS_PROVIDER } from "../../lib/stack/synth/roster-stack.ts";
import { findTerraform } from "../../lib/terraform/find.ts";
import { useProviderMirror } from "../../lib/terraform/provider-mirror.ts";
import { emulatorClient } from "../support/live-people.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { startProvider } from "../support/one-provider.ts";
import { emulatorEnvironment } from "../support/project.ts";
import { startRetouchingProxy } from "../support/retouching-proxy.ts";

/**
 * What the README's table says of the usual ways, seen on the real Terraform and provider, and the real AWS CLI. moto is
 * trusted for who is in the pool, and for their status.
 */
describe.skipIf(!inject("moto"))("the usual ways", () => {
  let moto: RunningEmulator;
  let directory: string;
  let env: NodeJS.ProcessEnv;
  const TEMPORARY = "Temporary-pass-1!";

  beforeAll(async () => {
    moto = await startMoto();
    directory = mkdtempSync(join(tmpdir(), "roster-usual-"));
    env = { ...process.env, ...emulatorEnvironment(moto.endpoint) };
  });
  afterAll(async () => {
    rmSync(directory, { recursive: true, force: true });
    await moto?.stop();
  });

  describe("hand-written HCL: aws_cognito_user with for_each", () => {
    let proxy: Awaited<ReturnType<typeof startRetouchingProxy>>;
    let provider: Awaited<ReturnType<typeof startProvider>>;
    let planned: Map<string, string[]>;
    let unchanged: string;
    let read: string[];
    let userPoolId: string;
    let state: string;

    const write = (people: Record<string, string>) =>
      writeFileSync(
        join(directory, "main.tf"),
        `terraform {
  required_providers { aws = { source = "hashicorp/aws", version = "${AWS_PROVIDER.version}" } }
}
provider "aws" {
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}
locals { people = ${JSON.stringify(people)} }
resource "aws_cognito_user_pool" "pool" { name = "people" }
resource "aws_cognito_user" "people" {
  for_each                 = local.people
  user_pool_id             = aws_cognito_user_pool.pool.id
  username                 = each.key
  temporary_password       = each.value
  desired_delivery_mediums = ["EMAIL"]
}
output "pool" { value = aws_cognito_user_pool.pool.id }
`,
      );
    const terraform = async (...args: string[]) => {
      const { path } = await findTerraform({
        cacheDirectory: join(import.meta.dirname, "../../.cache"),
        env,
      });
      return (await execa(path, args, { cwd: directory, env })).stdout;
    };
    const statusOf = async (username: string) =>
      (
        await emulatorClient(moto.endpoint).send(
          new AdminGetUserCommand({ UserPoolId: userPoolId, Username: username }),
        )
      ).UserStatus;

    beforeAll(async () => {
      proxy = await startRetouchingProxy(moto.endpoint);
      provider = await startProvider(emulatorEnvironment(proxy.endpoint));
      env = { ...env, ...emulatorEnvironment(proxy.endpoint), ...provider?.env };
      write({ a: TEMPORARY, b: TEMPORARY, c: TEMPORARY });
      useProviderMirror(directory, AWS_PROVIDER);
      await terraform("init", "-input=false");
      await terraform("apply", "-auto-approve");
      userPoolId = (await terraform("output", "-raw", "pool")).trim();
      await emulatorClient(moto.endpoint).send(
        new AdminSetUserPasswordCommand({
          UserPoolId: userPoolId,
          Username: "c",
          Password: "Correct-horse-77!",
          Permanent: true,
        }),
      );
      state = await terraform("state", "pull");
      const before = proxy.calls.length;
      unchanged = await terraform("plan");
      read = proxy.calls
        .slice(before)
        .flatMap(({ operation, input }) => (operation === "AdminGetUser" ? [String(input.Username)] : []));
      write({ A: TEMPORARY, c: "Another-temporary-2!" });
      await terraform("plan", "-out=reviewed");
      const { resource_changes } = JSON.parse(await terraform("show", "-json", "reviewed")) as {
        resource_changes: { index?: string; change: { actions: string[] } }[];
      };
      planned = new Map(resource_changes.map(({ index = "pool", change }) => [index, change.actions]));
    });
    afterAll(async () => {
      await provider?.stop();
      await proxy?.stop();
    });

    test("run once more, it has nothing to do", () => {
      expect(unchanged).toContain("No changes.");
    });

    test("a deleted line deletes the account", () => {
      expect(planned.get("b")).toEqual(["delete"]);
    });

    test("a changed letter in a name deletes the account, and makes another", () => {
      expect(planned.get("a")).toEqual(["delete"]);
      expect(planned.get("A")).toEqual(["create"]);
    });

    test("every plan reads every person, and Cognito bills whom it reads", () => {
      expect(read.sort()).toEqual(["a", "b", "c"]);
    });

    test("temporary passwords are in the state in plain text", () => {
      expect(state).toContain(TEMPORARY);
    });

    test("a new temporary password throws whoever has logged in back to the first login", async () => {
      expect(planned.get("c")).toEqual(["update"]);
      expect(await statusOf("c")).toBe("CONFIRMED");
      await terraform("apply", "reviewed");
      expect(await statusOf("c")).toBe("FORCE_CHANGE_PASSWORD");
    });
  });

  describe("the AWS CLI in a loop", () => {
    let userPoolId: string;
    const aws = (...args: string[]) =>
      execa("aws", ["cognito-idp", ...args, "--output", "json"], { env, reject: false });
    const createAll = async (...people: string[]) => {
      const results = [];
      for (const person of people)
        results.push(await aws("admin-create-user", "--user-pool-id", userPoolId, "--username", person));
      return results;
    };

    beforeAll(async () => {
      env = { ...process.env, ...emulatorEnvironment(moto.endpoint), AWS_DEFAULT_REGION: "us-east-1" };
      const created = await aws("create-user-pool", "--pool-name", "cli");
      userPoolId = (JSON.parse(created.stdout) as { UserPool: { Id: string } }).UserPool.Id;
      await createAll("a", "b");
    });

    test("the second run fails for everyone who is there", async () => {
      const [a, c] = await createAll("a", "c");
      expect(a?.stderr).toContain("UsernameExistsException");
      expect(c?.exitCode).toBe(0);
    });

    test("who is no longer in the list keeps the account", async () => {
      await createAll("a");
      const { stdout } = await aws("list-users", "--user-pool-id", userPoolId);
      const { Users } = JSON.parse(stdout) as { Users: { Username: string }[] };
      expect(Users.map(({ Username }) => Username).sort()).toEqual(["a", "b", "c"]);
    });
  });
});

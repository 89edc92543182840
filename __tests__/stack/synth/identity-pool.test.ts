import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import type { IdentityPoolSettings } from "../../../lib/stack/identity-pool.ts";
import type { Settings } from "../../../lib/stack/settings.ts";
import { synthesize } from "../../../lib/stack/synth/roster-stack.ts";
import { findTerraform } from "../../../lib/terraform/find.ts";
import { person } from "../../support/people.ts";
import { usable } from "../rules/usable.ts";
import { outdir } from "./synth.ts";

const ROLE = "arn:aws:iam::123456789012:role/People";
const roster = { file: "users.json", people: [person("a@example.com")] };

function stackOf(identityPool: IdentityPoolSettings | undefined, more: Partial<Settings> = {}) {
  const { client, ...rest } = usable();
  const settings = {
    ...rest,
    ...(more.clients === undefined && { client }),
    ...(identityPool && { identityPool }),
    ...more,
  } as Settings;
  const directory = synthesize({ settings, roster, env: {}, outdir });
  return JSON.parse(readFileSync(join(directory, "cdk.tf.json"), "utf8"));
}
const mapping = (identityPool: IdentityPoolSettings, more: Partial<Settings> = {}) =>
  stackOf(identityPool, more).resource.aws_cognito_identity_pool_roles_attachment.roles;

/** What Terraform itself makes of an expression in these regions, each with its partition; once for all, since it takes a moment. */
async function evaluated(expression: string, partitions: Readonly<Record<string, string>>): Promise<unknown> {
  const directory = mkdtempSync(join(tmpdir(), "roster-expression-"));
  try {
    const values = Object.entries(partitions).map(([region, partition]) => [
      region,
      expression
        .replaceAll("data.aws_region.current.name", JSON.stringify(region))
        .replaceAll("data.aws_partition.current.partition", JSON.stringify(partition)),
    ]);
    const file = join(directory, "main.tf.json");
    writeFileSync(file, JSON.stringify({ locals: { values: Object.fromEntries(values) } }));
    const { path } = await findTerraform({ cacheDirectory: join(process.cwd(), ".cache"), env: process.env });
    const { stdout } = await execa(path, ["console"], {
      cwd: directory,
      input: "jsonencode(local.values)\n",
    });
    return JSON.parse(JSON.parse(stdout));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe("an identity pool", () => {
  test("is not there unless config.ts says so", () => {
    expect(JSON.stringify(stackOf(undefined))).not.toContain("identity_pool");
  });

  test("trusts the pool's clients with a check on the server, has neither guests nor the classic flow, and is an output", () => {
    const { resource, output } = stackOf({});
    expect(resource.aws_cognito_identity_pool.identities).toMatchObject({
      allow_unauthenticated_identities: false,
      allow_classic_flow: false,
      cognito_identity_providers: [
        {
          client_id: "${aws_cognito_user_pool_client.client.id}",
          provider_name: "${aws_cognito_user_pool.pool.endpoint}",
          server_side_token_check: true,
        },
      ],
    });
    expect(output.identity_pool_id.value).toBe("${aws_cognito_identity_pool.identities.id}");
  });

  test("trusts the clients that it names, and never one that is for a machine", () => {
    const clients = {
      web: { name: "web" },
      mobile: { name: "mobile" },
      job: { name: "job", secret: true, clientCredentials: { scopes: ["https://api/read"] } },
    };
    const more = {
      clients,
      resourceServers: { "https://api": { scopes: { read: "Reads" } } },
    } as unknown as Partial<Settings>;
    const trusted = (identityPool: IdentityPoolSettings) =>
      stackOf(
        identityPool,
        more,
      ).resource.aws_cognito_identity_pool.identities.cognito_identity_providers.map(
        (one: { client_id: string }) => /client_\w+/.exec(one.client_id)?.[0],
      );
    expect(trusted({})).toEqual(["client_web", "client_mobile"]);
    expect(trusted({ clients: ["mobile"] })).toEqual(["client_mobile"]);
  });

  test("has roles of its own without permissions, which only its own people can assume", () => {
    const { resource } = stackOf({ guests: true });
    const trust = (name: string) => JSON.parse(resource.aws_iam_role[name].assume_role_policy).Statement[0];
    const federated = { Principal: { Federated: "${local.identity_service}" } };
    expect(trust("identity_authenticated")).toMatchObject({
      ...federated,
      Action: ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"],
      Condition: {
        StringEquals: { "${local.identity_service}:aud": "${aws_cognito_identity_pool.identities.id}" },
        "ForAnyValue:StringLike": { "${local.identity_service}:amr": "authenticated" },
      },
    });
    expect(trust("identity_guests")).toMatchObject({
      ...federated,
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: { "ForAnyValue:StringLike": { "${local.identity_service}:amr": "unauthenticated" } },
    });
    expect(resource.aws_iam_role_policy).toBeUndefined();
    expect(resource.aws_iam_role_policy_attachment).toBeUndefined();
  });

  test("in each partition its service is that partition's, wherever the region comes from", async () => {
    const { locals, data } = stackOf({});
    expect([data.aws_partition.current, data.aws_region.current]).not.toContain(undefined);
    expect(
      await evaluated(locals.identity_service, {
        "eu-west-1": "aws",
        "cn-north-1": "aws-cn",
        "us-gov-west-1": "aws-us-gov",
      }),
    ).toEqual({
      "eu-west-1": "cognito-identity.amazonaws.com",
      "cn-north-1": "cognito-identity.cn-north-1.amazonaws.com.cn",
      "us-gov-west-1": "cognito-identity-us-gov.amazonaws.com",
    });
  });

  test("looks up no partition where it makes no role", () => {
    const stack = stackOf({ authenticatedRoleArn: ROLE });
    expect(stack.data.aws_partition).toBeUndefined();
    expect(JSON.stringify(stack)).not.toContain("identity_service");
  });

  test("takes a team's own roles, and makes none then", () => {
    const stack = stackOf({ authenticatedRoleArn: ROLE, guests: { roleArn: `${ROLE}2` } });
    expect(stack.resource.aws_cognito_identity_pool_roles_attachment.roles.roles).toEqual({
      authenticated: ROLE,
      unauthenticated: `${ROLE}2`,
    });
    expect(stack.resource.aws_iam_role).toBeUndefined();
  });

  test("goes by the groups' roles, and by rules where there are any", () => {
    expect(mapping({ otherwise: "deny" }).role_mapping).toMatchObject([
      {
        identity_provider: "${aws_cognito_user_pool.pool.endpoint}:${aws_cognito_user_pool_client.client.id}",
        type: "Token",
        ambiguous_role_resolution: "Deny",
      },
    ]);
    const roleRules = [{ claim: "custom:team", value: "ops", roleArn: ROLE }];
    expect(mapping({ roleRules }).role_mapping).toMatchObject([
      {
        type: "Rules",
        ambiguous_role_resolution: "AuthenticatedRole",
        mapping_rule: [{ claim: "custom:team", match_type: "Equals", value: "ops", role_arn: ROLE }],
      },
    ]);
  });

  test("tags sessions by claims", () => {
    const { resource } = stackOf({ principalTags: { team: "custom:team" } });
    expect(resource.aws_cognito_identity_pool_provider_principal_tag.principal_tags).toMatchObject({
      use_defaults: false,
      principal_tags: { team: "custom:team" },
    });
  });
});

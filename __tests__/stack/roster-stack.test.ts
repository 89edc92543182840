import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Person } from "../../lib/roster/roster.ts";
import type { Settings } from "../../lib/stack/settings.ts";
import { synthesize } from "../../lib/stack/synthesize.ts";
import { person } from "../support/people.ts";

const outdir = mkdtempSync(join(tmpdir(), "roster-stack-"));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

const SETTINGS: Settings = {
  stack: "team",
  roster: "users.json",
  pool: { name: "people" },
  client: { name: "app" },
};

function synth(people: readonly Person[], settings: Partial<Settings> = {}, env: NodeJS.ProcessEnv = {}) {
  const directory = synthesize({
    settings: { ...SETTINGS, ...settings },
    roster: { file: "users.json", people },
    env,
    outdir,
  });
  return JSON.parse(readFileSync(join(directory, "cdk.tf.json"), "utf8"));
}

describe("the people", () => {
  test("one for_each over a flat map of names, the values looked up by name", () => {
    const json = synth([person("a@example.com", { attributes: { name: "A" } }), person("b@example.com")]);
    const { users } = json.resource.aws_cognito_user;
    expect(json.locals.usernames).toEqual({
      "a@example.com": "a@example.com",
      "b@example.com": "b@example.com",
    });
    expect(users.for_each).toBe("${local.usernames}");
    expect(users.username).toBe("${each.key}");
    expect(users.attributes).toBe("${local.user_values[each.key].attributes}");
    expect(json.locals.user_values["a@example.com"].attributes).toEqual({
      email: "a@example.com",
      email_verified: "true",
      name: "A",
    });
  });

  test("every entry has every field, since Terraform refuses to look up a missing one", () => {
    const json = synth([
      person("a@example.com"),
      person("b@example.com", { invite: "none", enabled: false }),
    ]);
    const [first, second] = Object.values(json.locals.user_values) as object[];
    expect(Object.keys(first ?? {})).toEqual(Object.keys(second ?? {}));
  });

  test("nobody who is not leaving can be destroyed, nor can the pool", () => {
    const { resource } = synth([person("a@example.com")]);
    expect(resource.aws_cognito_user.users.lifecycle.prevent_destroy).toBe(true);
    expect(resource.aws_cognito_user_pool.pool.lifecycle.prevent_destroy).toBe(true);
    expect(resource.aws_cognito_user_pool.pool.deletion_protection).toBe("ACTIVE");
  });

  test("a destroyable stack can be destroyed", () => {
    const { resource } = synth([person("a@example.com")], { destroyable: true });
    expect(resource.aws_cognito_user.users.lifecycle.prevent_destroy).toBe(false);
    expect(resource.aws_cognito_user_pool.pool.lifecycle.prevent_destroy).toBe(false);
    expect(resource.aws_cognito_user_pool.pool.deletion_protection).toBe("INACTIVE");
  });

  test.each(["users", "leaving"])("arguments that only act at creation are ignored later (%s)", (block) => {
    const { resource } = synth([person("a@example.com")]);
    expect(resource.aws_cognito_user[block].lifecycle.ignore_changes).toEqual(
      expect.arrayContaining(["temporary_password", "message_action", "desired_delivery_mediums"]),
    );
  });

  test("someone leaving moves, disabled, to a block of their own; whoever is not leaving may move back", () => {
    const json = synth([person("a@example.com"), person("b@example.com", { leaving: true })]);
    expect(json.locals.usernames).toEqual({ "a@example.com": "a@example.com" });
    expect(json.locals.leaving_usernames).toEqual({ "b@example.com": "b@example.com" });
    expect(json.resource.aws_cognito_user.leaving.enabled).toBe(false);
    expect(json.moved).toEqual([
      { from: 'aws_cognito_user.users["b@example.com"]', to: 'aws_cognito_user.leaving["b@example.com"]' },
      { from: 'aws_cognito_user.leaving["a@example.com"]', to: 'aws_cognito_user.users["a@example.com"]' },
    ]);
  });

  test.each([
    ["by e-mail unless said otherwise", {}, ["EMAIL"], null],
    ["by SMS", { invite: "sms", phone: "+81312345678" }, ["SMS"], null],
    ["not at all", { invite: "none" }, ["EMAIL"], "SUPPRESS"],
    [
      "not at all while disabled: they could not use it, and it would run out",
      { enabled: false },
      ["EMAIL"],
      "SUPPRESS",
    ],
  ] as const)("invited %s", (_, more, mediums, action) => {
    const values = synth([person("a@example.com", more)]).locals.user_values["a@example.com"];
    expect(values.delivery_mediums).toEqual(mediums);
    expect(values.message_action).toBe(action);
  });

  test("an operator's own temporary passwords come in a sensitive variable, by name", () => {
    const json = synth([person("a@example.com")]);
    expect(json.variable.temporary_passwords).toMatchObject({
      type: "map(string)",
      sensitive: true,
      default: {},
    });
    expect(json.resource.aws_cognito_user.users.temporary_password).toBe(
      "${lookup(var.temporary_passwords, each.key, null)}",
    );
  });
});

describe("groups", () => {
  test("every group named once, and a membership for each person in it", () => {
    const json = synth([
      person("a@example.com", { groups: ["ops", "dev"] }),
      person("b@example.com", { groups: ["ops"] }),
    ]);
    expect(Object.keys(json.locals.group_names)).toEqual(["dev", "ops"]);
    expect(Object.keys(json.locals.membership_names)).toEqual([
      "a@example.com in dev",
      "a@example.com in ops",
      "b@example.com in ops",
    ]);
  });
});

describe("the pool and the client", () => {
  test("people sign in by e-mail, and only the roster creates them", () => {
    const { pool } = synth([person("a@example.com")]).resource.aws_cognito_user_pool;
    expect(pool).toMatchObject({
      username_attributes: ["email"],
      username_configuration: { case_sensitive: false },
      auto_verified_attributes: ["email"],
      admin_create_user_config: { allow_admin_create_user_only: true },
      account_recovery_setting: { recovery_mechanism: [{ name: "verified_email", priority: 1 }] },
    });
    expect(pool).not.toHaveProperty("user_pool_tier");
  });

  test("people may sign in by a username of their own", () => {
    const json = synth([person("a")], { pool: { name: "people", signInWith: "username" } });
    expect(json.resource.aws_cognito_user_pool.pool).not.toHaveProperty("username_attributes");
  });

  test("the password policy is explicit, in the pool and in the outputs, and a team changes single rules", () => {
    const json = synth([person("a@example.com")], {
      pool: { name: "people", passwordPolicy: { minimumLength: 16, temporaryPasswordValidityDays: 2 } },
    });
    const policy = {
      minimum_length: 16,
      require_lowercase: true,
      require_uppercase: true,
      require_numbers: true,
      require_symbols: true,
      temporary_password_validity_days: 2,
    };
    expect(json.resource.aws_cognito_user_pool.pool.password_policy).toEqual(policy);
    expect(json.output.password_policy.value).toEqual(policy);
  });

  test("custom attributes are declared as mutable strings", () => {
    const json = synth([person("a@example.com")], { pool: { name: "people", customAttributes: ["team"] } });
    expect(json.resource.aws_cognito_user_pool.pool.schema).toEqual([
      expect.objectContaining({
        name: "team",
        attribute_data_type: "String",
        mutable: true,
        required: false,
      }),
    ]);
  });

  test("the client keeps no secret, tells nobody who exists, and can take tokens back", () => {
    const { client } = synth([person("a@example.com")]).resource.aws_cognito_user_pool_client;
    expect(client).toMatchObject({
      generate_secret: false,
      prevent_user_existence_errors: "ENABLED",
      enable_token_revocation: true,
      explicit_auth_flows: ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
      token_validity_units: [{ access_token: "minutes", id_token: "minutes", refresh_token: "days" }],
    });
  });
});

describe("the provider", () => {
  test("is pinned, and left to the AWS environment", () => {
    const json = synth([person("a@example.com")]);
    expect(json.terraform.required_providers.aws.version).toBe("5.100.0");
    expect(json.provider.aws).toEqual([{}]);
  });

  test.each(["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"])(
    "does not look the account up first where %s sends Cognito elsewhere",
    (name) => {
      const json = synth([person("a@example.com")], {}, { [name]: "http://127.0.0.1:5000" });
      expect(json.provider.aws[0]).toMatchObject({
        skip_credentials_validation: true,
        skip_requesting_account_id: true,
      });
    },
  );
});

test("the state lies beside cdktf.out, wherever that is: no path of this machine is written", () => {
  const json = synth([person("a@example.com")]);
  expect(json.terraform.backend.local.path).toBe("../../../terraform.team.tfstate");
  expect(JSON.stringify(json)).not.toContain(outdir);
});

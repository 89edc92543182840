import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { CustomAttributes } from "../../../lib/roster/attribute-types.ts";
import { SettingsError } from "../../../lib/stack/rules/problem.ts";
import type { ClientSettings, PoolSettings } from "../../../lib/stack/settings.ts";
import type { Recorded } from "../../../lib/stack/synth/moved-blocks.ts";
import { synthesize } from "../../../lib/stack/synth/roster-stack.ts";
import { person } from "../../support/people.ts";
import { usable } from "../rules/usable.ts";
import { outdir, synth } from "./synth.ts";

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

  test("people may sign in by phone, and then their number is what everything goes by", () => {
    const sms = { snsCallerArn: "arn:aws:iam::123456789012:role/sms", externalId: "people" };
    const json = synth([person("+819012345678", { phone: "+819012345678", phoneVerified: false })], {
      pool: { name: "people", signInWith: "phone", sms },
    });
    expect(json.resource.aws_cognito_user_pool.pool).toMatchObject({
      username_attributes: ["phone_number"],
      auto_verified_attributes: ["phone_number"],
      account_recovery_setting: { recovery_mechanism: [{ name: "verified_phone_number", priority: 1 }] },
    });
    expect(json.locals.user_values["+819012345678"].attributes).toMatchObject({
      phone_number: "+819012345678",
      phone_number_verified: "false",
    });
  });

  test("where nobody can be texted, no code is promised", () => {
    const json = synth([person("+819012345678", { phone: "+819012345678" })], {
      pool: { name: "people", signInWith: "phone" },
    });
    const { pool } = json.resource.aws_cognito_user_pool;
    expect(pool).not.toHaveProperty("auto_verified_attributes");
    expect(pool.account_recovery_setting).toEqual({
      recovery_mechanism: [{ name: "admin_only", priority: 1 }],
    });
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

  test("a deploy hands its guards on to the next one; Terraform finds no code of its own in a name", () => {
    const json = synth([person("root${x}@example.com")], {
      guards: { required: ["root${x}@example.com"], maxRemovals: "10%" },
      groups: { admins: { privileged: true } },
    });
    expect(json.output.guards.value).toEqual({
      destroyable: false,
      required: ['root${"$"}{x}@example.com'],
      max_removals: "10%",
      min_people: 1,
      privileged: ["admins"],
    });
    expect(json.output.guards).not.toHaveProperty("sensitive");
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

  test("typed ones as Cognito has them, with limits on a number: without any, every plan would change it", () => {
    const json = synth([person("a@example.com")], {
      pool: {
        name: "people",
        customAttributes: {
          level: { type: "number", min: 1, max: 5 },
          floor: { type: "number" },
          team: { type: "string", minLength: 2, maxLength: 30, immutable: true },
          since: { type: "date" },
          admin: { type: "boolean" },
        },
      },
    });
    const common = { developer_only_attribute: false, mutable: true, required: false };
    expect(json.resource.aws_cognito_user_pool.pool.schema).toEqual([
      {
        ...common,
        name: "level",
        attribute_data_type: "Number",
        number_attribute_constraints: { min_value: "1", max_value: "5" },
      },
      {
        ...common,
        name: "floor",
        attribute_data_type: "Number",
        number_attribute_constraints: { min_value: "0" },
      },
      {
        ...common,
        name: "team",
        attribute_data_type: "String",
        mutable: false,
        string_attribute_constraints: { min_length: "2", max_length: "30" },
      },
      { ...common, name: "since", attribute_data_type: "DateTime" },
      { ...common, name: "admin", attribute_data_type: "Boolean" },
    ]);
  });

  test("a text with its type is what a name in a list is", () => {
    const schema = (customAttributes: CustomAttributes) =>
      synth([person("a@example.com")], { pool: { name: "people", customAttributes } }).resource
        .aws_cognito_user_pool.pool.schema;
    expect(schema({ team: { type: "string" } })).toEqual(schema(["team"]));
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

describe("what a team leaves out is not written, since some servers answer with something else", () => {
  const { pool } = synth([person("a@example.com")]).resource.aws_cognito_user_pool;
  const { client } = synth([person("a@example.com")]).resource.aws_cognito_user_pool_client;

  test.each(["software_token_mfa_configuration", "verification_message_template", "tags"])(
    "pool: %s",
    (argument) => {
      expect(pool).not.toHaveProperty(argument);
    },
  );

  test.each(["auth_session_validity", "refresh_token_rotation"])("client: %s", (argument) => {
    expect(client).not.toHaveProperty(argument);
  });

  test("neither a domain nor outputs for a secret and a flow", () => {
    const json = synth([person("a@example.com")]);
    expect(json.resource).not.toHaveProperty("aws_cognito_user_pool_domain");
    expect(Object.keys(json.output).sort()).toEqual([
      "guards",
      "password_policy",
      "region",
      "user_pool_client_id",
      "user_pool_id",
    ]);
  });
});

describe("what the provider would keep where it is left out (5.100.0)", () => {
  const deployed = (recorded: readonly Recorded[]) => {
    const directory = synthesize({
      settings: usable(),
      roster: { file: "users.json", people: [person("a@example.com")] },
      recorded,
      env: {},
      outdir,
    });
    const { resource } = JSON.parse(readFileSync(join(directory, "cdk.tf.json"), "utf8"));
    return {
      pool: resource.aws_cognito_user_pool.pool,
      client: resource.aws_cognito_user_pool_client.client,
    };
  };
  const client = (attributes: object): Recorded => ({
    type: "aws_cognito_user_pool_client",
    name: "client",
    key: null,
    attributes: { ...attributes },
  });
  const pool = (text: string): Recorded => ({
    type: "aws_cognito_user_pool",
    name: "pool",
    key: null,
    attributes: { verification_message_template: [{ email_message: text }] },
  });

  test("sign-in on Cognito's pages is off, with no address and nobody else who vouches, unless the team says so", () => {
    expect(synth([person("a@example.com")]).resource.aws_cognito_user_pool_client.client).toMatchObject({
      allowed_oauth_flows_user_pool_client: false,
      allowed_oauth_flows: [],
      allowed_oauth_scopes: [],
      callback_urls: [],
      logout_urls: [],
      supported_identity_providers: [],
    });
  });

  test("an emulator is not told that it is off: moto takes that for no change", () => {
    const env = { AWS_ENDPOINT_URL: "http://127.0.0.1:5000" };
    const { client } = synth([person("a@example.com")], {}, env).resource.aws_cognito_user_pool_client;
    expect(client).not.toHaveProperty("allowed_oauth_flows_user_pool_client");
  });

  test("a session's validity that was taken out goes back to Cognito's; Cognito's own is not written", () => {
    expect(deployed([client({ auth_session_validity: 9 })]).client.auth_session_validity).toBe(3);
    for (const minutes of [3, 0, null]) {
      const { client: written } = deployed([client({ auth_session_validity: minutes })]);
      expect(written).not.toHaveProperty("auth_session_validity");
    }
  });

  test("rotation that was taken out is off, for as long as the state has the block", () => {
    for (const feature of ["ENABLED", "DISABLED"]) {
      const { client: written } = deployed([client({ refresh_token_rotation: [{ feature }] })]);
      expect(written.refresh_token_rotation).toEqual([
        { feature: "DISABLED", retry_grace_period_seconds: 0 },
      ]);
    }
    const { client: never } = deployed([client({ refresh_token_rotation: [] })]);
    expect(never).not.toHaveProperty("refresh_token_rotation");
  });

  test("texts of verification that were taken out become Cognito's; where they are, nothing is written", () => {
    expect(deployed([pool("Code {####}")]).pool.verification_message_template.email_message).toBe(
      "Your verification code is {####}. ",
    );
    for (const text of ["", "Your verification code is {####}. "]) {
      expect(deployed([pool(text)]).pool).not.toHaveProperty("verification_message_template");
    }
  });
});

describe("what a team sets", () => {
  const settings = (pool: Partial<PoolSettings>, client: Partial<ClientSettings> = {}) => {
    const json = synth([person("a@example.com")], usable(pool, client));
    const { aws_cognito_user_pool, aws_cognito_user_pool_client } = json.resource;
    return { json, pool: aws_cognito_user_pool.pool, client: aws_cognito_user_pool_client.client };
  };

  test.each([
    ["off", "OFF", undefined],
    ["optional", "OPTIONAL", { enabled: true }],
    ["required", "ON", { enabled: true }],
  ] as const)("MFA %s, with TOTP", (mfa, configuration, totp) => {
    const { pool } = settings({ mfa });
    expect(pool.mfa_configuration).toBe(configuration);
    expect(pool.software_token_mfa_configuration).toEqual(totp);
  });

  test("who signs up, how usernames are compared, and what is verified", () => {
    expect(settings({ selfSignUp: true, caseSensitive: true, autoVerify: [] }).pool).toMatchObject({
      admin_create_user_config: { allow_admin_create_user_only: false },
      username_configuration: { case_sensitive: true },
    });
    expect(settings({ autoVerify: [] }).pool).not.toHaveProperty("auto_verified_attributes");
  });

  test("a domain by its prefix", () => {
    const { domain } = settings({ domainPrefix: "team" }).json.resource.aws_cognito_user_pool_domain;
    expect(domain).toMatchObject({
      domain: "team",
      user_pool_id: "${aws_cognito_user_pool.pool.id}",
    });
  });

  test("the texts of messages are texts, whatever they look like", () => {
    const emailMessage = "{username} {####} ${var.x}";
    const written = '{username} {####} ${"$"}{var.x}';
    const { pool } = settings({ invitation: { emailMessage }, verification: { emailMessage } });
    expect(pool.admin_create_user_config.invite_message_template).toEqual({
      email_subject: "Your temporary password",
      email_message: written,
      // A missing one would be sent as "", which CreateUserPool refuses.
      sms_message: "Your username is {username} and temporary password is {####}. ",
    });
    expect(pool.verification_message_template).toEqual({
      default_email_option: "CONFIRM_WITH_CODE",
      email_message: written,
    });
  });

  test("a client with a secret hands it out, sensitive", () => {
    const { json, client } = settings({}, { secret: true });
    expect(client.generate_secret).toBe(true);
    expect(json.output.user_pool_client_secret).toMatchObject({
      value: "${aws_cognito_user_pool_client.client.client_secret}",
      sensitive: true,
    });
  });

  test("lengths of time keep their unit", () => {
    const tokenValidity = { accessToken: "5 minutes", refreshToken: "12 hours" } as const;
    expect(settings({}, { tokenValidity }).client).toMatchObject({
      access_token_validity: 5,
      id_token_validity: 60,
      refresh_token_validity: 12,
      token_validity_units: [{ access_token: "minutes", id_token: "minutes", refresh_token: "hours" }],
    });
  });

  test("rotation takes ALLOW_REFRESH_TOKEN_AUTH out of the default flows", () => {
    expect(settings({}, { refreshTokenRotation: {} }).client).toMatchObject({
      explicit_auth_flows: ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH"],
      refresh_token_rotation: [{ feature: "ENABLED", retry_grace_period_seconds: 10 }],
    });
  });

  test("sign-in pages end at the app with a code, and Cognito vouches for the people", () => {
    const oauth = { callbackUrls: ["https://app.example.com/callback"] };
    expect(settings({ domainPrefix: "team" }, { oauth }).client).toMatchObject({
      allowed_oauth_flows_user_pool_client: true,
      allowed_oauth_flows: ["code"],
      allowed_oauth_scopes: ["openid"],
      callback_urls: ["https://app.example.com/callback"],
      supported_identity_providers: ["COGNITO"],
    });
  });

  test("settings that can't be used are refused before anything is written", () => {
    expect(() => settings({ mfa: "required", mfaFactors: [] })).toThrow(SettingsError);
  });
});

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  GetUserPoolMfaConfigResponse,
  SchemaAttributeType,
  UserPoolClientType,
  UserPoolType,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, describe, expect, test } from "vitest";
import { proposeClient } from "../../../lib/directory/import/clients.ts";
import { proposeGroups, proposePool } from "../../../lib/directory/import/settings.ts";
import { configText } from "../../../lib/stack/config-text.ts";
import { checkSettings } from "../../../lib/stack/rules/check.ts";
import { rosterRules } from "../../../lib/stack/settings.ts";
import { synthesize } from "../../../lib/stack/synth/roster-stack.ts";
import { person } from "../../support/people.ts";

const outdir = mkdtempSync(join(tmpdir(), "roster-proposal-"));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** A pool as our own stack makes one, as DescribeUserPool tells of it. */
const OURS: UserPoolType = {
  Name: "people",
  UsernameAttributes: ["email"],
  UsernameConfiguration: { CaseSensitive: false },
  AutoVerifiedAttributes: ["email"],
  AdminCreateUserConfig: { AllowAdminCreateUserOnly: true, UnusedAccountValidityDays: 7 },
  AccountRecoverySetting: { RecoveryMechanisms: [{ Name: "verified_email", Priority: 1 }] },
  EmailConfiguration: { EmailSendingAccount: "COGNITO_DEFAULT" },
  Policies: {
    PasswordPolicy: {
      MinimumLength: 12,
      RequireLowercase: true,
      RequireUppercase: true,
      RequireNumbers: true,
      RequireSymbols: true,
      TemporaryPasswordValidityDays: 7,
    },
  },
};
const OFF: GetUserPoolMfaConfigResponse = { MfaConfiguration: "OFF" };
const OUR_CLIENT: UserPoolClientType = {
  ClientName: "app",
  ExplicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"],
  PreventUserExistenceErrors: "ENABLED",
  EnableTokenRevocation: true,
  AccessTokenValidity: 60,
  IdTokenValidity: 60,
  RefreshTokenValidity: 30,
  TokenValidityUnits: { AccessToken: "minutes", IdToken: "minutes", RefreshToken: "days" },
};

/** What Terraform is told when the proposal becomes config.ts. */
function told(pool: UserPoolType, mfa = OFF, client: UserPoolClientType = OUR_CLIENT) {
  const settings = {
    stack: "team",
    roster: "users.json",
    pool: proposePool(pool, mfa),
    client: proposeClient(client),
  };
  const problems = checkSettings(settings);
  // What has a setting of ours is never proposed in Terraform's words.
  expect(
    problems.filter(({ severity, setting }) => severity === "error" || setting.includes("asIs")),
  ).toEqual([]);
  const people = [
    person(settings.pool.signInWith === "username" ? "a" : "a@example.com", { email: "a@example.com" }),
  ];
  const roster = { file: "users.json", people };
  const directory = synthesize({ settings, roster, env: {}, outdir });
  const { resource } = JSON.parse(readFileSync(join(directory, "cdk.tf.json"), "utf8"));
  return {
    pool: resource.aws_cognito_user_pool.pool,
    client: resource.aws_cognito_user_pool_client.client,
  };
}

const custom = (name: string, more: Partial<SchemaAttributeType> = {}): SchemaAttributeType => ({
  Name: name,
  AttributeDataType: "String",
  DeveloperOnlyAttribute: false,
  Mutable: true,
  Required: false,
  StringAttributeConstraints: { MinLength: "0", MaxLength: "2048" },
  ...more,
});

describe("the pool's settings", () => {
  test("a pool like ours needs none but its name", () => {
    expect(proposePool(OURS, OFF)).toEqual({ name: "people" });
  });

  test("named settings where there are any", () => {
    const pool: UserPoolType = {
      ...OURS,
      UsernameAttributes: [],
      UsernameConfiguration: { CaseSensitive: true },
      AutoVerifiedAttributes: ["email", "phone_number"],
      AdminCreateUserConfig: {
        AllowAdminCreateUserOnly: false,
        InviteMessageTemplate: { EmailSubject: "Hi", EmailMessage: "{username} {####}" },
      },
      Policies: { PasswordPolicy: { ...OURS.Policies?.PasswordPolicy, MinimumLength: 8 } },
      UserPoolTags: { team: "blue", "aws:cloudformation:stack-name": "old" },
      SchemaAttributes: [custom("custom:team")],
      Domain: "our-people",
    };
    const mfa = { MfaConfiguration: "OPTIONAL", SoftwareTokenMfaConfiguration: { Enabled: true } } as const;
    expect(proposePool(pool, mfa)).toEqual({
      name: "people",
      signInWith: "username",
      caseSensitive: true,
      autoVerify: ["email", "phone_number"],
      selfSignUp: true,
      customAttributes: ["team"],
      passwordPolicy: { minimumLength: 8 },
      mfa: "optional",
      domainPrefix: "our-people",
      invitation: { emailSubject: "Hi", emailMessage: "{username} {####}" },
      tags: { team: "blue" },
    });
  });

  test.each<[string, Partial<UserPoolType>, GetUserPoolMfaConfigResponse, object]>([
    [
      "a pool that never said whether letter case counts goes on not saying it: saying it would replace the pool",
      { UsernameConfiguration: undefined },
      OFF,
      { username_configuration: undefined },
    ],
    [
      "people who sign in with a phone number, too",
      { UsernameAttributes: ["phone_number", "email"] },
      OFF,
      { username_attributes: ["phone_number", "email"] },
    ],
    [
      "aliases",
      { UsernameAttributes: undefined, AliasAttributes: ["email", "preferred_username"] },
      OFF,
      { username_attributes: undefined, alias_attributes: ["email", "preferred_username"] },
    ],
    [
      "Lambda triggers, with names in which Cognito's capitals run together",
      {
        LambdaConfig: {
          PreSignUp: "arn:aws:lambda:eu-west-1:123456789012:function:u",
          PreTokenGeneration: "arn:aws:lambda:eu-west-1:123456789012:function:t",
          PreTokenGenerationConfig: {
            LambdaArn: "arn:aws:lambda:eu-west-1:123456789012:function:t",
            LambdaVersion: "V2_0",
          },
          KMSKeyID: "arn:aws:kms:eu-west-1:123456789012:key/k",
          CustomSMSSender: {
            LambdaArn: "arn:aws:lambda:eu-west-1:123456789012:function:s",
            LambdaVersion: "V1_0",
          },
        },
      },
      OFF,
      {
        lambda_config: {
          pre_sign_up: "arn:aws:lambda:eu-west-1:123456789012:function:u",
          pre_token_generation: "arn:aws:lambda:eu-west-1:123456789012:function:t",
          pre_token_generation_config: {
            lambda_arn: "arn:aws:lambda:eu-west-1:123456789012:function:t",
            lambda_version: "V2_0",
          },
          kms_key_id: "arn:aws:kms:eu-west-1:123456789012:key/k",
          custom_sms_sender: {
            lambda_arn: "arn:aws:lambda:eu-west-1:123456789012:function:s",
            lambda_version: "V1_0",
          },
        },
      },
    ],
    [
      "its own e-mail sender",
      {
        EmailConfiguration: {
          EmailSendingAccount: "DEVELOPER",
          From: "a@b.example",
          SourceArn: "arn:aws:ses:eu-west-1:123456789012:identity/b.example",
        },
      },
      OFF,
      {
        email_configuration: {
          email_sending_account: "DEVELOPER",
          from_email_address: "a@b.example",
          source_arn: "arn:aws:ses:eu-west-1:123456789012:identity/b.example",
        },
      },
    ],
    [
      "another way to recover an account",
      {
        AccountRecoverySetting: {
          RecoveryMechanisms: [
            { Name: "verified_email", Priority: 1 },
            { Name: "verified_phone_number", Priority: 2 },
          ],
        },
      },
      OFF,
      {
        account_recovery_setting: {
          recovery_mechanism: [
            { name: "verified_email", priority: 1 },
            { name: "verified_phone_number", priority: 2 },
          ],
        },
      },
    ],
    ["none at all", { AccountRecoverySetting: undefined }, OFF, { account_recovery_setting: undefined }],
    [
      "devices, updates that wait for verification, threat protection",
      {
        DeviceConfiguration: { ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: false },
        UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ["email"] },
        UserPoolAddOns: { AdvancedSecurityMode: "AUDIT" },
      },
      OFF,
      {
        device_configuration: {
          challenge_required_on_new_device: true,
          device_only_remembered_on_user_prompt: false,
        },
        user_attribute_update_settings: { attributes_require_verification_before_update: ["email"] },
        user_pool_add_ons: { advanced_security_mode: "AUDIT" },
      },
    ],
    [
      "passwords that must not come again",
      { Policies: { PasswordPolicy: { ...OURS.Policies?.PasswordPolicy, PasswordHistorySize: 5 } } },
      OFF,
      { password_policy: expect.objectContaining({ minimum_length: 12, password_history_size: 5 }) },
    ],
    [
      "a second factor by SMS alone",
      {},
      { MfaConfiguration: "OPTIONAL" },
      { mfa_configuration: "OPTIONAL", software_token_mfa_configuration: undefined },
    ],
    [
      "a second factor that was prepared and is off",
      {},
      { MfaConfiguration: "OFF", SoftwareTokenMfaConfiguration: { Enabled: false } },
      { mfa_configuration: "OFF", software_token_mfa_configuration: { enabled: false } },
    ],
  ])("%s", (_, pool, mfa, expected) => {
    const { pool: args } = told({ ...OURS, ...pool } as UserPoolType, mfa);
    for (const [name, value] of Object.entries(expected)) expect(args[name], name).toEqual(value);
  });

  test("attributes as they are: required, of another length or type; standard ones as always are not named", () => {
    const pool = {
      ...OURS,
      SchemaAttributes: [
        custom("sub", {
          Mutable: false,
          Required: true,
          StringAttributeConstraints: { MinLength: "1", MaxLength: "2048" },
        }),
        custom("name"),
        custom("birthdate", { StringAttributeConstraints: { MinLength: "10", MaxLength: "10" } }),
        custom("email", { Required: true }),
        custom("custom:team"),
        custom("custom:plan", { StringAttributeConstraints: { MinLength: "1", MaxLength: "256" } }),
        custom("custom:level", {
          AttributeDataType: "Number",
          NumberAttributeConstraints: { MinValue: "1", MaxValue: "9" },
          StringAttributeConstraints: undefined,
        }),
        custom("custom:since", {
          AttributeDataType: "DateTime",
          Mutable: false,
          StringAttributeConstraints: undefined,
        }),
        custom("custom:admin", { AttributeDataType: "Boolean", StringAttributeConstraints: undefined }),
        custom("custom:floor", {
          AttributeDataType: "Number",
          NumberAttributeConstraints: {},
          StringAttributeConstraints: undefined,
        }),
        custom("identities", { StringAttributeConstraints: {} }),
      ],
    };
    const proposed = proposePool(pool, OFF);
    expect(proposed.customAttributes).toEqual({
      team: { type: "string" },
      plan: { type: "string", minLength: 1, maxLength: 256 },
      level: { type: "number", min: 1, max: 9 },
      since: { type: "date", immutable: true },
      admin: { type: "boolean" },
      // Without limits: its own shape is in asIs.
      floor: { type: "number" },
    });
    expect(proposed.asIs?.schema?.map(({ name }) => name)).toEqual(["email", "floor"]);
    const { schema } = told(pool).pool;
    const shapes = Object.fromEntries(schema.map((one: { name: string }) => [one.name, one]));
    expect(Object.keys(shapes).sort()).toEqual(["admin", "email", "floor", "level", "plan", "since", "team"]);
    expect(shapes.email).toMatchObject({ required: true, mutable: true });
    expect(shapes.plan.string_attribute_constraints).toEqual({ min_length: "1", max_length: "256" });
    expect(shapes.level).toEqual({
      name: "level",
      attribute_data_type: "Number",
      developer_only_attribute: false,
      mutable: true,
      required: false,
      number_attribute_constraints: { min_value: "1", max_value: "9" },
    });
    expect(shapes.team.string_attribute_constraints).toEqual({ min_length: "0", max_length: "2048" });
  });
});

describe("the app client's settings", () => {
  test("a client like ours needs its name, and never says how it was made: that would replace it", () => {
    expect(proposeClient(OUR_CLIENT)).toEqual({ name: "app", asIs: { generateSecret: undefined } });
    expect(told(OURS).client).not.toHaveProperty("generate_secret");
  });

  test("named settings where there are any", () => {
    const client: UserPoolClientType = {
      ...OUR_CLIENT,
      ClientSecret: "never-to-be-written",
      ExplicitAuthFlows: ["ALLOW_USER_SRP_AUTH"],
      AccessTokenValidity: 1,
      TokenValidityUnits: { IdToken: "minutes", RefreshToken: "days" },
      RefreshTokenRotation: { Feature: "ENABLED", RetryGracePeriodSeconds: 30 },
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthFlows: ["code"],
      AllowedOAuthScopes: ["openid", "email"],
      CallbackURLs: ["https://app.example.com/"],
      SupportedIdentityProviders: ["COGNITO", "Google"],
    };
    const proposed = proposeClient(client);
    expect(proposed).toMatchObject({
      secret: true,
      authFlows: ["ALLOW_USER_SRP_AUTH"],
      tokenValidity: { accessToken: "1 hours" },
      refreshTokenRotation: { gracePeriodSeconds: 30 },
      oauth: { flows: ["code"], scopes: ["openid", "email"], callbackUrls: ["https://app.example.com/"] },
      identityProviders: ["COGNITO", "Google"],
    });
    expect(JSON.stringify(proposed)).not.toContain("never-to-be-written");
    expect(told(OURS, OFF, client).client).not.toHaveProperty("generate_secret");
  });

  test("scopes of a resource server stand in asIs, where check takes them to be there", () => {
    const client: UserPoolClientType = {
      ...OUR_CLIENT,
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthFlows: ["code"],
      AllowedOAuthScopes: ["openid", "api/read"],
      CallbackURLs: ["https://app.example.com/"],
    };
    const proposed = proposeClient(client);
    expect(proposed.oauth?.scopes).toEqual(["openid"]);
    expect(proposed.asIs?.allowedOauthScopes).toEqual(["openid", "api/read"]);
    expect(told(OURS, OFF, client).client.allowed_oauth_scopes).toEqual(["openid", "api/read"]);
    const pool = { name: "people", domainPrefix: "people" };
    const errors = checkSettings({ stack: "team", roster: "users.json", pool, client: proposed });
    expect(errors.filter(({ severity }) => severity === "error")).toEqual([]);
  });

  test("who sends SMS is a setting, so that the roster may invite by SMS", () => {
    const SmsConfiguration = { SnsCallerArn: "arn:aws:iam::123456789012:role/sms", ExternalId: "people" };
    expect(proposePool({ ...OURS, SmsConfiguration }, OFF)).toEqual({
      name: "people",
      sms: { snsCallerArn: SmsConfiguration.SnsCallerArn, externalId: "people" },
    });
    expect(told({ ...OURS, SmsConfiguration }).pool.sms_configuration).toEqual({
      sns_caller_arn: SmsConfiguration.SnsCallerArn,
      external_id: "people",
    });
    expect(rosterRules({ pool: proposePool({ ...OURS, SmsConfiguration }, OFF) }).sendsSms).toBe(true);
  });

  test.each<[string, Partial<UserPoolClientType>, object]>([
    [
      "flows by their old names",
      { ExplicitAuthFlows: ["ADMIN_NO_SRP_AUTH"] },
      { explicit_auth_flows: ["ADMIN_NO_SRP_AUTH"] },
    ],
    ["no flows named", { ExplicitAuthFlows: undefined }, { explicit_auth_flows: undefined }],
    [
      "tokens that last for seconds",
      { AccessTokenValidity: 900, TokenValidityUnits: { AccessToken: "seconds", IdToken: "minutes" } },
      {
        access_token_validity: 900,
        token_validity_units: [{ access_token: "seconds", id_token: "minutes", refresh_token: "days" }],
      },
    ],
    [
      "token units that are Cognito's own, which the provider reads as none",
      {
        AccessTokenValidity: 1,
        IdTokenValidity: 2,
        TokenValidityUnits: { AccessToken: "hours", IdToken: "hours", RefreshToken: "days" },
      },
      { access_token_validity: 1, id_token_validity: 2, token_validity_units: undefined },
    ],
    [
      "a client that never said how long tokens last",
      { AccessTokenValidity: undefined, IdTokenValidity: undefined, TokenValidityUnits: {} },
      { access_token_validity: undefined, refresh_token_validity: 30, token_validity_units: undefined },
    ],
    [
      "unknown names told from wrong passwords",
      { PreventUserExistenceErrors: "LEGACY" },
      { prevent_user_existence_errors: "LEGACY" },
    ],
    ["tokens that can't be revoked", { EnableTokenRevocation: false }, { enable_token_revocation: false }],
    [
      "OAuth for machines, which the settings have no word for",
      {
        AllowedOAuthFlowsUserPoolClient: true,
        AllowedOAuthFlows: ["client_credentials"],
        AllowedOAuthScopes: ["api/read"],
        CallbackURLs: [],
      },
      {
        allowed_oauth_flows_user_pool_client: true,
        allowed_oauth_flows: ["client_credentials"],
        allowed_oauth_scopes: ["api/read"],
        callback_urls: [],
      },
    ],
    [
      "addresses that are kept although OAuth is off, and who else vouches for people",
      { CallbackURLs: ["https://a.example.com/"], SupportedIdentityProviders: ["COGNITO", "Google"] },
      {
        allowed_oauth_flows_user_pool_client: false,
        callback_urls: ["https://a.example.com/"],
        supported_identity_providers: ["COGNITO", "Google"],
      },
    ],
  ])("%s", (_, client, expected) => {
    const { client: args } = told(OURS, OFF, { ...OUR_CLIENT, ...client } as UserPoolClientType);
    for (const [name, value] of Object.entries(expected)) expect(args[name], name).toEqual(value);
  });
});

test("the text of config.ts says exactly these settings, undefined ones too", () => {
  const settings = {
    stack: "team",
    roster: "users.json",
    pool: {
      ...proposePool({ ...OURS, UsernameConfiguration: undefined }, OFF),
      tags: { 'a "b"': "${c}\n" },
    },
    client: proposeClient(OUR_CLIENT),
  };
  const text = configText(settings);
  expect(text).toMatch(/^import type \{ Settings \} from ".\/lib\/stack\/settings.ts";\n/);
  const object = text.slice(text.indexOf("= {") + 2, text.lastIndexOf(";"));
  const read = new Function(`return (${object})`)();
  expect(read).toStrictEqual(settings);
});

describe("the groups of a pool", () => {
  const ROLE = "arn:aws:iam::123456789012:role/Admin";

  test("are declared as they are, and what only the team can say stays", () => {
    const groups = proposeGroups(
      [
        { name: "admins", description: "All of it", precedence: 0, roleArn: ROLE },
        { name: "site-admins", roleArn: ROLE },
        { name: "ops" },
      ],
      { admins: { description: "Former words", privileged: true }, gone: { precedence: 4 } },
    );
    expect(groups).toEqual({
      admins: { description: "All of it", precedence: 0, roleArn: ROLE, privileged: true },
      "site-admins": { roleArn: ROLE },
      ops: {},
    });
    const settings = { stack: "team", roster: "users.json", pool: { name: "p" }, client: { name: "a" } };
    expect(checkSettings({ ...settings, ...(groups && { groups }) })).toEqual([]);
    expect(configText({ ...settings, ...(groups && { groups }) })).toContain(
      `    "site-admins": { roleArn: "${ROLE}" },\n    ops: {},\n`,
    );
  });

  test("stay out where no roster could name them", () => {
    expect(proposeGroups([{ name: "e\u0301quipe" }, { name: "ops" }])).toEqual({ ops: {} });
  });

  test("none, none is declared: a roster could name no group at all", () => {
    expect(proposeGroups([])).toBeUndefined();
  });
});

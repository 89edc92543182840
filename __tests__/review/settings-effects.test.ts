import { expect, test } from "vitest";
import { effectOf } from "../../lib/review/settings-effects.ts";

test.each<["pool" | "client" | "group", string, string, string, RegExp]>([
  ["pool", "password_policy.minimum_length", "8", "12", /nobody has to change theirs/],
  ["pool", "password_policy.temporary_password_validity_days", "7", "1", /invitation/],
  ["pool", "mfa_configuration", "OFF", "ON", /everyone needs a second factor, and/],
  ["pool", "mfa_configuration", "ON", "OPTIONAL", /for it/],
  ["pool", "mfa_configuration", "ON", "OFF", /no one is asked for a second factor/],
  ["pool", "deletion_protection", "ACTIVE", "INACTIVE", /a single call can delete the pool/],
  ["pool", "deletion_protection", "INACTIVE", "ACTIVE", /refuses/],
  ["pool", "admin_create_user_config.allow_admin_create_user_only", "true", "false", /sign up/],
  ["pool", "email_mfa_configuration", "none", "{…}", /can be the second factor/],
  ["pool", "email_mfa_configuration", "{…}", "none", /e-mail no longer works as the second factor/],
  [
    "pool",
    "sign_in_policy.allowed_first_auth_factors",
    '["PASSWORD"]',
    '["EMAIL_OTP","PASSWORD"]',
    /needs no password/,
  ],
  [
    "pool",
    "sign_in_policy.allowed_first_auth_factors",
    '["PASSWORD","WEB_AUTHN"]',
    '["PASSWORD"]',
    /begin with WEB_AUTHN stop working/,
  ],
  ["pool", "web_authn_configuration.relying_party_id", "a.example", "b.example", /must create theirs again/],
  ["pool", "device_configuration", "none", "{…}", /whether devices are remembered,/],
  ["pool", "lambda_config.pre_sign_up", "none", "arn", /^this function decides who may sign up/],
  [
    "pool",
    "lambda_config.pre_authentication",
    "arn",
    "none",
    /^no function can refuse any sign-in any more$/,
  ],
  ["pool", "lambda_config.user_migration", "arn", "none", /^no function can let anyone in any more$/],
  [
    "pool",
    "lambda_config.pre_token_generation",
    "none",
    "arn",
    /tokens: it can add groups, roles and scopes/,
  ],
  [
    "pool",
    "lambda_config.pre_token_generation_config.lambda_version",
    "V1_0",
    "V2_0",
    /tokens: it can add groups,/,
  ],
  ["pool", "lambda_config.custom_email_sender", "none", "[…]", /sees every code and temporary password/],
  ["pool", "lambda_config.kms_key_id", "none", "arn", /permission to decrypt/],
  ["client", "explicit_auth_flows", '["A","B"]', '["B"]', /^apps that sign in by A stop working$/],
  [
    "client",
    "explicit_auth_flows",
    '["A"]',
    '["ALLOW_USER_PASSWORD_AUTH"]',
    /^apps that sign in by A stop working; with ALLOW_USER_PASSWORD_AUTH passwords are sent/,
  ],
  ["client", "allowed_oauth_flows", '["code"]', '["code","implicit"]', /^with implicit tokens appear in/],
  ["client", "write_attributes", '["email"]', '["custom:role","email"]', /may change their own custom:role/],
  ["client", "write_attributes", '["email"]', "[]", /^people may change all their own writable attributes/],
  ["client", "write_attributes", '["a","b"]', '["a"]', /^what people may change about themselves$/],
  ["client", "callback_urls", '["https://a"]', "none", /https:\/\/a stop working/],
  ["client", "access_token_validity", "60", "5", /from now on/],
  ["client", "refresh_token_validity", "30", "1", /next sign-in/],
  ["client", "prevent_user_existence_errors", "ENABLED", "LEGACY", /anyone can find out/],
  ["group", "role_arn", "none", "arn:aws:iam::1:role/A", /^everyone in it can assume this role through/],
  [
    "group",
    "role_arn",
    "arn:aws:iam::1:role/A",
    "arn:aws:iam::1:role/B",
    /everyone .* instead of the previous one,/,
  ],
  ["group", "role_arn", "arn:aws:iam::1:role/A", "none", /can no longer assume that role/],
  ["group", "precedence", "1", "none", /which role people in several groups get:/],
])("%s %s: %s → %s", (about, name, from, to, effect) => {
  expect(effectOf(about, { name, from, to })).toMatch(effect);
});

test.each<["pool" | "client" | "group", string, string, string]>([
  ["client", "explicit_auth_flows", '["A"]', '["A","B"]'],
  ["pool", "tags.team", "a", "b"],
  ["group", "description", "a", "b"],
])("%s %s: %s → %s needs no words", (about, name, from, to) => {
  expect(effectOf(about, { name, from, to })).toBeUndefined();
});

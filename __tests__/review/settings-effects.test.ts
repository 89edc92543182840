import { expect, test } from "vitest";
import { effectOf } from "../../lib/review/settings-effects.ts";

test.each<["pool" | "client" | "group", string, string, string, RegExp]>([
  ["pool", "password_policy.minimum_length", "8", "12", /nobody has to change theirs/],
  ["pool", "password_policy.temporary_password_validity_days", "7", "1", /invitation/],
  ["pool", "mfa_configuration", "OFF", "ON", /everybody needs a second factor/],
  ["pool", "mfa_configuration", "ON", "OPTIONAL", /those who have set one up/],
  ["pool", "mfa_configuration", "ON", "OFF", /no second factor/],
  ["pool", "deletion_protection", "ACTIVE", "INACTIVE", /one call can delete the pool/],
  ["pool", "deletion_protection", "INACTIVE", "ACTIVE", /refuses/],
  ["pool", "admin_create_user_config.allow_admin_create_user_only", "true", "false", /sign up by themselves/],
  ["pool", "email_mfa_configuration", "none", "{…}", /can be the second factor/],
  ["pool", "email_mfa_configuration", "{…}", "none", /can't any more/],
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
  ["pool", "web_authn_configuration.relying_party_id", "a.example", "b.example", /make theirs anew/],
  ["pool", "device_configuration", "none", "{…}", /whether a device is remembered/],
  ["client", "explicit_auth_flows", '["A","B"]', '["B"]', /^apps that sign in by A stop working$/],
  ["client", "callback_urls", '["https://a"]', "none", /https:\/\/a stop working/],
  ["client", "access_token_validity", "60", "5", /from now on/],
  ["client", "refresh_token_validity", "30", "1", /sign in again/],
  ["client", "prevent_user_existence_errors", "ENABLED", "LEGACY", /anybody can find out/],
  ["group", "role_arn", "none", "arn:aws:iam::1:role/A", /^everyone in it can take on this role, through/],
  [
    "group",
    "role_arn",
    "arn:aws:iam::1:role/A",
    "arn:aws:iam::1:role/B",
    /everyone .* instead of the former one/,
  ],
  ["group", "role_arn", "arn:aws:iam::1:role/A", "none", /can't take on that role any more/],
  ["group", "precedence", "1", "none", /which role people get who are in several groups/],
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

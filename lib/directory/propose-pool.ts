import { isDeepStrictEqual } from "node:util";
import type {
  GetUserPoolMfaConfigResponse,
  PasswordPolicyType,
  UserPoolType,
} from "@aws-sdk/client-cognito-identity-provider";
import type { PoolArguments } from "../stack/as-is.ts";
import { PASSWORD_POLICY, POOL, POOL_ALWAYS } from "../stack/defaults.ts";
import type { PasswordPolicy } from "../stack/password-policy.ts";
import type { MessageTemplate, PoolSettings } from "../stack/settings.ts";
import { asArguments } from "./argument-names.ts";
import { proposeSchema } from "./propose-schema.ts";

const MFA = { OFF: "off", OPTIONAL: "optional", ON: "required" } as const;

/**
 * The settings with which a deploy leaves this pool as it is: named ones where there are any, else `asIs`. What the provider
 * only manages when it is told to (verification messages, SMS, the tier) is not told.
 */
export function proposePool(pool: UserPoolType, mfa: GetUserPoolMfaConfigResponse): PoolSettings {
  const { customAttributes, asIs: schema } = proposeSchema(pool.SchemaAttributes);
  const { AllowAdminCreateUserOnly = false, InviteMessageTemplate } = pool.AdminCreateUserConfig ?? {};
  const autoVerify = pool.AutoVerifiedAttributes ?? [];
  const mode = MFA[mfa.MfaConfiguration ?? "OFF"];
  const tags = Object.entries(pool.UserPoolTags ?? {}).filter(([key]) => !/^aws:/i.test(key));
  const { policy, history } = passwordPolicy(pool.Policies?.PasswordPolicy);
  const asIs: PoolArguments = {
    ...identityArguments(pool),
    ...factorArguments(mfa),
    ...otherArguments(pool),
    ...(schema.length > 0 && { schema }),
    ...(history && { passwordPolicy: { ...PASSWORD_POLICY, ...policy, passwordHistorySize: history } }),
  };
  return {
    name: pool.Name ?? "",
    ...(pool.UsernameAttributes?.includes("email") ? {} : { signInWith: "username" }),
    ...(pool.UsernameConfiguration?.CaseSensitive && { caseSensitive: true }),
    ...(isDeepStrictEqual(autoVerify, POOL.autoVerify) ? {} : { autoVerify }),
    ...(AllowAdminCreateUserOnly ? {} : { selfSignUp: true }),
    ...(customAttributes.length > 0 && { customAttributes }),
    ...(Object.keys(policy).length > 0 && { passwordPolicy: policy }),
    ...(mode === "off" ? {} : { mfa: mode }),
    ...(pool.Domain && { domainPrefix: pool.Domain }),
    ...(InviteMessageTemplate && { invitation: asArguments(InviteMessageTemplate) as MessageTemplate }),
    ...(tags.length > 0 && { tags: Object.fromEntries(tags) }),
    ...(Object.keys(asIs).length > 0 && { asIs }),
  };
}

/** What can never change, and has no setting. */
function identityArguments(pool: UserPoolType): PoolArguments {
  const usernames = pool.UsernameAttributes ?? [];
  return {
    // Pools made without saying so are case-sensitive, and must go on not saying it.
    ...(pool.UsernameConfiguration === undefined && { usernameConfiguration: undefined }),
    ...(usernames.length === 0 || isDeepStrictEqual(usernames, ["email"])
      ? {}
      : { usernameAttributes: usernames }),
    ...(pool.AliasAttributes?.length && { aliasAttributes: pool.AliasAttributes }),
  };
}

function factorArguments(mfa: GetUserPoolMfaConfigResponse): PoolArguments {
  const { SoftwareTokenMfaConfiguration: totp, EmailMfaConfiguration: email } = mfa;
  const now = totp && { enabled: totp.Enabled ?? false };
  const then = (mfa.MfaConfiguration ?? "OFF") === "OFF" ? undefined : { enabled: true };
  return {
    ...(isDeepStrictEqual(now, then) ? {} : { softwareTokenMfaConfiguration: now }),
    ...block("emailMfaConfiguration", email),
    ...block("webAuthnConfiguration", mfa.WebAuthnConfiguration),
  };
}

function otherArguments(pool: UserPoolType): PoolArguments {
  const recovery = asArguments(pool.AccountRecoverySetting, { RecoveryMechanisms: "recoveryMechanism" }) as
    | PoolArguments["accountRecoverySetting"]
    | undefined;
  const email = pool.EmailConfiguration ?? {};
  const byCognito = isDeepStrictEqual({ ...email }, { EmailSendingAccount: "COGNITO_DEFAULT" });
  const verified = pool.UserAttributeUpdateSettings?.AttributesRequireVerificationBeforeUpdate ?? [];
  return {
    ...(isDeepStrictEqual(recovery, POOL_ALWAYS.accountRecoverySetting)
      ? {}
      : { accountRecoverySetting: recovery }),
    ...block("deviceConfiguration", pool.DeviceConfiguration),
    ...(byCognito ? {} : block("emailConfiguration", email, { From: "fromEmailAddress" })),
    ...block("lambdaConfig", pool.LambdaConfig),
    ...(pool.SmsAuthenticationMessage && { smsAuthenticationMessage: pool.SmsAuthenticationMessage }),
    ...(verified.length > 0 && {
      userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdate: verified },
    }),
    ...block("userPoolAddOns", pool.UserPoolAddOns),
    ...block("signInPolicy", pool.Policies?.SignInPolicy),
  };
}

/** A block of arguments, or nothing for an empty one, which the provider takes for none. */
function block(
  name: keyof PoolArguments,
  value: object | undefined,
  renamed: Readonly<Record<string, string>> = {},
): PoolArguments {
  return value === undefined || Object.keys(value).length === 0
    ? {}
    : { [name]: asArguments(value, renamed) };
}

function passwordPolicy(now: PasswordPolicyType = {}): {
  policy: Partial<PasswordPolicy>;
  history: number | undefined;
} {
  const { PasswordHistorySize: history, ...rest } = now;
  const all = Object.entries(asArguments(rest) as Partial<PasswordPolicy>);
  const defaults: Readonly<Record<string, unknown>> = { ...PASSWORD_POLICY };
  return {
    policy: Object.fromEntries(all.filter(([name, value]) => defaults[name] !== value)),
    history: history || undefined,
  };
}

import { isDeepStrictEqual } from "node:util";
import type {
  GetUserPoolMfaConfigResponse,
  PasswordPolicyType,
  UserPoolType,
} from "@aws-sdk/client-cognito-identity-provider";
import { namesOf } from "../../roster/attribute-types.ts";
import { explainGroup } from "../../roster/names.ts";
import { signInOf } from "../../roster/sign-in-names.ts";
import { PASSWORD_POLICY, POOL, poolDefaults } from "../../stack/defaults.ts";
import {
  type GroupSettings,
  type MessageTemplate,
  type PasswordPolicy,
  type PasswordPolicySettings,
  type PoolArguments,
  type PoolSettings,
  type Settings,
  sendsSms,
} from "../../stack/settings.ts";
import type { PoolGroup } from "../pool/groups.ts";
import { asArguments, proposeSchema } from "../pool/schema.ts";
import { proposeFactors } from "./factors.ts";
import { proposeSenders } from "./senders.ts";
import { proposeTriggers } from "./triggers.ts";

const MFA = { OFF: "off", OPTIONAL: "optional", ON: "required" } as const;

/**
 * The settings with which a deploy leaves this pool unchanged: named ones where possible, otherwise `asIs`. Omits what the
 * provider manages only when configured (verification messages).
 */
export function proposePool(pool: UserPoolType, mfa: GetUserPoolMfaConfigResponse): PoolSettings {
  const { customAttributes, asIs: schema } = proposeSchema(pool.SchemaAttributes);
  const { AllowAdminCreateUserOnly = false, InviteMessageTemplate } = pool.AdminCreateUserConfig ?? {};
  const autoVerify = pool.AutoVerifiedAttributes ?? [];
  const mode = MFA[mfa.MfaConfiguration ?? "OFF"];
  const tags = Object.entries(pool.UserPoolTags ?? {}).filter(([key]) => !/^aws:/i.test(key));
  const { asIs: senders, ...sender } = proposeSenders(pool, mfa);
  const { asIs: functions, ...triggers } = proposeTriggers(pool);
  const signInWith = signInOf(pool.UsernameAttributes);
  const sends = sendsSms({
    ...sender,
    ...triggers,
    asIs: { ...otherArguments(pool), ...functions, ...senders },
  });
  const unsaid = poolDefaults(signInWith, sends);
  const policy = passwordPolicy(pool.Policies?.PasswordPolicy);
  const said: PoolSettings = {
    name: pool.Name ?? "",
    ...(signInWith !== POOL.signInWith && { signInWith }),
    ...(pool.UsernameConfiguration?.CaseSensitive && { caseSensitive: true }),
    ...(pool.AliasAttributes?.length && { aliases: pool.AliasAttributes }),
    ...(isDeepStrictEqual(autoVerify, unsaid.autoVerify) ? {} : { autoVerify }),
    ...(AllowAdminCreateUserOnly ? {} : { selfSignUp: true }),
    ...(namesOf(customAttributes).length > 0 && { customAttributes }),
    ...(Object.keys(policy).length > 0 && { passwordPolicy: policy }),
    ...(mode === "off" ? {} : { mfa: mode }),
    ...(pool.Domain && { domainPrefix: pool.Domain }),
    ...(InviteMessageTemplate && { invitation: asArguments(InviteMessageTemplate) as MessageTemplate }),
    ...sender,
    ...triggers,
    ...(tags.length > 0 && { tags: Object.fromEntries(tags) }),
  };
  const { settings: factors, asIs: otherFactors } = proposeFactors(pool, mfa, said, unsaid.recovery);
  const asIs: PoolArguments = {
    ...identityArguments(pool),
    ...otherFactors,
    ...otherArguments(pool),
    ...senders,
    ...functions,
    ...(schema.length > 0 && { schema }),
  };
  return { ...said, ...factors, ...(Object.keys(asIs).length > 0 && { asIs }) };
}

/** Arguments that can never change, and have no setting. */
function identityArguments(pool: UserPoolType): PoolArguments {
  const usernames = pool.UsernameAttributes ?? [];
  return {
    // Pools created without this argument are case-sensitive, and must stay without it.
    ...(pool.UsernameConfiguration === undefined && { usernameConfiguration: undefined }),
    ...(usernames.length < 2 ? {} : { usernameAttributes: usernames }),
  };
}

function otherArguments(pool: UserPoolType): PoolArguments {
  const verified = pool.UserAttributeUpdateSettings?.AttributesRequireVerificationBeforeUpdate ?? [];
  return {
    ...(pool.SmsAuthenticationMessage && { smsAuthenticationMessage: pool.SmsAuthenticationMessage }),
    ...(verified.length > 0 && {
      userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdate: verified },
    }),
  };
}

function passwordPolicy(now: PasswordPolicyType = {}): PasswordPolicySettings {
  const { PasswordHistorySize: history, ...rest } = now;
  const all = Object.entries(asArguments(rest) as Partial<PasswordPolicy>);
  const defaults: Readonly<Record<string, unknown>> = { ...PASSWORD_POLICY };
  return {
    ...Object.fromEntries(all.filter(([name, value]) => defaults[name] !== value)),
    ...(history && { history }),
  };
}

/**
 * The groups of a pool as settings, with which a deploy leaves them unchanged, and a roster can't name others by mistake.
 * @param declared groups in config.ts so far: no pool knows which are privileged
 * @returns undefined for a pool without groups: an empty declaration would forbid every group in a roster
 */
export function proposeGroups(
  groups: readonly PoolGroup[],
  declared: Settings["groups"] = {},
): Settings["groups"] {
  // A group whose name Terraform would confuse with another can't be in a roster either: it stays out, unchanged.
  const known = groups.filter(({ name }) => explainGroup(name) === undefined);
  if (known.length === 0) return undefined;
  return Object.fromEntries(
    known.map(({ name, ...settings }) => [name, { ...settings, ...ownSettings(declared[name]) }]),
  );
}

/** Settings of a group that only config.ts has, not the pool. */
function ownSettings({ privileged, grantedIn }: GroupSettings = {}): Partial<GroupSettings> {
  return { ...(privileged && { privileged }), ...(grantedIn && { grantedIn }) };
}

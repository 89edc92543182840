import type { UserPoolType } from "@aws-sdk/client-cognito-identity-provider";
import { UserError } from "../errors.ts";
import type { RosterRules } from "../roster/roster.ts";
import { PASSWORD_POLICY } from "../stack/defaults.ts";
import type { PasswordPolicy } from "../stack/password-policy.ts";
import { proposeSchema } from "./propose-schema.ts";

/** What a pool's own description means for a roster of its people: no config.ts is asked, for it may be another pool's. */
export function rosterRulesOf(pool: UserPoolType): RosterRules {
  return {
    signInWith: pool.UsernameAttributes?.includes("email") ? "email" : "username",
    customAttributes: proposeSchema(pool.SchemaAttributes).customAttributes,
  };
}

/** The pool's rules for a new password; what an emulator leaves out is as strict as our default. */
export function passwordPolicyOf({ Policies }: UserPoolType): PasswordPolicy {
  const policy = Policies?.PasswordPolicy;
  return {
    minimumLength: policy?.MinimumLength ?? PASSWORD_POLICY.minimumLength,
    requireLowercase: policy?.RequireLowercase ?? PASSWORD_POLICY.requireLowercase,
    requireUppercase: policy?.RequireUppercase ?? PASSWORD_POLICY.requireUppercase,
    requireNumbers: policy?.RequireNumbers ?? PASSWORD_POLICY.requireNumbers,
    requireSymbols: policy?.RequireSymbols ?? PASSWORD_POLICY.requireSymbols,
    temporaryPasswordValidityDays:
      policy?.TemporaryPasswordValidityDays ?? PASSWORD_POLICY.temporaryPasswordValidityDays,
  };
}

/** @throws UserError for a pool in which people sign in with nothing but their phone number */
export function refuseOtherNames({ Id, UsernameAttributes: names = [] }: UserPoolType): void {
  if (names.length === 0 || names.includes("email")) return;
  throw new UserError(`People of the user pool ${Id} sign in with their phone number`, {
    why: "This package knows pools in which people sign in with an e-mail address or a username of their own; which of them a pool is can never be changed.",
    next: ["such a pool can't be adopted; make a new one and invite its people there"],
  });
}

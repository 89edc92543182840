import {
  DescribeUserPoolCommand,
  GetUserPoolMfaConfigCommand,
  type GetUserPoolMfaConfigResponse,
  type UserPoolClientType,
  type UserPoolType,
} from "@aws-sdk/client-cognito-identity-provider";
import type { CognitoClient } from "../../cognito/client.ts";
import { namesOf } from "../../roster/attribute-types.ts";
import type { RosterRules } from "../../roster/roster.ts";
import { signInOf } from "../../roster/sign-in-names.ts";
import { PASSWORD_POLICY } from "../../stack/defaults.ts";
import type { PasswordPolicy } from "../../stack/settings.ts";
import { describeClients, listClients } from "./clients.ts";
import { proposeSchema } from "./schema.ts";

/** A pool's settings in Cognito. */
export interface PoolDescription {
  readonly pool: UserPoolType;
  readonly mfa: GetUserPoolMfaConfigResponse;
  /** The named client, or all of them. */
  readonly clients: readonly UserPoolClientType[];
}

/** Identifies the pool, even among pools with the same name. Null is unknown. */
export interface PoolIdentity {
  readonly name: string | null;
  readonly id: string;
  /** The AWS account of the pool, from its ARN. */
  readonly account: string | null;
  readonly region: string | null;
}

/**
 * @param pool from DescribeUserPool. @default only the id is known
 * @param known what is known without it
 */
export function identityOf(
  { Name, Arn }: UserPoolType,
  {
    userPoolId,
    region,
    name,
  }: { readonly userPoolId: string; readonly region?: string; readonly name?: string },
): PoolIdentity {
  // arn:<partition>:cognito-idp:<region>:<account>:userpool/<id>
  const [, , , itsRegion, account] = Arn?.split(":") ?? [];
  return {
    name: Name ?? name ?? null,
    id: userPoolId,
    account: account || null,
    region: itsRegion || region || null,
  };
}

export interface DescribePoolOptions {
  readonly userPoolId: string;
  /** @default every client of the pool */
  readonly clientId?: string | undefined;
  readonly signal?: AbortSignal;
}

/**
 * Reads the settings of a pool and of its app clients, one call each.
 * @throws what the SDK throws
 */
export async function describePool(
  client: CognitoClient,
  { userPoolId: UserPoolId, clientId, signal }: DescribePoolOptions,
): Promise<PoolDescription> {
  const aborting = signal === undefined ? {} : { abortSignal: signal };
  const { UserPool } = await client.send(new DescribeUserPoolCommand({ UserPoolId }), aborting);
  const mfa = await client.send(new GetUserPoolMfaConfigCommand({ UserPoolId }), aborting);
  const options = { userPoolId: UserPoolId, signal };
  const ids = clientId === undefined ? (await listClients(client, options)).map(({ id }) => id) : [clientId];
  const clients = await describeClients(client, ids, options);
  return { pool: UserPool ?? {}, mfa, clients };
}

/** The roster rules that follow from the pool's own description: config.ts isn't used, since it may be for another pool. */
export function rosterRulesOf(pool: UserPoolType): RosterRules {
  const signInWith = signInOf(pool.UsernameAttributes);
  return {
    signInWith,
    customAttributes: namesOf(proposeSchema(pool.SchemaAttributes).customAttributes),
    // People are invited only if the pool can send SMS.
    ...(signInWith === "phone" && {
      sendsSms: (pool.SmsConfiguration ?? pool.LambdaConfig?.CustomSMSSender) !== undefined,
    }),
  };
}

/** The pool's password policy; values that an emulator omits are as strict as our default. */
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

import {
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  GetUserPoolMfaConfigCommand,
  type GetUserPoolMfaConfigResponse,
  ListUserPoolClientsCommand,
  type UserPoolClientType,
  type UserPoolType,
} from "@aws-sdk/client-cognito-identity-provider";
import type { CognitoClient } from "../../cognito/client.ts";
import { EXIT, UserError } from "../../errors.ts";
import { namesOf } from "../../roster/attribute-types.ts";
import type { RosterRules } from "../../roster/roster.ts";
import { commandLine } from "../../shell.ts";
import { PASSWORD_POLICY } from "../../stack/defaults.ts";
import type { PasswordPolicy } from "../../stack/settings.ts";
import { proposeSchema } from "./schema.ts";

/** A pool's settings, as Cognito has them. */
export interface PoolDescription {
  readonly pool: UserPoolType;
  readonly mfa: GetUserPoolMfaConfigResponse;
  /** Undefined for a pool without any. */
  readonly client: UserPoolClientType | undefined;
}

/** Which pool it is: what tells two of the same name apart. Null is unknown. */
export interface PoolIdentity {
  readonly name: string | null;
  readonly id: string;
  /** The AWS account that the pool belongs to, by its ARN. */
  readonly account: string | null;
  readonly region: string | null;
}

/**
 * @param pool as DescribeUserPool describes it. @default nothing is known but the id
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
  /** @default the pool's only client */
  readonly clientId?: string | undefined;
  readonly signal?: AbortSignal;
}

/**
 * Reads the settings of a pool and of one of its app clients.
 * @throws UserError (exit 2) when the pool has several clients and none is named; what the SDK throws
 */
export async function describePool(
  client: CognitoClient,
  { userPoolId: UserPoolId, clientId, signal }: DescribePoolOptions,
): Promise<PoolDescription> {
  const aborting = signal === undefined ? {} : { abortSignal: signal };
  const { UserPool } = await client.send(new DescribeUserPoolCommand({ UserPoolId }), aborting);
  const mfa = await client.send(new GetUserPoolMfaConfigCommand({ UserPoolId }), aborting);
  const ClientId = clientId ?? (await onlyClient());
  const described =
    ClientId === undefined
      ? undefined
      : await client.send(new DescribeUserPoolClientCommand({ UserPoolId, ClientId }), aborting);
  return { pool: UserPool ?? {}, mfa, client: described?.UserPoolClient };

  async function onlyClient(): Promise<string | undefined> {
    const { UserPoolClients: found = [] } = await client.send(
      new ListUserPoolClientsCommand({ UserPoolId, MaxResults: 60 }),
      aborting,
    );
    if (found.length <= 1) return found[0]?.ClientId;
    throw new UserError(`The user pool ${UserPoolId} has several app clients`, {
      why: "This package looks after one; the others stay as they are.",
      next: found.map(
        ({ ClientId: id, ClientName: name }) => `${commandLine`--client-id ${id ?? "ID"}`}   (${name})`,
      ),
      exitCode: EXIT.wrong,
    });
  }
}

/** What a pool's own description means for a roster of its people: no config.ts is asked, for it may be another pool's. */
export function rosterRulesOf(pool: UserPoolType): RosterRules {
  return {
    signInWith: pool.UsernameAttributes?.includes("email") ? "email" : "username",
    customAttributes: namesOf(proposeSchema(pool.SchemaAttributes).customAttributes),
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

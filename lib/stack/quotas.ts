interface Category {
  /** Requests per second, of all its operations together. */
  readonly perSecond: number;
  readonly operations: readonly string[];
}

/**
 * The request rates that Cognito grants an account in one region, for all its user pools and apps together, and the operations
 * that count toward each: those that this package calls, and those that Terraform calls once per person.
 *
 * Source: developer guide, "Quotas in Amazon Cognito", "Amazon Cognito user pools API operation categories and request rate
 * quotas": the default quotas, as of 2026.
 * - For the last three the page has 20, 15 and 15, with a note: at most 5 a second of each operation for one user pool. A
 *   command talks to one pool, so 5 applies.
 * - Responses to a challenge are allowed three times the rate of UserAuthentication ("special request rate handling"). Nothing
 *   here needs that: the response that sets a new password counts toward UserAccountRecovery, which is lower.
 */
export const CATEGORIES = {
  UserAuthentication: {
    perSecond: 120,
    operations: [
      "InitiateAuth",
      "AdminInitiateAuth",
      "RespondToAuthChallenge",
      "AdminRespondToAuthChallenge",
      "GetTokensFromRefreshToken",
    ],
  },
  UserCreation: { perSecond: 50, operations: ["AdminCreateUser", "SignUp", "ConfirmSignUp"] },
  UserAccountRecovery: {
    perSecond: 30,
    operations: [
      "ChangePassword",
      "ForgotPassword",
      "ConfirmForgotPassword",
      "AdminResetUserPassword",
      "AdminSetUserPassword",
    ],
  },
  UserRead: { perSecond: 120, operations: ["AdminGetUser", "GetUser"] },
  UserUpdate: {
    perSecond: 25,
    operations: [
      "AdminUpdateUserAttributes",
      "AdminDeleteUserAttributes",
      "AdminEnableUser",
      "AdminDisableUser",
      "AdminDeleteUser",
      "AdminAddUserToGroup",
      "AdminRemoveUserFromGroup",
      "AdminUserGlobalSignOut",
      "GlobalSignOut",
    ],
  },
  UserToken: { perSecond: 120, operations: ["RevokeToken"] },
  // The last one's category was not found in the table: a low rate for a read.
  UserResourceRead: { perSecond: 50, operations: ["AdminListGroupsForUser", "AdminListUserAuthEvents"] },
  UserResourceUpdate: {
    perSecond: 25,
    operations: [
      "AssociateSoftwareToken",
      "VerifySoftwareToken",
      "SetUserMFAPreference",
      "AdminSetUserMFAPreference",
      "AdminDeleteSoftwareToken",
      "ConfirmDevice",
      "UpdateDeviceStatus",
      // Not found in the table: the lowest of the categories that it may belong to.
      "ResendConfirmationCode",
    ],
  },
  UserList: { perSecond: 30, operations: ["ListUsers", "ListUsersInGroup"] },
  UserPoolRead: { perSecond: 15, operations: ["DescribeUserPool", "ListUserPools"] },
  UserPoolResourceRead: {
    perSecond: 5,
    operations: [
      "ListGroups",
      "GetUserPoolMfaConfig",
      "DescribeUserPoolDomain",
      "ListResourceServers",
      "ListIdentityProviders",
      "DescribeIdentityProvider",
    ],
  },
  UserPoolResourceUpdate: { perSecond: 5, operations: ["UpdateGroup"] },
  UserPoolClientRead: { perSecond: 5, operations: ["ListUserPoolClients", "DescribeUserPoolClient"] },
} as const satisfies Readonly<Record<string, Category>>;

/** As AWS names them in Service Quotas: "Rate of UserCreation requests". */
export type QuotaCategory = keyof typeof CATEGORIES;

export const QUOTA_CATEGORIES = Object.keys(CATEGORIES) as QuotaCategory[];

/**
 * Requests per second, by category, where they differ from the default quotas: more if AWS has raised one for the account, or
 * fewer to leave the rest to apps that share it. Whole numbers from 1.
 */
export type QuotaSettings = { readonly [Name in QuotaCategory]?: number };

/** Requests per second of every category. */
export type Quotas = Readonly<Record<QuotaCategory, number>>;

/** @param settings what differs from the published quotas. @default nothing */
export function quotasOf(settings: QuotaSettings = {}): Quotas {
  const entries = QUOTA_CATEGORIES.map((name) => [name, settings[name] ?? CATEGORIES[name].perSecond]);
  return Object.fromEntries(entries) as Quotas;
}

const BY_OPERATION: ReadonlyMap<string, QuotaCategory> = new Map(
  QUOTA_CATEGORIES.flatMap((name) =>
    CATEGORIES[name].operations.map((operation) => [operation, name] as const),
  ),
);

/**
 * The category that a request counts toward.
 * @param operation as `InitiateAuth`
 * @param input what is sent: the name of the answered challenge decides (note 1 below the table)
 * @returns undefined for an operation that nothing here repeats
 */
export function quotaCategory(operation: string, input: unknown = {}): QuotaCategory | undefined {
  const answersNewPassword =
    /^(Admin)?RespondToAuthChallenge$/.test(operation) &&
    (input as { ChallengeName?: string }).ChallengeName === "NEW_PASSWORD_REQUIRED";
  return answersNewPassword ? "UserAccountRecovery" : BY_OPERATION.get(operation);
}

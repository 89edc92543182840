/** One claim of the token decides the role; the first matching rule wins. */
export interface RoleRule {
  /** A claim of the ID token, such as "custom:department" or "cognito:groups". */
  readonly claim: string;
  /** How the claim is compared with `value`. @default "Equals" */
  readonly match?: RoleMatch;
  readonly value: string;
  /** The IAM role that people with this claim may assume. */
  readonly roleArn: string;
}

export const ROLE_MATCHES = ["Equals", "Contains", "StartsWith", "NotEqual"] as const;
export type RoleMatch = (typeof ROLE_MATCHES)[number];

/** Temporary AWS credentials for the pool's people: a Cognito identity pool beside it. */
export interface IdentityPoolSettings {
  /** 1–128 letters, digits, spaces and `_ + = , . @ -`. @default the user pool's name */
  readonly name?: string;
  /** The app clients whose tokens it accepts, by their names in `clients`. @default every client that people sign in through */
  readonly clients?: readonly string[];
  /** The role of everyone who has signed in. @default a role is created, without permissions */
  readonly authenticatedRoleArn?: string;
  /**
   * Gives credentials to people who have not signed in, too: `true` for a created role without permissions, or a role's ARN.
   * @default no one
   */
  readonly guests?: true | { readonly roleArn: string };
  /** Rules by claims, up to 25, in order. @default by group: the `roleArn` of the group with the lowest precedence */
  readonly roleRules?: readonly RoleRule[];
  /** What a person gets if no single role applies: the role of everyone, or nothing. @default "authenticated" */
  readonly otherwise?: "authenticated" | "deny";
  /** Session tags for attribute-based access, such as `{ department: "custom:department" }`: tag to claim. @default none */
  readonly principalTags?: Readonly<Record<string, string>>;
}

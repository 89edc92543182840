import { readFileSync } from "node:fs";

interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

export interface IamPolicy {
  readonly Version: string;
  readonly Statement: readonly Statement[];
}

/** The files of docs/iam, without `.json`. */
export const ROLES = ["planner", "deployer", "helpdesk", "helpdesk-invite"] as const;
export type Role = (typeof ROLES)[number];

export interface Placeholders {
  /** "*" where there is none before the first deploy. */
  readonly POOL_ID: string;
  readonly BUCKET?: string;
  /** @default moto's */
  readonly PARTITION?: string;
  readonly REGION?: string;
  readonly ACCOUNT?: string;
}

export const MOTO = { PARTITION: "aws", REGION: "us-east-1", ACCOUNT: "123456789012" } as const;

/** A policy of docs/iam, its placeholders filled in as its reader fills them in. */
export function policyOf(role: Role, values: Placeholders): IamPolicy {
  const text = Object.entries({ ...MOTO, BUCKET: "no-bucket", ...values }).reduce(
    (filled, [name, value]) => filled.replaceAll(name, value),
    readFileSync(`docs/iam/${role}.json`, "utf8"),
  );
  return JSON.parse(text);
}

/** All of these in one, as if they were attached to one role. */
export function together(...policies: readonly IamPolicy[]): IamPolicy {
  return { Version: "2012-10-17", Statement: policies.flatMap(({ Statement }) => Statement) };
}

/** Such as cognito-idp:ListUsers; the wildcards of a policy are left as they are. */
export function allowedActions(policy: IamPolicy): Set<string> {
  return new Set(policy.Statement.filter(({ Effect }) => Effect === "Allow").flatMap(({ Action }) => Action));
}

/**
 * Decides as IAM does: what no statement allows is refused, and a Deny counts more than an Allow. Every caller may ask who they
 * are.
 * @param resource an ARN, or "*" for an action that takes none
 * @throws Error for what this does not evaluate, such as conditions: a test must not pass by overlooking them
 */
export function permits({ Statement }: IamPolicy, action: string, resource: string): boolean {
  const unknown = Statement.flatMap(Object.keys).find((key) => !/^(Sid|Effect|Action|Resource)$/.test(key));
  if (unknown !== undefined) throw new Error(`The test does not evaluate ${unknown}`);
  const says = (effect: string) =>
    Statement.some(
      ({ Effect, Action, Resource }) =>
        Effect === effect &&
        [Action].flat().some((pattern) => isLike(pattern, action, "i")) &&
        [Resource].flat().some((pattern) => isLike(pattern, resource)),
    );
  return action === "sts:GetCallerIdentity" || (says("Allow") && !says("Deny"));
}

/** `*` is anything, `?` one character; of actions, not of ARNs, letter case does not matter. */
function isLike(pattern: string, text: string, flags = ""): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, `s${flags}`).test(text);
}

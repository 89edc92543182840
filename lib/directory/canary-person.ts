import { randomBytes } from "node:crypto";
import type {
  AttributeType,
  SchemaAttributeType,
  UserPoolType,
} from "@aws-sdk/client-cognito-identity-provider";
import type { DirectoryPerson } from "./list-people.ts";

const PREFIX = "cognito-roster-canary-";
/** The top-level domain that never exists (RFC 2606): nothing can be sent there. */
const DOMAIN = "@example.invalid";
const NAME = /^cognito-roster-canary-[0-9a-f]{16}(?:@example\.invalid)?$/;
/** In the attribute `profile`, which is a URL: nobody has this one by chance. */
const MARK = "https://example.invalid/cognito-roster-canary";

/** A run ends by itself before: whatever is older was left by one that was killed. */
export const CANARY_LIVES_MS = 5 * 60_000;

/** A throwaway person as one pool takes them. */
export interface CanaryPerson {
  /** An e-mail address in a pool that signs in by e-mail. */
  readonly username: string;
  /** With every attribute that the pool requires. */
  readonly attributes: readonly AttributeType[];
}

/** @param pool as DescribeUserPool has it */
export function canaryPerson(pool: UserPoolType): CanaryPerson {
  const id = `${PREFIX}${randomBytes(8).toString("hex")}`;
  const byEmail = pool.UsernameAttributes?.includes("email") ?? false;
  const email = `${id}${DOMAIN}`;
  const given = new Map([["profile", MARK]]);
  if (byEmail) given.set("email", email).set("email_verified", "true");
  for (const attribute of pool.SchemaAttributes ?? []) {
    const { Name = "", Required = false } = attribute;
    if (!Required || Name === "sub" || given.has(Name)) continue;
    given.set(Name, Name === "email" ? email : valueFor(attribute));
  }
  return {
    username: byEmail ? email : id,
    attributes: [...given].map(([Name, Value]) => ({ Name, Value })),
  };
}

/** The filter of ListUsers that finds canaries, and perhaps others: `isCanary` tells. */
export function canaryFilter({ UsernameAttributes }: UserPoolType): string {
  return `${UsernameAttributes?.includes("email") ? "email" : "username"} ^= "${PREFIX}"`;
}

/** By the whole name and the mark together: nobody of a roster has both. */
export function isCanary({ username, attributes }: DirectoryPerson): boolean {
  return attributes.profile === MARK && (NAME.test(username) || NAME.test(attributes.email ?? ""));
}

/** Whether this canary's run must be over. @param now milliseconds since 1970 */
export function isLeftOver(person: DirectoryPerson, now: number): boolean {
  return person.createdAt !== undefined && now - person.createdAt.getTime() > CANARY_LIVES_MS;
}

/** Those of OIDC whose form Cognito, or a trigger, may look at. The phone number is one of those kept for films (555-0100). */
const STANDARD: Readonly<Record<string, string>> = {
  phone_number: "+12025550100",
  birthdate: "2000-01-01",
  locale: "en-US",
  zoneinfo: "UTC",
  picture: MARK,
  website: MARK,
};

const BY_TYPE: Readonly<Record<string, string>> = {
  DateTime: "2000-01-01T00:00:00Z",
  Boolean: "false",
};

function valueFor({ Name = "", AttributeDataType = "String", ...shape }: SchemaAttributeType): string {
  if (AttributeDataType === "Number") return shape.NumberAttributeConstraints?.MinValue ?? "0";
  const { MinLength = "0", MaxLength = "2048" } = shape.StringAttributeConstraints ?? {};
  const value = STANDARD[Name] ?? BY_TYPE[AttributeDataType] ?? "canary";
  return value.padEnd(Number(MinLength), "-").slice(0, Number(MaxLength));
}

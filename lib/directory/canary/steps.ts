import { randomBytes, randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type {
  AttributeType,
  SchemaAttributeType,
  UserPoolType,
} from "@aws-sdk/client-cognito-identity-provider";
import { generatePassword } from "../../auth/new-password.ts";
import { changePassword } from "../../auth/passwords.ts";
import { preparedAnswers } from "../../auth/scripted-answers.ts";
import type { AppClient } from "../../auth/secret-hash.ts";
import { refresh, signOutEverywhere } from "../../auth/session.ts";
import { firstLogin, signIn } from "../../auth/sign-in.ts";
import { claimedUsername, verifyTokens } from "../../auth/tokens.ts";
import type { CognitoClient } from "../../cognito/client.ts";
import { UserError } from "../../errors.ts";
import { nameAttribute, signInOf } from "../../roster/sign-in-names.ts";
import type { PasswordPolicy, SignInFlow } from "../../stack/settings.ts";
import type { DirectoryPerson } from "../pool/people.ts";

export type CanaryStepName =
  | "create"
  | "first login"
  | "sign-in"
  | "refresh"
  | "change password"
  | "sign-out"
  | "delete";

export interface CanaryWalk {
  readonly app: AppClient;
  readonly username: string;
  readonly temporaryPassword: string;
  readonly policy: PasswordPolicy;
  /** @default as `chooseFlow` does */
  readonly flow?: SignInFlow | undefined;
  /** Where the last request went: an emulator's tokens are verified there. */
  readonly endpoint: () => string | undefined;
  /** Called with the seconds until the authenticator app's next code, if the pool requires one. */
  readonly onWait: (seconds: number) => void;
  readonly signal: AbortSignal;
  /** Runs one step and records its outcome. */
  readonly step: <Result>(name: CanaryStepName, work: () => Promise<Result>) => Promise<Result>;
}

/**
 * Runs every flow that a person uses, one after another, each with the previous one's result. Also verifies the tokens.
 * @throws what the failed step threw; a UserError for everything the user can fix
 */
export async function walkCanary(client: CognitoClient, walk: CanaryWalk): Promise<void> {
  const { app, username, temporaryPassword, policy, flow, endpoint, onWait, signal } = walk;
  const step: CanaryWalk["step"] = (name, work) => {
    signal.throwIfAborted();
    return walk.step(name, work);
  };
  const password = generatePassword(policy);
  const clock = { now: Date.now, sleep: (ms: number) => sleep(ms, undefined, { signal }) };
  const answers = preparedAnswers({
    newPassword: password,
    attribute: (name) => {
      // The canary was created with every attribute that the pool's description requires.
      throw new UserError(`The user pool requires the attribute ${name}, which it didn't say before`);
    },
    authenticator: { onWait, clock },
  });
  const person = { ...app, username, answers, flow, policy };

  await step("first login", () => firstLogin(client, { ...person, temporaryPassword }));
  const signedIn = await step("sign-in", async () => {
    const { tokens } = await signIn(client, { ...person, password });
    await verifyTokens(tokens, { ...app, endpoint: endpoint() });
    return tokens;
  });
  const { accessToken } = await step("refresh", async () => {
    const { refreshToken = "" } = signedIn;
    const options = { ...app, username, refreshToken, ownUsername: claimedUsername(signedIn) };
    const { tokens } = await refresh(client, options);
    await verifyTokens(tokens, { ...app, endpoint: endpoint() });
    return tokens;
  });
  const another = { ...answers, newPassword: async () => generatePassword(policy) };
  await step("change password", () =>
    changePassword(client, { ...person, answers: another, accessToken, presentPassword: password }),
  );
  await step("sign-out", () => signOutEverywhere(client, { ...app, username, accessToken }));
}

const PREFIX = "cognito-roster-canary-";

/** A top-level domain that never exists (RFC 2606): no message can be sent there. */
const DOMAIN = "@example.invalid";
const NAME = /^cognito-roster-canary-[0-9a-f]{16}(?:@example\.invalid)?$/;

/** In the attribute `profile`, which is a URL: no one has this one by chance. */
const MARK = "https://example.invalid/cognito-roster-canary";

/** A run ends before this: an older canary was left by a killed one. */
export const CANARY_LIVES_MS = 5 * 60_000;

/** A throwaway person that the pool accepts. */
export interface CanaryPerson {
  /** An e-mail address or phone number in a pool that signs in by it. */
  readonly username: string;
  /** With every attribute that the pool requires. */
  readonly attributes: readonly AttributeType[];
}

/** @param pool from DescribeUserPool */
export function canaryPerson(pool: UserPoolType): CanaryPerson {
  const id = `${PREFIX}${randomBytes(8).toString("hex")}`;
  const attribute = nameAttribute(signInOf(pool.UsernameAttributes));
  const email = `${id}${DOMAIN}`;
  const username = attribute === undefined ? id : attribute === "email" ? email : unassignedNumber();
  const given = new Map([["profile", MARK]]);
  if (attribute !== undefined) given.set(attribute, username).set(`${attribute}_verified`, "true");
  // A number doesn't show that it is a canary's; the name does, and ListUsers can find it.
  if (attribute === "phone_number") given.set("name", id);
  for (const attribute of pool.SchemaAttributes ?? []) {
    const { Name = "", Required = false } = attribute;
    if (!Required || Name === "sub" || given.has(Name)) continue;
    given.set(Name, Name === "email" ? email : valueFor(attribute));
  }
  return {
    username,
    attributes: [...given].map(([Name, Value]) => ({ Name, Value })),
  };
}

/** A number that no one has: 555-0100 to 555-0199 are reserved for fiction throughout North America. */
function unassignedNumber(): string {
  const pad = (number: number, digits: number) => String(number).padStart(digits, "0");
  return `+1${pad(randomInt(201, 990), 3)}55501${pad(randomInt(100), 2)}`;
}

/** The ListUsers filter that finds canaries, and perhaps others: check with `isCanary`. */
export function canaryFilter({ UsernameAttributes }: UserPoolType): string {
  const attribute = { email: "email", phone: "name", username: "username" }[signInOf(UsernameAttributes)];
  return `${attribute} ^= "${PREFIX}"`;
}

/** Requires both the name and the mark: no one in a roster has both. */
export function isCanary({ username, attributes }: DirectoryPerson): boolean {
  const names = [username, attributes.email, attributes.name];
  return attributes.profile === MARK && names.some((name = "") => NAME.test(name));
}

/** Whether this canary's run must have ended. @param now milliseconds since 1970 */
export function isLeftOver(person: DirectoryPerson, now: number): boolean {
  return person.createdAt !== undefined && now - person.createdAt.getTime() > CANARY_LIVES_MS;
}

/** OIDC attributes whose format Cognito, or a trigger, may check. The phone number is reserved for fiction (555-0100). */
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

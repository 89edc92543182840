import { randomBytes } from "node:crypto";
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
  /** Called with the seconds until the authenticator app's next code, where the pool requires one. */
  readonly onWait: (seconds: number) => void;
  readonly signal: AbortSignal;
  /** Does one step and notes how it ended. */
  readonly step: <Result>(name: CanaryStepName, work: () => Promise<Result>) => Promise<Result>;
}

/**
 * Every flow that a person meets, one after the other, each with what the one before yielded. The tokens are verified too.
 * @throws what the step that failed threw; a UserError in words for everything that a person can mend
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
      // The pool's description named what it requires, and the canary was made with it.
      throw new UserError(`The user pool requires the attribute ${name}, which it did not say before`);
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

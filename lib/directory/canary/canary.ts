import {
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  DescribeUserPoolCommand,
  type UserPoolType,
} from "@aws-sdk/client-cognito-identity-provider";
import { explainFailure } from "../../auth/explain-error.ts";
import { generatePassword } from "../../auth/new-password.ts";
import type { AppClient } from "../../auth/secret-hash.ts";
import type { CognitoClient } from "../../cognito/client.ts";
import { explainPoolFailure } from "../../cognito/explain-error.ts";
import { UserError } from "../../errors.ts";
import { commandLine } from "../../shell.ts";
import { passwordPolicyOf, refuseOtherNames } from "../pool/facts.ts";
import { listPeople } from "../pool/people.ts";
import {
  CANARY_LIVES_MS,
  type CanaryStepName,
  type CanaryWalk,
  canaryFilter,
  canaryPerson,
  isCanary,
  isLeftOver,
  walkCanary,
} from "./steps.ts";

export interface CanaryStep {
  readonly name: CanaryStepName;
  readonly milliseconds: number;
  /** What it failed with, as it was thrown. */
  readonly failure?: { readonly error: unknown };
}

export interface CanaryReport {
  /** Of the throwaway person. */
  readonly username: string;
  /** In the order in which they ended; the last is the deletion, if there was anybody to delete. */
  readonly steps: readonly CanaryStep[];
  /** Canaries of killed runs that this one removed. */
  readonly removed: readonly string[];
  /** How many there are besides that may still be at work. */
  readonly others: number;
  /** It took longer than a canary lives. */
  readonly timedOut: boolean;
}

export interface CanaryOptions extends Pick<CanaryWalk, "app" | "flow" | "endpoint" | "onWait"> {
  /** Makes a client that gives up when the signal says so; the one that tidies up gets none, for it must get through. */
  readonly connect: (signal?: AbortSignal) => CognitoClient;
  readonly signal: AbortSignal;
  /** Called with what DescribeUserPool says, before anybody is created or deleted. */
  readonly onPool?: (pool: UserPoolType) => void;
  /** Called before each step, and after it. */
  readonly onBegin: (name: CanaryStepName | "look for leftovers") => void;
  readonly onStep: (step: CanaryStep) => void;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

/** A minute before others may take it for a leftover: enough to delete it. */
const LONGEST_MS = CANARY_LIVES_MS - 60_000;

/**
 * Creates a throwaway person outside the roster, has them walk every flow, and deletes them again: also after a failure, an
 * abort, or a creation whose answer was lost. What a killed run left is removed first. Everyone else's account is left alone.
 * Seven or eight requests beside the walk; one monthly active user.
 * @returns also when a step failed, or was aborted: the report says which
 * @throws what the SDK throws before the person is created (`explainPoolFailure` has the words)
 */
export async function runCanary(options: CanaryOptions): Promise<CanaryReport> {
  const { app, connect, onBegin, onStep, now = Date.now } = options;
  const tooLong = AbortSignal.timeout(LONGEST_MS);
  const signal = AbortSignal.any([options.signal, tooLong]);
  const [client, tidying] = [connect(signal), connect()];
  const { userPoolId: UserPoolId } = app;
  onBegin("look for leftovers");
  const { UserPool: pool = {} } = await client.send(new DescribeUserPoolCommand({ UserPoolId }));
  refuseOtherNames(pool);
  options.onPool?.(pool);
  const leftovers = await removeLeftovers(client, { pool, UserPoolId, now: now() });

  const { username, attributes } = canaryPerson(pool);
  const policy = passwordPolicyOf(pool);
  const temporaryPassword = generatePassword(policy);
  const steps: CanaryStep[] = [];
  const step = async <Result>(name: CanaryStepName, work: () => Promise<Result>): Promise<Result> => {
    onBegin(name);
    const began = performance.now();
    const ended = (failure?: { readonly error: unknown }) => {
      const milliseconds = Math.round(performance.now() - began);
      steps.push({ name, milliseconds, ...(failure && { failure }) });
      onStep({ name, milliseconds, ...(failure && { failure }) });
    };
    try {
      const result = await work();
      ended();
      return result;
    } catch (error) {
      ended({ error });
      throw error;
    }
  };

  let exists = "perhaps" as Existence;
  try {
    signal.throwIfAborted();
    await step("create", async () => {
      const command = new AdminCreateUserCommand({
        UserPoolId,
        Username: username,
        UserAttributes: [...attributes],
        TemporaryPassword: temporaryPassword,
        MessageAction: "SUPPRESS",
      });
      exists = await created(client.send(command)).catch((error: unknown) => {
        exists = afterFailure(error);
        throw error;
      });
    });
    await walkCanary(client, { ...options, username, temporaryPassword, policy, signal, step });
  } catch (error) {
    if (steps.at(-1)?.failure?.error !== error && !signal.aborted) throw error;
  } finally {
    if (exists !== "no" && steps.length > 0) {
      await step("delete", () => deleteIfThere(tidying, UserPoolId, username)).catch(() => {});
    }
  }
  return { username, steps, ...leftovers, timedOut: tooLong.aborted && !options.signal.aborted };
}

type Existence = "yes" | "no" | "perhaps";

/** The name is random: when it exists already, an attempt whose answer was lost has created it. */
async function created(creating: Promise<unknown>): Promise<Existence> {
  try {
    await creating;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "UsernameExistsException") throw error;
  }
  return "yes";
}

/** Cognito's refusal says that nobody was created, unless it refused only the pace of a further attempt. */
function afterFailure(error: unknown): Existence {
  const { name = "", $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 0;
  return status >= 400 && status < 500 && !/^(TooManyRequests|Throttling)/.test(name) ? "no" : "perhaps";
}

async function deleteIfThere(client: CognitoClient, UserPoolId: string, Username: string): Promise<void> {
  try {
    await client.send(new AdminDeleteUserCommand({ UserPoolId, Username }));
  } catch (error) {
    // Never created, or deleted by an attempt whose answer was lost.
    if (!(error instanceof Error) || error.name !== "UserNotFoundException") throw error;
  }
}

async function removeLeftovers(
  client: CognitoClient,
  {
    pool,
    UserPoolId,
    now,
  }: { readonly pool: UserPoolType; readonly UserPoolId: string; readonly now: number },
): Promise<Pick<CanaryReport, "removed" | "others">> {
  const found = await listPeople(client, { userPoolId: UserPoolId, filter: canaryFilter(pool) });
  const canaries = found.filter(isCanary);
  const old = canaries.filter((person) => isLeftOver(person, now));
  for (const { username } of old) await deleteIfThere(client, UserPoolId, username);
  return {
    removed: old.map(({ username, attributes }) => attributes.email ?? username),
    others: canaries.length - old.length,
  };
}

/**
 * The first step that failed, in words: what people would meet now, and what to do. The advice that the flows give to a
 * person is kept, but for what names the canary: that account is gone.
 * @returns undefined when every step went well; the error itself, with its stack, when it is none that a person can mend
 */
export function canaryFailure(report: CanaryReport, app: AppClient): unknown {
  const { username, steps, timedOut } = report;
  const failed = steps.filter(({ failure }) => failure !== undefined);
  const [first] = failed;
  const left = failed.some(({ name }) => name === "delete") ? deleteByHand(username, app) : [];
  if (timedOut) {
    return new UserError("The canary was stopped: it took longer than four minutes", {
      why: "It ends by itself before another run would take it for a leftover.",
      next: [
        "look at the network and at what else calls Cognito in this account, then run it again",
        ...left,
      ],
    });
  }
  if (first?.failure === undefined) return undefined;
  // Creating and deleting are an administrator's; what else can happen to them happens to a person's requests too.
  const asAdministrator = explainPoolFailure(first.failure.error, app);
  const explained = explainFailure(asAdministrator, { ...app, username, command: "first-login" });
  if (!(explained instanceof UserError)) return explained;
  return new UserError(`The canary failed at its step "${first.name}": ${explained.message}`, {
    why: [explained.why, meaning(first)].filter(Boolean).join(" "),
    next: [
      ...explained.next.filter((advice) => !advice.includes(username)),
      ...generalAdvice(first),
      ...left,
    ],
    cause: explained,
  });
}

function meaning({ name }: CanaryStep): string {
  if (name === "create" || name === "delete") return "";
  return "Whatever it met there, people who sign in through this app client may meet too.";
}

function generalAdvice({ name }: CanaryStep): readonly string[] {
  if (name === "create" || name === "delete") return [];
  return [
    "what the last deploy changed in the pool, its app client or its Lambda triggers is the first place to look",
  ];
}

function deleteByHand(username: string, { userPoolId }: AppClient): readonly string[] {
  return [
    `the throwaway person could not be deleted; npm run canary does it from ${CANARY_LIVES_MS / 60_000} minutes after its creation on, or now: ${commandLine`aws cognito-idp admin-delete-user --user-pool-id ${userPoolId} --username ${username}`}`,
  ];
}

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
import { asClause, UserError } from "../../errors.ts";
import { signInOf } from "../../roster/sign-in-names.ts";
import { commandLine } from "../../shell.ts";
import { passwordPolicyOf } from "../pool/facts.ts";
import { listPeople, rosterName } from "../pool/people.ts";
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
  /** The error, as it was thrown. */
  readonly failure?: { readonly error: unknown };
}

export interface CanaryReport {
  /** The throwaway person's name. */
  readonly username: string;
  /** In the order in which they ended; the last is the deletion, if anyone was created. */
  readonly steps: readonly CanaryStep[];
  /** Canaries of killed runs that this run removed. */
  readonly removed: readonly string[];
  /** How many others exist that may still be running. */
  readonly others: number;
  /** It took longer than a canary's lifetime. */
  readonly timedOut: boolean;
}

export interface CanaryOptions extends Pick<CanaryWalk, "app" | "flow" | "endpoint" | "onWait"> {
  /** Makes a client that stops when the signal aborts; the cleanup gets no signal, because it must complete. */
  readonly connect: (signal?: AbortSignal) => CognitoClient;
  readonly signal: AbortSignal;
  /** Called with DescribeUserPool's answer, before anyone is created or deleted. */
  readonly onPool?: (pool: UserPoolType) => void;
  /** Called before each step, and after it. */
  readonly onBegin: (name: CanaryStepName | "look for leftovers") => void;
  readonly onStep: (step: CanaryStep) => void;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

/** A minute before other runs may treat it as left over: enough to delete it. */
const LONGEST_MS = CANARY_LIVES_MS - 60_000;

/**
 * Creates a throwaway person outside the roster, runs them through every flow, and deletes them: also after a failure, an
 * abort, or a lost response to the creation. First removes what killed runs left. Touches no other account. Seven or eight
 * requests besides the walk; one monthly active user.
 * @returns even if a step failed or was aborted: the report says which
 * @throws what the SDK throws before the person is created (`explainPoolFailure` explains it)
 */
export async function runCanary(options: CanaryOptions): Promise<CanaryReport> {
  const { app, connect, onBegin, onStep, now = Date.now } = options;
  const tooLong = AbortSignal.timeout(LONGEST_MS);
  const signal = AbortSignal.any([options.signal, tooLong]);
  const [client, tidying] = [connect(signal), connect()];
  const { userPoolId: UserPoolId } = app;
  onBegin("look for leftovers");
  const { UserPool: pool = {} } = await client.send(new DescribeUserPoolCommand({ UserPoolId }));
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

/** The name is random: if it already exists, an attempt with a lost response created it. */
async function created(creating: Promise<unknown>): Promise<Existence> {
  try {
    await creating;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "UsernameExistsException") throw error;
  }
  return "yes";
}

/** Cognito's refusal means that no one was created, unless it only throttled a further attempt. */
function afterFailure(error: unknown): Existence {
  const { name = "", $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 0;
  return status >= 400 && status < 500 && !/^(TooManyRequests|Throttling)/.test(name) ? "no" : "perhaps";
}

async function deleteIfThere(client: CognitoClient, UserPoolId: string, Username: string): Promise<void> {
  try {
    await client.send(new AdminDeleteUserCommand({ UserPoolId, Username }));
  } catch (error) {
    // Never created, or deleted by an attempt with a lost response.
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
    removed: old.map((person) => rosterName(person, signInOf(pool.UsernameAttributes))),
    others: canaries.length - old.length,
  };
}

/**
 * The first step that failed, explained: what people would experience now, and what to do. Keeps the advice that the flows
 * give, except where it names the canary, whose account is gone.
 * @returns undefined if every step succeeded; the error itself, with its stack, when the user can't fix it
 */
export function canaryFailure(report: CanaryReport, app: AppClient): unknown {
  const { username, steps, timedOut } = report;
  const failed = steps.filter(({ failure }) => failure !== undefined);
  const [first] = failed;
  const left = failed.some(({ name }) => name === "delete") ? deleteByHand(username, app) : [];
  if (timedOut) {
    return new UserError("The canary was stopped after four minutes", {
      why: "Otherwise another run could mistake it for a leftover.",
      next: ["check the network and what else calls Cognito in this account, then run it again", ...left],
    });
  }
  if (first?.failure === undefined) return undefined;
  // An administrator creates and deletes; every other error can happen to a person's requests too.
  const asAdministrator = explainPoolFailure(first.failure.error, app);
  const explained = explainFailure(asAdministrator, { ...app, username, command: "first-login" });
  if (!(explained instanceof UserError)) return explained;
  return new UserError(`The canary failed at its step "${first.name}": ${asClause(explained.message)}`, {
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
  return "People who sign in through this app client may hit the same problem.";
}

function generalAdvice({ name }: CanaryStep): readonly string[] {
  if (name === "create" || name === "delete") return [];
  return ["check first what the last deploy changed in the pool, its app client or its Lambda triggers"];
}

function deleteByHand(username: string, { userPoolId }: AppClient): readonly string[] {
  return [
    `the throwaway person could not be deleted; npm run canary does it from ${CANARY_LIVES_MS / 60_000} minutes after its creation on, or now: ${commandLine`aws cognito-idp admin-delete-user --user-pool-id ${userPoolId} --username ${username}`}`,
  ];
}

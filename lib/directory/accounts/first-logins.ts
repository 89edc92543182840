import { DescribeUserPoolCommand, type UserPoolType } from "@aws-sdk/client-cognito-identity-provider";
import type { Progress } from "../../auth/answers.ts";
import { preparedAnswers } from "../../auth/scripted-answers.ts";
import type { AppClient } from "../../auth/secret-hash.ts";
import { firstLogin } from "../../auth/sign-in.ts";
import type { CognitoClient } from "../../cognito/client.ts";
import { EXIT, UserError } from "../../errors.ts";
import { fold } from "../../roster/formats.ts";
import type { PasswordPolicy, SignInFlow } from "../../stack/settings.ts";
import { type BatchProgress, runBatch } from "../batch.ts";
import { type DirectoryPerson, listPeople } from "../pool/people.ts";
import type { WalkEntry } from "./first-logins-file.ts";
import { movedOn } from "./moved-on.ts";

/** The outcome of a walk for one account. */
export type FirstLoginOutcome =
  /** `finished-before`: already CONFIRMED when the walk began, so its passwords weren't tried. */
  | { readonly username: string; readonly outcome: "finished" | "finished-before" | "left" }
  /** Changed since the walk began; the reason ends a sentence that begins with the name. */
  | { readonly username: string; readonly outcome: "skipped"; readonly reason: string }
  | { readonly username: string; readonly outcome: "failed"; readonly error: unknown };

export interface WalkEveryoneOptions {
  readonly app: AppClient;
  readonly entries: readonly WalkEntry[];
  /** @default as `chooseFlow` does */
  readonly flow?: SignInFlow | undefined;
  readonly policy?: PasswordPolicy | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress: (step: string, detail?: string, secondsLeft?: number) => void;
  /** Called for each account whose password is sent over TLS because the app client doesn't allow SRP. */
  readonly onSrpRefused?: () => void;
}

/**
 * The pool's description, if a walk can finish first logins in it.
 * @throws UserError (exit 2) for a pool that requires a second factor: Cognito would accept the new password and then ask for
 *   an authenticator app, whose secret no one would see; what the SDK throws (`explainPoolFailure` explains it)
 */
export async function describeForWalk(client: CognitoClient, userPoolId: string): Promise<UserPoolType> {
  const { UserPool = {} } = await client.send(new DescribeUserPoolCommand({ UserPoolId: userPoolId }));
  if (UserPool.MfaConfiguration !== "ON") return UserPool;
  throw new UserError(
    `The user pool ${userPoolId} requires a second factor, which this command can't set up`,
    {
      why: "An authenticator app's secret is only shown to its owner, on a terminal. No account was changed.",
      next: ["use a terminal, one account at a time: npm run first-login -- USERNAME"],
      exitCode: EXIT.wrong,
    },
  );
}

/**
 * Finishes the first login of many accounts in parallel. The client stays within the quotas, the narrowest of which is for
 * setting the new password (UserAccountRecovery, 30 a second). One listing beforehand finds accounts that are already
 * CONFIRMED, so that an interrupted walk continues where it stopped, and passwords that needn't be tried.
 * @returns in the order of the entries; after an abort, unfinished ones are `left`
 * @throws what the SDK throws at the listing; `explainPoolFailure` explains it
 */
export async function runFirstLogins(
  client: CognitoClient,
  { app, entries, flow, policy, signal, onProgress, onSrpRefused }: WalkEveryoneOptions,
): Promise<readonly FirstLoginOutcome[]> {
  onProgress("Checking who has already finished");
  const people = await listPeople(client, {
    userPoolId: app.userPoolId,
    onProgress: (count) => onProgress("Checking who has already finished", `${count} people so far`),
    ...(signal === undefined ? {} : { signal }),
  });
  const find = finderOf(people);
  const outcomes = await runBatch(
    {
      people: entries,
      look: async ({ username }) => {
        const seen = find(username);
        // The job itself reports accounts that aren't to be walked.
        if (seen === undefined || seen.status === "CONFIRMED") return undefined;
        return await movedOn(client, app.userPoolId, seen);
      },
      signal,
      onProgress: ({ done, total, secondsLeft }: BatchProgress) =>
        onProgress("First logins", `${done} of ${total}`, secondsLeft),
    },
    async ({ username, temporaryPassword, newPassword, attributes }) => {
      const person = find(username);
      if (person === undefined) throw notThere(username, app.userPoolId);
      if (person.status === "CONFIRMED") return "finished-before" as const;
      const answers = {
        ...preparedAnswers({ newPassword, attribute: (name) => attributes[name] ?? lacks(name) }),
        onProgress: (progress: Progress) => progress === "srp-not-allowed" && onSrpRefused?.(),
      };
      await firstLogin(client, { ...app, username, temporaryPassword, answers, flow, policy });
      return "finished" as const;
    },
  );
  return outcomes.map((outcome) => {
    const { username } = outcome;
    if (outcome.state === "failed") return { username, outcome: "failed", error: outcome.error };
    if (outcome.state === "skipped") return { username, outcome: "skipped", reason: outcome.reason };
    return { username, outcome: outcome.state === "done" ? outcome.result : "left" };
  });
}

/**
 * Finds people by username, or by e-mail address or phone number where people sign in with it; falls back to another letter
 * case.
 */
function finderOf(people: readonly DirectoryPerson[]): (name: string) => DirectoryPerson | undefined {
  const exact = new Map<string, DirectoryPerson>();
  const folded = new Map<string, DirectoryPerson>();
  const enter = (name: string | undefined, person: DirectoryPerson) => {
    if (name === undefined) return;
    if (!exact.has(name)) exact.set(name, person);
    if (!folded.has(fold(name))) folded.set(fold(name), person);
  };
  for (const person of people) enter(person.username, person);
  for (const person of people) enter(person.attributes.email, person);
  for (const person of people) enter(person.attributes.phone_number, person);
  return (name) => exact.get(name) ?? folded.get(fold(name));
}

function notThere(username: string, userPoolId: string): UserError {
  return new UserError(`${username} is not in the user pool ${userPoolId}`, {
    next: ["new people are created when users.json is deployed"],
  });
}

function lacks(name: string): never {
  throw new UserError(`The user pool requires the attribute ${name}, which the account doesn't have`, {
    why: "The temporary password stays valid.",
    next: [`add it to the account's line: "attributes": {"${name}": "…"}`],
  });
}

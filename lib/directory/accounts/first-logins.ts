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

/** Where one account of a walk ended. */
export type FirstLoginOutcome =
  /** `finished-before`: CONFIRMED already when the walk began, so that nobody tried its passwords. */
  | { readonly username: string; readonly outcome: "finished" | "finished-before" | "left" }
  /** Not as they were when the walk began: why, as the end of a sentence that begins with the name. */
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
  /** Called for each account whose password is sent over TLS because the app client does not allow SRP. */
  readonly onSrpRefused?: () => void;
}

/**
 * The pool's description, if a walk can finish first logins in it.
 * @throws UserError (exit 2) for one that requires a second factor: Cognito would take the new password and then ask for an
 *   authenticator app, whose secret nobody would get to see; what the SDK throws (`explainPoolFailure` has the words)
 */
export async function describeForWalk(client: CognitoClient, userPoolId: string): Promise<UserPoolType> {
  const { UserPool = {} } = await client.send(new DescribeUserPoolCommand({ UserPoolId: userPoolId }));
  if (UserPool.MfaConfiguration !== "ON") return UserPool;
  throw new UserError(`The user pool ${userPoolId} requires a second factor, which a walk can't set up`, {
    why: "The secret of an authenticator app is shown to its owner, on a terminal, and stands nowhere else. Nobody was walked.",
    next: ["one at a time, on a terminal: npm run first-login -- USERNAME"],
    exitCode: EXIT.wrong,
  });
}

/**
 * Walks many accounts' first logins to the end, many at a time; the client keeps them below the quotas, of which the answer
 * that sets a new password has the narrowest (UserAccountRecovery, 30 a second). One listing beforehand shows who is CONFIRMED
 * already, so that an interrupted walk goes on where it stopped, and whose passwords need not be tried at all.
 * @returns in the order of the entries; after an abort, who was not finished is `left`
 * @throws what the SDK throws at the listing; `explainPoolFailure` has the words
 */
export async function runFirstLogins(
  client: CognitoClient,
  { app, entries, flow, policy, signal, onProgress, onSrpRefused }: WalkEveryoneOptions,
): Promise<readonly FirstLoginOutcome[]> {
  onProgress("Reading who has finished already");
  const people = await listPeople(client, {
    userPoolId: app.userPoolId,
    onProgress: (count) => onProgress("Reading who has finished already", `${count} people so far`),
    ...(signal === undefined ? {} : { signal }),
  });
  const find = finderOf(people);
  const outcomes = await runBatch(
    {
      people: entries,
      look: async ({ username }) => {
        const seen = find(username);
        // Of who is not to be walked the job says it.
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

/** By username, or by e-mail address where people sign in with it; in another letter case where nobody has this one. */
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
  return (name) => exact.get(name) ?? folded.get(fold(name));
}

function notThere(username: string, userPoolId: string): UserError {
  return new UserError(`There is no ${username} in the user pool ${userPoolId}`, {
    next: ["a new person is in the user pool only after users.json was deployed"],
  });
}

function lacks(name: string): never {
  throw new UserError(`The user pool requires the attribute ${name}, which the account does not have`, {
    why: "The temporary password stays valid.",
    next: [`add it to the account's line: "attributes": {"${name}": "…"}`],
  });
}

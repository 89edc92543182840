import { AdminSetUserPasswordCommand } from "@aws-sdk/client-cognito-identity-provider";
import { generatePassword } from "../../auth/new-password.ts";
import type { CognitoClient } from "../../cognito/client.ts";
import { explainPoolFailure } from "../../cognito/explain-error.ts";
import { UserError } from "../../errors.ts";
import { commandLine } from "../../shell.ts";
import type { PasswordPolicy } from "../../stack/settings.ts";
import { type BatchProgress, type Journal, type Outcome, runBatch } from "../batch.ts";
import type { DirectoryPerson, NameRules } from "../pool/people.ts";
import type { StatusReport } from "../status/board.ts";
import { findOnBoard, hasFinished, type LiveEntry, type Refusal, refuseAll } from "./find-people.ts";
import { movedOn } from "./moved-on.ts";
import type { IssuedPassword } from "./password-file.ts";

export interface Receiver {
  /** The roster's name, or the one it would use. */
  readonly username: string;
  /** The account when it was selected. */
  readonly seen: DirectoryPerson;
}

/**
 * The people who get a password.
 * @param reset whether people who finished the first login lose the password they chose
 * @param done people in the journal of an interrupted run
 * @throws UserError (exit 2) if anyone can't get one: no one does then
 */
export function receiversOf(
  board: StatusReport,
  usernames: readonly string[],
  names: NameRules,
  { reset, done }: { readonly reset: boolean; readonly done: ReadonlySet<string> },
): Receiver[] {
  const found = findOnBoard(board, usernames, names);
  const asked = found.filter(({ username }) => !done.has(username));
  refuseAll(
    "No password was changed.",
    asked.flatMap((entry) => refusalOf(entry, reset)),
  );
  return found.map(({ username, live }) => ({ username, seen: live }));
}

function refusalOf(entry: LiveEntry, reset: boolean): Refusal[] {
  const { username, live } = entry;
  if (live.status === "EXTERNAL_PROVIDER") {
    const reason = "signs in through an external identity provider and has no password here";
    return [{ username, reason, next: "npm run status" }];
  }
  if (reset || !(hasFinished(entry) || live.status === "UNCONFIRMED")) return [];
  return [
    {
      username,
      reason: "already has their own password, which would stop working",
      next: `to replace it anyway: ${commandLine`npm run issue-password -- ${username} --reset`}`,
    },
  ];
}

/** A random password for each, by the pool's policy, without easily confused characters. */
export function passwordsFor(receivers: readonly Receiver[], policy: PasswordPolicy): IssuedPassword[] {
  return receivers.map(({ username }) => ({ username, password: generatePassword(policy) }));
}

export interface SetPasswordsOptions {
  readonly userPoolId: string;
  readonly receivers: readonly Receiver[];
  /** One for each receiver, already saved by the caller. */
  readonly passwords: readonly IssuedPassword[];
  /** Permanent, rather than valid until the first login. */
  readonly permanent: boolean;
  readonly journal?: Journal | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (howFar: BatchProgress) => void;
}

/**
 * Sets the passwords (AdminSetUserPassword), which sends no message; accounts that changed meanwhile are skipped. Within
 * UserAccountRecovery's quota if the client is `cognitoClient`.
 * @returns in the order of `receivers`; failures carry a message (UserError), without any password
 */
export async function setPasswords(
  client: CognitoClient,
  options: SetPasswordsOptions,
): Promise<readonly Outcome<void>[]> {
  const { userPoolId: UserPoolId, receivers, passwords, permanent: Permanent, ...how } = options;
  const byName = new Map(passwords.map(({ username, password }) => [username, password]));
  const look = ({ seen }: Receiver) => movedOn(client, UserPoolId, seen);
  return runBatch({ people: receivers, look, ...how }, async ({ username, seen: { username: Username } }) => {
    const Password = byName.get(username);
    if (Password === undefined) throw new Error(`There is no password for ${username}`);
    try {
      await client.send(new AdminSetUserPasswordCommand({ UserPoolId, Username, Password, Permanent }));
    } catch (error) {
      throw explain(error, username, UserPoolId);
    }
  });
}

/** Omits Cognito's own message: some servers repeat the request. */
function explain(error: unknown, username: string, userPoolId: string): unknown {
  switch (error instanceof Error ? error.name : "") {
    case "InvalidPasswordException":
      return new UserError("Cognito refused the password, although it meets the policy", {
        next: ["run the command again to generate another"],
      });
    case "PasswordHistoryPolicyViolationException":
      return new UserError("Cognito remembers this password from before", {
        next: ["run the command again to generate another"],
      });
    case "UserNotFoundException":
      return new UserError(`${username} is no longer in the user pool`, { next: ["npm run status"] });
    default:
      return explainPoolFailure(error, { userPoolId });
  }
}

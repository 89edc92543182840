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
  /** The roster's name, or what it would be. */
  readonly username: string;
  /** The account as it was when they were chosen. */
  readonly seen: DirectoryPerson;
}

/**
 * Who gets a password.
 * @param reset whether somebody who has finished the first login loses the password they chose
 * @param done who is in the journal of an interrupted run
 * @throws UserError (exit 2) for somebody who can't get one: then nobody does
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
    "Nobody's password was changed.",
    asked.flatMap((entry) => refusalOf(entry, reset)),
  );
  return found.map(({ username, live }) => ({ username, seen: live }));
}

function refusalOf(entry: LiveEntry, reset: boolean): Refusal[] {
  const { username, live } = entry;
  if (live.status === "EXTERNAL_PROVIDER") {
    const reason = "signs in through an external identity provider, and has no password here";
    return [{ username, reason, next: "npm run status" }];
  }
  if (reset || !(hasFinished(entry) || live.status === "UNCONFIRMED")) return [];
  return [
    {
      username,
      reason: "has a password of their own, which would stop working",
      next: `to take it from them all the same: ${commandLine`npm run issue-password -- ${username} --reset`}`,
    },
  ];
}

/** A password for each, random, by the pool's policy, without characters that people mistake for one another. */
export function passwordsFor(receivers: readonly Receiver[], policy: PasswordPolicy): IssuedPassword[] {
  return receivers.map(({ username }) => ({ username, password: generatePassword(policy) }));
}

export interface SetPasswordsOptions {
  readonly userPoolId: string;
  readonly receivers: readonly Receiver[];
  /** One for each of them; whoever keeps it has it before this is called. */
  readonly passwords: readonly IssuedPassword[];
  /** For good, instead of until the first login. */
  readonly permanent: boolean;
  readonly journal?: Journal | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (howFar: BatchProgress) => void;
}

/**
 * Sets the passwords (AdminSetUserPassword), which sends nobody anything; whoever has moved on meanwhile is skipped. At UserAccountRecovery's quota where the client is
 * `cognitoClient`.
 * @returns in the order of `receivers`; what failed has its words (UserError), without any password
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

/** Without Cognito's own message: some servers repeat what they were sent. */
function explain(error: unknown, username: string, userPoolId: string): unknown {
  switch (error instanceof Error ? error.name : "") {
    case "InvalidPasswordException":
      return new UserError("Cognito did not accept the password, although it keeps to the policy", {
        next: ["run the command again: it makes another"],
      });
    case "PasswordHistoryPolicyViolationException":
      return new UserError("Cognito has seen this password for this person before", {
        next: ["run the command again: it makes another"],
      });
    case "UserNotFoundException":
      return new UserError(`${username} is no longer in the user pool`, { next: ["npm run status"] });
    default:
      return explainPoolFailure(error, { userPoolId });
  }
}

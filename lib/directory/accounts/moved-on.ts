import type { CognitoClient } from "../../cognito/client.ts";
import { type DirectoryPerson, listPeople } from "../pool/people.ts";

/**
 * Whether an account changed since it was selected: between the list and the action lie a question and, in a long batch, many
 * minutes. One ListUsers call, which bills no one.
 * @param seen the account in the list
 * @returns why to skip it, as the end of a sentence that begins with the name; undefined if nothing has changed
 * @throws what the SDK throws; `explainPoolFailure` explains it
 */
export async function movedOn(
  client: CognitoClient,
  userPoolId: string,
  seen: DirectoryPerson,
): Promise<string | undefined> {
  const [now] = await listPeople(client, { userPoolId, filter: `sub = "${seen.sub}"` });
  if (now === undefined) return "is no longer in the user pool";
  if (now.status !== seen.status) {
    return now.status === "CONFIRMED"
      ? "finished the first login in the meantime"
      : `is now ${now.status} and was ${seen.status}`;
  }
  if (now.enabled !== seen.enabled) return `was ${now.enabled ? "enabled" : "disabled"} meanwhile`;
  return undefined;
}

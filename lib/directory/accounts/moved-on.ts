import type { CognitoClient } from "../../cognito/client.ts";
import { type DirectoryPerson, listPeople } from "../pool/people.ts";

/**
 * Whether an account is not any more as it was when somebody decided what is to be done with it: between the list and the act lie a
 * question, and in a long batch many minutes. One ListUsers, which bills nobody.
 * @param seen as the list had it
 * @returns why it is to be left alone, as the end of a sentence that begins with the name; undefined where nothing has changed
 * @throws what the SDK throws; `explainPoolFailure` has the words
 */
export async function movedOn(
  client: CognitoClient,
  userPoolId: string,
  seen: DirectoryPerson,
): Promise<string | undefined> {
  const [now] = await listPeople(client, { userPoolId, filter: `sub = "${seen.sub}"` });
  if (now === undefined) return "is not in the user pool any more";
  if (now.status !== seen.status) {
    return now.status === "CONFIRMED"
      ? "has finished the first login meanwhile"
      : `is ${now.status} by now, and was ${seen.status}`;
  }
  if (now.enabled !== seen.enabled) return `was ${now.enabled ? "enabled" : "disabled"} meanwhile`;
  return undefined;
}

import { AdminGetUserCommand } from "@aws-sdk/client-cognito-identity-provider";
import type { CognitoClient } from "../auth/client.ts";
import { forEveryone, type HowFar } from "./for-everyone.ts";
import type { DirectoryPerson } from "./list-people.ts";

export interface ReadMfaOptions {
  readonly userPoolId: string;
  readonly people: readonly DirectoryPerson[];
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (howFar: HowFar) => void;
}

/**
 * The second factors that people have set up: a request each (AdminGetUser), which makes each of them a billed monthly active
 * user. Many at a time, at UserRead's quota where the client is `cognitoClient`.
 * @returns by Cognito's own username, as Cognito names the factors; whoever is gone meanwhile is missing
 * @throws what the SDK throws for the first person who could not be read
 */
export async function readMfa(
  client: CognitoClient,
  { userPoolId: UserPoolId, people, signal, onProgress }: ReadMfaOptions,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const factors = new Map<string, readonly string[]>();
  const outcomes = await forEveryone({ people, signal, onProgress }, async ({ username: Username }) => {
    try {
      const person = await client.send(new AdminGetUserCommand({ UserPoolId, Username }));
      factors.set(Username, person.UserMFASettingList ?? []);
    } catch (error) {
      if (!(error instanceof Error && error.name === "UserNotFoundException")) throw error;
    }
  });
  signal?.throwIfAborted();
  const failed = outcomes.find((outcome) => outcome.state === "failed");
  if (failed !== undefined) throw failed.error;
  return factors;
}

import type { CognitoClient } from "../../../lib/cognito/client.ts";
import type { DirectoryPerson } from "../../../lib/directory/pool/people.ts";
import { type Recorded, recordedCognito } from "../../auth/recorded-cognito.ts";

/**
 * A client in whose pool these accounts are whenever somebody looks (ListUsers by sub, which is not among what it remembers); to
 * everything else it answers with what was recorded.
 */
export function recordedAccounts(accounts: readonly DirectoryPerson[], ...answers: readonly Recorded[]) {
  const { client, sent } = recordedCognito(...answers);
  const send = async (command: { readonly input: { readonly Filter?: string } }) => {
    const sub = /^sub = "(.*)"$/.exec(command.input.Filter ?? "")?.[1];
    if (sub === undefined) return await client.send(command as never);
    return {
      Users: accounts
        .filter((one) => one.sub === sub)
        .map(({ username: Username, status: UserStatus, enabled: Enabled, attributes }) => ({
          Username,
          UserStatus,
          Enabled,
          Attributes: Object.entries({ ...attributes, sub }).map(([Name, Value]) => ({ Name, Value })),
        })),
    };
  };
  return { client: { send } as unknown as CognitoClient, sent };
}

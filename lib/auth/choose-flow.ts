import type { Answers } from "./answers.ts";
import type { AppClient } from "./app-client.ts";
import type { CognitoClient } from "./client.ts";
import type { Flow } from "./flow.ts";
import { adminFlow, passwordFlow } from "./password-flow.ts";
import { isSrpRefused } from "./refusals.ts";
import { srpFlow } from "./srp-flow.ts";

export const FLOW_NAMES = ["srp", "password", "admin"] as const;
/** How the password is proved: SRP keeps it here, `password` sends it, `admin` sends it signed with AWS credentials. */
export type FlowName = (typeof FLOW_NAMES)[number];

/**
 * @param name @default "srp", then "password" where the app client does not allow SRP; `onProgress` is told
 */
export function chooseFlow(
  client: CognitoClient,
  app: AppClient,
  username: string,
  name: FlowName | undefined,
  onProgress: Answers["onProgress"],
): Flow {
  if (name === "admin") return adminFlow(client, app, username);
  if (name === "password") return passwordFlow(client, app, username);
  const srp = srpFlow(client, app, username);
  if (name === "srp") return srp;
  let current = srp;
  return {
    async begin(password) {
      try {
        return await current.begin(password);
      } catch (error) {
        if (current !== srp || !isSrpRefused(error)) throw error;
        onProgress?.("srp-not-allowed");
        current = passwordFlow(client, app, username);
        return current.begin(password);
      }
    },
    respond: (challenge, reply) => current.respond(challenge, reply),
  };
}

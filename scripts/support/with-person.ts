import type { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import type { Progress } from "../../lib/auth/answers.ts";
import { cognitoClient } from "../../lib/auth/client.ts";
import { type PersonCommandText, type PersonOptions, parsePersonCommand } from "./person-command.ts";
import { openSecrets, type Secrets } from "./secrets.ts";
import { resolveTarget, type Target } from "./target.ts";

export interface PersonAtWork {
  readonly username: string;
  readonly options: PersonOptions;
  readonly target: Target;
  readonly client: CognitoIdentityProviderClient;
  readonly secrets: Secrets;
}

/**
 * The frame around every command about one person: arguments, whom to ask for secrets, which user pool, a client.
 * Ctrl-C at a prompt says what it left behind, and passes on.
 */
export async function withPerson(
  text: PersonCommandText,
  work: (person: PersonAtWork) => Promise<void>,
): Promise<void> {
  const { username, options } = parsePersonCommand(process.argv, text);
  const source = openSecrets(options, stopWhileWaiting);
  const done = new Set<Progress>();
  const secrets: Secrets = {
    ...source,
    onProgress(progress) {
      done.add(progress);
      source.onProgress?.(progress);
    },
  };
  try {
    const target = await resolveTarget(options, process.env);
    const client = cognitoClient({
      region: target.region,
      onWait: () => void process.stderr.write("Waiting for Cognito …\n"),
    });
    await work({ username, options, target, client, secrets });
  } catch (error) {
    if (error instanceof Error && error.name === "ExitPromptError") {
      const left = done.has("new-password-set")
        ? "The new password is set already: go on with npm run sign-in."
        : "Nothing was changed.";
      process.stderr.write(`\nStopped. ${left}\n`);
    }
    throw error;
  } finally {
    source.close();
  }
}

/** Ctrl-C while a request is under way: whether Cognito took it nobody here can know. */
function stopWhileWaiting(): never {
  process.stderr.write("\nStopped while waiting for Cognito: npm run sign-in shows which password holds.\n");
  // The request itself cannot be taken back, and its retries would keep the command alive.
  process.exit(130);
}

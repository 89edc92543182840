import { type CognitoClient, cognitoClient } from "../auth/client.ts";
import { explainPoolFailure } from "../directory/failure.ts";
import { revokeSessions } from "../directory/revoke-sessions.ts";
import { UserError } from "../errors.ts";
import { type Deployment, parseOutputs } from "../terraform/deployment.ts";
import { readOutputs } from "../terraform/outputs.ts";
import { applyProgress } from "../terraform/progress.ts";
import { applySavedPlan } from "../terraform/saved-plan.ts";
import { calledAt } from "./addresses.ts";
import type { Proposal } from "./propose.ts";
import { counted } from "./verdict.ts";

export interface CarriedOut {
  readonly deployment: Deployment;
  /** People who are leaving and whose sessions are ended now. */
  readonly signedOut: readonly string[];
}

/**
 * Applies exactly the plan that was proposed, then ends the sessions of everyone who is leaving: by every deploy, not only by
 * the one that disables them, so that a deploy that failed or was killed in between is made good by the next one.
 * @throws TerraformError; UserError (exit 1) when somebody's sessions could not be ended
 */
export async function carryOut(
  { review, plan, context, roster }: Proposal,
  onProgress: (step: string, detail?: string) => void,
  clientFor: (options: { readonly region: string }) => CognitoClient = cognitoClient,
): Promise<CarriedOut> {
  if (review.applyable) {
    onProgress("Deploying");
    await applySavedPlan(
      context,
      plan,
      applyProgress(({ done, total, current }) =>
        onProgress("Deploying", `${done} of ${total}: ${calledAt(current)}`),
      ),
    );
  }
  onProgress("Reading the outputs");
  const deployment = parseOutputs(await readOutputs(context));
  const leaving = roster.people.filter((person) => person.leaving).map(({ username }) => username);
  if (leaving.length === 0) return { deployment, signedOut: [] };

  const { userPoolId, region } = deployment;
  const step = "Ending the sessions of who is leaving";
  onProgress(step);
  const { revoked, failed } = await revokeSessions(clientFor({ region }), {
    userPoolId,
    usernames: leaving,
    signal: context.signal,
    onProgress: (done) => onProgress(step, `${done} of ${leaving.length}`),
  });
  const [first] = failed;
  if (first === undefined) return { deployment, signedOut: revoked };
  const explained = explainPoolFailure(first.error, { userPoolId });
  const words = explained instanceof UserError ? explained : undefined;
  throw new UserError(
    `Deployed, but the sessions of ${counted(failed.length, "person", "people")} could not be ended: ${failed.map(({ username }) => username).join(", ")}`,
    {
      why: `They are disabled, and can't sign in again; until its token runs out, a session may go on. ${words?.message ?? String(explained)}.`,
      next: [...(words?.next ?? []), "then repeat it: npm run deploy"],
      cause: first.error,
    },
  );
}

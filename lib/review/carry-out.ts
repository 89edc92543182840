import { type CognitoClient, cognitoClient } from "../auth/client.ts";
import { explainPoolFailure } from "../directory/failure.ts";
import { restoreAddresses } from "../directory/restore-addresses.ts";
import { revokeSessions } from "../directory/revoke-sessions.ts";
import { UserError } from "../errors.ts";
import { quotasOf } from "../stack/quotas.ts";
import { type Deployment, parseOutputs } from "../terraform/deployment.ts";
import { readOutputs } from "../terraform/outputs.ts";
import { terraformParallelism } from "../terraform/parallelism.ts";
import { applyProgress } from "../terraform/progress.ts";
import { applySavedPlan } from "../terraform/saved-plan.ts";
import { calledAt } from "./addresses.ts";
import type { Proposal } from "./propose.ts";
import { recordMemberships } from "./record-memberships.ts";
import { counted } from "./verdict.ts";

export interface CarriedOut {
  readonly deployment: Deployment;
  /** People who are leaving and whose sessions are ended now. */
  readonly signedOut: readonly string[];
}

type ClientFor = (options: {
  readonly region?: string | undefined;
  readonly quotas: Proposal["settings"]["quotas"];
}) => CognitoClient;

/**
 * Puts back e-mail addresses that were changed behind the roster's back, applies exactly the plan that was proposed, records
 * the memberships that were left out of it, and ends the sessions of everyone who is leaving: by every deploy, not only by
 * the one that disables them, so that a deploy that failed or was killed in between is made good by the next one.
 * @throws TerraformError; UserError (exit 1) when somebody's sessions could not be ended
 */
export async function carryOut(
  proposal: Proposal,
  onProgress: (step: string, detail?: string) => void,
  clientFor: ClientFor = cognitoClient,
): Promise<CarriedOut> {
  const { review, plan, context, roster, settings } = proposal;
  if (proposal.readdressed.length > 0) await putAddressesBack(proposal, onProgress, clientFor);
  if (review.applyable) {
    onProgress("Deploying");
    const onlyJoins = review.entries.every(({ about, what }) => about === "person" && what === "joins");
    await applySavedPlan(context, plan, {
      parallelism: terraformParallelism(
        quotasOf(settings.quotas),
        onlyJoins ? ["UserCreation"] : ["UserCreation", "UserUpdate"],
      ),
      onEvent: applyProgress(({ done, total, current }) =>
        onProgress("Deploying", `${done} of ${total}: ${calledAt(current)}`),
      ),
    });
  }
  if (proposal.existingMemberships.length > 0) await recordMemberships(proposal, onProgress);
  onProgress("Reading the outputs");
  const deployment = parseOutputs(await readOutputs(context));
  const leaving = roster.people.filter((person) => person.leaving).map(({ username }) => username);
  if (leaving.length === 0) return { deployment, signedOut: [] };

  const { userPoolId, region } = deployment;
  const step = "Ending the sessions of who is leaving";
  onProgress(step);
  const { revoked, failed } = await revokeSessions(clientFor({ region, quotas: settings.quotas }), {
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

/** Before the plan is applied: Terraform, too, finds these people only under their old names. */
async function putAddressesBack(
  { readdressed, roster, pool, context, settings }: Proposal,
  onProgress: (step: string) => void,
  clientFor: ClientFor,
): Promise<void> {
  // Known by having been looked at; the outputs need not be there.
  if (pool === undefined) return;
  const { userPoolId, region } = pool;
  onProgress("Putting e-mail addresses back");
  const verified = new Map(roster.people.map(({ username, emailVerified }) => [username, emailVerified]));
  const people = readdressed.map(({ username, sub }) => ({
    username,
    sub,
    emailVerified: verified.get(username) ?? true,
  }));
  const client = clientFor({ region, quotas: settings.quotas });
  await restoreAddresses(client, { userPoolId, people, signal: context.signal }).catch((error: unknown) => {
    throw explainPoolFailure(error, { userPoolId });
  });
}

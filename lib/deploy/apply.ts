import { isDeepStrictEqual } from "node:util";
import {
  AdminUpdateUserAttributesCommand,
  AdminUserGlobalSignOutCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { type CognitoClient, cognitoClient } from "../cognito/client.ts";
import { explainPoolFailure } from "../cognito/explain-error.ts";
import { runBatch } from "../directory/batch.ts";
import { putGroupsFirst } from "../directory/pool/groups.ts";
import { EXIT, UserError } from "../errors.ts";
import { calledAt, type Plan, parsePlan } from "../review/plan.ts";
import { counted } from "../review/refusals.ts";
import { type Entry, type Review, reviewPlan } from "../review/review.ts";
import { quotasOf } from "../stack/quotas.ts";
import { type Deployment, parseOutputs, readOutputs } from "../terraform/deployment.ts";
import { TerraformError } from "../terraform/errors.ts";
import { applyProgress } from "../terraform/events.ts";
import { keepLocalState } from "../terraform/local-state.ts";
import { type ApplyOptions, applySavedPlan, terraformParallelism, withSavedPlan } from "../terraform/plan.ts";
import { pullState, pushState } from "../terraform/state.ts";
import { beginApply, endApply } from "./adoption-proof.ts";
import { ApplyRecord } from "./apply-record.ts";
import { outOfDate } from "./plan-file.ts";
import type { Proposal } from "./proposal.ts";
import { withoutOwnAttributes } from "./reconcile-state.ts";
import { requireUnchanged } from "./second-look.ts";

export interface RestoreAddressesOptions {
  readonly userPoolId: string;
  readonly people: readonly {
    /** The name that Cognito still knows. */
    readonly sub: string;
    /** The e-mail address to be put back: the username of the roster. */
    readonly username: string;
    readonly emailVerified: boolean;
  }[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * Puts back the e-mail addresses by which people are known in a pool that signs in by e-mail (AdminUpdateUserAttributes). Only
 * this package's own calls can: the provider asks for the old address, which Cognito does not know any more.
 * @throws what the SDK throws; `explainPoolFailure` has the words. AliasExistsException: another account has the address now
 */
async function restoreAddresses(
  client: CognitoClient,
  { userPoolId, people, signal }: RestoreAddressesOptions,
): Promise<void> {
  for (const { sub, username, emailVerified } of people) {
    const command = new AdminUpdateUserAttributesCommand({
      UserPoolId: userPoolId,
      Username: sub,
      UserAttributes: [
        { Name: "email", Value: username },
        { Name: "email_verified", Value: String(emailVerified) },
      ],
    });
    await client.send(command, signal === undefined ? {} : { abortSignal: signal });
  }
}

export interface RevokeOptions {
  readonly userPoolId: string;
  readonly usernames: readonly string[];
  readonly signal?: AbortSignal | undefined;
  /** Called after each person with how many are done. */
  readonly onProgress?: (done: number) => void;
}

export interface Revoked {
  readonly revoked: readonly string[];
  readonly failed: readonly { readonly username: string; readonly error: unknown }[];
}

/**
 * Ends every session of these people (AdminUserGlobalSignOut): refresh tokens stop working at once, access tokens as soon as
 * Cognito is asked. Repeating it does no harm. At UserUpdate's quota (25 requests a second) where the client is `cognitoClient`.
 * @returns both in the order of `usernames`
 */
export async function revokeSessions(client: CognitoClient, options: RevokeOptions): Promise<Revoked> {
  const { userPoolId, usernames, signal, onProgress } = options;
  const outcomes = await runBatch(
    {
      people: usernames.map((username) => ({ username })),
      look: undefined,
      signal,
      onProgress: onProgress && (({ done }) => onProgress(done)),
    },
    async ({ username }) => {
      const command = new AdminUserGlobalSignOutCommand({ UserPoolId: userPoolId, Username: username });
      try {
        await client.send(command, signal === undefined ? {} : { abortSignal: signal });
      } catch (error) {
        if (!hasNoSession(error)) throw error;
      }
    },
  );
  signal?.throwIfAborted();
  return {
    revoked: outcomes.flatMap(({ state, username }) => (state === "done" ? [username] : [])),
    failed: outcomes.flatMap((outcome) =>
      outcome.state === "failed" ? [{ username: outcome.username, error: outcome.error }] : [],
    ),
  };
}

/** Whoever is gone has none; and of the disabled, Cognito has revoked the tokens when it disabled them (AdminDisableUser). */
function hasNoSession(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    error.name === "UserNotFoundException" ||
    (error.name === "NotAuthorizedException" && /disabled/i.test(error.message))
  );
}

/**
 * Takes into the state the memberships that were left out of an adopting plan, by a second plan that does nothing else:
 * AdminAddUserToGroup of somebody who is in the group already changes nothing.
 *
 * Killed before it, the next deploy does the same by itself.
 * @throws UserError when that plan would do anything else: then it is not applied; TerraformError
 */
async function recordMemberships(
  { existingMemberships, project, synthesize, context }: Proposal,
  onProgress: (step: string, detail?: string) => void,
): Promise<void> {
  const count = existingMemberships.length;
  const step = `Recording ${counted(count, "group membership that exists", "group memberships that exist")} already`;
  onProgress(step);
  const existing = new Map<string, Set<string>>();
  for (const { username, group } of existingMemberships) {
    existing.set(username, (existing.get(username) ?? new Set()).add(group));
  }
  const isOne = (entry: Entry) =>
    entry.about === "membership" &&
    entry.what === "in" &&
    existing.get(entry.username)?.has(entry.group) === true;

  synthesize(project, { recorded: await pullState(context) });
  await withSavedPlan(context, { refresh: false }, async (plan) => {
    const { entries } = reviewPlan(plan.json);
    if (!entries.every(isOne)) throw somethingElse(step);
    if (entries.length === 0) return;
    await applySavedPlan(context, plan, {
      parallelism: terraformParallelism(quotasOf(project.settings.quotas), ["UserUpdate"]),
      onEvent: applyProgress(({ done, total, current }) =>
        onProgress(step, `${done} of ${total}: ${calledAt(current)}`),
      ),
    });
  });
}

function somethingElse(step: string): UserError {
  return new UserError(`Deployed, but not finished: ${step}`, {
    why: "The plan for it would do something else, too, that nobody has seen: a file was changed while the deploy ran. It was not applied.",
    next: ["deploy what is written now: npm run deploy shows it, and records the memberships with it"],
  });
}

export interface Applied {
  readonly deployment: Deployment;
  /** People who are leaving or not enabled, and whose sessions are ended now. */
  readonly signedOut: readonly string[];
}

type ClientFor = (options: {
  readonly region?: string | undefined;
  readonly quotas: Proposal["project"]["settings"]["quotas"];
}) => CognitoClient;

export interface ApplyProposalOptions {
  readonly onProgress: (step: string, detail?: string) => void;
  /** Is told how far it comes. @default nobody is */
  readonly record?: ApplyRecord;
  /** @default cognitoClient */
  readonly clientFor?: ClientFor;
}

/**
 * Looks at the user pool once more, puts back e-mail addresses that were changed behind the roster's back, applies exactly the plan that was proposed, records
 * the memberships that were left out of it, and ends the sessions of everyone who is leaving or not enabled: by every deploy,
 * not only by the one that disables them, so that a deploy that failed or was killed in between is made good by the next one.
 * @throws TerraformError; UserError (exit 1) when somebody's sessions could not be ended
 */
export async function applyProposal(
  proposal: Proposal,
  { onProgress, record = new ApplyRecord(), clientFor = cognitoClient }: ApplyProposalOptions,
): Promise<Applied> {
  const { review, context, cacheDirectory, stateFile } = proposal;
  const { roster, settings } = proposal.project;
  // Where nothing is touched, nothing can have changed under it.
  if (Object.keys(proposal.fingerprints).length > 0) {
    onProgress("Looking at the user pool again");
    requireUnchanged(proposal.fingerprints, await proposal.lookAgain());
  }
  if (stateFile !== undefined) keepLocalState(stateFile);
  if (proposal.readdressed.length > 0) await putAddressesBack(proposal, onProgress, clientFor);
  if (proposal.reconciled !== undefined) {
    onProgress("Writing the state as the user pool has it");
    await pushState(context, proposal.reconciled);
  }
  if (review.applyable) {
    onProgress("Deploying");
    beginApply(cacheDirectory, settings.stack, newcomersOf(review));
    const onlyJoins = review.entries.every(({ about, what }) => about === "person" && what === "joins");
    const showProgress = applyProgress(({ done, total, current }) =>
      onProgress("Deploying", `${done} of ${total}: ${calledAt(current)}`),
    );
    record.begin(proposal.plan);
    await applyReviewed(proposal, {
      parallelism: terraformParallelism(
        quotasOf(settings.quotas),
        onlyJoins ? ["UserCreation"] : ["UserCreation", "UserUpdate"],
      ),
      onEvent: (event) => {
        record.observe(event);
        showProgress(event);
      },
    });
    record.end();
    if (review.entries.some(({ about, what }) => about === "person" && what !== "joins")) {
      const left = withoutOwnAttributes(await pullState(context), roster.people);
      if (left !== undefined) await pushState(context, left);
    }
  }
  endApply(cacheDirectory, settings.stack);
  if (proposal.existingMemberships.length > 0) await recordMemberships(proposal, onProgress);
  if (stateFile !== undefined) keepLocalState(stateFile);
  onProgress("Reading the outputs");
  const deployment = parseOutputs(await readOutputs(context));
  await setZeroPrecedence(proposal, deployment, clientFor);
  const out = roster.people.filter(({ leaving, enabled }) => leaving || !enabled);
  const usernames = out.map(({ username }) => username);
  if (usernames.length === 0) return { deployment, signedOut: [] };

  const { userPoolId, region } = deployment;
  const step = "Signing out people who are leaving or disabled";
  onProgress(step);
  const { revoked, failed } = await revokeSessions(clientFor({ region, quotas: settings.quotas }), {
    userPoolId,
    usernames,
    signal: context.signal,
    onProgress: (done) => onProgress(step, `${done} of ${usernames.length}`),
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

const newcomersOf = ({ entries }: Review) =>
  entries.flatMap((entry) =>
    entry.about === "person" && (entry.what === "joins" || entry.what === "replaced") ? [entry.username] : [],
  );

/**
 * Applies the plan that was shown. One that was made from a state which has only become the current one now is made again from
 * it, and applied if it is the same.
 * @throws UserError (exit 3) when it is another one; TerraformError
 */
async function applyReviewed({ saved, plan, context }: Proposal, options: ApplyOptions): Promise<void> {
  if (saved !== undefined) return await applySavedPlan(context, saved, options);
  await withSavedPlan(context, { refresh: false }, async (again) => {
    if (!isDeepStrictEqual(changesOf(parsePlan(again.json)), changesOf(plan))) {
      throw new UserError("REFUSED: the plan is not the one that was shown any more", {
        why: "A file, or the state, was changed while the deploy ran. Nothing was changed in the user pool.",
        next: ["look at it again: npm run plan"],
        exitCode: EXIT.refused,
      });
    }
    await applySavedPlan(context, again, options);
  });
}

/** What a plan does, in the order of the addresses. */
const changesOf = ({ resource_changes: changes }: Plan) =>
  changes
    .filter(({ change, previous_address }) => !change.actions.includes("no-op") || previous_address)
    .sort((a, b) => (a.address < b.address ? -1 : 1));

/** What Terraform's provider can't do: `putGroupsFirst` says why. By every deploy, as one may have been killed before it. */
async function setZeroPrecedence(
  { project: { settings }, context: { signal } }: Proposal,
  { userPoolId, region }: Deployment,
  clientFor: ClientFor,
): Promise<void> {
  const groups = Object.entries(settings.groups ?? {}).flatMap(([name, { precedence }]) =>
    precedence === 0 ? [name] : [],
  );
  if (groups.length === 0) return;
  const client = clientFor({ region, quotas: settings.quotas });
  await putGroupsFirst(client, { userPoolId, groups, signal }).catch((error: unknown) => {
    throw explainPoolFailure(error, { userPoolId });
  });
}

/** Before the plan is applied: Terraform, too, finds these people only under their old names. */
async function putAddressesBack(
  { readdressed, project: { roster, settings }, pool, context }: Proposal,
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

/**
 * Words for a plan that Terraform refuses because the state has changed since; any other error as it is.
 * @param file the plan file that was given; without one the plan was made by this run
 */
export function explainStale(error: unknown, file?: string): unknown {
  if (!(error instanceof TerraformError)) return error;
  if (!error.diagnostics.some(({ summary }) => /saved plan is stale|plan.*different state/i.test(summary))) {
    return error;
  }
  return outOfDate(file, error);
}

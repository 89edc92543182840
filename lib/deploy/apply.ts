import { isDeepStrictEqual } from "node:util";
import {
  AdminUpdateUserAttributesCommand,
  AdminUserGlobalSignOutCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { type CognitoClient, cognitoClient } from "../cognito/client.ts";
import { explainPoolFailure } from "../cognito/explain-error.ts";
import { runBatch } from "../directory/batch.ts";
import { putGroupsFirst } from "../directory/pool/groups.ts";
import { asClause, EXIT, UserError } from "../errors.ts";
import { calledAt, type Plan, parsePlan } from "../review/plan.ts";
import { counted } from "../review/refusals.ts";
import { type Entry, type Review, reviewPlan } from "../review/review.ts";
import { type NameAttribute, nameAttribute } from "../roster/sign-in-names.ts";
import { POOL } from "../stack/defaults.ts";
import { quotasOf } from "../stack/quotas.ts";
import { type Deployment, parseOutputs, readOutputs } from "../terraform/deployment.ts";
import { TerraformError } from "../terraform/errors.ts";
import { applyProgress } from "../terraform/events.ts";
import { keepLocalState } from "../terraform/local-state.ts";
import { type ApplyOptions, applySavedPlan, terraformParallelism, withSavedPlan } from "../terraform/plan.ts";
import { type PulledState, pullState, pushState, withOutput } from "../terraform/state.ts";
import { beginApply, endApply } from "./adoption-proof.ts";
import { ApplyRecord } from "./apply-record.ts";
import { checkedOutAt, DEPLOYS_OUTPUT, deployRecord, withDeploy } from "./deploy-record.ts";
import { outOfDate } from "./plan-file.ts";
import type { Proposal } from "./proposal.ts";
import { withoutOwnAttributes } from "./reconcile-state.ts";
import { requireUnchanged } from "./second-look.ts";

export interface RestoreAddressesOptions {
  readonly userPoolId: string;
  /** The attribute that people sign in with. */
  readonly attribute: NameAttribute;
  readonly people: readonly {
    /** The name that Cognito still knows. */
    readonly sub: string;
    /** The e-mail address or phone number to restore: the roster's username. */
    readonly username: string;
    readonly verified: boolean;
  }[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * Restores the e-mail addresses or phone numbers that people of a pool sign in with (AdminUpdateUserAttributes). Only our own
 * calls can: the provider would ask for the old address, which Cognito no longer knows.
 * @throws what the SDK throws; `explainPoolFailure` explains it. AliasExistsException: another account now has the address
 */
async function restoreAddresses(
  client: CognitoClient,
  { userPoolId, attribute, people, signal }: RestoreAddressesOptions,
): Promise<void> {
  for (const { sub, username, verified } of people) {
    const command = new AdminUpdateUserAttributesCommand({
      UserPoolId: userPoolId,
      Username: sub,
      UserAttributes: [
        { Name: attribute, Value: username },
        { Name: `${attribute}_verified`, Value: String(verified) },
      ],
    });
    await client.send(command, signal === undefined ? {} : { abortSignal: signal });
  }
}

export interface RevokeOptions {
  readonly userPoolId: string;
  readonly usernames: readonly string[];
  readonly signal?: AbortSignal | undefined;
  /** Called after each person with the number done. */
  readonly onProgress?: (done: number) => void;
}

export interface Revoked {
  readonly revoked: readonly string[];
  readonly failed: readonly { readonly username: string; readonly error: unknown }[];
}

/**
 * Ends every session of these people (AdminUserGlobalSignOut): refresh tokens stop working at once, access tokens as soon as
 * Cognito is asked. Safe to repeat. Within UserUpdate's quota (25 requests a second) if the client is `cognitoClient`.
 * @returns both lists in the order of `usernames`
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

/** A deleted account has no sessions, and AdminDisableUser already revoked the tokens of a disabled one. */
function hasNoSession(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    error.name === "UserNotFoundException" ||
    (error.name === "NotAuthorizedException" && /disabled/i.test(error.message))
  );
}

/**
 * Adds to the state the memberships that an adopting plan left out, by a second plan that does nothing else:
 * AdminAddUserToGroup changes nothing for an existing member.
 *
 * If this is killed, the next deploy does the same.
 * @throws UserError when that plan would do anything else: it is then not applied; TerraformError
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

  const recorded = await pullState(context);
  synthesize(project, { recorded });
  await withSavedPlan(context, { refresh: false, state: recorded.text }, async (plan) => {
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
  return new UserError(`Deployed, but one step is left: ${step}`, {
    why: "Its plan would also do something that wasn't reviewed, because a file changed during the deploy. It was not applied.",
    next: ["run npm run deploy again: it shows what changed, and records the memberships"],
  });
}

export interface Applied {
  readonly deployment: Deployment;
  /** People who are leaving or disabled, and whose sessions are ended now. */
  readonly signedOut: readonly string[];
}

type ClientFor = (options: {
  readonly region?: string | undefined;
  readonly quotas: Proposal["project"]["settings"]["quotas"];
}) => CognitoClient;

export interface ApplyProposalOptions {
  readonly onProgress: (step: string, detail?: string) => void;
  /** Called with what failed and is no failure of the deploy, to stay on the screen. @default it isn't shown */
  readonly onNotice?: (text: string) => void;
  /** Records the progress. @default none */
  readonly record?: ApplyRecord;
  /** @default cognitoClient */
  readonly clientFor?: ClientFor;
}

/**
 * Checks the user pool once more, restores e-mail addresses that were changed outside the roster, applies exactly the
 * proposed plan, records the memberships that it left out, and ends the sessions of everyone who is leaving or disabled.
 * Every deploy does all of this, so that the next one completes what a failed or killed deploy left.
 * @throws TerraformError; UserError (exit 1) when someone's sessions couldn't be ended
 */
export async function applyProposal(
  proposal: Proposal,
  { onProgress, onNotice, record = new ApplyRecord(), clientFor = cognitoClient }: ApplyProposalOptions,
): Promise<Applied> {
  const { review, context, cacheDirectory, stateFile } = proposal;
  const { roster, settings } = proposal.project;
  // A plan that touches nothing can't be out of date.
  if (Object.keys(proposal.fingerprints).length > 0) {
    onProgress("Checking the user pool again");
    requireUnchanged(proposal.fingerprints, await proposal.lookAgain());
  }
  if (stateFile !== undefined) keepLocalState(stateFile);
  if (proposal.readdressed.length > 0) await putAddressesBack(proposal, onProgress, clientFor);
  if (proposal.reconciled !== undefined) {
    onProgress("Updating the state from the user pool");
    await pushState(context, proposal.reconciled);
  }
  let outputs: PulledState["outputs"] | undefined;
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
    outputs = await finishState(proposal).catch((error: unknown) => {
      // Everything is deployed, and who is leaving is still to be signed out.
      context.signal?.throwIfAborted();
      onNotice?.(recordNotSaved(error));
      return undefined;
    });
  }
  endApply(cacheDirectory, settings.stack);
  if (proposal.existingMemberships.length > 0) await recordMemberships(proposal, onProgress);
  if (stateFile !== undefined) keepLocalState(stateFile);
  onProgress("Reading the outputs");
  const deployment = parseOutputs(outputs ?? (await readOutputs(context)));
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
    `Deployed, but the sessions of ${counted(failed.length, "person", "people")} couldn't be ended: ${failed.map(({ username }) => username).join(", ")}`,
    {
      why: `They are disabled and can't sign in again, but a session may continue until its token expires. ${words?.message ?? String(explained)}.`,
      next: [...(words?.next ?? []), "then run it again: npm run deploy"],
      cause: first.error,
    },
  );
}

/**
 * Removes people's own attributes from the state, and adds a record of this deploy. Not part of the plan: a plan with the
 * record would never be empty.
 * @returns the outputs; undefined if everything was deleted, and there is no state to keep a record in
 */
async function finishState({
  review,
  context,
  project,
}: Proposal): Promise<PulledState["outputs"] | undefined> {
  const pulled = await pullState(context);
  if (pulled.text.trim() === "") return undefined;
  const isWidened = review.entries.some(({ about, what }) => about === "person" && what !== "joins");
  const left = isWidened ? withoutOwnAttributes(pulled, project.roster.people) : undefined;
  const checkedOut = await checkedOutAt(context.directory);
  const record = deployRecord(review, { digest: project.digest, checkedOut, at: new Date() });
  await pushState(
    context,
    withOutput(left ?? pulled.text, DEPLOYS_OUTPUT, withDeploy(pulled.outputs, record)),
  );
  return pulled.outputs;
}

function recordNotSaved(error: unknown): string {
  const said = error instanceof Error ? error.message.replace(/^REFUSED: /, "") : String(error);
  return `Deployed, but the record of it could not be saved: ${asClause(said)}. npm run history won't show this deploy.`;
}

const newcomersOf = ({ entries }: Review) =>
  entries.flatMap((entry) =>
    entry.about === "person" && (entry.what === "joins" || entry.what === "replaced") ? [entry.username] : [],
  );

/**
 * Applies the plan that was shown. If it was made from a reconciled state that only now becomes the current one, it is made
 * again and applied if it is the same.
 * @throws UserError (exit 3) when it differs; TerraformError
 */
async function applyReviewed(
  { saved, plan, targets, context, reconciled }: Proposal,
  options: ApplyOptions,
): Promise<void> {
  if (saved !== undefined) return await applySavedPlan(context, saved, options);
  await withSavedPlan(context, { refresh: false, targets, state: reconciled }, async (again) => {
    const now = parsePlan(again.json, { partial: targets !== undefined });
    if (!isDeepStrictEqual(changesOf(now), changesOf(plan))) {
      throw new UserError("REFUSED: the plan is no longer the one that was shown", {
        why: "A file or the state changed during the deploy. The user pool was not changed.",
        next: ["review it again: npm run plan"],
        exitCode: EXIT.refused,
      });
    }
    await applySavedPlan(context, again, options);
  });
}

/** What a plan does, ordered by address. */
const changesOf = ({ resource_changes: changes }: Plan) =>
  changes
    .filter(({ change, previous_address }) => !change.actions.includes("no-op") || previous_address)
    .sort((a, b) => (a.address < b.address ? -1 : 1));

/**
 * Works around a limit of Terraform's provider (see `putGroupsFirst`). Runs in every deploy, since an earlier one may have
 * been killed before it.
 */
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

/**
 * Runs before the plan is applied, because Terraform also finds these people only by the names that Cognito has. People who
 * get a new address are changed by their sub: if the deploy is killed afterwards, the next one finds the address changed and
 * writes the state.
 */
async function putAddressesBack(
  { readdressed, renamed = [], project: { roster, settings }, pool, context }: Proposal,
  onProgress: (step: string) => void,
  clientFor: ClientFor,
): Promise<void> {
  // Taken from the lookup; the outputs may be missing.
  if (pool === undefined) return;
  const { userPoolId, region } = pool;
  const attribute = nameAttribute(settings.pool.signInWith ?? POOL.signInWith) ?? "email";
  const changed = readdressed.some(({ username }) => renamed.some(({ to }) => to === username));
  const what = attribute === "email" ? "e-mail addresses" : "phone numbers";
  onProgress(changed ? `Changing ${what}` : `Putting ${what} back`);
  const verified = new Map(
    roster.people.map(({ username, emailVerified, phoneVerified = true }) => [
      username,
      attribute === "email" ? emailVerified : phoneVerified,
    ]),
  );
  const people = readdressed.map(({ username, sub }) => ({
    username,
    sub,
    verified: verified.get(username) ?? true,
  }));
  const client = clientFor({ region, quotas: settings.quotas });
  await restoreAddresses(client, { userPoolId, attribute, people, signal: context.signal }).catch(
    (error: unknown) => {
      throw explainPoolFailure(error, { userPoolId });
    },
  );
}

/**
 * Explains a plan that Terraform refuses because the state has changed since; returns any other error unchanged.
 * @param file the given plan file; without one, this run made the plan
 */
export function explainStale(error: unknown, file?: string): unknown {
  if (!(error instanceof TerraformError)) return error;
  if (!error.diagnostics.some(({ summary }) => /saved plan is stale|plan.*different state/i.test(summary))) {
    return error;
  }
  return outOfDate(file, error);
}

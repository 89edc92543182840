import { isDeepStrictEqual } from "node:util";
import { UserError } from "../errors.ts";
import type { Plan, ResourceChange } from "../review/plan.ts";
import { counted, firstNames } from "../review/refusals.ts";
import { commandLine } from "../shell.ts";
import { TerraformError } from "../terraform/errors.ts";
import { NOT_STARTED } from "../terraform/run.ts";
import { type Applied, applyProposal } from "./apply.ts";
import { ApplyRecord } from "./apply-record.ts";
import type { Proposal } from "./proposal.ts";

/** How often a deploy goes on by itself after a failure that passes. */
const MAX_TIMES = 3;

/**
 * Failures that the next deploy would heal, in Terraform's and the provider's words: an answer that was lost, after which the
 * account exists; throttling that outlasted the provider's retries; a connection that broke; a server that was not well; an
 * invitation that was not delivered, after which the account exists as well.
 */
const PASSING =
  /UsernameExistsException|CodeDeliveryFailureException|GroupExistsException|TooManyRequests|Throttling|RequestError|connection (?:reset|refused)|broken pipe|\bEOF\b|timeout|InternalError|ServiceUnavailable|StatusCode: 5\d\d/i;

/** Whether another run would get further: of several errors, each. */
function passes(error: unknown): error is TerraformError {
  if (!(error instanceof TerraformError) || error.interrupted) return false;
  const errors = error.diagnostics.filter(({ severity }) => severity === "error");
  return (
    errors.length > 0 && errors.every(({ summary, detail = "" }) => PASSING.test(`${summary} ${detail}`))
  );
}

export interface ConvergeOptions {
  readonly onProgress: (step: string, detail?: string) => void;
  /** Called when it goes on by itself, to stay on the screen. */
  readonly onNotice: (text: string) => void;
  /** @default applyProposal */
  readonly apply?: typeof applyProposal;
}

/**
 * Applies a proposal, and goes on with what is left where it fails by something that passes: it plans again, at most three
 * times, and applies that as long as it holds nothing that was not in the reviewed plan.
 * @throws what `applyProposal` throws. Of Terraform's failures, and after an interruption, the first one with what is done and
 *   what is not. UserError (exit 1) when all is deployed, and an invitation could not be sent
 */
export async function deployToTheEnd(
  proposal: Proposal,
  { onProgress, onNotice, apply = applyProposal }: ConvergeOptions,
): Promise<Applied> {
  const record = new ApplyRecord();
  let failure: unknown;
  const attempt = async (what: Proposal) =>
    await apply(what, { onProgress, record }).catch((error: unknown) => {
      failure = error;
      return undefined;
    });
  try {
    let done = await attempt(proposal);
    for (let time = 1; done === undefined && time <= MAX_TIMES && passes(failure); time++) {
      onNotice(
        `The deploy stopped half-way, and goes on by itself (${time} of ${MAX_TIMES}): ${failure.message}`,
      );
      done = await proposal.again(async (rest) =>
        rest.refused.length > 0 || !isPartOf(rest.plan, proposal.plan) ? undefined : await attempt(rest),
      );
    }
    if (done !== undefined && record.uninvited.length === 0) return done;
    if (done !== undefined) failure = notInvited(record.uninvited);
  } catch (error) {
    // The plan for what is left has failed.
    failure = error;
  }
  throw withRecord(failure, record, proposal.context.signal?.aborted === true);
}

/** Everything is deployed, and somebody has heard nothing of it. */
class NotInvited extends UserError {}

/**
 * Only this deploy knows it: Cognito keeps no record of what it could not send, and to the next deploy the account is one that exists.
 */
function notInvited(usernames: readonly string[]): NotInvited {
  return new NotInvited(
    `Deployed, but ${counted(usernames.length, "invitation", "invitations")} could not be sent: ${firstNames(usernames)}`,
    {
      why: "Cognito made the accounts; its e-mail or SMS sender refused (CodeDeliveryFailureException). npm run status shows them as invited: Cognito keeps no record of what was not sent.",
      next: [
        "look at the sender: who may send in Amazon SES or SNS, and the day's quota",
        inviteAgain(usernames),
      ],
    },
  );
}

const inviteAgain = (usernames: readonly string[]) =>
  `then send what was not sent: ${commandLine`npm run invite -- ${usernames}`}`;

/** A failure of Terraform's, or an interruption, with how far the deploy has come; every other one says that itself. */
function withRecord(failure: unknown, record: ApplyRecord, interrupted: boolean): unknown {
  if (failure instanceof NotInvited) return failure;
  if (!record.begun || !(failure instanceof TerraformError || interrupted)) return failure;
  const { message, why, next } =
    failure instanceof UserError ? failure : { message: "The deploy was interrupted", why: "", next: [] };
  // It was the next step that had not.
  const own = why === NOT_STARTED ? "" : why;
  return new UserError(`The deploy has not come to its end: ${message}`, {
    why: [record.words, own].filter(Boolean).join("\n"),
    next: [
      ...next,
      ...(interrupted ? [] : ["then go on with the rest: npm run deploy"]),
      ...(record.uninvited.length > 0 ? [inviteAgain(record.uninvited)] : []),
    ],
    cause: failure,
  });
}

/**
 * Whether a plan does nothing that another one would not have done. Somebody who was to be created may be taken over instead,
 * and whatever was half-made may be changed to what it was to become.
 * @param plan made after the other one was applied in part
 */
export function isPartOf(plan: Plan, reviewed: Plan): boolean {
  const before = new Map(reviewed.resource_changes.map((change) => [change.address, change]));
  return plan.resource_changes.filter(does).every((change) => {
    const other = before.get(change.address);
    return other !== undefined && does(other) && sameEnd(change, other);
  });
}

const does = ({ change: { actions, importing }, previous_address }: ResourceChange) =>
  importing != null || previous_address !== undefined || actions.some((action) => action !== "no-op");

/** What only matters when an account is created differs for one that is taken over. */
const OF_A_PERSON: ReadonlySet<string> = new Set(["username", "user_pool_id", "attributes", "enabled"]);

/** What both know of how it ends is the same; and what goes was to go. */
function sameEnd({ type, change: now }: ResourceChange, { change: then }: ResourceChange): boolean {
  if (now.actions.includes("delete") && !then.actions.includes("delete")) return false;
  if (now.after == null || then.after == null) return now.after == null && then.after == null;
  const { after: end } = then;
  return Object.entries(now.after).every(
    ([name, value]) =>
      (type === "aws_cognito_user" && !OF_A_PERSON.has(name)) ||
      !(name in end) ||
      then.after_unknown?.[name] !== undefined ||
      isDeepStrictEqual(comparable(value), comparable(end[name])),
  );
}

/** An account's own id is among the attributes of one that is taken over. */
function comparable(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const { sub: _, ...rest } = value as Record<string, unknown>;
  return rest;
}

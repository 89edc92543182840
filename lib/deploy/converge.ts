import { isDeepStrictEqual } from "node:util";
import { asClause, UserError } from "../errors.ts";
import type { Plan, ResourceChange } from "../review/plan.ts";
import { counted, firstNames } from "../review/refusals.ts";
import { commandLine } from "../shell.ts";
import { TerraformError } from "../terraform/errors.ts";
import { NOT_STARTED } from "../terraform/run.ts";
import { type Applied, applyProposal } from "./apply.ts";
import { ApplyRecord } from "./apply-record.ts";
import type { Proposal } from "./proposal.ts";

/** How often a deploy retries by itself after a transient failure. */
const MAX_TIMES = 3;

/**
 * Failures that the next deploy would resolve, as Terraform and the provider word them: a lost response to a create,
 * throttling that outlasted the provider's retries, a broken connection, a server error, an undelivered invitation (the
 * account exists).
 */
const PASSING =
  /UsernameExistsException|CodeDeliveryFailureException|GroupExistsException|TooManyRequests|Throttling|RequestError|connection (?:reset|refused)|broken pipe|\bEOF\b|timeout|InternalError|ServiceUnavailable|StatusCode: 5\d\d/i;

/** Whether another run would get further: true only if every error is transient. */
function passes(error: unknown): error is TerraformError {
  if (!(error instanceof TerraformError) || error.interrupted) return false;
  const errors = error.diagnostics.filter(({ severity }) => severity === "error");
  return (
    errors.length > 0 && errors.every(({ summary, detail = "" }) => PASSING.test(`${summary} ${detail}`))
  );
}

export interface ConvergeOptions {
  readonly onProgress: (step: string, detail?: string) => void;
  /** Called with a message to keep on the screen, when it retries by itself. */
  readonly onNotice: (text: string) => void;
  /** @default applyProposal */
  readonly apply?: typeof applyProposal;
}

/**
 * Applies a proposal. After a transient failure, it plans the rest again, at most three times, and applies that plan as long
 * as it contains nothing that the reviewed plan didn't.
 * @throws what `applyProposal` throws. For Terraform's failures and interruptions: the first one, with what is done and what
 *   isn't. UserError (exit 1) when all is deployed but an invitation couldn't be sent
 */
export async function deployToTheEnd(
  proposal: Proposal,
  { onProgress, onNotice, apply = applyProposal }: ConvergeOptions,
): Promise<Applied> {
  const record = new ApplyRecord();
  let failure: unknown;
  const attempt = async (what: Proposal) =>
    await apply(what, { onProgress, onNotice, record }).catch((error: unknown) => {
      failure = error;
      return undefined;
    });
  try {
    let done = await attempt(proposal);
    for (let time = 1; done === undefined && time <= MAX_TIMES && passes(failure); time++) {
      onNotice(
        `The deploy stopped halfway and is continuing (${time} of ${MAX_TIMES}): ${asClause(failure.message)}`,
      );
      done = await proposal.again(async (rest) =>
        rest.refused.length > 0 || !isPartOf(rest.plan, proposal.plan) ? undefined : await attempt(rest),
      );
    }
    if (done !== undefined && record.uninvited.length === 0) return done;
    if (done !== undefined) failure = notInvited(record.uninvited);
  } catch (error) {
    // The plan for the rest failed.
    failure = error;
  }
  throw withRecord(failure, record, proposal.context.signal?.aborted === true);
}

/** Everything is deployed, but someone's invitation wasn't sent. */
class NotInvited extends UserError {}

/** Only this deploy knows it: Cognito doesn't record undelivered invitations, and the next deploy sees an existing account. */
function notInvited(usernames: readonly string[]): NotInvited {
  return new NotInvited(
    `Deployed, but ${counted(usernames.length, "invitation", "invitations")} could not be sent: ${firstNames(usernames)}`,
    {
      why: "The accounts exist, but the e-mail or SMS sender refused the message (CodeDeliveryFailureException). npm run status shows them as invited, because Cognito keeps no record of failed messages.",
      next: ["check the sender's permissions and daily quota in Amazon SES or SNS", inviteAgain(usernames)],
    },
  );
}

const inviteAgain = (usernames: readonly string[]) =>
  `then send the invitations again: ${commandLine`npm run invite -- ${usernames}`}`;

/** Adds the deploy's progress to an interruption or a failure of Terraform's; other errors say it themselves. */
function withRecord(failure: unknown, record: ApplyRecord, interrupted: boolean): unknown {
  if (failure instanceof NotInvited) return failure;
  if (!record.begun || !(failure instanceof TerraformError || interrupted)) return failure;
  const { message, why, next } =
    failure instanceof UserError ? failure : { message: "The deploy was interrupted", why: "", next: [] };
  // It was the next step that had not started.
  const own = why === NOT_STARTED ? "" : why;
  return new UserError(`The deploy didn't finish: ${asClause(message)}`, {
    why: [record.words, own].filter(Boolean).join("\n"),
    next: [
      ...next,
      ...(interrupted ? [] : ["then deploy the rest: npm run deploy"]),
      ...(record.uninvited.length > 0 ? [inviteAgain(record.uninvited)] : []),
    ],
    cause: failure,
  });
}

/**
 * Whether a plan does nothing that the reviewed one wouldn't have done. A person to be created may be adopted instead, and
 * anything half-made may be changed to its intended state.
 * @param plan made after the reviewed one was partly applied
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

/** Arguments that matter only at creation may differ for an adopted account. */
const OF_A_PERSON: ReadonlySet<string> = new Set(["username", "user_pool_id", "attributes", "enabled"]);

/** Both plans lead to the same end, as far as both know it; deletions were planned before. */
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

/** An adopted account's attributes include its own id. */
function comparable(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const { sub: _, ...rest } = value as Record<string, unknown>;
  return rest;
}

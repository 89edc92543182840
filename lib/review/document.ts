import type { UserError } from "../errors.ts";
import { commandLine } from "../shell.ts";
import { accessGiven } from "./access.ts";
import { changedOutside, headline, isIrreversible, lines } from "./describe.ts";
import { type Drift, NO_DRIFT } from "./drift.ts";
import type { Line } from "./line.ts";
import { type Plan, type TerraformCounts, terraformCounts } from "./plan.ts";
import { type Preflight, preflightOf } from "./preflight.ts";
import { exceptionsOf, type Refusal, RefusedError } from "./refusals.ts";
import { type Remarked, withRemarks } from "./remarks.ts";
import type { Entry, Review } from "./review.ts";

/**
 * The one document that the terminal, Markdown, the HTML page and `--json` show. It holds no value of anybody's attributes
 * unless they were asked for, and never a sensitive one, so that whatever is made of it can be handed on.
 */
export interface ReviewDocument {
  readonly format: 1;
  /** "3 join, 1 leaves, 2 change — nothing irreversible", or "REFUSED: …". */
  readonly summary: string;
  readonly verdict: "nothing" | "reversible" | "irreversible" | "refused";
  /** With any, it must not be applied. */
  readonly refused: readonly Refusal[];
  /** What to know of the guards, in sentences: where one was not allowed to look, or config.ts loosens one. */
  readonly notices: readonly string[];
  /** Guards that were lifted for this run, by option, in words. */
  readonly exceptions: readonly string[];
  /** Everyone and everything concerned, the heaviest first: plan, drift, and people whom nobody declared. */
  readonly lines: readonly Line[];
  /** People in the pool that nobody declared. */
  readonly strangers: readonly string[];
  readonly drift: Drift;
  /** Who gets access by it, or more of it, beside the newcomers: enabled, taken over, created again, put into a group. */
  readonly access: readonly string[];
  /** Whether values of attributes are shown. */
  readonly values: boolean;
  /** Terraform's own counts. Absent where nothing was planned, since the roster alone was refused. */
  readonly terraform?: TerraformCounts;
  /** Absent likewise. */
  readonly preflight?: Preflight;
  /** The plan, change by change. */
  readonly entries: readonly Entry[];
  /** How many resources stay as they are. */
  readonly unchanged: number;
  readonly applyable: boolean;
}

/** What a proposal (propose.ts) has found out. */
export interface Proposed {
  readonly review: Review;
  readonly refused: readonly Refusal[];
  /** @default none */
  readonly notices?: readonly string[];
  readonly strangers: readonly string[];
  readonly drift: Drift;
  readonly plan: Plan;
  /** Of a first deploy. */
  readonly account?: string | undefined;
  /** What it was planned from: its notes and owners stand beside the people. @default none */
  readonly project?: { readonly roster: Remarked } | undefined;
}

/** How the proposal was asked for. */
export interface Asked {
  readonly refresh: boolean;
  readonly showValues: boolean;
  readonly allowRemovals?: number | undefined;
  readonly allowReplace: readonly string[];
  /** Whether the plan was made before, and kept: it puts no drift back. @default false */
  readonly kept?: boolean | undefined;
  /** Creations a second. @default Cognito's quota */
  readonly creationsPerSecond?: number | undefined;
}

/** @throws UserError for a plan that can't be shown in full */
export function reviewDocument(proposed: Proposed, asked: Asked): ReviewDocument {
  const { review, refused, notices = [], strangers, drift, plan } = proposed;
  const found = { ...proposed, kept: asked.kept };
  const people = review.entries.filter((entry) => entry.about === "person");
  const preflight = preflightOf(plan, people, { ...asked, account: proposed.account });
  return {
    format: 1,
    summary: headline(found, refused),
    verdict:
      refused.length > 0
        ? "refused"
        : review.entries.some(isIrreversible)
          ? "irreversible"
          : review.entries.length + drift.people.length + changedOutside(drift) > 0
            ? "reversible"
            : "nothing",
    refused,
    notices: [...notices, ...waysOut(strangers, preflight.userPoolId)],
    exceptions: exceptionsOf(asked),
    lines: withRemarks(lines(found), proposed.project?.roster ?? { people: [] }),
    strangers,
    drift,
    access: accessGiven({ review, drift }),
    values: asked.showValues,
    terraform: terraformCounts(plan),
    preflight,
    entries: review.entries,
    unchanged: review.unchanged,
    applyable: review.applyable,
  };
}

/** What to do about people whom nobody declared: a deploy leaves them as they are. */
function waysOut([first]: readonly string[], userPoolId: string | undefined): string[] {
  if (first === undefined || userPoolId === undefined) return [];
  return [
    "People of the user pool who are in no roster keep what they have. To take one in, add the line: npm run deploy -- --adopt NAME",
    `To shut one out: ${commandLine`aws cognito-idp admin-disable-user --user-pool-id ${userPoolId} --username ${first}`}`,
  ];
}

/**
 * Whether anything is not as it was deployed: found in the user pool, or written and not deployed yet. People whom nobody
 * declared alone are no difference, for a deploy leaves them as they are.
 */
export function differs({ verdict, entries, drift }: ReviewDocument): boolean {
  return (
    verdict !== "nothing" || entries.length > 0 || Object.values(drift).some((found) => found.length > 0)
  );
}

/** Whether there are values that the document does not tell. */
export function hidesValues({ values, entries }: ReviewDocument): boolean {
  return (
    !values &&
    entries.some((entry) => entry.about === "person" && entry.what !== "joins" && entry.attributes.length > 0)
  );
}

/** The document of what is refused before anything is planned: a roster that would lose somebody, another roster's plan. */
export function refusedDocument(error: UserError): ReviewDocument {
  const [summary = "REFUSED"] = error.message.split("\n");
  const refused =
    error instanceof RefusedError
      ? error.refused
      : [
          {
            message: summary.replace(/^REFUSED: /, ""),
            hint: [error.why, ...error.next].filter(Boolean).join(" → "),
          },
        ];
  return {
    format: 1,
    summary,
    verdict: "refused",
    refused,
    notices: [],
    exceptions: [],
    lines: [],
    strangers: [],
    drift: NO_DRIFT,
    access: [],
    values: false,
    entries: [],
    unchanged: 0,
    applyable: false,
  };
}

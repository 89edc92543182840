import type { UserError } from "../errors.ts";
import { commandLine } from "../shell.ts";
import { counted } from "../text/words.ts";
import { accessGiven } from "./access.ts";
import { changedOutside, headline, isIrreversible, lines } from "./describe.ts";
import { type Drift, NO_DRIFT } from "./drift.ts";
import { type Dated, type EndingWeeks, endingNotices, endingWeeks } from "./endings.ts";
import { type AccessChange, accessChanges, accessSentences } from "./gains.ts";
import type { Line } from "./line.ts";
import { type Plan, type TerraformCounts, terraformCounts } from "./plan.ts";
import { type Preflight, preflightOf } from "./preflight.ts";
import { exceptionsOf, type Refusal, RefusedError } from "./refusals.ts";
import { type Remarked, withRemarks } from "./remarks.ts";
import type { Entry, Review } from "./review.ts";
import { waysIn } from "./ways-in.ts";

/**
 * The one document that the terminal, Markdown, the HTML page and `--json` show. It contains no attribute values unless they
 * were requested, and never a sensitive one, so anything made from it can be shared.
 */
export interface ReviewDocument {
  readonly format: 1;
  /** "3 join, 1 leaves, 2 change — nothing irreversible", or "REFUSED: …". */
  readonly summary: string;
  readonly verdict: "nothing" | "reversible" | "irreversible" | "refused";
  /** If there are any, it must not be applied. */
  readonly refused: readonly Refusal[];
  /** Notes about the guards, in sentences: where one could not check, or config.ts loosens one. */
  readonly notices: readonly string[];
  /** Guards that were lifted for this run, by option, in words. */
  readonly exceptions: readonly string[];
  /** Everyone and everything affected, the most serious first: plan, drift, and undeclared people. */
  readonly lines: readonly Line[];
  /** People in the pool who are in no roster. */
  readonly strangers: readonly string[];
  readonly drift: Drift;
  /** Who gets access, or more access, by it, besides the newcomers: enabled, adopted, re-created, or added to a group. */
  readonly access: readonly string[];
  /** What people who can sign in can do by it and could not before, and the other way round. @default nothing changes */
  readonly gains?: readonly AccessChange[];
  /** What else lets people in who are in no roster, in sentences: an identity provider, a callback URL. @default nothing */
  readonly ways?: readonly string[];
  /** What ends by itself (`until`), and the day that this applies to. @default nothing this week or next week */
  readonly endings?: EndingWeeks & { readonly day: string };
  /** Whether values of attributes are shown. */
  readonly values: boolean;
  /** Terraform's own counts. Absent if nothing was planned, since the roster alone was refused. */
  readonly terraform?: TerraformCounts;
  /** Absent likewise. */
  readonly preflight?: Preflight;
  /** Absent if everyone is always planned. */
  readonly planned?: PlannedPart;
  /** The plan, change by change. */
  readonly entries: readonly Entry[];
  /** How many resources stay as they are. */
  readonly unchanged: number;
  readonly applyable: boolean;
}

/** Whether everyone was planned, if there are so many people that it may be a part. */
export interface PlannedPart {
  readonly whole: boolean;
  /** For a whole plan: why, as a clause. */
  readonly why?: string;
  /** For a part: how many people and memberships were compared with the state instead, and are unchanged since the deploy. */
  readonly leftOut?: number;
}

/** What a proposal (propose.ts) has found. */
export interface Proposed {
  readonly review: Review;
  readonly refused: readonly Refusal[];
  /** @default none */
  readonly notices?: readonly string[];
  readonly strangers: readonly string[];
  /** Those who signed up on their own and have not confirmed. @default none */
  readonly unconfirmed?: readonly string[] | undefined;
  readonly drift: Drift;
  readonly plan: Plan;
  /** @default everyone is always planned */
  readonly planned?: PlannedPart | undefined;
  /** For a first deploy. */
  readonly account?: string | undefined;
  /** What it was planned from: its notes and owners are shown beside the people. @default none */
  readonly project?:
    | ({ readonly roster: Remarked; readonly environment?: string | undefined } & Partial<Dated>)
    | undefined;
}

/** How the proposal was requested. */
export interface Asked {
  readonly refresh: boolean;
  readonly showValues: boolean;
  readonly allowRemovals?: number | undefined;
  readonly allowReplace: readonly string[];
  /** Whether the plan was made earlier and saved: it doesn't reverse drift. @default false */
  readonly kept?: boolean | undefined;
  /** Creations per second. @default Cognito's quota */
  readonly creationsPerSecond?: number | undefined;
}

/** @throws UserError for a plan that can't be shown in full */
export function reviewDocument(proposed: Proposed, asked: Asked): ReviewDocument {
  const { review, refused, notices = [], strangers, drift, plan } = proposed;
  const found = { ...proposed, kept: asked.kept };
  const people = review.entries.filter((entry) => entry.about === "person");
  const ways = waysIn(review);
  const { written, day } = proposed.project ?? {};
  const dated = written === undefined || day === undefined ? undefined : { written, day };
  const ends = dated === undefined ? [] : endingNotices(dated);
  const gains = accessChanges(plan, {
    people: proposed.project?.roster.people ?? [],
    partial: proposed.planned?.whole === false,
  });
  const preflight = preflightOf(plan, people, {
    ...asked,
    account: proposed.account,
    environment: proposed.project?.environment,
  });
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
    notices: [
      ...notices,
      ...saysPlanned(proposed.planned),
      ...ends,
      ...accessSentences(gains),
      ...waysOut(strangers, preflight.userPoolId),
    ],
    exceptions: exceptionsOf(asked),
    lines: withRemarks(lines(found), proposed.project?.roster ?? { people: [] }),
    strangers,
    drift,
    access: accessGiven({ review, drift }),
    ...(gains.length > 0 && { gains }),
    ...(ways.length > 0 && { ways }),
    ...(dated && ends.length > 0 && { endings: { day: dated.day, ...endingWeeks(dated) } }),
    values: asked.showValues,
    terraform: terraformCounts(plan),
    preflight,
    ...(proposed.planned && { planned: proposed.planned }),
    entries: review.entries,
    unchanged: review.unchanged + (proposed.planned?.leftOut ?? 0),
    applyable: review.applyable,
  };
}

function saysPlanned(planned: PlannedPart | undefined): string[] {
  if (planned === undefined) return [];
  if (planned.whole) return [`Terraform planned everyone: ${planned.why}.`];
  return [
    `Terraform planned the pool, its clients, its groups and those of whom something changes. ${counted(planned.leftOut ?? 0, "other person or membership was", "other people and memberships were")} compared with the state instead: nothing changes of them. To plan everyone: --full`,
  ];
}

/** What to do about undeclared people: a deploy leaves them alone. */
function waysOut([first]: readonly string[], userPoolId: string | undefined): string[] {
  if (first === undefined || userPoolId === undefined) return [];
  return [
    "People in the user pool but not in the roster keep their access. To take one over, add their line: npm run deploy -- --adopt NAME",
    `To disable one: ${commandLine`aws cognito-idp admin-disable-user --user-pool-id ${userPoolId} --username ${first}`}`,
  ];
}

/**
 * Whether anything differs from the last deploy: in the user pool, or written and not deployed yet. Undeclared people alone are
 * no difference, since a deploy leaves them alone.
 */
export function differs({ verdict, entries, drift }: ReviewDocument): boolean {
  return (
    verdict !== "nothing" ||
    entries.length > 0 ||
    Object.values(drift).some((found) => (found?.length ?? 0) > 0)
  );
}

/** Whether there are values that the document leaves out. */
export function hidesValues({ values, entries }: ReviewDocument): boolean {
  return (
    !values &&
    entries.some((entry) => entry.about === "person" && entry.what !== "joins" && entry.attributes.length > 0)
  );
}

/** The document of what is refused before anything is planned: a roster that would lose people, or another roster's plan. */
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

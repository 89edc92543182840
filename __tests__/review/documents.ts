import { type Asked, reviewDocument } from "../../lib/review/document.ts";
import { type Drift, NO_DRIFT } from "../../lib/review/drift.ts";
import { parsePlan } from "../../lib/review/plan.ts";
import { refusals } from "../../lib/review/refusals.ts";
import { reviewPlan } from "../../lib/review/review.ts";
import { type Change, planOf } from "./plans.ts";

export interface Found {
  readonly drift?: Drift;
  readonly strangers?: readonly string[];
  readonly removals?: number;
  readonly notices?: readonly string[];
  readonly asked?: Partial<Asked>;
}

/** The document of a plan, as `npm run plan` makes it. */
export function documentOf(
  json: unknown,
  { drift, strangers = [], removals = 10, notices = [], asked = {} }: Found = {},
) {
  const whole = { refresh: false, showValues: false, allowReplace: [], ...asked };
  const review = reviewPlan(json, whole);
  const refused = refusals(review, { removals, destroyable: false });
  const found = { drift: drift ?? NO_DRIFT, strangers };
  return reviewDocument({ review, refused, notices, ...found, plan: parsePlan(json) }, whole);
}

export const documentWith = (changes: readonly Change[], found: Found = {}) =>
  documentOf(planOf(...changes), found);

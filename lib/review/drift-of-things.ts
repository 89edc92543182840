import { z } from "zod";
import { planApart } from "../terraform/plan-apart.ts";
import type { TerraformContext } from "../terraform/run.ts";
import type { DriftedSetting } from "./drift.ts";
import { parsePlan, type ResourceChange } from "./plan.ts";
import { type SettingChange, settingChanges } from "./values.ts";

export interface DriftOfThings {
  readonly things: readonly DriftedSetting[];
  /** Their addresses in the state. */
  readonly addresses: readonly string[];
}

export const NO_THINGS: DriftOfThings = { things: [], addresses: [] };

/** Of these there may be many; ListUsers tells who has drifted. */
const PEOPLE: ReadonlySet<string> = new Set(["aws_cognito_user", "aws_cognito_user_in_group"]);

/**
 * Compares the pool, the app client, the groups and the domain with the real ones, by a plan of these alone: Cognito is asked
 * as often as there are groups, and four or five times more, however many people there are.
 * @param state what `terraform state pull` printed
 * @throws TerraformError
 */
export async function findDriftOfThings(context: TerraformContext, state: string): Promise<DriftOfThings> {
  const plan = await planApart(context, { state, without: PEOPLE });
  return plan === undefined ? NO_THINGS : driftOfThings(plan);
}

const DRIFTED = z.object({ format_version: z.string(), resource_drift: z.unknown().optional() });

/**
 * What has drifted, of all but people, by a plan that was made with a refresh. A setting counts when it is not as it was
 * deployed and the plan puts it back; the rest are values that Cognito computes, and what no setting says.
 * @param json what `terraform show -json PLAN` printed
 */
export function driftOfThings(json: unknown): DriftOfThings {
  const planned = new Map(parsePlan(json).resource_changes.map((change) => [change.address, change]));
  const { format_version, resource_drift = [] } = DRIFTED.parse(json);
  const found = parsePlan({ format_version, resource_changes: resource_drift }).resource_changes.flatMap(
    (drifted) => {
      const next = planned.get(drifted.address);
      if (PEOPLE.has(drifted.type) || drifted.mode !== "managed" || next === undefined) return [];
      const thing = thingOf(drifted, next);
      return thing === undefined ? [] : [{ thing, address: drifted.address }];
    },
  );
  return { things: found.map(({ thing }) => thing), addresses: found.map(({ address }) => address) };
}

const ABOUT: Readonly<Record<string, DriftedSetting["about"]>> = {
  aws_cognito_user_pool: "pool",
  aws_cognito_user_pool_client: "client",
  aws_cognito_user_group: "group",
};

function thingOf(drifted: ResourceChange, planned: ResourceChange): DriftedSetting | undefined {
  const about = ABOUT[drifted.type] ?? "other";
  const thing = { about, label: about === "group" ? String(drifted.index ?? "") : drifted.address };
  if (drifted.change.actions.includes("delete")) {
    const again = planned.change.actions.includes("create");
    return again ? { ...thing, settings: [], missing: true } : undefined;
  }
  const back = settingChanges(planned.change).filter(hasValue);
  const settings = settingChanges(drifted.change).filter((one) => back.some(overlaps(one)));
  return settings.length === 0 ? undefined : { ...thing, settings };
}

/** A block may be named in one change as a whole, and in the other by a setting in it. */
const overlaps = (one: SettingChange) => (other: SettingChange) =>
  `${one.name}.`.startsWith(`${other.name}.`) || `${other.name}.`.startsWith(`${one.name}.`);

/** Without one, and not secret either, it is computed: known after the deploy. */
const hasValue = ({ from, to }: SettingChange) => to !== undefined || from === undefined;

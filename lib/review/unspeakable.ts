import { UserError } from "../errors.ts";
import type { ResourceChange } from "./plan.ts";

/** What Terraform does with one resource. */
export type Action = "nothing" | "create" | "update" | "delete" | "replace" | "read" | "forget";

const ACTIONS: Readonly<Record<string, Action>> = {
  "no-op": "nothing",
  create: "create",
  update: "update",
  delete: "delete",
  "delete,create": "replace",
  "create,delete": "replace",
  read: "read",
  forget: "forget",
};

/** @throws UserError for what a newer Terraform may do, and for remains of a replacement that failed half-way */
export function actionOf(resource: ResourceChange): Action {
  const { actions } = resource.change;
  const action = ACTIONS[actions.join(",")];
  if (action === undefined) throw unspeakable(resource, `is to be: ${actions.join(", then ")}`);
  if (resource.deposed !== undefined) throw unspeakable(resource, "has remains of a failed replacement");
  return action;
}

/** A review that would have to leave something out is none. */
export function unspeakable({ address }: ResourceChange, what: string): UserError {
  return new UserError(`The plan has something that this version has no words for: ${address} ${what}`, {
    why: "What a review cannot show must not be applied.",
    next: ["read it in Terraform's own words: npx cdktf diff"],
  });
}

import { counted, firstNames } from "../text/words.ts";
import { actionOf, type Plan, type ResourceChange } from "./plan.ts";

/** What a plan that destroys everything would take away. */
export interface Destruction {
  /** Names of everyone in the user pool, in the roster or not. */
  readonly people: readonly string[];
  /** Those who are not in the state, and whom Cognito deletes with the pool. */
  readonly undeclared: readonly string[];
  /** The number of resources by type, without people and memberships. */
  readonly things: Readonly<Record<string, number>>;
}

const THINGS: Readonly<Record<string, readonly [one: string, several: string]>> = {
  aws_cognito_user_pool: ["the user pool itself", "user pools"],
  aws_cognito_user_pool_client: ["its app client", "app clients"],
  aws_cognito_user_pool_domain: ["its sign-in domain", "sign-in domains"],
  aws_cognito_user_group: ["1 group", "groups"],
};

/**
 * What is destroyed besides people, by a plan that only deletes.
 * @throws UserError for a plan that would do anything but delete
 */
export function thingsDestroyed({ resource_changes: all }: Plan, refuse: (of: ResourceChange) => Error) {
  const things: Record<string, number> = {};
  for (const change of all) {
    const action = actionOf(change);
    if (change.mode !== "managed" || action === "nothing") continue;
    if (action !== "delete") throw refuse(change);
    if (/^aws_cognito_user(?:_in_group)?$/.test(change.type)) continue;
    things[change.type] = (things[change.type] ?? 0) + 1;
  }
  return things;
}

/** In terms of people: the most serious first. */
export function destructionLines({ people, undeclared, things }: Destruction): string[] {
  const named = Object.entries(things).map(([type, count]) => {
    const [one, several] = THINGS[type] ?? [`1 ${type}`, type];
    return count === 1 ? one : `${count} ${several}`;
  });
  return [
    people.length === 0
      ? "No one has an account in it."
      : `${counted(people.length, "account is", "accounts are")} deleted, irreversibly: ${firstNames(people)}`,
    ...(undeclared.length === 0
      ? []
      : [`${undeclared.length} of them not managed by this repository: ${firstNames(undeclared)}`]),
    ...(named.length === 0 ? [] : [`with them ${named.join(", ")}`]),
    ...(people.length === 0
      ? []
      : [
          "Their passwords and second factors are lost. Anyone invited again gets a new account with a new sub.",
        ]),
  ];
}

import { TerraformLocal, type TerraformStack } from "cdktf";
import { fold } from "../../roster/formats.ts";
import type { Person } from "../../roster/roster.ts";
import { plainText } from "../terraform-text.ts";
import { blocksOf } from "./shards.ts";

/**
 * Binds people to the accounts that were deployed: if Terraform's own refresh finds another `sub` under a name, the plan fails,
 * even with plain `cdktf deploy`, and the state keeps who was who. It uses preconditions of an output, which are evaluated once
 * per block; a postcondition on the people themselves decodes the whole block for each of them (10,000 people in 64 blocks took
 * more than 500 s).
 * @param subs by username, for people in the state; others are skipped. `unread`: every plan fails
 */
export function holdIdentities(
  stack: TerraformStack,
  people: readonly Person[],
  subs: ReadonlyMap<string, string> | "unread",
): void {
  const preconditions = subs === "unread" ? [UNREAD] : preconditionsOf(stack, people, subs);
  if (preconditions.length > 0) stack.addOverride("output.region.precondition", preconditions);
}

/** A condition has to refer to something. */
const UNREAD = {
  condition: `\${data.aws_region.current.name == ""}`,
  error_message:
    "REFUSED: could not check who has which account, because the state could not be read at synthesis. Synthesize again with the credentials of the deploy, as cdktf deploy and cdktf diff do, or: npm run deploy",
};

function preconditionsOf(
  stack: TerraformStack,
  people: readonly Person[],
  subs: ReadonlyMap<string, string>,
) {
  return blocksOf(people).flatMap(({ suffix, people: block }) =>
    (["users", "leaving"] as const).flatMap((kind) => {
      const known = block.flatMap(({ username, leaving }) => {
        const sub = subs.get(username);
        return sub === undefined || leaving !== (kind === "leaving")
          ? []
          : [[plainText(username), sub] as const];
      });
      if (known.length === 0) return [];
      const local = `known_subs_of_${kind}${suffix}`;
      new TerraformLocal(stack, local, Object.fromEntries(known)).overrideLogicalId(local);
      const other = `[for name, sub in local.${local} : name if aws_cognito_user.${kind}${suffix}[name].sub != sub]`;
      return [
        {
          condition: `\${length(${other}) == 0}`,
          error_message: `REFUSED: \${join(", ", ${other})}: another account now has this name, with another sub than the deployed one. If that is intended: npm run deploy -- --allow-replace NAME`,
        },
      ];
    }),
  );
}

/**
 * Makes the plan of plain `cdktf deploy` fail while a person is deployed under a former name: Terraform would delete the
 * account and create another one. `prevent_destroy` refuses that with a message that doesn't mention it, and a destroyable
 * stack doesn't refuse it at all. Only `npm run deploy` changes the address first (lib/deploy/rename-people.ts), and then
 * generates the configuration from the resulting state.
 * @param subs by username, for people in the state
 */
export function refuseToRename(
  stack: TerraformStack,
  people: readonly Person[],
  subs: ReadonlyMap<string, string>,
): void {
  // Whatever its spelling: `npm run deploy` reports the right one.
  const deployed = new Set([...subs.keys()].map(fold));
  const former = people.flatMap(({ username, formerly }) =>
    formerly !== undefined && deployed.has(fold(formerly)) ? [`${formerly} as ${username}`] : [],
  );
  if (former.length === 0) return;
  stack.addOverride("output.user_pool_client_id.precondition", [
    {
      condition: UNREAD.condition,
      error_message: `REFUSED: Terraform alone can't change an address without deleting the account and creating another: ${plainText(former.join(", "))}. Deploy it with: npm run deploy`,
    },
  ]);
}

import { TerraformLocal, type TerraformStack } from "cdktf";
import type { Person } from "../../roster/roster.ts";
import { plainText } from "../terraform-text.ts";
import { blocksOf } from "./shards.ts";

/**
 * Holds people to the accounts that were deployed: where Terraform's own refresh finds another `sub` under a name, the plan fails,
 * also one of plain `cdktf deploy`, and the state keeps who was who. By preconditions of an output, which are evaluated once a
 * block; a postcondition of the people themselves decodes the whole block for each of them (10,000 people in 64 blocks did not
 * end in 500 s).
 * @param subs by username, of whom the state has; people who are not in it are passed over. `unread`: every plan fails
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
    "REFUSED: could not look who is which account: the state could not be read when this was synthesized. Synthesize again with the credentials of the deploy, as cdktf deploy and cdktf diff do, or: npm run deploy",
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
          error_message: `REFUSED: \${join(", ", ${other})}: another account has this name now, with another sub than the one deployed. Look at it; if it is meant: npm run deploy -- --allow-replace NAME`,
        },
      ];
    }),
  );
}

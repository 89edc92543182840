import { readFileSync } from "node:fs";
import { TerraformLocal, type TerraformStack } from "cdktf";
import { z } from "zod";
import { EXIT, UserError } from "../../errors.ts";
import type { Person } from "../../roster/roster.ts";
import { plainText } from "../terraform-text.ts";
import { type Declarations, groupBlocks } from "./group-blocks.ts";
import { blocksOf } from "./shards.ts";

/** What exists in Cognito already and is to be taken into the state instead of being created. */
export interface Adoption {
  readonly userPoolId: string;
  /** @default the app client is created, or in the state already */
  readonly clientId?: string | undefined;
  /** The prefix of its domain. @default it has none, or it is in the state already */
  readonly domain?: string | undefined;
  /** Their names in the roster, as they are written there; who is not (or no more) in the roster is passed over. */
  readonly people: readonly string[];
  /** Groups of the pool; those that are neither declared nor named by the roster are passed over. @default none */
  readonly groups?: readonly string[] | undefined;
  /**
   * Who is in which group already. Not planned for now: a membership can't be imported (before provider 6), and what is
   * there should not look as if it were added. @default every membership is planned
   */
  readonly existingMemberships?: readonly { readonly username: string; readonly group: string }[] | undefined;
}

/**
 * Emits `import` blocks for what is to be adopted. Terraform passes over a block whose resource is in the state already, so
 * they may stay after the deploy that needed them. Ids as provider 5.100.0 takes them: `<pool>`, `<pool>/<client>`,
 * `<pool>/<group>`, `<pool>/<username as configured>`; by the sub instead of the e-mail address, the person would be
 * deleted and created again.
 */
export function adoptInto(
  stack: TerraformStack,
  adoption: Adoption,
  people: readonly Person[],
  declared?: Declarations,
): void {
  const { userPoolId, clientId, domain, groups = [] } = adoption;
  const adopted = new Set(adoption.people);
  const usernames = (people: readonly Person[], leaving: boolean) =>
    people
      .filter((person) => person.leaving === leaving && adopted.has(person.username))
      .map(({ username }) => username);
  const within = (id: string) => `${plainText(userPoolId)}/${id}`;
  stack.addOverride("import", [
    { to: "aws_cognito_user_pool.pool", id: plainText(userPoolId) },
    ...(clientId === undefined
      ? []
      : [{ to: "aws_cognito_user_pool_client.client", id: within(plainText(clientId)) }]),
    ...(domain === undefined ? [] : [{ to: "aws_cognito_user_pool_domain.domain", id: plainText(domain) }]),
    ...blocksOf(people).flatMap(({ suffix, people }) => [
      ...each(`aws_cognito_user.users${suffix}`, `adopted${suffix}`, usernames(people, false)),
      ...each(`aws_cognito_user.leaving${suffix}`, `adopted_leaving${suffix}`, usernames(people, true)),
    ]),
    ...groupBlocks(people, declared).flatMap(({ name, groups: named }) =>
      each(
        `aws_cognito_user_group.${name}`,
        `adopted_${name}`,
        groups.filter((group) => named.includes(group)),
      ),
    ),
  ]);
  // An import block for a pool that is in the state is passed over, whichever pool that is.
  stack.addOverride("output.user_pool_id.precondition", {
    condition: `\${aws_cognito_user_pool.pool.id == ${JSON.stringify(userPoolId)}}`,
    error_message: `The people to be adopted are in the user pool ${userPoolId}, but this stack has another one. Delete adopt.json if that one was imported before.`,
  });

  /** One block for all of a resource's instances. */
  function each(resource: string, local: string, names: readonly string[]) {
    if (names.length === 0) return [];
    const map = Object.fromEntries(names.map((name) => [plainText(name), plainText(name)]));
    new TerraformLocal(stack, local, map).overrideLogicalId(local);
    return [{ for_each: `\${local.${local}}`, to: `${resource}[each.key]`, id: within("${each.key}") }];
  }
}

/** Beside `users.json`; `npm run import-users -- --write` writes it. */
export const ADOPTION_FILE = "adopt.json";

const SHAPE = z.strictObject({
  userPoolId: z.string().min(1),
  clientId: z.string().min(1).exactOptional(),
  domain: z.string().min(1).exactOptional(),
  people: z.array(z.string()),
  groups: z.array(z.string()),
});

/**
 * What the next deploy adopts. The file may stay after it, or be deleted.
 * @returns undefined where there is no such file
 * @throws UserError (exit 2) for one that can't be read: without it everyone would be created again
 */
export function readAdoption(file: string): Adoption | undefined {
  try {
    return SHAPE.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new UserError(`${file} can't be read as what import-users wrote`, {
      why: "It names the people who exist already. Without it the deploy would try to create them again.",
      next: ["write it again: npm run import-users -- --user-pool-id ID --write", "or take it back from git"],
      exitCode: EXIT.wrong,
      cause: error,
    });
  }
}

/** The file's text, a name a line, so that a reviewer sees who. */
export function adoptionText(adoption: Adoption): string {
  return `${JSON.stringify(adoption, null, 2)}\n`;
}

/**
 * What was found missing from the state just now, with what the file says about the rest of the same pool.
 * @param written the file's adoption
 * @param found by looking at the pool: newer than the file, so that its people count
 */
export function mergedAdoption(
  written: Adoption | undefined,
  found: Adoption | undefined,
): Adoption | undefined {
  if (found === undefined || written?.userPoolId !== found.userPoolId) return found ?? written;
  return { ...written, ...found };
}

import { readFileSync } from "node:fs";
import { TerraformLocal, type TerraformStack } from "cdktf";
import { z } from "zod";
import { EXIT, UserError } from "../../errors.ts";
import type { Person } from "../../roster/roster.ts";
import { clientsOf } from "../clients.ts";
import type { StackSettings } from "../settings.ts";
import { plainText } from "../terraform-text.ts";
import { groupBlocks } from "./group-blocks.ts";
import { providerBlock } from "./identity-providers.ts";
import { blocksOf } from "./shards.ts";

/** What already exists in Cognito and is imported into the state instead of being created. */
export interface Adoption {
  readonly userPoolId: string;
  /** @default the app client is created, or is in the state already */
  readonly clientId?: string | undefined;
  /** For a pool with several, their ids by their names in config.ts; missing ones are skipped. @default none */
  readonly clients?: Readonly<Record<string, string>> | undefined;
  /** The prefix of its domain, or its full name. @default it has none, or it is in the state already */
  readonly domain?: string | undefined;
  /** Their names in the roster, as written there; people who aren't in the roster are skipped. */
  readonly people: readonly string[];
  /** Groups of the pool; those that are neither declared nor in the roster are skipped. @default none */
  readonly groups?: readonly string[] | undefined;
  /** Identifiers of resource servers; those that aren't declared are skipped. @default none */
  readonly resourceServers?: readonly string[] | undefined;
  /** Names of identity providers; those that aren't declared are skipped. @default none */
  readonly identityProviders?: readonly string[] | undefined;
  /**
   * Existing memberships. They are left out of the plan for now: a membership can't be imported (before provider 6), and
   * existing ones should not look as if they were added. @default every membership is planned
   */
  readonly existingMemberships?: readonly { readonly username: string; readonly group: string }[] | undefined;
}

/** What config.ts declares, whether or not the roster uses it. */
type Declared = Pick<
  StackSettings,
  "client" | "clients" | "groups" | "resourceServers" | "identityProviders"
>;

/**
 * Emits `import` blocks for what is adopted. Terraform skips a block whose resource is in the state already, so they may stay
 * after the deploy that needed them. Ids as provider 5.100.0 expects them: `<pool>`, `<pool>/<client>`, `<pool>|<resource
 * server>`, `<pool>:<identity provider>`, `<pool>/<group>`, `<pool>/<username as configured>`; with the sub instead of the
 * e-mail address, the person would be deleted and created again.
 */
export function adoptInto(
  stack: TerraformStack,
  adoption: Adoption,
  people: readonly Person[],
  declared: Declared = {},
): void {
  const { userPoolId, clientId, clients = {}, domain, groups = [] } = adoption;
  const { resourceServers = {}, identityProviders = {} } = declared;
  const clientIds = clientsOf(declared).flatMap(({ key, block }) => {
    const id = key === undefined ? clientId : Object.hasOwn(clients, key) ? clients[key] : undefined;
    return id === undefined ? [] : [{ block, id }];
  });
  const servers = adoption.resourceServers?.filter((one) => Object.hasOwn(resourceServers, one)) ?? [];
  const providers = adoption.identityProviders?.filter((one) => Object.hasOwn(identityProviders, one)) ?? [];
  const adopted = new Set(adoption.people);
  const usernames = (people: readonly Person[], leaving: boolean) =>
    people
      .filter((person) => person.leaving === leaving && adopted.has(person.username))
      .map(({ username }) => username);
  const within = (id: string) => `${plainText(userPoolId)}/${id}`;
  stack.addOverride("import", [
    { to: "aws_cognito_user_pool.pool", id: plainText(userPoolId) },
    ...clientIds.map(({ block, id }) => ({
      to: `aws_cognito_user_pool_client.${block}`,
      id: within(plainText(id)),
    })),
    ...(domain === undefined ? [] : [{ to: "aws_cognito_user_pool_domain.domain", id: plainText(domain) }]),
    ...each("aws_cognito_resource_server.servers", "adopted_resource_servers", servers, "|"),
    ...providers.map((name) => ({
      to: `aws_cognito_identity_provider.${providerBlock(name)}`,
      id: plainText(`${userPoolId}:${name}`),
    })),
    ...blocksOf(people).flatMap(({ suffix, people }) => [
      ...each(`aws_cognito_user.users${suffix}`, `adopted${suffix}`, usernames(people, false)),
      ...each(`aws_cognito_user.leaving${suffix}`, `adopted_leaving${suffix}`, usernames(people, true)),
    ]),
    ...groupBlocks(people, declared.groups).flatMap(({ name, groups: named }) =>
      each(
        `aws_cognito_user_group.${name}`,
        `adopted_${name}`,
        groups.filter((group) => named.includes(group)),
      ),
    ),
  ]);
  // An import block for a pool that is in the state is skipped, whichever pool that is.
  stack.addOverride("output.user_pool_id.precondition", {
    condition: `\${aws_cognito_user_pool.pool.id == ${JSON.stringify(userPoolId)}}`,
    error_message: `adopt.json is for the user pool ${userPoolId}, but this stack has another one. Delete adopt.json if that import is done.`,
  });

  /** One block for all of a resource's instances. */
  function each(resource: string, local: string, names: readonly string[], between = "/") {
    if (names.length === 0) return [];
    const map = Object.fromEntries(names.map((name) => [plainText(name), plainText(name)]));
    new TerraformLocal(stack, local, map).overrideLogicalId(local);
    return [
      {
        for_each: `\${local.${local}}`,
        to: `${resource}[each.key]`,
        id: `${plainText(userPoolId)}${between}\${each.key}`,
      },
    ];
  }
}

/** Beside `users.json`; `npm run import-users -- --write` writes it. */
export const ADOPTION_FILE = "adopt.json";

/** The file of an environment: each has its own pool. @param environment @default config.ts has none */
export const adoptionFile = (environment?: string): string =>
  environment === undefined ? ADOPTION_FILE : `adopt.${environment}.json`;

const SHAPE = z.strictObject({
  userPoolId: z.string().min(1),
  clientId: z.string().min(1).exactOptional(),
  clients: z.record(z.string(), z.string().min(1)).exactOptional(),
  domain: z.string().min(1).exactOptional(),
  people: z.array(z.string()),
  groups: z.array(z.string()),
  resourceServers: z.array(z.string()).exactOptional(),
  identityProviders: z.array(z.string()).exactOptional(),
});

/**
 * What the next deploy adopts. The file may stay after it, or be deleted.
 * @returns undefined if there is no such file
 * @throws UserError (exit 2) for an unreadable one: without it everyone would be created again
 */
export function readAdoption(file: string): Adoption | undefined {
  try {
    return SHAPE.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new UserError(`${file} isn't a file that import-users wrote`, {
      why: "It lists the people who already exist. Without it, the deploy would try to create them again.",
      next: ["create it again: npm run import-users -- --user-pool-id ID --write", "or restore it from git"],
      exitCode: EXIT.wrong,
      cause: error,
    });
  }
}

/** The file's text, one name per line, so that a reviewer sees the people. */
export function adoptionText(adoption: Adoption): string {
  return `${JSON.stringify(adoption, null, 2)}\n`;
}

/**
 * What was just found missing from the state, combined with what the file says about the rest of the same pool.
 * @param written the file's adoption
 * @param found from the pool itself: newer than the file, so its people win
 */
export function mergedAdoption(
  written: Adoption | undefined,
  found: Adoption | undefined,
): Adoption | undefined {
  if (found === undefined || written?.userPoolId !== found.userPoolId) return found ?? written;
  return { ...written, ...found };
}

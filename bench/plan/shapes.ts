import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CognitoUser } from "@cdktf/provider-aws/lib/cognito-user/index.js";
import { CognitoUserGroup } from "@cdktf/provider-aws/lib/cognito-user-group/index.js";
import { CognitoUserInGroup } from "@cdktf/provider-aws/lib/cognito-user-in-group/index.js";
import { App, TerraformIterator, TerraformStack, Token } from "cdktf";
import { subsIn } from "../../lib/deploy/project.ts";
import type { Person } from "../../lib/roster/roster.ts";
import { defaultClient } from "../../lib/stack/clients.ts";
import type { Settings } from "../../lib/stack/settings.ts";
import { AppClient } from "../../lib/stack/synth/app-client.ts";
import { awsProvider, synthesize } from "../../lib/stack/synth/roster-stack.ts";
import { UserPool } from "../../lib/stack/synth/user-pool.ts";
import type { StateInstance } from "../../lib/terraform/state.ts";

/** cdk.tf.json, as far as the bench looks into it. */
export interface Configuration {
  readonly terraform: Record<string, unknown>;
  readonly output?: unknown;
  readonly locals?: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, Readonly<Record<string, { readonly for_each?: unknown }>>>>;
}

export interface ShapeInput {
  readonly people: readonly Person[];
  /** What the state has. */
  readonly recorded: readonly StateInstance[];
  readonly env: NodeJS.ProcessEnv;
  /** Where to synthesize. */
  readonly outdir: string;
}

/** A way to declare people to Terraform. */
export type Shape = (input: ShapeInput) => Configuration;

const SETTINGS: Settings = {
  stack: "bench",
  roster: "users.json",
  pool: { name: "people" },
  client: { name: "app" },
};

/** This package's. */
export const ours: Shape = ({ people, recorded, env, outdir }) =>
  read(
    synthesize({
      settings: SETTINGS,
      roster: { file: "users.json", people },
      recorded,
      subs: subsIn(recorded, []),
      env,
      outdir,
    }),
  );

/** One for_each over a map of objects, as cdktf's pages and most modules have it. */
export const inline: Shape = (input) =>
  besidePool(input, (stack, userPoolId) => {
    const { people } = input;
    const everyone = TerraformIterator.fromMap(
      Object.fromEntries(people.map((person) => [person.username, valuesOf(person)])),
    );
    const users = new CognitoUser(stack, "users", {
      forEach: everyone,
      userPoolId,
      username: everyone.key,
      attributes: everyone.getStringMap("attributes"),
      enabled: Token.asAny(everyone.getBoolean("enabled")),
      desiredDeliveryMediums: ["EMAIL"],
    });
    users.overrideLogicalId("users");
    if (people.every(({ groups }) => groups.length === 0)) return;
    groupsOf(stack, userPoolId, people);
    const pairs = people.flatMap(({ username, groups }) =>
      groups.map((group) => [`${username} in ${group}`, { username, group }] as const),
    );
    const everyPair = TerraformIterator.fromMap(Object.fromEntries(pairs));
    new CognitoUserInGroup(stack, "memberships", {
      forEach: everyPair,
      userPoolId,
      username: `\${aws_cognito_user.users[each.value.username].username}`,
      groupName: everyPair.getString("group"),
    });
  });

/** A resource for each person and each membership. */
export const oneEach: Shape = (input) =>
  besidePool(input, (stack, userPoolId) => {
    if (input.people.some(({ groups }) => groups.length > 0)) groupsOf(stack, userPoolId, input.people);
    for (const [index, person] of input.people.entries()) {
      const user = new CognitoUser(stack, `user_${index}`, {
        ...valuesOf(person),
        userPoolId,
        username: person.username,
        desiredDeliveryMediums: ["EMAIL"],
      });
      for (const group of person.groups) {
        const { username } = user;
        new CognitoUserInGroup(stack, `user_${index}_${group}`, { userPoolId, username, groupName: group });
      }
    }
  });

function valuesOf({ username, attributes, enabled }: Person) {
  return { attributes: { ...attributes, email: username, email_verified: "true" }, enabled };
}

function groupsOf(stack: TerraformStack, userPoolId: string, people: readonly Person[]): void {
  const names = Object.fromEntries(people.flatMap(({ groups }) => groups.map((name) => [name, name])));
  const forEach = TerraformIterator.fromMap(names);
  const groups = new CognitoUserGroup(stack, "groups", { forEach, userPoolId, name: "${each.key}" });
  groups.overrideLogicalId("groups");
}

/** The same pool and client for all shapes. */
function besidePool(
  { env, outdir }: ShapeInput,
  declare: (stack: TerraformStack, userPoolId: string) => void,
): Configuration {
  const app = new App({ outdir });
  const stack = new TerraformStack(app, SETTINGS.stack);
  awsProvider(stack, undefined, env);
  const pool = new UserPool(stack, "user-pool", { ...SETTINGS.pool, destroyable: false });
  new AppClient(stack, "app-client", { ...defaultClient(SETTINGS).settings, userPoolId: pool.id });
  declare(stack, pool.id);
  app.synth();
  return read(join(outdir, "stacks", SETTINGS.stack));
}

function read(stackDirectory: string): Configuration {
  return JSON.parse(readFileSync(join(stackDirectory, "cdk.tf.json"), "utf8")) as Configuration;
}

import { lstatSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { AwsProvider, type AwsProviderConfig } from "@cdktf/provider-aws/lib/provider/index.js";
import { App, Manifest, TerraformBackend, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { namesOf } from "../../roster/attribute-types.ts";
import { explainUndeclaredGroup } from "../../roster/explain-names.ts";
import { type Problem, RosterError } from "../../roster/problem.ts";
import type { Roster } from "../../roster/roster.ts";
import { guardProblems, guardsOf } from "../guards.ts";
import { requireUsable } from "../rules/check.ts";
import type { SettingProblem } from "../rules/problem.ts";
import type { Settings, StackSettings } from "../settings.ts";
import { AppClient } from "./app-client.ts";
import { stateBackend } from "./backend.ts";
import type { Declarations } from "./group-blocks.ts";
import { Groups } from "./groups.ts";
import { holdIdentities } from "./identities.ts";
import { type Adoption, adoptInto } from "./import-blocks.ts";
import { groupMovesOf, membershipKey, movesOf, type Recorded } from "./moved-blocks.ts";
import { Outputs } from "./outputs.ts";
import { People } from "./people.ts";
import { UserPool } from "./user-pool.ts";

const BINDINGS: { readonly cdktf: { readonly provider: { readonly version: string } } } = createRequire(
  import.meta.url,
)("@cdktf/provider-aws/package.json");

/** The provider release that the installed bindings were generated from, and which they pin in `required_providers`. */
export const AWS_PROVIDER = { source: "hashicorp/aws", version: BINDINGS.cdktf.provider.version } as const;

/**
 * The AWS provider. Credentials, profile, region and endpoints come from the AWS environment variables and files.
 * Where the environment sends Cognito to another endpoint, the account is not looked up first: emulators often have
 * no STS, and with dummy credentials the lookup would go to the real one.
 * @param region AWS region, or undefined to leave it to the environment
 */
export function awsProvider(
  scope: Construct,
  region: string | undefined,
  env: NodeJS.ProcessEnv,
): AwsProvider {
  const config: AwsProviderConfig = {
    ...(region === undefined ? {} : { region }),
    ...(isEmulated(env)
      ? { skipCredentialsValidation: true, skipRequestingAccountId: true, skipMetadataApiCheck: "true" }
      : {}),
  };
  return new AwsProvider(scope, "aws", config);
}

/** Whether the environment sends Cognito to another endpoint. */
const isEmulated = (env: NodeJS.ProcessEnv): boolean =>
  Boolean(env.AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER || env.AWS_ENDPOINT_URL);

/** What a {@link CognitoRosterStack} is made from. */
export interface CognitoRosterStackProps {
  /** The pool, its client and how they are deployed; what is left out is in `lib/stack/defaults.ts`. */
  readonly settings: StackSettings;
  /** From `loadRoster` or `parseRoster`, with `rosterRules(settings)` as its rules, or `settings.pool`. */
  readonly roster: Roster;
  /** What exists already. @default nothing: what is not in the state is created */
  readonly adopt?: Adoption | undefined;
  /** What the state has: makes the plan of many people cheaper, and what is taken out of the settings is taken back. @default unknown */
  readonly recorded?: readonly Recorded[] | undefined;
  /** Attributes of people that an earlier deploy has set, from their state. @default none: what no line names stays */
  readonly namedBefore?: ReadonlySet<string> | undefined;
  /**
   * Who is which account, by username: a plan that finds another one under a name fails. `unread`: there is a state, and nobody
   * could read it, so that every plan fails. @default unknown
   */
  readonly subs?: ReadonlyMap<string, string> | "unread" | undefined;
  /** Groups that the pool had before they were in the roster: the next deploy has to know. @default none */
  readonly adoptedGroups?: readonly string[] | undefined;
  /** Where `AWS_ENDPOINT_URL…` is looked up. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Everything that is deployed: the pool, its app client, its people and groups, and the outputs; with a state and an AWS
 * provider of its own, beside any other stacks of an app. A second one needs another id and another pool.
 *
 * @example
 * const settings: StackSettings = { pool: { name: "people" }, client: { name: "app" } };
 * const app = new App();
 * new CognitoRosterStack(app, "people", { settings, roster: loadRoster("users.json", settings.pool) });
 * app.synth();
 */
export class CognitoRosterStack extends TerraformStack {
  /** What a team should know about its settings, although they can be used. */
  readonly warnings: readonly SettingProblem[];
  /** To add what the settings have no word for, such as `assumeRole` or `defaultTags`. */
  readonly provider: AwsProvider;
  /** Other stacks of the app may refer to its `id` and `arn`. */
  readonly userPool: UserPool;
  /** Other stacks of the app may refer to its `id`. */
  readonly appClient: AppClient;

  /**
   * @param id names the stack, its directory under `cdktf.out/stacks` and its state
   * @throws SettingsError (exit code 2) for settings that can't be used
   * @throws RosterError (exit code 2) when the settings' guards forbid this roster, or when it names a group that isn't
   *   declared although others are
   */
  constructor(
    scope: Construct,
    id: string,
    {
      settings,
      roster,
      adopt,
      recorded,
      namedBefore,
      subs,
      adoptedGroups,
      env = process.env,
      checked = false,
    }: CheckedProps,
  ) {
    const warnings = checked ? [] : requireUsable({ stack: id, roster: roster.file, ...settings });
    const forbidden = guardProblems(settings.guards ?? {}, roster);
    const unknown = undeclaredGroups(roster, settings.groups);
    if (forbidden.length + unknown.length > 0) throw new RosterError(roster.file, [...forbidden, ...unknown]);

    super(scope, id);
    this.warnings = warnings;
    const destroyable = settings.destroyable ?? false;
    const { people } = roster;

    if (settings.backend !== undefined) {
      stateBackend(this, { settings: settings.backend, stack: id, region: settings.region, env });
    }
    this.provider = awsProvider(this, settings.region, env);

    const deployed = (type: string) => recorded?.find((one) => one.type === type)?.attributes;
    const pool = new UserPool(this, "user-pool", {
      ...settings.pool,
      destroyable,
      deployed: deployed("aws_cognito_user_pool"),
    });
    const client = new AppClient(this, "app-client", {
      ...settings.client,
      userPoolId: pool.id,
      deployed: deployed("aws_cognito_user_pool_client"),
      emulated: isEmulated(env),
    });
    this.userPool = pool;
    this.appClient = client;
    const { customAttributes, asIs } = settings.pool;
    new People(this, "people", {
      userPoolId: pool.id,
      people,
      destroyable,
      customAttributes: [
        ...new Set([...namesOf(customAttributes), ...(asIs?.schema ?? []).map(({ name }) => name)]),
      ],
      ...(namedBefore && { namedBefore }),
    });
    new Groups(this, "groups", {
      userPoolId: pool.id,
      people,
      declared: settings.groups,
      without: new Set(
        adopt?.existingMemberships?.map(({ username, group }) => membershipKey(username, group)),
      ),
    });
    this.addOverride("moved", [
      ...movesOf(people, recorded),
      ...groupMovesOf(people, settings.groups, recorded),
    ]);
    new Outputs(this, "outputs", {
      userPoolId: pool.id,
      clientId: client.id,
      passwordPolicy: pool.passwordPolicy,
      clientSecret: client.secret,
      signInFlow: settings.client.signInFlow,
      guards: guardsOf(settings, adoptedGroups),
    });
    if (subs !== undefined && !destroyable) holdIdentities(this, people, subs);
    if (adopt !== undefined) adoptInto(this, adopt, people, settings.groups);
  }

  /**
   * Asked for at synth, when an app has attached its own backend, of whatever kind, or has not. The default of cdktf would
   * write this machine's path.
   */
  override ensureBackendExists(): TerraformBackend {
    const attached = this.node.findAll().find((one) => TerraformBackend.isBackend(one));
    return (
      attached ??
      stateBackend(this, { settings: { type: "local" }, stack: this.node.id, region: undefined, env: {} })
    );
  }
}

/** Where a roster was read by rules that leave out the groups: each undeclared group once, without its line. */
function undeclaredGroups({ file, people }: Roster, declared: Declarations | undefined): Problem[] {
  if (declared === undefined) return [];
  const known = Object.keys(declared);
  return [...new Set(people.flatMap(({ groups }) => groups))]
    .filter((group) => !Object.hasOwn(declared, group))
    .map((group) => ({ location: { file }, ...explainUndeclaredGroup(group, known) }));
}

export interface SynthesisProps extends CheckedProps {
  readonly settings: Settings;
  readonly outdir?: string;
}

/** What `requireUsable` has passed already is not checked again. */
interface CheckedProps extends CognitoRosterStackProps {
  readonly checked?: boolean;
}

/**
 * Writes `<outdir>/stacks/<stack>/cdk.tf.json`, whole or not at all.
 * @param outdir where to write; by default what the cdktf CLI asks for, else `cdktf.out`
 * @returns the stack's directory, in which Terraform runs
 * @throws SettingsError (exit 2) for settings that can't be used; `requireUsable` also has the warnings
 * @throws RosterError (exit 2) when the settings' guards forbid this roster
 * @throws the system's error for a disk that is full: what was written before is gone then, too
 */
export function synthesize(props: SynthesisProps): string {
  const { stack } = props.settings;
  const app = new App(props.outdir === undefined ? {} : { outdir: props.outdir });
  const built = new CognitoRosterStack(app, stack, props);
  const { synthesizedStackPath, workingDirectory } = app.manifest.forStack(built);
  try {
    app.synth();
  } catch (error) {
    for (const name of [synthesizedStackPath, Manifest.fileName]) removeTorn(join(app.outdir, name));
    throw error;
  }
  return join(app.outdir, workingDirectory);
}

/** cdktf writes into the file that is there; on a full disk it leaves half of the new one, which later commands would read. */
function removeTorn(file: string): void {
  if (!lstatSync(file, { throwIfNoEntry: false })?.isFile()) return;
  try {
    JSON.parse(readFileSync(file, "utf8"));
  } catch {
    rmSync(file, { force: true });
  }
}

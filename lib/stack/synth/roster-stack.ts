import { lstatSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { AwsProvider, type AwsProviderConfig } from "@cdktf/provider-aws/lib/provider/index.js";
import { App, type ITerraformDependable, Manifest, TerraformBackend, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { namesOf } from "../../roster/attribute-types.ts";
import { explainUndeclaredGroup } from "../../roster/explain-names.ts";
import { type Problem, RosterError } from "../../roster/problem.ts";
import type { Roster } from "../../roster/roster.ts";
import { attributesSaidBefore, attributesSaidBy, clientsOf, defaultClient } from "../clients.ts";
import { guardProblems, guardsOf } from "../guards.ts";
import { requireUsable } from "../rules/check.ts";
import type { SettingProblem } from "../rules/problem.ts";
import type { Settings, StackSettings } from "../settings.ts";
import { AppClient } from "./app-client.ts";
import { stateBackend } from "./backend.ts";
import { PoolDomain } from "./domain.ts";
import type { Declarations } from "./group-blocks.ts";
import { Groups } from "./groups.ts";
import { holdIdentities, refuseToRename } from "./identities.ts";
import { IdentityPool } from "./identity-pool.ts";
import { IdentityProviders } from "./identity-providers.ts";
import { type Adoption, adoptInto } from "./import-blocks.ts";
import {
  clientMovesOf,
  groupMovesOf,
  membershipKey,
  movesOf,
  type Recorded,
  recordedClients,
} from "./moved-blocks.ts";
import { Outputs } from "./outputs.ts";
import { People } from "./people.ts";
import { ResourceServers } from "./resource-servers.ts";
import { UserPool } from "./user-pool.ts";

const BINDINGS: { readonly cdktf: { readonly provider: { readonly version: string } } } = createRequire(
  import.meta.url,
)("@cdktf/provider-aws/package.json");

/** The provider release that the installed bindings were generated from, and that they pin in `required_providers`. */
export const AWS_PROVIDER = { source: "hashicorp/aws", version: BINDINGS.cdktf.provider.version } as const;

/**
 * The AWS provider. Credentials, profile, region and endpoints come from the AWS environment variables and files. If the
 * environment sends Cognito to another endpoint, the account is not looked up first: emulators often have no STS, and with
 * dummy credentials the lookup would go to the real one.
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
  /** The pool, its client and how they are deployed; for the defaults, see `lib/stack/defaults.ts`. */
  readonly settings: StackSettings;
  /** From `loadRoster` or `parseRoster`, with `rosterRules(settings)` as its rules, or `settings.pool`. */
  readonly roster: Roster;
  /** What already exists. @default nothing: what is not in the state is created */
  readonly adopt?: Adoption | undefined;
  /**
   * What the state has: it makes the plan of many people cheaper, and lets what is removed from the settings be undone.
   * @default unknown
   */
  readonly recorded?: readonly Recorded[] | undefined;
  /** Attributes of people that an earlier deploy set, from its state. @default none: what no line has stays */
  readonly namedBefore?: ReadonlySet<string> | undefined;
  /**
   * Which account each username has: a plan that finds another one under a name fails. `unread`: there is a state that can't be
   * read, so every plan fails. @default unknown
   */
  readonly subs?: ReadonlyMap<string, string> | "unread" | undefined;
  /** Groups that the pool had before they were in the roster: the next deploy needs to know. @default none */
  readonly adoptedGroups?: readonly string[] | undefined;
  /** Which lists of attributes config.ts set for its clients in the last deploy, from `attributesSaidBy`. @default none */
  readonly attributesSaid?: readonly string[] | undefined;
  /** The output in which deploys leave a record, as the state has it. @default none has */
  readonly deploys?: string | undefined;
  /** What the deploy is planned with, recorded for the next one. @default it is not recorded */
  readonly plannedWith?: string | undefined;
  /** Where `AWS_ENDPOINT_URL…` is looked up. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Everything that is deployed: the pool, its app client, its people and groups, and the outputs; with its own state and AWS
 * provider, beside any other stacks of an app. A second one needs another id and another pool.
 *
 * @example
 * const settings: StackSettings = { pool: { name: "people" }, client: { name: "app" } };
 * const app = new App();
 * new CognitoRosterStack(app, "people", { settings, roster: loadRoster("users.json", settings.pool) });
 * app.synth();
 */
export class CognitoRosterStack extends TerraformStack {
  /** Warnings about usable settings. */
  readonly warnings: readonly SettingProblem[];
  /** For adding what no setting covers, such as `assumeRole` or `defaultTags`. */
  readonly provider: AwsProvider;
  /** Other stacks of the app may refer to its `id` and `arn`. */
  readonly userPool: UserPool;
  /** The prefix of the sign-in pages' domain, or its full name, for other resources to refer to; undefined if there is none. */
  readonly domain: string | undefined;
  /** The app client that commands use without `--client`. Other stacks of the app may refer to its `id`. */
  readonly appClient: AppClient;
  /** Every app client, by its name in `clients`; by "" if there is only `client`. */
  readonly appClients: ReadonlyMap<string, AppClient>;

  /**
   * @param id names the stack, its directory under `cdktf.out/stacks` and its state
   * @throws SettingsError (exit code 2) for unusable settings
   * @throws RosterError (exit code 2) when the settings' guards forbid this roster, or when it names an undeclared group
   *   although others are declared
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
      attributesSaid = [],
      deploys,
      plannedWith,
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
    const domain = new PoolDomain(this, "domain", {
      ...settings.pool,
      userPoolId: pool.id,
    });
    const services = this.services(pool.id, { settings, recorded, adopt, env });
    const declared = clientsOf(settings);
    const recordedAs = recordedClients(declared, recorded);
    const clients = declared.map((one) => {
      const { key, block, settings: own } = one;
      const client = new AppClient(this, key === undefined ? "app-client" : `app-client-${key}`, {
        ...own,
        userPoolId: pool.id,
        block,
        attributesSaid: attributesSaidBefore(attributesSaid, one, recordedAs.get(one)?.name),
        deployed: recordedAs.get(one)?.attributes,
        emulated: isEmulated(env),
        waitsFor: services,
      });
      return { ...one, client };
    });
    const { section: first } = defaultClient(settings);
    const main = clients.find(({ section }) => section === first);
    if (main === undefined) throw new Error("The app client that commands take was not made");
    this.userPool = pool;
    this.domain = domain.name;
    this.appClient = main.client;
    this.appClients = new Map(clients.map(({ key = "", client }) => [key, client]));
    const identities =
      settings.identityPool &&
      new IdentityPool(this, "identity-pool", {
        ...settings.identityPool,
        poolName: settings.pool.name,
        endpoint: pool.endpoint,
        declared: clients,
      });
    const { customAttributes, asIs } = settings.pool;
    new People(this, "people", {
      userPoolId: pool.id,
      people,
      destroyable,
      after: pool.beforePeople,
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
      ...clientMovesOf(recordedAs),
    ]);
    new Outputs(this, "outputs", {
      userPoolId: pool.id,
      clientId: main.client.id,
      passwordPolicy: pool.passwordPolicy,
      clientSecret: main.client.secret,
      signInFlow: main.settings.signInFlow,
      ...(settings.clients && { clients }),
      attributesSaid: clients.flatMap(attributesSaidBy),
      domainTarget: domain.target,
      deploys,
      identityPoolId: identities?.id,
      guards: guardsOf(settings, adoptedGroups),
      plannedWith,
    });
    if (subs !== undefined && !destroyable) holdIdentities(this, people, subs);
    if (subs !== undefined && subs !== "unread") refuseToRename(this, people, subs);
    if (adopt !== undefined) adoptInto(this, adopt, people, settings);
  }

  /** What is created beside the pool, and an app client may refer to. */
  private services(
    userPoolId: string,
    { settings, recorded, adopt, env = process.env }: Omit<CognitoRosterStackProps, "roster">,
  ): ITerraformDependable[] {
    const { resourceServers = {}, identityProviders = {} } = settings;
    const found: ITerraformDependable[] = [];
    if (Object.keys(resourceServers).length > 0) {
      found.push(
        new ResourceServers(this, "resource-servers", { userPoolId, declared: resourceServers }).servers,
      );
    }
    if (Object.keys(identityProviders).length > 0) {
      const { providers } = new IdentityProviders(this, "identity-providers", {
        userPoolId,
        declared: identityProviders,
        recorded,
        adopted: adopt?.identityProviders,
        env,
      });
      found.push(...providers);
    }
    return found;
  }

  /**
   * Evaluated at synth, when it is known whether the app has attached a backend of its own. cdktf's default would write this
   * machine's path.
   */
  override ensureBackendExists(): TerraformBackend {
    const attached = this.node.findAll().find((one) => TerraformBackend.isBackend(one));
    return (
      attached ??
      stateBackend(this, { settings: { type: "local" }, stack: this.node.id, region: undefined, env: {} })
    );
  }
}

/** If a roster was read by rules without the groups: each undeclared group once, without its line. */
function undeclaredGroups({ file, people }: Roster, declared: Declarations | undefined): Problem[] {
  if (declared === undefined) return [];
  const known = Object.keys(declared);
  return [...new Set(people.flatMap(({ groups }) => groups))]
    .filter((group) => !Object.hasOwn(declared, group))
    .map((group) => ({ location: { file }, ...explainUndeclaredGroup(group, known) }));
}

export interface SynthesisProps extends CheckedProps {
  readonly settings: Settings;
  /** Called after all of ours is created; its errors are passed on. @default nothing more */
  readonly own?: OwnResources | undefined;
  readonly outdir?: string;
}

/** Your own constructs beside ours: what resources.ts exports. */
export type OwnResources = (stack: CognitoRosterStack) => void;

/** What has passed `requireUsable` is not checked again. */
interface CheckedProps extends CognitoRosterStackProps {
  readonly checked?: boolean;
}

/**
 * Writes `<outdir>/stacks/<stack>/cdk.tf.json`, completely or not at all.
 * @param outdir where to write. @default what the cdktf CLI sets, else `cdktf.out`
 * @returns the stack's directory, in which Terraform runs
 * @throws SettingsError (exit 2) for unusable settings; `requireUsable` also returns the warnings
 * @throws RosterError (exit 2) when the settings' guards forbid this roster
 * @throws the system's error if the disk is full: what was written before is gone then, too
 */
export function synthesize(props: SynthesisProps): string {
  return withoutTraces(() => written(props));
}

/**
 * cdktf keeps the call stack that created each token, for messages that never reach a user: a quarter of a synth's time, and
 * most of it under a test runner, which looks up each frame's source. Errors have their own stack all the same.
 */
function withoutTraces<T>(make: () => T): T {
  const { captureStackTrace } = Error;
  Error.captureStackTrace = () => {};
  try {
    return make();
  } finally {
    Error.captureStackTrace = captureStackTrace;
  }
}

function written(props: SynthesisProps): string {
  const { stack } = props.settings;
  const app = new App(props.outdir === undefined ? {} : { outdir: props.outdir });
  const built = new CognitoRosterStack(app, stack, props);
  props.own?.(built);
  const { synthesizedStackPath, workingDirectory } = app.manifest.forStack(built);
  try {
    app.synth();
  } catch (error) {
    for (const name of [synthesizedStackPath, Manifest.fileName]) removeTorn(join(app.outdir, name));
    throw error;
  }
  return join(app.outdir, workingDirectory);
}

/** cdktf overwrites the existing file; on a full disk it leaves half of the new one, which later commands would read. */
function removeTorn(file: string): void {
  if (!lstatSync(file, { throwIfNoEntry: false })?.isFile()) return;
  try {
    JSON.parse(readFileSync(file, "utf8"));
  } catch {
    rmSync(file, { force: true });
  }
}

import type { AppClient } from "../../lib/auth/secret-hash.ts";
import { regionOf } from "../../lib/cognito/pool-id.ts";
import type { PoolIdentity } from "../../lib/directory/pool/facts.ts";
import { EXIT, UserError } from "../../lib/errors.ts";
import { closest } from "../../lib/roster/problem.ts";
import { quote } from "../../lib/roster/redact.ts";
import { commandLine } from "../../lib/shell.ts";
import { clientsOf, type DeclaredClient, defaultClient, signsPeopleIn } from "../../lib/stack/clients.ts";
import type { ClientSettings, PasswordPolicy, SignInFlow } from "../../lib/stack/settings.ts";
import { escapeControls, wrapIndented } from "../../lib/text/terminal.ts";
import type { Shown } from "../progress.ts";
import { ROOT } from "./main.ts";
import { config, environment } from "./settings.ts";

export interface Target extends AppClient {
  /** Unknown: the SDK's own chain decides. */
  readonly region?: string;
  /** Only known if the ids come from a deploy. */
  readonly passwordPolicy?: PasswordPolicy;
  /** Likewise, if the settings choose one. */
  readonly signInFlow?: SignInFlow;
  /** Likewise, if there is one. */
  readonly identityPoolId?: string;
}

export interface TargetOptions {
  readonly userPoolId?: string;
  readonly clientId?: string;
  /** One of `clients` in config.ts, by name. @default the first that people sign in through */
  readonly client?: string;
  /** For a command about the pool, without a sign-in. @default false */
  readonly anyClient?: true;
}

/** For commands that use an app client. */
export const CLIENT_OPTION = [
  "--client <name>",
  "the app client to sign in through, of several in config.ts (default: the first for people)",
] as const;

/**
 * Which user pool and app client a command uses: the options, else COGNITO_USER_POOL_ID and COGNITO_CLIENT_ID (with
 * COGNITO_CLIENT_SECRET if the client has a secret), else the outputs of config.ts's stack. Both ids or neither: SRP needs the
 * pool's, and so does verifying the tokens, since what a token says about its own origin proves nothing.
 * @throws UserError (exit 2) for one without the other; readDeployment's errors if nothing was deployed
 */
export async function resolveTarget(options: TargetOptions, env: NodeJS.ProcessEnv): Promise<Target> {
  const clientId = options.clientId || env.COGNITO_CLIENT_ID;
  const userPoolId = options.userPoolId || env.COGNITO_USER_POOL_ID;
  const chosen = options.client === undefined ? undefined : declaredClient(options.client);
  if (chosen !== undefined && (clientId || userPoolId)) {
    throw new UserError("--client can't be combined with ids", {
      why: "A client of config.ts belongs to the user pool that config.ts's stack deployed.",
      next: [
        "leave out --user-pool-id and --client-id, or unset COGNITO_USER_POOL_ID and COGNITO_CLIENT_ID",
        "or leave out --client",
      ],
      exitCode: EXIT.wrong,
    });
  }
  if (clientId && userPoolId) {
    const region = regionOf(userPoolId) ?? (env.AWS_REGION || env.AWS_DEFAULT_REGION);
    const clientSecret = env.COGNITO_CLIENT_SECRET;
    return { clientId, userPoolId, ...(region ? { region } : {}), ...(clientSecret ? { clientSecret } : {}) };
  }
  if (userPoolId) {
    throw new UserError("There is a user pool id, but no app client id", {
      why: "People sign in through an app client; the deployed one may belong to another user pool.",
      next: ["add --client-id ID, or COGNITO_CLIENT_ID", NEITHER],
      exitCode: EXIT.wrong,
    });
  }
  if (clientId) {
    throw new UserError("There is an app client id, but no user pool id", {
      why: "Without the user pool's id, SRP isn't possible and tokens can't be verified.",
      next: ["add --user-pool-id ID, or COGNITO_USER_POOL_ID", NEITHER],
      exitCode: EXIT.wrong,
    });
  }
  // Only now: with ids given, Terraform isn't needed, and its code isn't loaded.
  const { readDeployment } = await import("../../lib/terraform/deployment.ts");
  const deployment = await readDeployment({
    projectDirectory: ROOT,
    settings: config,
    env,
    onProgress: (message) => void process.stderr.write(`${message}\n`),
  });
  const { clients = {}, ...common } = deployment;
  const { key, settings } =
    chosen ?? (options.anyClient ? defaultClient(config) : requirePeople(defaultClient(config)));
  if (key === undefined) return withSecret(common, settings, env);
  const deployed = Object.hasOwn(clients, key) ? clients[key] : undefined;
  if (deployed === undefined) {
    throw new UserError(`The app client ${quote(key)} has not been deployed yet`, {
      why: "config.ts has it among clients, but the last deploy didn't.",
      next: ["deploy first: npm run deploy"],
    });
  }
  const { region, passwordPolicy, userPoolId: pool, identityPoolId } = common;
  const shared = { userPoolId: pool, region, passwordPolicy, ...(identityPoolId && { identityPoolId }) };
  return withSecret({ ...shared, ...deployed }, settings, env);
}

/**
 * The app client of config.ts that a command about a person uses.
 * @throws UserError (exit 2) for one that is not in config.ts, or that people don't sign in through
 */
export const chosenClient = ({ client }: TargetOptions): DeclaredClient =>
  client === undefined ? requirePeople(defaultClient(config)) : declaredClient(client);

/** @throws UserError (exit 2) for a name that is not in config.ts, or of a client that people don't sign in through */
function declaredClient(name: string): DeclaredClient {
  const declared = clientsOf(config);
  const found = declared.find(({ key }) => key === name);
  if (found !== undefined) return requirePeople(found);
  const names = declared.flatMap(({ key, settings }) =>
    key !== undefined && signsPeopleIn(settings) ? [key] : [],
  );
  if (config.clients === undefined) {
    throw new UserError(`There is no app client ${quote(name)} to choose`, {
      why: "config.ts has one app client, `client`, which every command uses.",
      next: ["leave out --client", "or add several as `clients` in config.ts (docs/settings.md)"],
      exitCode: EXIT.wrong,
    });
  }
  const meant = closest(name, names);
  throw new UserError(`config.ts has no app client ${quote(name)}`, {
    why: `It has ${declared.map(({ key }) => key).join(", ")}.`,
    next: [
      meant === undefined
        ? `choose one: ${names.map((one) => commandLine`--client ${one}`).join(", ")}`
        : `did you mean ${commandLine`--client ${meant}`}?`,
    ],
    exitCode: EXIT.wrong,
  });
}

function requirePeople(declared: DeclaredClient): DeclaredClient {
  if (signsPeopleIn(declared.settings)) return declared;
  throw new UserError(`People can't sign in through the app client ${declared.section}`, {
    why: "It has clientCredentials: a machine gets tokens with the client's secret, from /oauth2/token on the pool's domain.",
    next: ["choose another one: --client NAME", "or add a client for people to config.ts"],
    exitCode: EXIT.wrong,
  });
}

/** A secret that is stored elsewhere is in no output: Cognito is asked, with the caller's AWS credentials. */
async function withSecret(
  target: Target,
  { secretStore }: ClientSettings,
  env: NodeJS.ProcessEnv,
): Promise<Target> {
  if (secretStore === undefined || target.clientSecret !== undefined || target.userPoolId === undefined)
    return target;
  if (env.COGNITO_CLIENT_SECRET) return { ...target, clientSecret: env.COGNITO_CLIENT_SECRET };
  const [{ cognitoClient }, { DescribeUserPoolClientCommand }, { explainPoolFailure }] = await Promise.all([
    import("../../lib/cognito/client.ts"),
    import("@aws-sdk/client-cognito-identity-provider"),
    import("../../lib/cognito/explain-error.ts"),
  ]);
  const { userPoolId, clientId } = target;
  const command = new DescribeUserPoolClientCommand({ UserPoolId: userPoolId, ClientId: clientId });
  const client = cognitoClient(target.region === undefined ? {} : { region: target.region });
  const { UserPoolClient } = await client.send(command).catch((error: unknown) => {
    throw explainPoolFailure(error, { userPoolId });
  });
  const clientSecret = UserPoolClient?.ClientSecret;
  return clientSecret ? { ...target, clientSecret } : target;
}

/** How the pool was specified, if not by config.ts's stack. */
function namedBy({ userPoolId }: TargetOptions, env: NodeJS.ProcessEnv): string | undefined {
  if (userPoolId) return "--user-pool-id";
  return env.COGNITO_USER_POOL_ID ? "COGNITO_USER_POOL_ID" : undefined;
}

/** The pool's name in config.ts, unless another pool was specified. */
export function nameOf(options: TargetOptions, env: NodeJS.ProcessEnv): { readonly name?: string } {
  return namedBy(options, env) === undefined ? { name: config.pool.name } : {};
}

/**
 * Announces the pool on stderr for a command that is about to change something.
 * @param shown the progress display, which makes room
 */
export function announcePool(pool: PoolIdentity, options: TargetOptions, shown?: Shown): void {
  shown?.stop();
  const { columns } = process.stderr;
  process.stderr.write(`${wrapIndented("", poolLine(pool, options, process.env), columns).join("\n")}\n`);
}

/** The pool and, if it is not config.ts's, where its id comes from. */
export function poolLine(
  { name, id, account, region }: PoolIdentity,
  options: TargetOptions,
  env: NodeJS.ProcessEnv,
): string {
  const by = namedBy(options, env);
  return [
    name === null ? `User pool ${id}` : `User pool ${escapeControls(name)} (${id})`,
    ...(account === null ? [] : [`AWS account ${account}`]),
    ...(region === null ? [] : [`region ${region}`]),
    ...(environment === undefined ? [] : [`environment ${environment}`]),
    ...(by === undefined ? [] : [`from ${by}, not from config.ts`]),
  ].join(", ");
}

const NEITHER = "or leave out both to use the deployed stack";

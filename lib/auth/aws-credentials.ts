import { z } from "zod";
import type { Exchange } from "../cognito/client.ts";
import { unreachable } from "../cognito/explain-error.ts";
import { domainOf } from "../cognito/pool-id.ts";
import { EXIT, UserError } from "../errors.ts";
import { postForm } from "../network/post.ts";
import { commandLine } from "../shell.ts";
import { claimedIssuer, type Tokens } from "./tokens.ts";

/*
 * Temporary AWS credentials from an identity pool, by its enhanced flow: GetId, then GetCredentialsForIdentity. Both are public
 * operations, without a signature: the ID token is all that they check.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flow.html
 */

/** As the service returns them; they end with the role's session, after an hour. */
export interface AwsCredentials {
  /** Who the person is in the identity pool. */
  readonly identityId: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** IdentityPoolId in the API reference of GetId. */
const IDENTITY_POOL_ID = /^([\w-]+):[0-9a-f-]+$/;
const IDENTITY_POOL_ID_MAX = 55;

/**
 * @returns the region in an identity pool's id, such as `eu-west-1:…`
 * @throws UserError (exit 2) for a text that can't be such an id
 */
export function identityPoolRegion(id: string): string {
  const [, region] = IDENTITY_POOL_ID.exec(id) ?? [];
  if (region !== undefined && id.length <= IDENTITY_POOL_ID_MAX) return region;
  throw new UserError("That is not the id of an identity pool", {
    why: "An id looks like eu-west-1:12345678-1234-1234-1234-123456789012.",
    next: ["take it from the output identity_pool_id, or the console"],
    exitCode: EXIT.wrong,
  });
}

export interface CredentialsRequest {
  readonly identityPoolId: string;
  /** The app client that issued the tokens: the identity pool must trust it. */
  readonly clientId: string;
  /** For messages. */
  readonly username: string;
  /** Verified: the ID token goes to the identity pool, and names the user pool that issued it. */
  readonly tokens: Tokens;
  /** Where `AWS_ENDPOINT_URL…` is looked up. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** Called after every request. */
  readonly onExchange?: (exchange: Exchange) => void;
}

const IDENTITY = z.object({ IdentityId: z.string() });

const CREDENTIALS = z.object({
  Credentials: z.object({
    AccessKeyId: z.string(),
    SecretKey: z.string(),
    SessionToken: z.string(),
    /** Seconds since 1970. */
    Expiration: z.number(),
  }),
});

/**
 * Exchanges a person's ID token for temporary credentials of the role that the identity pool chooses.
 * @throws UserError for everything the user can fix
 */
export async function awsCredentials(request: CredentialsRequest): Promise<AwsCredentials> {
  const { identityPoolId, tokens, env = process.env } = request;
  const { idToken } = tokens;
  const issuer = claimedIssuer(tokens);
  if (idToken === undefined || issuer === undefined) {
    throw new UserError("The sign-in yielded no ID token, and an identity pool accepts nothing else", {
      why: "Cognito's own pages only issue one with the scope openid.",
      next: ['add "openid" to client.oauth.scopes in config.ts, deploy, and sign in again'],
    });
  }
  const endpoint = identityEndpoint(identityPoolRegion(identityPoolId), env);
  const Logins = { [issuer.replace(/^https?:\/\//, "")]: idToken };
  const ask = (operation: Operation, body: object) => call(endpoint, operation, body, request);
  try {
    const id = IDENTITY.parse(await ask("GetId", { IdentityPoolId: identityPoolId, Logins })).IdentityId;
    const answer = await ask("GetCredentialsForIdentity", { IdentityId: id, Logins });
    const { AccessKeyId, SecretKey, SessionToken, Expiration } = CREDENTIALS.parse(answer).Credentials;
    return {
      identityId: id,
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretKey,
      sessionToken: SessionToken,
      expiration: new Date(Expiration * 1_000),
    };
  } catch (error) {
    throw explain(error, { ...request, endpoint });
  }
}

/**
 * Where the SDKs find the service: their variables first, and AWS itself only if the user pool is there, too.
 * @param region the identity pool's
 * @throws UserError (exit 2)
 */
export function identityEndpoint(region: string, env: NodeJS.ProcessEnv): string {
  const fips = env.AWS_USE_FIPS_ENDPOINT === "true" ? "-fips" : "";
  const atAws = `https://cognito-identity${fips}.${region}.${domainOf(region)}`;
  const own = env.AWS_ENDPOINT_URL_COGNITO_IDENTITY || env.AWS_ENDPOINT_URL;
  if (own) {
    if (URL.canParse(own) && /^https?:$/.test(new URL(own).protocol)) return own;
    throw new UserError("The endpoint in AWS_ENDPOINT_URL[_COGNITO_IDENTITY] is not a URL", {
      next: ["write it like http://127.0.0.1:9229, or unset it"],
      exitCode: EXIT.wrong,
    });
  }
  if (!env.AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER) return atAws;
  throw new UserError("The endpoint of the identity pool is unknown", {
    why: "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER only covers the user pool, and an emulator's token must not be sent to AWS.",
    next: [
      `set AWS_ENDPOINT_URL_COGNITO_IDENTITY, too; AWS itself is ${atAws}`,
      "or unset AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER",
    ],
    exitCode: EXIT.wrong,
  });
}

/** What the service refused; its message is read here, and never passed on. */
class Refused extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** It is not the service: the answer is no JSON, or lacks what it must have. */
class OtherServer extends Error {}

type Operation = "GetId" | "GetCredentialsForIdentity";

async function call(
  endpoint: string,
  operation: Operation,
  body: object,
  { env = process.env, onExchange }: CredentialsRequest,
): Promise<unknown> {
  const began = performance.now();
  const report = (response?: Response, failure?: string) =>
    onExchange?.({
      operation,
      endpoint,
      status: response?.status,
      failure,
      requestId: response?.headers.get("x-amzn-requestid") ?? undefined,
      attempts: 1,
      milliseconds: Math.round(performance.now() - began),
    });
  const headers = {
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": `AWSCognitoIdentityService.${operation}`,
  };
  const sent = postForm(endpoint, { headers, body: JSON.stringify(body) }, env);
  const response = await sent.catch((error: Error) => {
    report(undefined, error.name);
    throw error;
  });
  const answer: unknown = await response.json().catch(() => undefined);
  const failure = response.ok && answer !== undefined ? undefined : failureOf(response, answer);
  report(response, failure?.name);
  if (failure !== undefined) throw failure;
  return answer;
}

function failureOf({ status, headers }: Response, answer: unknown): Error {
  const { __type, message } = Object(answer) as { __type?: unknown; message?: unknown };
  const type = __type ?? headers.get("x-amzn-errortype");
  if (typeof type === "string") return new Refused(nameOf(type), String(message ?? ""));
  return status >= 500 ? new Refused("InternalErrorException", "") : new OtherServer();
}

/** Some services put a namespace before it, or an address behind it. Messages show it, so it must look like a name. */
const nameOf = (type: string) => /^(?:.*#)?([A-Za-z]{1,60})(?::|$)/.exec(type)?.[1] ?? "UnknownError";

interface Context extends CredentialsRequest {
  readonly endpoint: string;
}

const notTrusted = (error: Error, { identityPoolId, clientId }: Context) =>
  new UserError(`The identity pool ${identityPoolId} doesn't trust the app client ${clientId}`, {
    why: "It only accepts ID tokens of the clients in its list.",
    next: [
      "add the client to identityPool.clients in config.ts, and deploy",
      "or sign in through one that is in the list: --client NAME",
    ],
    cause: error,
  });

const notAuthorized = (error: Error, context: Context) => {
  if (/supported provider/i.test(error.message)) return notTrusted(error, context);
  const { username } = context;
  return new UserError(`The identity pool gives ${username} no credentials`, {
    why: 'The person was disabled or signed out since these tokens were issued, or has no role: with `otherwise: "deny"` people only get that of their group, or of a rule.',
    next: [
      commandLine`npm run access -- ${username}`,
      `then sign in again: ${commandLine`npm run aws-credentials -- ${username}`}`,
    ],
    cause: error,
  });
};

const noRole = (error: Error, { identityPoolId }: Context) =>
  new UserError(`The identity pool ${identityPoolId} can't assume the role it has for this person`, {
    why: "No role is assigned, or the role's trust policy doesn't name this identity pool.",
    next: [
      "npm run plan shows whether the roles were changed by hand",
      "for a role of your own, copy the trust policy in docs/settings.md (AWS credentials)",
    ],
    cause: error,
  });

const noSuchPool = (error: Error, { identityPoolId, endpoint }: Context) =>
  new UserError(`There is no identity pool ${identityPoolId} at ${new URL(endpoint).host}`, {
    why: "The id is mistyped, or the identity pool was deleted since the last deploy.",
    next: ["npm run plan shows what is missing", "check --identity-pool-id and AWS_ENDPOINT_URL"],
    cause: error,
  });

const tooFast = (error: Error) =>
  new UserError("Cognito is receiving too many requests for credentials from this account", {
    why: "The quota is shared by the whole account and region.",
    next: ["wait a minute, then run the command again"],
    cause: error,
  });

const outage = (error: Error) =>
  new UserError(`Cognito could not issue credentials (${error.name})`, {
    next: ["run the command again in a minute"],
    cause: error,
  });

const unanswered = (error: Error, { endpoint }: Context) =>
  new UserError(`${new URL(endpoint).host} did not answer in time`, {
    next: ["check the network, then run the command again"],
    cause: error,
  });

const otherServer = (error: Error, { endpoint }: Context) =>
  new UserError(`The endpoint ${new URL(endpoint).host} answered, but it isn't Cognito's identity pools`, {
    why: "The emulator cognito-local has none; moto has, without roles.",
    next: ["check AWS_ENDPOINT_URL_COGNITO_IDENTITY and AWS_ENDPOINT_URL, or unset them for AWS itself"],
    cause: error,
  });

/** https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetCredentialsForIdentity.html, "Errors" */
const BY_NAME: Readonly<Record<string, (error: Error, context: Context) => UserError>> = {
  NotAuthorizedException: notAuthorized,
  // "Please provide a valid public provider"
  InvalidParameterException: notTrusted,
  InvalidIdentityPoolConfigurationException: noRole,
  ResourceNotFoundException: noSuchPool,
  TooManyRequestsException: tooFast,
  LimitExceededException: tooFast,
  ThrottlingException: tooFast,
  InternalErrorException: outage,
  ExternalServiceException: outage,
  ResourceConflictException: outage,
};

function explain(error: unknown, context: Context): unknown {
  if (error instanceof UserError || !(error instanceof Error)) return error;
  if (error instanceof Refused) {
    // Not the response as a cause of a defect: it could repeat what was sent.
    return BY_NAME[error.name]?.(error, context) ?? unreachable(error) ?? outage(error);
  }
  if (error instanceof OtherServer || error instanceof z.ZodError) return otherServer(error, context);
  if (error.name === "AbortError") return unanswered(error, context);
  return unreachable(error) ?? error;
}

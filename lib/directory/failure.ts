import { unreachable } from "../auth/unreachable.ts";
import { UserError } from "../errors.ts";
import { regionOf } from "./pool-id.ts";

/** Where an administrator's (signed) calls go. */
export interface DirectoryContext {
  readonly userPoolId: string;
  readonly clientId?: string | undefined;
}

type Explanation = (error: Error, context: DirectoryContext) => UserError;

/**
 * Words for what the SDK threw at an administrator's call: no credentials, or not the right ones; no such pool.
 * What a person meets who signs in has its words in lib/auth/failure.ts.
 * @returns a UserError; or the error itself, with its stack, when it is none that a person can mend
 */
export function explainPoolFailure(error: unknown, context: DirectoryContext): unknown {
  if (error instanceof UserError || !(error instanceof Error)) return error;
  return BY_NAME[error.name]?.(error, context) ?? unreachable(error) ?? error;
}

const signIn = [
  "sign in again (aws sso login), or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
  "aws sts get-caller-identity shows whose credentials are used",
];

const noCredentials: Explanation = (error) =>
  new UserError("There are no AWS credentials", {
    why: "Reading a user pool takes credentials, and none were found in the environment or the AWS files.",
    next: signIn,
    exitCode: 2,
    cause: error,
  });

const refusedCredentials =
  (what: string): Explanation =>
  (error) =>
    new UserError(what, { next: signIn, cause: error });

const denied: Explanation = (error, { userPoolId }) => {
  const action = /cognito-idp:\w+/.exec(error.message)?.[0];
  return new UserError(`AWS does not allow ${action ?? "this"} on the user pool ${userPoolId}`, {
    next: [
      `allow ${action ?? "the cognito-idp actions"} to the role or user that the credentials belong to`,
      "aws sts get-caller-identity shows whose credentials are used",
    ],
    cause: error,
  });
};

const notFound: Explanation = (error, { userPoolId, clientId }) => {
  if (clientId !== undefined && /client/i.test(error.message)) {
    return new UserError(`The user pool ${userPoolId} has no app client ${clientId}`, {
      next: [
        `its clients: aws cognito-idp list-user-pool-clients --user-pool-id ${userPoolId}`,
        "or leave --client-id out",
      ],
      cause: error,
    });
  }
  const region = regionOf(userPoolId);
  const place = region === undefined ? "" : ` in ${region}, the region that its id names,`;
  return new UserError(`There is no user pool ${userPoolId}${place} for these credentials`, {
    why: "The id is mistyped, or the pool belongs to another account or endpoint.",
    next: [
      `compare: aws cognito-idp list-user-pools --max-results 60${region === undefined ? "" : ` --region ${region}`}`,
      "check AWS_PROFILE and AWS_ENDPOINT_URL[_COGNITO_IDENTITY_PROVIDER]",
    ],
    cause: error,
  });
};

const tooFast: Explanation = (error) =>
  new UserError("Cognito is receiving too many requests from this account", {
    why: "The quota counts everybody in the account and region.",
    next: ["wait a minute, then run the command again"],
    cause: error,
  });

const BY_NAME: Readonly<Record<string, Explanation>> = {
  CredentialsProviderError: noCredentials,
  TokenProviderError: noCredentials,
  UnrecognizedClientException: refusedCredentials("AWS does not know these credentials"),
  InvalidClientTokenId: refusedCredentials("AWS does not know these credentials"),
  InvalidSignatureException: refusedCredentials(
    "AWS refuses these credentials: the secret key does not belong to the access key",
  ),
  ExpiredTokenException: refusedCredentials("The AWS credentials have expired"),
  AccessDeniedException: denied,
  NotAuthorizedException: denied,
  ResourceNotFoundException: notFound,
  TooManyRequestsException: tooFast,
  ThrottlingException: tooFast,
  LimitExceededException: tooFast,
};

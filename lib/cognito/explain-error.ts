import { EXIT, UserError } from "../errors.ts";
import { UNTRUSTED } from "../network/trust.ts";
import { commandLine } from "../shell.ts";
import { regionOf } from "./pool-id.ts";

/** Node's codes for "nobody there". */
const NETWORK = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
]);

/**
 * Words for a request that got no answer of Cognito's: no region, no such endpoint, nobody there, somebody else there.
 * @returns undefined for every other error
 */
export function unreachable(error: Error): UserError | undefined {
  const { code, address, port, hostname } = error as NodeJS.ErrnoException & {
    address?: string;
    port?: number;
    hostname?: string;
  };
  const next = [
    "check AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER and AWS_ENDPOINT_URL, or unset them for AWS itself",
    "check the network; where only a proxy leads out, set HTTPS_PROXY as for Terraform; then run the command again",
  ];
  if (error.message === "Region is missing") {
    return new UserError("No AWS region is known", {
      why: "Without one there is no endpoint to send the request to.",
      next: ["set AWS_REGION, or name the user pool: --user-pool-id REGION_ID"],
      exitCode: EXIT.wrong,
      cause: error,
    });
  }
  // cognito-local alone answers so; AWS has other names for it.
  if (error.name === "Unsupported") {
    const operation = /x-amz-target header "(\w+)"/.exec(error.message)?.[1] ?? "this request";
    return new UserError(`The emulator cognito-local does not know ${operation}`, {
      why: "It imitates a part of Cognito.",
      next: ["with the other emulator: npm run local -- --keep --emulator moto"],
      cause: error,
    });
  }
  if (code === "ERR_INVALID_URL") {
    return new UserError("The endpoint in AWS_ENDPOINT_URL[_COGNITO_IDENTITY_PROVIDER] is not a URL", {
      next: ["write it like http://127.0.0.1:9229, or unset it"],
      exitCode: EXIT.wrong,
      cause: error,
    });
  }
  if (code !== undefined && UNTRUSTED.test(code)) {
    return new UserError(
      `The certificate of Cognito's endpoint${hostname === undefined ? "" : ` ${hostname}`} is not trusted here (${code})`,
      {
        why: "Often a company's proxy answers in AWS's place, with a certificate of its own authority.",
        next: [
          "set AWS_CA_BUNDLE to a file with that authority's certificate: Terraform's provider takes it as well",
        ],
        cause: error,
      },
    );
  }
  if (error.name === "TimeoutError" || (code !== undefined && NETWORK.has(code))) {
    const place = hostname ?? (address === undefined ? undefined : `${address}:${port}`);
    return new UserError(
      `Cognito cannot be reached${place === undefined ? "" : ` at ${place}`} (${code ?? "timeout"})`,
      {
        next,
        cause: error,
      },
    );
  }
  // The SDK hangs the raw answer on every error that came from one it could not read.
  if (error instanceof SyntaxError && "$metadata" in error) {
    return new UserError("Something answered at the endpoint, but it is not Cognito", { next, cause: error });
  }
  return undefined;
}

/** Where an administrator's (signed) calls go. */
export interface DirectoryContext {
  readonly userPoolId: string;
  readonly clientId?: string | undefined;
}

type Explanation = (error: Error, context: DirectoryContext) => UserError;

/**
 * Words for what the SDK threw at an administrator's call: no credentials, or not the right ones; no such pool.
 * What a person meets who signs in has its words in lib/auth/explain-error.ts.
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
    exitCode: EXIT.wrong,
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
        `its clients: ${commandLine`aws cognito-idp list-user-pool-clients --user-pool-id ${userPoolId}`}`,
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
      `compare: ${commandLine`aws cognito-idp list-user-pools --max-results 60 ${{ "--region": region }}`}`,
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

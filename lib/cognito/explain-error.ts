import { EXIT, UserError } from "../errors.ts";
import { UNTRUSTED } from "../network/trust.ts";
import { commandLine } from "../shell.ts";
import { regionOf } from "./pool-id.ts";

/** Node's error codes for an unreachable server. */
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
 * Explains a request without a response from Cognito: no region, no such endpoint, no server, or a different server.
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
    return new UserError("The AWS region is not set", {
      why: "Without it, the endpoint is unknown.",
      next: ["set AWS_REGION, or pass --user-pool-id REGION_ID"],
      exitCode: EXIT.wrong,
      cause: error,
    });
  }
  // Only cognito-local responds so; AWS has other names for it.
  if (error.name === "Unsupported") {
    const operation = /x-amz-target header "(\w+)"/.exec(error.message)?.[1] ?? "this request";
    return new UserError(`The emulator cognito-local doesn't support ${operation}`, {
      why: "It emulates only part of Cognito.",
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
      `The certificate of Cognito's endpoint${hostname === undefined ? "" : ` ${hostname}`} is not trusted (${code})`,
      {
        why: "A company proxy that inspects traffic often presents a certificate of its own authority.",
        next: [
          "set AWS_CA_BUNDLE to a file with that authority's certificate; Terraform's provider uses it too",
        ],
        cause: error,
      },
    );
  }
  if (error.name === "TimeoutError" || (code !== undefined && NETWORK.has(code))) {
    const place = hostname ?? (address === undefined ? undefined : `${address}:${port}`);
    return new UserError(
      `Can't reach Cognito${place === undefined ? "" : ` at ${place}`} (${code ?? "timeout"})`,
      {
        next,
        cause: error,
      },
    );
  }
  // The SDK attaches the raw response to every error about one that it couldn't read.
  if (error instanceof SyntaxError && "$metadata" in error) {
    return new UserError("The endpoint answered, but it isn't Cognito", { next, cause: error });
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
 * Explains what the SDK threw at an administrator's call: missing or wrong credentials, no such pool. Errors that people meet
 * at sign-in are explained in lib/auth/explain-error.ts.
 * @returns a UserError; or the error itself, with its stack, when the user can't fix it
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
    why: "Reading a user pool needs credentials, and none were found in the environment or the AWS files.",
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
  return new UserError(
    `These credentials aren't allowed to call ${action ?? "this"} on the user pool ${userPoolId}`,
    {
      next: [
        `allow ${action ?? "the cognito-idp actions"} for the role or user of these credentials`,
        "aws sts get-caller-identity shows whose credentials are used",
      ],
      cause: error,
    },
  );
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
    why: "The id is mistyped, or the pool is in another account or behind another endpoint.",
    next: [
      `compare: ${commandLine`aws cognito-idp list-user-pools --max-results 60 ${{ "--region": region }}`}`,
      "check AWS_PROFILE and AWS_ENDPOINT_URL[_COGNITO_IDENTITY_PROVIDER]",
    ],
    cause: error,
  });
};

const tooFast: Explanation = (error) =>
  new UserError("Cognito is receiving too many requests from this account", {
    why: "The quota is shared by the whole account and region.",
    next: ["wait a minute, then run the command again"],
    cause: error,
  });

const BY_NAME: Readonly<Record<string, Explanation>> = {
  CredentialsProviderError: noCredentials,
  TokenProviderError: noCredentials,
  UnrecognizedClientException: refusedCredentials("AWS doesn't recognize these credentials"),
  InvalidClientTokenId: refusedCredentials("AWS doesn't recognize these credentials"),
  InvalidSignatureException: refusedCredentials(
    "AWS refused these credentials: the secret key doesn't belong to the access key",
  ),
  ExpiredTokenException: refusedCredentials("The AWS credentials have expired"),
  AccessDeniedException: denied,
  NotAuthorizedException: denied,
  ResourceNotFoundException: notFound,
  TooManyRequestsException: tooFast,
  ThrottlingException: tooFast,
  LimitExceededException: tooFast,
};

import { unreachable } from "../cognito/explain-error.ts";
import { EXIT, UserError, type UserErrorDetails } from "../errors.ts";
import { commandLine } from "../shell.ts";
import type { AppClient } from "./secret-hash.ts";

/** What AWS and the SDK throw for a signed request with missing or invalid credentials. */
const NAMES = new Set([
  "CredentialsProviderError",
  "ExpiredTokenException",
  "IncompleteSignatureException",
  "InvalidSignatureException",
  "MissingAuthenticationTokenException",
  "TokenProviderError",
  "UnrecognizedClientException",
]);

/**
 * The error for AWS credentials that are missing, expired or not permitted. Only `--flow admin` needs credentials.
 * @returns undefined for every other error
 */
function credentialsTrouble(error: Error): UserError | undefined {
  if (error.name === "AccessDeniedException") {
    return new UserError("These AWS credentials aren't allowed to sign people in", {
      next: [
        "allow cognito-idp:AdminInitiateAuth and cognito-idp:AdminRespondToAuthChallenge on the user pool",
        "or sign in as the person: --flow srp, or --flow password",
      ],
      cause: error,
    });
  }
  if (!NAMES.has(error.name)) return undefined;
  return new UserError("--flow admin needs valid AWS credentials, and there are none", {
    next: [
      "set AWS_PROFILE or sign in to AWS again (aws sso login), then run the command again",
      "or sign in as the person, without AWS credentials: --flow srp, or --flow password",
    ],
    cause: error,
  });
}

/** What the message of a failure may name: everything here but the client secret, of which only its presence counts. */
export interface FailureContext extends AppClient {
  readonly command:
    | "first-login"
    | "sign-in"
    | "refresh"
    | "change-password"
    | "forgot-password"
    | "sign-out"
    | "sign-up"
    | "confirm-sign-up"
    | "resend-code";
  readonly username: string;
  /** The device key sent with a refresh token. @default none */
  readonly deviceKey?: string | undefined;
}

const invitationAgain = ({ username }: FailureContext) =>
  `ask the pool's administrator for a new invitation: ${commandLine`npm run invite -- ${username}`}`;

const clientFix = (setting: string) => [
  setting,
  "or name another app client: --client-id ID, or COGNITO_CLIENT_ID",
];

interface Meaning {
  /** Matches Cognito's message. */
  readonly pattern: RegExp;
  /** {username} is replaced with the person's name. */
  readonly message: string;
  readonly details: (context: FailureContext) => Omit<UserErrorDetails, "cause">;
}

const signInAgain = ({ username }: FailureContext) =>
  `sign in again: ${commandLine`npm run sign-in -- ${username} --save FILE`}`;

const REFRESH_TOKEN: Meaning = {
  pattern: /refresh token/i,
  message: "The refresh token of {username} is not valid, or no longer valid",
  details: (context) => ({
    why: `It expired, was revoked or replaced, or belongs to another app client.${
      context.command === "refresh" && context.deviceKey === undefined
        ? " In a user pool that remembers devices it only works with its device's key, which --save stores with it: pass that file (--tokens FILE)."
        : ""
    }`,
    next: [signInAgain(context)],
  }),
};

/** Cognito uses one exception for everything from a wrong password to a lockout; only its message distinguishes them. */
const MEANINGS: readonly Meaning[] = [
  {
    pattern: /temporary password has expired/i,
    message: "The temporary password of {username} has expired",
    details: (context) => ({
      why: "Temporary passwords last 7 days unless the user pool says otherwise, and a reset by e-mail does not work before the first login.",
      next: [invitationAgain(context)],
    }),
  },
  {
    pattern: /cannot be reset in the current state/i,
    message: "{username} has not finished the first login, so there is no password of their own to reset",
    details: (context) => ({
      why: "Before the first login (FORCE_CHANGE_PASSWORD) only the invitation's temporary password works. Invite the person again.",
      next: [invitationAgain(context), `then ${commandLine`npm run first-login -- ${context.username}`}`],
    }),
  },
  {
    pattern: /contact administrator to reset/i,
    message: "In this user pool only an administrator can reset the password of {username}",
    details: ({ userPoolId, username }) => ({
      next: [
        `ask the pool's administrator to run: ${commandLine`aws cognito-idp admin-reset-user-password --user-pool-id ${userPoolId} --username ${username}`}`,
      ],
    }),
  },
  {
    pattern: /user is disabled/i,
    message: "{username} is disabled in the user pool",
    details: () => ({
      why: "A disabled person cannot sign in.",
      next: ['enable the person: remove "enabled": false or "leaving" in users.json, then deploy'],
    }),
  },
  {
    pattern: /attempts exceeded/i,
    message: "Too many wrong passwords for {username}: Cognito has locked sign-in for a while",
    details: () => ({
      why: "After five wrong passwords the lockout starts at one second and doubles with every further try, up to about 15 minutes.",
      next: ["wait 15 minutes without trying, then run the command again with the right password"],
    }),
  },
  REFRESH_TOKEN,
  {
    pattern: /access token/i,
    message: "The access token of {username} has expired or was revoked",
    details: (context) => ({
      next: [
        commandLine`npm run refresh -- ${context.username} --tokens FILE --save FILE`,
        signInAgain(context),
      ],
    }),
  },
  {
    pattern: /secret/i,
    message: "The app client's secret is missing or wrong",
    details: ({ clientSecret }) => ({
      why:
        clientSecret === undefined
          ? "The app client has a secret, and it wasn't given."
          : "The secret isn't the app client's, or the app client has none.",
      next: [
        "leave out --user-pool-id and --client-id to use the secret of the deployed stack",
        "or set COGNITO_CLIENT_SECRET (unset it for an app client without a secret); never pass it on the command line",
      ],
    }),
  },
  {
    pattern: /flow not enabled/i,
    message: "The app client doesn't allow this sign-in flow",
    details: () => ({
      next: clientFix("choose another --flow, or allow it in the app client's flows and deploy"),
    }),
  },
  {
    pattern: /sign ?up is not permitted/i,
    message: "This user pool doesn't allow sign-up: an administrator creates the accounts",
    details: ({ username }) => ({
      next: [
        `ask the pool's administrator to add ${username} to users.json and deploy: Cognito then sends an invitation`,
        "or to allow sign-up (pool.selfSignUp in config.ts) and deploy",
      ],
    }),
  },
  {
    pattern: /cannot be confirmed/i,
    message: "{username} is already confirmed",
    details: ({ username }) => ({ next: [commandLine`npm run sign-in -- ${username}`] }),
  },
  {
    pattern: /incorrect username or password|user does not exist/i,
    message: "Cognito refused the username or the password of {username}",
    details: ({ command, username }) => ({
      why: "It doesn't say which one is wrong, so that no one can find out who has an account.",
      next:
        command === "first-login"
          ? [
              "copy the temporary password exactly from the invitation, without a full stop or space at the end",
              `already finished the first login? ${commandLine`npm run sign-in -- ${username}`}`,
              "invited more than once? use the newest invitation",
            ]
          : [
              "check the spelling of the username, then the password",
              `forgotten? ${commandLine`npm run forgot-password -- ${username}`}`,
              `never signed in before? ${commandLine`npm run first-login -- ${username}`}`,
            ],
    }),
  },
];

/** Explains a NotAuthorizedException. */
function notAuthorized(error: Error, context: FailureContext): UserError {
  const meaning = MEANINGS.find(({ pattern }) => pattern.test(error.message));
  // A refresh checks nothing but the token.
  const known = meaning ?? (context.command === "refresh" ? REFRESH_TOKEN : undefined);
  if (known === undefined) {
    return new UserError(`Cognito refused the ${context.command} of ${context.username}`, {
      why: "Cognito gave no reason that this command recognizes (NotAuthorizedException).",
      next: ["check the user's status and the user pool's Lambda triggers"],
      cause: error,
    });
  }
  return new UserError(
    known.message.replace("{username}", () => context.username),
    { ...known.details(context), cause: error },
  );
}

type Explanation = (error: Error, context: FailureContext) => UserError | undefined;

/**
 * Turns an error of a flow into a message: what happened, why, and what to do. This is the only place that does. Cognito's
 * own messages are not passed on, because some servers put the session or a hash into them.
 * @returns a UserError; or the error itself, with its stack, when the user can't fix it
 */
export function explainFailure(error: unknown, context: FailureContext): unknown {
  if (error instanceof UserError || !(error instanceof Error)) return error;
  return BY_NAME[error.name]?.(error, context) ?? credentialsTrouble(error) ?? unreachable(error) ?? error;
}

const tooFast = (message: string, error: Error) =>
  new UserError(message, {
    why: "The request was rejected before the password was checked.",
    next: ["wait a minute, then run the command again"],
    cause: error,
  });

const wrongIds: Explanation = (error, { clientId, userPoolId }) =>
  new UserError(`There is no app client ${clientId} (user pool ${userPoolId})`, {
    why: "The ids belong to another region, account or endpoint, or the user pool was deleted.",
    next: [
      "compare --client-id / COGNITO_CLIENT_ID with the deployed output user_pool_client_id",
      "check AWS_REGION and AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER",
    ],
    cause: error,
  });

const invalidParameter: Explanation = (error, context) => {
  const { clientId, username } = context;
  if (/no (registered|verified)|cannot reset password/i.test(error.message)) {
    return new UserError(
      `${username} can't reset the password: there is no verified e-mail address or phone number`,
      {
        why: "Cognito only sends codes to verified addresses and numbers.",
        next: [
          'add an address in users.json ("emailVerified": true), deploy, then run the command again',
          invitationAgain(context),
        ],
        cause: error,
      },
    );
  }
  if (/already confirmed/i.test(error.message)) {
    return new UserError(`${username} is already confirmed`, {
      next: [commandLine`npm run sign-in -- ${username}`],
      cause: error,
    });
  }
  const flow = /ADMIN\w*|USER_SRP_AUTH|USER_PASSWORD_AUTH|USER_AUTH/.exec(error.message)?.[0];
  if (flow === undefined && !/flow not enabled|method not supported/i.test(error.message)) {
    return new UserError("Cognito refused one of the values", {
      why: "Often it is an attribute in the wrong format: write phone numbers like +819012345678, dates like 2001-12-31.",
      next: ["check the attributes and the username, then run the command again"],
      cause: error,
    });
  }
  return new UserError(
    `The app client ${clientId} doesn't allow this sign-in flow${flow ? ` (${flow})` : ""}`,
    {
      next: clientFix(
        `add ${flow ? `ALLOW_${flow}` : "the flow"} to the app client's flows and deploy, or choose another --flow`,
      ),
      cause: error,
    },
  );
};

const lambdaTrigger: Explanation = (error) =>
  new UserError(`A Lambda trigger of the user pool stopped the sign-in (${error.name})`, {
    next: ["ask the pool's administrator: the reason is in the trigger's CloudWatch log"],
    cause: error,
  });

const wrongCode: Explanation = (error) =>
  new UserError("The code was wrong every time", {
    why: "The codes depend on the clock of the device with the authenticator app.",
    next: ["check that clock, then run the command again"],
    cause: error,
  });

const BY_NAME: Readonly<Record<string, Explanation>> = {
  SessionEnded: (error) =>
    new UserError("The session expired twice before all questions were answered", {
      why: "Cognito waits 3 minutes for an answer, unless the app client sets another limit.",
      next: ["have the passwords at hand, then run the command again"],
      cause: error,
    }),
  NotAuthorizedException: notAuthorized,
  UserNotFoundException: (error, { username, userPoolId }) =>
    new UserError(`${username} is not in the user pool ${userPoolId}`, {
      next: [
        "check the spelling: usernames can be case-sensitive",
        "new people are created when users.json is deployed",
      ],
      cause: error,
    }),
  PasswordResetRequiredException: (error, { username }) =>
    new UserError(`The password of ${username} was reset: a new one must be set before signing in`, {
      why: "Cognito sent a code when the password was reset.",
      next: [
        `to use that code: ${commandLine`npm run forgot-password -- ${username} --have-code`}`,
        `to get a new one: ${commandLine`npm run forgot-password -- ${username}`}`,
      ],
      cause: error,
    }),
  UserNotConfirmedException: (error, { username, userPoolId }) =>
    new UserError(`${username} signed up but never confirmed the account`, {
      next: [
        `to use the code that Cognito sent: ${commandLine`npm run confirm-sign-up -- ${username}`}`,
        `to get a new one: ${commandLine`npm run resend-code -- ${username}`}`,
        `or ask the pool's administrator to confirm it: ${commandLine`aws cognito-idp admin-confirm-sign-up --user-pool-id ${userPoolId} --username ${username}`}`,
      ],
      cause: error,
    }),
  InvalidPasswordException: (error) =>
    new UserError("Cognito refused every new password", {
      next: ["read the user pool's password policy, then run the command again"],
      cause: error,
    }),
  CodeMismatchException: wrongCode,
  EnableSoftwareTokenMFAException: wrongCode,
  ExpiredCodeException: (error, { command, username }) =>
    new UserError("The code has expired or was already used", {
      next: [
        `get a new one: ${
          command === "confirm-sign-up"
            ? commandLine`npm run resend-code -- ${username}`
            : commandLine`npm run forgot-password -- ${username}`
        }`,
      ],
      cause: error,
    }),
  UsernameExistsException: (error, { username }) =>
    new UserError(`${username} already has an account`, {
      next: [
        `yours? ${commandLine`npm run sign-in -- ${username}`}`,
        `not confirmed yet? ${commandLine`npm run resend-code -- ${username}`}`,
        `forgot the password? ${commandLine`npm run forgot-password -- ${username}`}`,
      ],
      cause: error,
    }),
  AliasExistsException: (error, { username }) =>
    new UserError(`Another account already has the address or number of ${username}`, {
      why: "People of this pool sign in with it, so only one account can have it. The account stays unconfirmed.",
      next: ["sign in with the other account, or sign up with another address"],
      cause: error,
    }),
  CodeDeliveryFailureException: (error) =>
    new UserError("Cognito could not send the code", {
      why: "Its e-mail or SMS sender is not set up, or refused the address.",
      next: ["ask the pool's administrator to check its message delivery settings"],
      cause: error,
    }),
  SoftwareTokenMFANotFoundException: (error, { userPoolId }) =>
    new UserError(`The user pool ${userPoolId} doesn't allow authenticator apps (TOTP)`, {
      next: ["ask the pool's administrator to allow TOTP in config.ts and deploy"],
      cause: error,
    }),
  UnsupportedTokenTypeException: (error) =>
    new UserError("That isn't a refresh token, and only refresh tokens can be revoked", {
      next: ["pass the refresh token, or sign out of everything: --everywhere"],
      exitCode: EXIT.wrong,
      cause: error,
    }),
  ResourceNotFoundException: wrongIds,
  InvalidParameterException: invalidParameter,
  TooManyRequestsException: (error) =>
    tooFast("Cognito is receiving too many requests from this account", error),
  ThrottlingException: (error) => tooFast("Cognito is receiving too many requests from this account", error),
  LimitExceededException: (error) => tooFast("A Cognito limit of this AWS account has been reached", error),
  TooManyFailedAttemptsException: (error) =>
    tooFast("Too many wrong codes: Cognito has locked the sign-in for a while", error),
  UserLambdaValidationException: lambdaTrigger,
  UnexpectedLambdaException: lambdaTrigger,
  InvalidLambdaResponseException: lambdaTrigger,
  ForbiddenException: (error) =>
    new UserError("A web ACL (AWS WAF) in front of the user pool refused the request", {
      next: ["sign in from an allowed network, or ask the pool's administrator"],
      cause: error,
    }),
};

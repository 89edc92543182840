import { unreachable } from "../cognito/explain-error.ts";
import { EXIT, UserError, type UserErrorDetails } from "../errors.ts";
import { commandLine } from "../shell.ts";
import type { AppClient } from "./secret-hash.ts";

/** What AWS and the SDK throw when a signed request has no credentials, or none that hold. */
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
 * Words for AWS credentials that are missing, have ended, or may not do this. Only `--flow admin` needs any.
 * @returns undefined for every other error
 */
function credentialsTrouble(error: Error): UserError | undefined {
  if (error.name === "AccessDeniedException") {
    return new UserError("The AWS credentials may not sign people in", {
      next: [
        "allow cognito-idp:AdminInitiateAuth and cognito-idp:AdminRespondToAuthChallenge on the user pool",
        "or sign in as the person: --flow srp, or --flow password",
      ],
      cause: error,
    });
  }
  if (!NAMES.has(error.name)) return undefined;
  return new UserError("There are no valid AWS credentials, and --flow admin needs them", {
    next: [
      "name a profile (AWS_PROFILE) or sign in to AWS again (aws sso login), then run the command again",
      "or sign in as the person, without AWS credentials: --flow srp, or --flow password",
    ],
    cause: error,
  });
}

/** What the words of a failure may name: none of it but the secret, which only matters for being known. */
export interface FailureContext extends AppClient {
  readonly command:
    | "first-login"
    | "sign-in"
    | "refresh"
    | "change-password"
    | "forgot-password"
    | "sign-out";
  readonly username: string;
  /** That was sent along with a refresh token. @default none */
  readonly deviceKey?: string | undefined;
}

const invitationAgain = ({ username }: FailureContext) =>
  `whoever runs the user pool sends a new invitation: ${commandLine`npm run invite -- ${username}`}`;

const clientFix = (setting: string) => [
  setting,
  "or name another app client: --client-id ID, or COGNITO_CLIENT_ID",
];

interface Meaning {
  /** What Cognito's message looks like. */
  readonly pattern: RegExp;
  /** {username} stands for the person. */
  readonly message: string;
  readonly details: (context: FailureContext) => Omit<UserErrorDetails, "cause">;
}

const signInAgain = ({ username }: FailureContext) =>
  `sign in again: ${commandLine`npm run sign-in -- ${username} --save FILE`}`;

const REFRESH_TOKEN: Meaning = {
  pattern: /refresh token/i,
  message: "The refresh token of {username} is not valid, or not any more",
  details: (context) => ({
    why: `It has ended, was revoked or replaced, or belongs to another app client.${
      context.command === "refresh" && context.deviceKey === undefined
        ? " In a user pool that remembers devices it is only good together with its device's key, which --save keeps beside it: then name that file (--tokens FILE)."
        : ""
    }`,
    next: [signInAgain(context)],
  }),
};

/** Cognito says everything from a wrong password to a lockout with one exception; only its message tells them apart. */
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
      why: "Until the first login (FORCE_CHANGE_PASSWORD) only the temporary password of the invitation holds: the person must be invited again.",
      next: [invitationAgain(context), `then ${commandLine`npm run first-login -- ${context.username}`}`],
    }),
  },
  {
    pattern: /contact administrator to reset/i,
    message: "In this user pool only an administrator can reset the password of {username}",
    details: ({ userPoolId, username }) => ({
      next: [
        `whoever runs the user pool: ${commandLine`aws cognito-idp admin-reset-user-password --user-pool-id ${userPoolId} --username ${username}`}`,
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
    message: "Too many wrong passwords for {username}: Cognito has locked the sign-in for a while",
    details: () => ({
      why: "After five wrong passwords the lockout starts at one second and doubles with every further try, up to about 15 minutes.",
      next: ["wait 15 minutes without trying, then run the command again with the right password"],
    }),
  },
  REFRESH_TOKEN,
  {
    pattern: /access token/i,
    message: "The access token of {username} has ended or was revoked",
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
          ? "The app client has a secret, and this command does not know it."
          : "The secret that was used is another one than the app client's, or the app client has none.",
      next: [
        "take it from the deployment of config.ts's stack: name neither --user-pool-id nor --client-id",
        "or put it in COGNITO_CLIENT_SECRET (unset it for an app client without a secret); never on the command line",
      ],
    }),
  },
  {
    pattern: /flow not enabled/i,
    message: "The app client does not allow this way to sign in",
    details: () => ({
      next: clientFix("choose another --flow, or allow it in the app client's flows and deploy"),
    }),
  },
  {
    pattern: /incorrect username or password|user does not exist/i,
    message: "Cognito refused the username or the password of {username}",
    details: ({ command, username }) => ({
      why: "It does not say which of the two is wrong, so that nobody can find out who has an account.",
      next:
        command === "first-login"
          ? [
              "give the temporary password exactly as it is in the invitation, without a full stop or space at the end",
              `or the first login is finished already: then ${commandLine`npm run sign-in -- ${username}`}`,
              "or the temporary password was replaced: use the newest invitation",
            ]
          : [
              "check the spelling of the username, then the password",
              `forgotten? ${commandLine`npm run forgot-password -- ${username}`}`,
              `never signed in before? ${commandLine`npm run first-login -- ${username}`}`,
            ],
    }),
  },
];

/** Words for a NotAuthorizedException. */
function notAuthorized(error: Error, context: FailureContext): UserError {
  const meaning = MEANINGS.find(({ pattern }) => pattern.test(error.message));
  // Nothing but the token is judged when tokens are refreshed.
  const known = meaning ?? (context.command === "refresh" ? REFRESH_TOKEN : undefined);
  if (known === undefined) {
    return new UserError(`Cognito refused the ${context.command} of ${context.username}`, {
      why: "It gave no reason that this command knows (NotAuthorizedException).",
      next: ["look at the user's status and at the user pool's Lambda triggers"],
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
 * Turns what a flow threw into words: what happened, why, and the way out. The only place that does. Cognito's own
 * messages are not passed on: some servers put the session or a hash into them.
 * @returns a UserError; or the error itself, with its stack, when it is none that a person can mend
 */
export function explainFailure(error: unknown, context: FailureContext): unknown {
  if (error instanceof UserError || !(error instanceof Error)) return error;
  return BY_NAME[error.name]?.(error, context) ?? credentialsTrouble(error) ?? unreachable(error) ?? error;
}

const tooFast = (message: string, error: Error) =>
  new UserError(message, {
    why: "Nothing is wrong with the password; the request was not looked at.",
    next: ["wait a minute, then run the command again"],
    cause: error,
  });

const wrongIds: Explanation = (error, { clientId, userPoolId }) =>
  new UserError(`Cognito knows no app client ${clientId} (user pool ${userPoolId})`, {
    why: "The ids belong to another region, account or endpoint, or the user pool was destroyed.",
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
      `${username} cannot reset the password: no verified e-mail address or phone number`,
      {
        why: "Cognito sends the code to a verified address only, and this person has none.",
        next: [
          'give an address in users.json ("emailVerified": true), deploy, then run the command again',
          invitationAgain(context),
        ],
        cause: error,
      },
    );
  }
  const flow = /ADMIN\w*|USER_SRP_AUTH|USER_PASSWORD_AUTH/.exec(error.message)?.[0];
  if (flow === undefined && !/flow not enabled|method not supported/i.test(error.message)) {
    return new UserError("Cognito refused a value that was sent", {
      why: "Often an attribute in the wrong form: phone numbers look like +819012345678, dates like 2001-12-31.",
      next: ["check the attributes and the username, then run the command again"],
      cause: error,
    });
  }
  return new UserError(
    `The app client ${clientId} does not allow this way to sign in${flow ? ` (${flow})` : ""}`,
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
    next: ["whoever runs the user pool finds the reason in the trigger's log in CloudWatch"],
    cause: error,
  });

const wrongCode: Explanation = (error) =>
  new UserError("The code was wrong every time", {
    why: "Codes of an authenticator app depend on the clock of its device.",
    next: ["check that clock, then run the command again"],
    cause: error,
  });

const BY_NAME: Readonly<Record<string, Explanation>> = {
  SessionEnded: (error) =>
    new UserError("The session ended twice before the questions were answered", {
      why: "Cognito waits 3 minutes for an answer, unless the app client says otherwise, and takes each session once.",
      next: ["run the command again, with the passwords at hand"],
      cause: error,
    }),
  NotAuthorizedException: notAuthorized,
  UserNotFoundException: (error, { username, userPoolId }) =>
    new UserError(`There is no ${username} in the user pool ${userPoolId}`, {
      next: [
        "check the spelling: usernames can be case-sensitive",
        "a new person is in the user pool only after users.json was deployed",
      ],
      cause: error,
    }),
  PasswordResetRequiredException: (error, { username }) =>
    new UserError(`The password of ${username} was reset and must be set anew before signing in`, {
      why: "Cognito sent the person a code when the password was reset.",
      next: [
        `with that code: ${commandLine`npm run forgot-password -- ${username} --have-code`}`,
        `or with a new one: ${commandLine`npm run forgot-password -- ${username}`}`,
      ],
      cause: error,
    }),
  UserNotConfirmedException: (error, { username, userPoolId }) =>
    new UserError(`${username} signed up but never confirmed the account`, {
      next: [
        "enter the confirmation code that Cognito sent",
        `or whoever runs the user pool confirms: ${commandLine`aws cognito-idp admin-confirm-sign-up --user-pool-id ${userPoolId} --username ${username}`}`,
      ],
      cause: error,
    }),
  InvalidPasswordException: (error) =>
    new UserError("Cognito accepted none of the new passwords", {
      next: ["read the user pool's password policy, then run the command again"],
      cause: error,
    }),
  CodeMismatchException: wrongCode,
  EnableSoftwareTokenMFAException: wrongCode,
  ExpiredCodeException: (error, { username }) =>
    new UserError("The code has expired, or was used already", {
      next: [`have a new one sent: ${commandLine`npm run forgot-password -- ${username}`}`],
      cause: error,
    }),
  CodeDeliveryFailureException: (error) =>
    new UserError("Cognito could not send the code", {
      why: "Its e-mail or SMS sender is not set up, or refused the address.",
      next: ["whoever runs the user pool looks at its message delivery settings"],
      cause: error,
    }),
  SoftwareTokenMFANotFoundException: (error, { userPoolId }) =>
    new UserError(`The user pool ${userPoolId} has no authenticator apps (TOTP)`, {
      next: ["whoever runs the user pool allows TOTP in config.ts and deploys"],
      cause: error,
    }),
  UnsupportedTokenTypeException: (error) =>
    new UserError("That is no refresh token: only refresh tokens can be revoked", {
      next: ["give the refresh token, or sign out of everything: --everywhere"],
      exitCode: EXIT.wrong,
      cause: error,
    }),
  ResourceNotFoundException: wrongIds,
  InvalidParameterException: invalidParameter,
  TooManyRequestsException: (error) =>
    tooFast("Cognito is receiving too many requests from this account", error),
  ThrottlingException: (error) => tooFast("Cognito is receiving too many requests from this account", error),
  LimitExceededException: (error) => tooFast("A limit of the AWS account for Cognito is reached", error),
  TooManyFailedAttemptsException: (error) =>
    tooFast("Too many wrong codes: Cognito has locked the sign-in for a while", error),
  UserLambdaValidationException: lambdaTrigger,
  UnexpectedLambdaException: lambdaTrigger,
  InvalidLambdaResponseException: lambdaTrigger,
  ForbiddenException: (error) =>
    new UserError("A web ACL (AWS WAF) in front of the user pool refused the request", {
      next: ["sign in from an allowed network, or ask whoever runs the user pool"],
      cause: error,
    }),
};

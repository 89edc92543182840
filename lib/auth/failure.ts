import { UserError, type UserErrorDetails } from "../errors.ts";
import { shellWord } from "./shell-word.ts";
import { unreachable } from "./unreachable.ts";

/** What the words may name. None of it is secret. */
export interface FailureContext {
  readonly command: "first-login" | "sign-in";
  readonly username: string;
  readonly clientId: string;
  readonly userPoolId?: string | undefined;
}

type Explanation = (error: Error, context: FailureContext) => UserError | undefined;

/**
 * Turns what a flow threw into words: what happened, why, and the way out. The only place that does. Cognito's own
 * messages are not passed on: some servers put the session or a hash into them.
 * @returns a UserError; or the error itself, with its stack, when it is none that a person can mend
 */
export function explainFailure(error: unknown, context: FailureContext): unknown {
  if (error instanceof UserError || !(error instanceof Error)) return error;
  return BY_NAME[error.name]?.(error, context) ?? unreachable(error) ?? error;
}

const invitationAgain = ({ userPoolId, username }: FailureContext) =>
  `whoever runs the user pool sends a new invitation: aws cognito-idp admin-create-user --user-pool-id ${userPoolId ?? "POOL_ID"} --username ${shellWord(username)} --message-action RESEND`;

const clientFix = (setting: string) => [
  setting,
  "or name another app client: --client-id ID, or COGNITO_CLIENT_ID",
];

const tooFast = (message: string, error: Error) =>
  new UserError(message, {
    why: "Nothing is wrong with the password; the request was not looked at.",
    next: ["wait a minute, then run the command again"],
    cause: error,
  });

const wrongIds: Explanation = (error, { clientId, userPoolId }) =>
  new UserError(
    `Cognito knows no app client ${clientId}${userPoolId === undefined ? "" : ` (user pool ${userPoolId})`}`,
    {
      why: "The ids belong to another region, account or endpoint, or the user pool was destroyed.",
      next: [
        "compare --client-id / COGNITO_CLIENT_ID with the deployed output user_pool_client_id",
        "check AWS_REGION and AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER",
      ],
      cause: error,
    },
  );

/** Cognito says everything from a wrong password to a lockout with this one exception; only the message tells them apart. */
const NOT_AUTHORIZED: readonly (readonly [
  RegExp,
  string,
  (context: FailureContext) => Omit<UserErrorDetails, "cause">,
])[] = [
  [
    /temporary password has expired/i,
    "The temporary password of {username} has expired",
    (context) => ({
      why: "Temporary passwords last 7 days unless the user pool says otherwise, and a reset by e-mail does not work before the first login.",
      next: [invitationAgain(context)],
    }),
  ],
  [
    /user is disabled/i,
    "{username} is disabled in the user pool",
    () => ({
      why: "A disabled person cannot sign in.",
      next: ['enable the person: remove "enabled": false or "leaving" in users.json, then deploy'],
    }),
  ],
  [
    /attempts exceeded/i,
    "Too many wrong passwords for {username}: Cognito has locked the sign-in for a while",
    () => ({
      why: "After five wrong passwords the lockout starts at one second and doubles with every further try, up to about 15 minutes.",
      next: ["wait 15 minutes without trying, then run the command again with the right password"],
    }),
  ],
  [
    /secret/i,
    "This app client has a secret, which this command does not send",
    () => ({ next: clientFix("use an app client without a secret (generate_secret = false)") }),
  ],
  [
    /incorrect username or password|user does not exist/i,
    "Cognito refused the username or the password of {username}",
    ({ command, username }) => ({
      why: "It does not say which of the two is wrong, so that nobody can find out who has an account.",
      next:
        command === "first-login"
          ? [
              "give the temporary password exactly as it is in the invitation, without a full stop or space at the end",
              `or the first login is finished already: then npm run sign-in -- ${shellWord(username)}`,
              "or the temporary password was replaced: use the newest invitation",
            ]
          : [
              "check the spelling of the username, then the password",
              `never signed in before? npm run first-login -- ${shellWord(username)}`,
            ],
    }),
  ],
];

const notAuthorized: Explanation = (error, context) => {
  const known = NOT_AUTHORIZED.find(([pattern]) => pattern.test(error.message));
  if (known === undefined) {
    return new UserError(`Cognito refused the sign-in of ${context.username}`, {
      why: "It gave no reason that this command knows (NotAuthorizedException).",
      next: ["look at the user's status and at the user pool's Lambda triggers"],
      cause: error,
    });
  }
  const [, message, details] = known;
  return new UserError(
    message.replace("{username}", () => context.username),
    { ...details(context), cause: error },
  );
};

const invalidParameter: Explanation = (error, { clientId }) => {
  if (!/flow not enabled|USER_PASSWORD_AUTH/i.test(error.message)) {
    return new UserError("Cognito refused a value that was sent", {
      why: "Often an attribute in the wrong form: phone numbers look like +819012345678, dates like 2001-12-31.",
      next: ["check the attributes and the username, then run the command again"],
      cause: error,
    });
  }
  return new UserError(
    `The app client ${clientId} does not allow signing in with a password (USER_PASSWORD_AUTH)`,
    {
      next: clientFix("add ALLOW_USER_PASSWORD_AUTH to the app client's explicit_auth_flows and deploy"),
      cause: error,
    },
  );
};

const lambdaTrigger: Explanation = (error) =>
  new UserError(`A Lambda trigger of the user pool stopped the sign-in (${error.name})`, {
    next: ["whoever runs the user pool finds the reason in the trigger's log in CloudWatch"],
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
    new UserError(
      `There is no ${username} in the user pool${userPoolId === undefined ? "" : ` ${userPoolId}`}`,
      {
        next: [
          "check the spelling: usernames can be case-sensitive",
          "a new person is in the user pool only after users.json was deployed",
        ],
        cause: error,
      },
    ),
  PasswordResetRequiredException: (error, { username, clientId }) =>
    new UserError(`The password of ${username} was reset and must be set anew before signing in`, {
      why: "Cognito sent the person a code when the password was reset.",
      next: [
        `with that code: aws cognito-idp confirm-forgot-password --client-id ${clientId} --cli-input-json file://… (Username, ConfirmationCode, Password; keep passwords off the command line)`,
      ],
      cause: error,
    }),
  UserNotConfirmedException: (error, { username, userPoolId }) =>
    new UserError(`${username} signed up but never confirmed the account`, {
      next: [
        "enter the confirmation code that Cognito sent",
        `or whoever runs the user pool confirms: aws cognito-idp admin-confirm-sign-up --user-pool-id ${userPoolId ?? "POOL_ID"} --username ${shellWord(username)}`,
      ],
      cause: error,
    }),
  InvalidPasswordException: (error) =>
    new UserError("Cognito accepted none of the new passwords", {
      next: ["read the user pool's password policy, then run the command again"],
      cause: error,
    }),
  CodeMismatchException: (error) =>
    new UserError("The code was wrong every time", {
      why: "Codes of an authenticator app depend on the clock of its device.",
      next: ["check that clock, then run the command again"],
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

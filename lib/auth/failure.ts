import { UserError } from "../errors.ts";
import { credentialsTrouble } from "./credentials.ts";
import { clientFix, type FailureContext, invitationAgain } from "./failure-context.ts";
import { notAuthorized } from "./not-authorized.ts";
import { shellWord } from "./shell-word.ts";
import { unreachable } from "./unreachable.ts";

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
        `with that code: npm run forgot-password -- ${shellWord(username)} --have-code`,
        `or with a new one: npm run forgot-password -- ${shellWord(username)}`,
      ],
      cause: error,
    }),
  UserNotConfirmedException: (error, { username, userPoolId }) =>
    new UserError(`${username} signed up but never confirmed the account`, {
      next: [
        "enter the confirmation code that Cognito sent",
        `or whoever runs the user pool confirms: aws cognito-idp admin-confirm-sign-up --user-pool-id ${userPoolId} --username ${shellWord(username)}`,
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
      next: [`have a new one sent: npm run forgot-password -- ${shellWord(username)}`],
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
      exitCode: 2,
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

import { UserError, type UserErrorDetails } from "../errors.ts";
import { clientFix, type FailureContext, invitationAgain } from "./failure-context.ts";
import { shellWord } from "./shell-word.ts";

interface Meaning {
  /** What Cognito's message looks like. */
  readonly pattern: RegExp;
  /** {username} stands for the person. */
  readonly message: string;
  readonly details: (context: FailureContext) => Omit<UserErrorDetails, "cause">;
}

const signInAgain = ({ username }: FailureContext) =>
  `sign in again: npm run sign-in -- ${shellWord(username)} --save FILE`;

const REFRESH_TOKEN: Meaning = {
  pattern: /refresh token/i,
  message: "The refresh token of {username} is not valid, or not any more",
  details: (context) => ({
    why: "It has ended, was revoked or replaced, or belongs to another app client.",
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
      next: [invitationAgain(context), `then npm run first-login -- ${shellWord(context.username)}`],
    }),
  },
  {
    pattern: /contact administrator to reset/i,
    message: "In this user pool only an administrator can reset the password of {username}",
    details: ({ userPoolId, username }) => ({
      next: [
        `whoever runs the user pool: aws cognito-idp admin-reset-user-password --user-pool-id ${userPoolId} --username ${shellWord(username)}`,
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
        `npm run refresh -- ${shellWord(context.username)} --tokens FILE --save FILE`,
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
        "take it from what was deployed last: name neither --user-pool-id nor --client-id",
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
              `or the first login is finished already: then npm run sign-in -- ${shellWord(username)}`,
              "or the temporary password was replaced: use the newest invitation",
            ]
          : [
              "check the spelling of the username, then the password",
              `forgotten? npm run forgot-password -- ${shellWord(username)}`,
              `never signed in before? npm run first-login -- ${shellWord(username)}`,
            ],
    }),
  },
];

/** Words for a NotAuthorizedException. */
export function notAuthorized(error: Error, context: FailureContext): UserError {
  const told = MEANINGS.find(({ pattern }) => pattern.test(error.message));
  // Nothing but the token is judged when tokens are refreshed.
  const known = told ?? (context.command === "refresh" ? REFRESH_TOKEN : undefined);
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

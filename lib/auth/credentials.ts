import { UserError } from "../errors.ts";

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
export function credentialsTrouble(error: Error): UserError | undefined {
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

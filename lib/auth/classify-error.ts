/** The challenge session is over: expired (3 minutes by default) or used up. Everything starts again from InitiateAuth. */
export class SessionEnded extends Error {
  constructor(cause: unknown) {
    super("The challenge session ended", { cause });
    this.name = "SessionEnded";
  }
}

/**
 * Does this answer to RespondToAuthChallenge say that the session is over? Cognito: NotAuthorizedException "Invalid
 * session for the user, session is expired." or "… can only be used once."; ExpiredCodeException for a code that came
 * too late; moto: ResourceNotFoundException, though InitiateAuth had just accepted the same app client.
 */
export function isSessionEnded(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === "NotAuthorizedException") return /session/i.test(error.message);
  return error.name === "ExpiredCodeException" || error.name === "ResourceNotFoundException";
}

/**
 * Why Cognito refused a new password, in words that complete "it must …"; undefined when that was not the trouble.
 * The session stays valid after it.
 */
export function passwordRefusal(error: unknown): string[] | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === "PasswordHistoryPolicyViolationException") return ["not be one that was used before"];
  if (error.name !== "InvalidPasswordException") return undefined;
  // "Password did not conform with policy: Password must have uppercase characters"
  const reason = /policy:\s*Password (must have [a-z ]+|not long enough)/i
    .exec(error.message)?.[1]
    ?.toLowerCase();
  if (reason === undefined) return ["meet the user pool's password policy"];
  return [reason === "not long enough" ? "be longer" : reason.replace(/^must /, "").trim()];
}

/** Does the answer say that the password is wrong (or the username: Cognito does not tell which)? */
export function isPasswordRefused(error: unknown): boolean {
  if (!(error instanceof Error) || error.name !== "NotAuthorizedException") return false;
  return /incorrect username or password/i.test(error.message);
}

/**
 * Was it only the code that was wrong? Another can be entered in the same session. VerifySoftwareToken has an exception
 * of its own for it.
 */
export function isWrongCode(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === "CodeMismatchException" || error.name === "EnableSoftwareTokenMFAException";
}

/**
 * Does the app client not allow SRP? Cognito: InvalidParameterException "USER_SRP_AUTH is not enabled for the client.";
 * cognito-local, which has no SRP: `Unsupported`, naming the flow.
 */
export function isSrpRefused(error: unknown): boolean {
  if (!(error instanceof Error) || !error.message.includes("USER_SRP_AUTH")) return false;
  return error.name === "InvalidParameterException" || error.name === "Unsupported";
}

/**
 * Is REFRESH_TOKEN_AUTH itself refused, rather than the token? It is where refresh tokens rotate: then
 * GetTokensFromRefreshToken takes its place. Cognito says so in several wordings.
 */
export function isRefreshFlowRefused(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name !== "InvalidParameterException" && error.name !== "NotAuthorizedException") return false;
  return /not (enabled|allowed|supported)|rotation/i.test(error.message);
}

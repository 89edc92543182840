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

/** Was it only the code that was wrong? Another can be entered in the same session. */
export function isWrongCode(error: unknown): boolean {
  return error instanceof Error && error.name === "CodeMismatchException";
}

/** The challenge session has expired (after 3 minutes by default) or was used. The sign-in restarts from InitiateAuth. */
export class SessionEnded extends Error {
  constructor(cause: unknown) {
    super("The challenge session ended", { cause });
    this.name = "SessionEnded";
  }
}

/**
 * Whether this answer to RespondToAuthChallenge means that the session is over. Cognito: NotAuthorizedException "Invalid
 * session for the user, session is expired." or "… can only be used once."; ExpiredCodeException for a late code; moto:
 * ResourceNotFoundException, although InitiateAuth has just accepted the same app client.
 */
export function isSessionEnded(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === "NotAuthorizedException") return /session/i.test(error.message);
  return error.name === "ExpiredCodeException" || error.name === "ResourceNotFoundException";
}

/**
 * Why Cognito refused a new password, in words that complete "it must …"; undefined for any other error. The session stays
 * valid.
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

/** Whether the password is wrong (or the username: Cognito doesn't say which). */
export function isPasswordRefused(error: unknown): boolean {
  if (!(error instanceof Error) || error.name !== "NotAuthorizedException") return false;
  return /incorrect username or password/i.test(error.message);
}

/**
 * Whether only the code was wrong, so that another can be entered in the same session. VerifySoftwareToken has its own
 * exception for this.
 */
export function isWrongCode(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === "CodeMismatchException" || error.name === "EnableSoftwareTokenMFAException";
}

/**
 * Whether the app client doesn't allow SRP. Cognito: InvalidParameterException "USER_SRP_AUTH is not enabled for the
 * client."; cognito-local, which has no SRP: `Unsupported`, naming the flow.
 */
export function isSrpRefused(error: unknown): boolean {
  if (!(error instanceof Error) || !error.message.includes("USER_SRP_AUTH")) return false;
  return error.name === "InvalidParameterException" || error.name === "Unsupported";
}

/**
 * Whether REFRESH_TOKEN_AUTH itself is refused, not the token: clients that rotate refresh tokens need
 * GetTokensFromRefreshToken instead. Cognito words it in several ways.
 */
export function isRefreshFlowRefused(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name !== "InvalidParameterException" && error.name !== "NotAuthorizedException") return false;
  return /not (enabled|allowed|supported)|rotation/i.test(error.message);
}

/**
 * The attributes that a sign-up lacks, as Cognito names them: InvalidParameterException "Attributes did not conform to the
 * schema: name: The attribute is required", one line each. Empty for any other error.
 */
export function missingAttributes(error: unknown): string[] {
  if (!(error instanceof Error) || error.name !== "InvalidParameterException") return [];
  const [, list] = /did not conform to the schema:([\s\S]+)$/i.exec(error.message) ?? [];
  return Array.from(
    list?.matchAll(/([\w:.-]+): The attribute (?:\S+ )?is required/gi) ?? [],
    ([, name = ""]) => name,
  );
}

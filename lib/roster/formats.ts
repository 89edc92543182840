/** UsernameType and GroupNameType in the Cognito API: 1–128 characters of this kind (no spaces, no control characters). */
export const NAME = /^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u;
/** Also for an e-mail address that is the username: AdminCreateUser refuses a longer one. */
export const NAME_MAX = 128;

/** RFC 5321, 4.5.3.1.3: a path of 256 with its angle brackets. Cognito itself says 256. */
export const EMAIL_MAX = 254;
/**
 * Practical, not RFC 5322: an unquoted local part without stray dots (Amazon's mail service refuses those), an @,
 * a domain with a dot. Letters of any script pass. Every part excludes its separator, so matching is linear.
 */
export const EMAIL =
  /^[^\s\p{C}@."(),:;<>[\\\]]+(?:\.[^\s\p{C}@."(),:;<>[\\\]]+)*@[\p{L}\p{M}\p{N}]+(?:-+[\p{L}\p{M}\p{N}]+)*(?:\.[\p{L}\p{M}\p{N}]+(?:-+[\p{L}\p{M}\p{N}]+)*)+$/u;

/** E.164: a country code (never 0 first) and the number, 15 digits at most. */
export const PHONE = /^\+[1-9]\d{7,14}$/;

/** Half of a surrogate pair has no UTF-8 form and would reach Cognito as U+FFFD. */
export const WELL_FORMED = /^\P{Surrogate}*$/u;

/** Cognito quota: groups that one person can be in. */
export const GROUPS_MAX = 100;

/** What Cognito and a reader take for the same name: compatibility forms and letter case folded. */
export function fold(name: string): string {
  return name.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFKC");
}

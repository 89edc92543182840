import { RUNNER_COMMAND } from "../text/runner-log.ts";
import { UNSEEN_CLASS } from "../text/unseen.ts";

/** The name of an object's prototype: plain JavaScript objects, including those of Terraform's tools, lose such a key. */
export const PROTOTYPE = "__proto__";

/** `pool/name` is the id that Terraform imports a person or a group by, and its provider splits it at every slash. */
export const IMPORT_SEPARATOR = "/";

/** A mark belongs to the letter before it, so a name can't begin with one. */
const NO_MARK = "(?!\\p{M})";

/** UsernameType and GroupNameType in the Cognito API: 1–128 characters of this kind (no spaces, no control characters). */
export const COGNITO_NAME = /^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u;

/**
 * A username or a group's name: what Cognito accepts, except what is invisible, or can't be imported or safely written to a
 * log. For the messages, see `explainName` in names.ts.
 */
export const NAME = new RegExp(
  `^(?!${PROTOTYPE}$)(?!.*(?:${RUNNER_COMMAND.source}))${NO_MARK}[^${UNSEEN_CLASS}${IMPORT_SEPARATOR}]+$`,
  "u",
);

/** Also for an e-mail address that is the username: AdminCreateUser refuses a longer one. */
export const NAME_MAX = 128;

/** RFC 5321, 4.5.3.1.3: a path of 256 with its angle brackets. Cognito itself says 256. */
export const EMAIL_MAX = 254;

/** Of a local part, between its dots. */
const ATOM = `${NO_MARK}[^${UNSEEN_CLASS}@."(),:;<>[\\\\\\]]+`;
/** Letters, marks and digits: everything visible except punctuation and signs. */
const LETTERS = `[^${UNSEEN_CLASS}\\p{P}\\p{S}]+`;
const LABEL = `${NO_MARK}${LETTERS}(?:-+${LETTERS})*`;
const ADDRESS = `${ATOM}(?:\\.${ATOM})*@${LABEL}(?:\\.${LABEL})+`;

/**
 * Practical, not RFC 5322: an unquoted local part without stray dots (Amazon's mail service refuses those), an @, a domain with
 * a dot. Letters of any script are allowed. Every part excludes its separator, so matching is linear.
 */
export const EMAIL = new RegExp(`^${ADDRESS}$`, "u");

/** An address that is also the username, and so part of an import's id. */
export const EMAIL_USERNAME = new RegExp(`^(?!.*${IMPORT_SEPARATOR})${ADDRESS}$`, "u");

/** E.164: a country code (never 0 first) and the number, 15 digits at most. */
export const PHONE = /^\+[1-9]\d{7,14}$/;

/** Half of a surrogate pair has no UTF-8 form and would reach Cognito as U+FFFD. */
export const WELL_FORMED = /^\P{Surrogate}*$/u;

/** Shown beside a person in a review: a few sentences. */
export const NOTE_MAX = 500;

/** A name, an address or a team. */
export const OWNER_MAX = 128;

/** Cognito quota: groups that one person can be in. */
export const GROUPS_MAX = 100;

/** What Cognito and a reader treat as the same name: compatibility forms and letter case folded. */
export function fold(name: string): string {
  return name.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFKC");
}

/**
 * Cognito's standard attributes that a roster may set, with what an editor shows for each. `email`,
 * `phone_number` and their `_verified` twins are fields of the person; `sub` is Cognito's.
 * Source: Cognito developer guide, "Working with user attributes".
 */
export const STANDARD_ATTRIBUTES = {
  name: "Full name, as shown to others",
  family_name: "Surname",
  given_name: "First name",
  middle_name: "Middle name",
  nickname: "Casual name",
  preferred_username: "Name the person likes to be called by",
  profile: "URL of the profile page",
  picture: "URL of the picture",
  website: "URL of the web page or blog",
  gender: "Gender",
  birthdate: "Birthday, YYYY-MM-DD",
  zoneinfo: "Time zone, such as Asia/Tokyo",
  locale: "Language and region, such as ja-JP",
  updated_at: "Seconds since 1970 of the last change, digits only",
  address: "Postal address, as one text",
} as const;

/** AttributeValueType in the Cognito API: at most 2048 characters. */
export const ATTRIBUTE_VALUE_MAX = 2048;

/** CustomAttributeNameType in the Cognito API: at most 20 characters, without white space and controls. */
export const CUSTOM_NAME_MAX = 20;

/** A custom attribute, without its prefix. No import id contains it, so a slash is allowed. */
export const CUSTOM_NAME = new RegExp(`^[^${UNSEEN_CLASS}]{1,${CUSTOM_NAME_MAX}}$`, "u");

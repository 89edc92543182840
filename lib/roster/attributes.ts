import type { Words } from "./problem.ts";
import { shown } from "./shown.ts";

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
/** CustomAttributeNameType in the Cognito API: at most 20 characters. */
export const CUSTOM_NAME_MAX = 20;

/** Why an attribute of this name can't stand in a roster, or undefined when it is merely unknown. */
export function explainReserved(name: string): Words | undefined {
  const lower = name.toLowerCase();
  if (lower === "sub") {
    return { message: '"sub" is Cognito\'s own: it gives each person one', hint: "Delete it." };
  }
  if (lower === "identities" || lower.startsWith("cognito:")) {
    return {
      message: `"${lower === "identities" ? lower : "cognito:…"}" is reserved: only Cognito writes it`,
      hint: "Delete it.",
    };
  }
  if (lower.startsWith("custom:")) {
    return {
      message: `the custom attribute ${shown(name, "identifier", "(its name is not shown)")} has its prefix: with it, every plan would change it again`,
      hint: `Write ${shown(name.slice("custom:".length), "identifier", "it without custom:")}.`,
    };
  }
  if (lower.startsWith("dev:")) {
    return {
      message: "developer-only attributes (dev:…) can't be set from a roster",
      hint: "Delete it, or use a custom attribute.",
    };
  }
  if (lower === "email_verified") {
    return {
      message: '"email_verified" has a field of its own',
      hint: 'Write "emailVerified": true or false beside "attributes".',
    };
  }
  if (lower === "phone_number_verified") {
    return { message: '"phone_number_verified" can\'t be set from a roster', hint: "Delete it." };
  }
  return undefined;
}

import { closest, counted, plain } from "../text/words.ts";
import { CUSTOM_NAME_MAX, STANDARD_ATTRIBUTES } from "./formats.ts";
import type { Words } from "./problem.ts";
import { quote, shown } from "./redact.ts";
import type { RosterRules } from "./roster.ts";

/** Why an attribute with this name can't be in a roster, or undefined if it is merely unknown. */
export function explainReserved(name: string): Words | undefined {
  const lower = name.toLowerCase();
  if (lower === "sub") {
    return { message: '"sub" is Cognito\'s own: it gives each person one', hint: "Delete it." };
  }
  if (lower === "identities" || lower.startsWith("cognito:")) {
    return {
      message: `"${lower === "identities" ? lower : "cognito:…"}" is reserved for Cognito`,
      hint: "Delete it.",
    };
  }
  if (lower.startsWith("custom:")) {
    return {
      message: `the custom attribute ${shown(name, "identifier", "(its name is not shown)")} includes its prefix, with which every plan would change it again`,
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
      message: '"email_verified" has its own field',
      hint: 'Write "emailVerified": true or false beside "attributes".',
    };
  }
  if (lower === "phone_number_verified") {
    return {
      message: '"phone_number_verified" has its own field',
      hint: 'Write "phoneVerified": true or false beside "attributes".',
    };
  }
  return undefined;
}

const ROOT_FIELDS = ["users", "$schema"];
const PERSON_FIELDS = [
  "attributes",
  "email",
  "phone",
  "emailVerified",
  "phoneVerified",
  "groups",
  "enabled",
  "invite",
  "leaving",
  "until",
  "note",
  "owner",
  "formerly",
];
const STANDARD = Object.keys(STANDARD_ATTRIBUTES);

/** Common names for a field that similar spelling does not find; in the form of `plain`. */
const ALIASES = new Map([
  ["people", "users"],
  ["members", "users"],
  ["mail", "email"],
  ["emailaddress", "email"],
  ["phonenumber", "phone"],
  ["tel", "phone"],
  ["mobile", "phone"],
  ["roles", "groups"],
  ["teams", "groups"],
  ["active", "enabled"],
  ["disabled", "enabled"],
  ["invitation", "invite"],
  ["fullname", "name"],
  ["displayname", "name"],
  ["firstname", "given_name"],
  ["lastname", "family_name"],
  ["surname", "family_name"],
  ["birthday", "birthdate"],
  ["dob", "birthdate"],
  ["timezone", "zoneinfo"],
  ["language", "locale"],
  ["avatar", "picture"],
  ["comment", "note"],
  ["comments", "note"],
  ["remark", "note"],
  ["notes", "note"],
  ["responsible", "owner"],
  ["contact", "owner"],
  ["expires", "until"],
  ["expiry", "until"],
  ["enddate", "until"],
  ["validuntil", "until"],
]);

/** The message for an unknown field at the top of the file. */
export function unknownRootField(name: string): Words {
  if (isContact(name)) {
    const quoted = name.includes("@")
      ? shown(name, "address", "a name with an @ (not shown)")
      : shown(name, "digits", "a number (not shown)");
    return {
      message: `${quoted} is outside "users"`,
      hint: 'Put people inside: { "users": { "hanako@example.com": {} } }. A person is an object, never a password.',
    };
  }
  return {
    message: `unknown field ${shown(name, "name", "(its name is not shown)")}`,
    hint: meant(name, ROOT_FIELDS) ?? "The file may only have $schema and users.",
  };
}

/** Whether an unknown field at the top contains people: then "users" is not missing, but misspelt or left out around them. */
export const holdsPeople = (name: string): boolean =>
  isContact(name) || fieldMeant(name, ROOT_FIELDS) === "users";

/** An address or a phone number: a person, not a field. */
const isContact = (name: string): boolean => name.includes("@") || /^\+\d{7}/.test(name);

/** The message for an unknown field of a person. */
export function unknownPersonField(name: string, rules: RosterRules): Words {
  if (isUsername(name, rules)) return notNeeded(name);
  const fields = personFields(rules);
  const attributes = [...STANDARD, ...rules.customAttributes];
  if (attributes.includes(name)) {
    return { message: `${quote(name)} is an attribute`, hint: 'Write it inside "attributes": { … }.' };
  }
  const suggestion = meant(name, fields) ?? meant(name, attributes, ', inside "attributes"');
  return {
    message: `unknown field ${shown(name, "name", "(its name is not shown)")}`,
    hint: suggestion ?? `Allowed fields are ${fields.join(", ")}.`,
  };
}

/** The message for an attribute that the pool does not have. */
export function unknownAttribute(name: string, rules: RosterRules): Words {
  const reserved = explainReserved(name);
  if (reserved) return reserved;
  if (plain(name) === "email" && rules.signInWith === "email") return notNeeded("email");
  if (/^phone(?:number)?$/.test(plain(name)) && rules.signInWith === "phone") return notNeeded("phone");
  if (name === "phone_number") return besideAttributes(name, "phone");
  const fields = personFields(rules);
  if (fields.includes(name)) return besideAttributes(name, name);
  const suggestion =
    meant(name, [...STANDARD, ...rules.customAttributes]) ?? meant(name, fields, ', beside "attributes"');
  if (suggestion)
    return {
      message: `unknown attribute ${shown(name, "name", "(its name is not shown)")}`,
      hint: suggestion,
    };
  return {
    message: `unknown attribute ${shown(name, "name", "(its name is not shown)")}`,
    hint:
      name.length > CUSTOM_NAME_MAX
        ? `Use a standard attribute (${STANDARD.join(", ")}); a custom one has at most ${CUSTOM_NAME_MAX} characters.`
        : "If the pool has it, add it to pool.customAttributes in config.ts; " +
          `the standard ones are ${STANDARD.join(", ")}.`,
  };
}

/** How many lines, and how many declared groups, a problem lists. */
const LISTED = 5;

/**
 * The message for a group that config.ts does not declare, if it declares any.
 * @param lines the other lines that name it
 */
export function explainUndeclaredGroup(
  name: string,
  declared: readonly string[],
  lines: readonly number[] = [],
): Words {
  const group = shown(name, "identifier", "of this name (not shown)");
  const more = lines.length - LISTED;
  const also =
    lines.length === 0
      ? ""
      : ` (also on ${lines.length === 1 ? "line" : "lines"} ${lines.slice(0, LISTED).join(", ")}${more > 0 ? ` and ${more} more` : ""})`;
  const meant = closest(name, declared);
  const add = `add it to "groups" in config.ts`;
  const listed = declared.slice(0, LISTED).map(quote).join(", ");
  const rest = declared.length > LISTED ? ` and ${counted(declared.length - LISTED, "other", "others")}` : "";
  const known = declared.length === 0 ? "config.ts declares none" : `It declares ${listed}${rest}`;
  return {
    message: `the group ${group} is not declared in config.ts${also}`,
    hint:
      meant === undefined
        ? `${known}. If it is a new group, ${add}.`
        : `Did you mean ${quote(meant)}? If it is a new group, ${add}.`,
  };
}

const personFields = ({ signInWith }: RosterRules): string[] =>
  PERSON_FIELDS.filter((field) => field !== signInWith);

/** Whether the field is the username in this pool. */
const isUsername = (name: string, { signInWith }: RosterRules): name is "email" | "phone" =>
  (name === "email" || name === "phone") && name === signInWith;

function notNeeded(field: "email" | "phone"): Words {
  const [by, what] = field === "email" ? ["e-mail", "address"] : ["phone", "number"];
  return {
    message: `"${field}" isn't needed: people of this pool sign in by ${by}, so the username is the ${what}`,
    hint: `Delete it, and check that the username is the right ${what}.`,
  };
}

const besideAttributes = (name: string, field: string): Words => ({
  message: `${quote(name)} is not an attribute here`,
  hint: `Write "${field}" beside "attributes", not inside.`,
});

function meant(name: string, known: readonly string[], where = ""): string | undefined {
  const best = fieldMeant(name, known);
  if (best === undefined) return undefined;
  const opposite = plain(name) === "disabled" ? ' ("enabled": false)' : "";
  return `Did you mean ${quote(best)}${where}?${opposite}`;
}

function fieldMeant(name: string, known: readonly string[]): string | undefined {
  const alias = ALIASES.get(plain(name));
  return alias !== undefined && known.includes(alias) ? alias : closest(name, known);
}

import { UNSEEN } from "../text/unseen.ts";
import {
  COGNITO_NAME,
  EMAIL,
  EMAIL_MAX,
  EMAIL_USERNAME,
  IMPORT_SEPARATOR,
  NAME,
  NAME_MAX,
  PHONE,
  PROTOTYPE,
} from "./formats.ts";
import type { Words } from "./problem.ts";
import { quote, shown } from "./redact.ts";
import type { RosterRules } from "./roster.ts";
import { strayLetters } from "./scripts.ts";

/** `U+3164`, as Unicode writes it. */
function codePointName(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** What is wrong with an e-mail address, or undefined. */
export function explainEmail(address: string): Words | undefined {
  const quoted = shown(address, "address", "(not shown)");
  const plain = address.normalize("NFKC").trim();
  if (address.length > EMAIL_MAX) {
    return {
      message: `the e-mail address ${quoted} is too long`,
      hint: `Use one of at most ${EMAIL_MAX} characters.`,
    };
  }
  if (plain !== address && EMAIL.test(plain)) {
    return {
      message: `the e-mail address ${quoted} has ${plain === address.trim() ? "spaces around it" : "full-width or decomposed characters"}`,
      hint: `Write ${shown(plain, "address", "it without them")}.`,
    };
  }
  if (EMAIL.test(address)) return undefined;
  return {
    message: `${shown(address, "address")} is not an e-mail address: ${whyNoEmail(address)}`,
    hint: 'Write it as "hanako@example.com".',
  };
}

function whyNoEmail(address: string): string {
  const parts = address.split("@");
  const [local = "", domain = ""] = parts;
  const unseen = UNSEEN.exec(address)?.[0];
  if (parts.length === 1) return "it has no @";
  if (parts.length > 2) return "it has more than one @";
  if (local === "") return "there is nothing before the @";
  if (domain === "") return "there is nothing after the @";
  if (unseen !== undefined)
    return `it has a space or an invisible character in it (${codePointName(unseen)})`;
  if (/^\.|\.\.|\.@|@\.|\.$/.test(address))
    return "it has a dot at the start or end of a part, or two in a row";
  if (!domain.includes(".")) return "its domain has no dot";
  return "it has a character that isn't allowed in an address";
}

/** What people write between the digits for readability. */
const BETWEEN_DIGITS = /[\s().\-‐-―ー−/]/g;

/**
 * What is wrong with a phone number, or undefined. Cognito only accepts E.164 (developer guide, "Working with user attributes":
 * `+`, the country code and the number, digits only).
 * @param quoted the number as shown in the message
 */
export function explainPhone(number: string, quoted: string = shown(number, "digits")): Words | undefined {
  if (PHONE.test(number)) return undefined;
  const message = `${quoted} is not a phone number in E.164 form`;
  // The 0 in +81 (0)90 … is only dialled within the country.
  const digits = number
    .normalize("NFKC")
    .replace(/^(\s*\+[\d\s]{1,8})\(0\)/, "$1")
    .replace(BETWEEN_DIGITS, "");
  const international = digits.replace(/^\+?00(?=[1-9])/, "+");
  if (PHONE.test(international)) return { message, hint: `Write ${quote(international)}.` };
  if (/^0\d{8,10}$/.test(digits)) {
    return {
      message,
      hint: `Replace the first 0 with + and the country code (in Japan: ${quote(`+81${digits.slice(1)}`)}).`,
    };
  }
  if (PHONE.test(`+${digits}`)) {
    return {
      message,
      hint: `Write ${quote(`+${digits}`)} if it starts with the country code; otherwise put + and the code before it.`,
    };
  }
  return {
    message,
    hint: 'Write +, the country code and the number, 8 to 15 digits in all: "+819012345678".',
  };
}

/** What is wrong with a username, or undefined. */
export function explainUsername(
  name: string,
  { signInWith }: Pick<RosterRules, "signInWith">,
): Words | undefined {
  if (name === "")
    return { message: "a username is empty", hint: "Give the person a username, or delete the entry." };
  if (name.length > NAME_MAX) {
    return {
      message: `the username ${shown(name, "address", "(not shown)")} is too long`,
      hint: `Cognito's limit is ${NAME_MAX} characters, also for e-mail addresses.`,
    };
  }
  if (signInWith === "username") return explainName("username", name);
  if (signInWith === "phone") {
    const bad = explainPhone(name, shown(name, "digits", shown(name, "address", "the username (not shown)")));
    return (
      bad && {
        ...bad,
        hint: `${bad.hint} People of this pool sign in by phone: the number is the username.`,
      }
    );
  }
  const words = explainEmail(name);
  if (words !== undefined) {
    return {
      ...words,
      hint: `${words.hint} People of this pool sign in by e-mail: the address is the username.`,
    };
  }
  return EMAIL_USERNAME.test(name) ? undefined : explainName("username", name);
}

/** The minimum that Cognito itself requires of a username. */
const FORMS = { email: /^[^@]+@[^@]+\.[^@]+$/, phone: /^\+\d+$/, username: /(?:)/ } as const;

/**
 * Whether a person with this name may leave although it is no longer valid: an earlier version deployed it, and everyone leaves
 * the same way.
 */
export function mayLeave(name: string, { signInWith }: Pick<RosterRules, "signInWith">): boolean {
  const form = FORMS[signInWith];
  return COGNITO_NAME.test(name) && form.test(name) && name === name.normalize("NFC") && name !== PROTOTYPE;
}

/** What is wrong with a group's name, or undefined. */
export function explainGroup(name: string): Words | undefined {
  if (name === "")
    return { message: "a group's name is empty", hint: "Write the group's name, or delete the entry." };
  if (name.length > NAME_MAX) {
    return {
      message: `the group name ${shown(name, "name", "(not shown)")} is too long`,
      hint: `Cognito's limit is ${NAME_MAX} characters.`,
    };
  }
  return explainName("group name", name);
}

/** Why a name is not a {@link NAME}, or is written in a way that Terraform changes. */
function explainName(what: string, name: string): Words | undefined {
  const quoted = shown(name, "address", "(not shown)");
  const unseen = UNSEEN.exec(name)?.[0];
  if (unseen !== undefined) {
    return {
      message: `the ${what} ${quoted} has ${unseenWords(unseen)} in it (${codePointName(unseen)})`,
      hint: "Delete it. Names can only contain visible letters, digits, symbols and punctuation.",
    };
  }
  const composed = name.normalize("NFC");
  if (composed !== name) {
    return {
      message: `the ${what} ${quoted} is written with decomposed characters`,
      hint: `Terraform would compose it and treat it as another name. Write ${shown(composed, "address", "it composed (NFC)")}.`,
    };
  }
  if (NAME.test(name)) return undefined;
  const whole = shown(name, "identifier", "(not shown)");
  if (name.includes(IMPORT_SEPARATOR)) {
    return {
      message: `the ${what} ${whole} contains a slash, so Terraform can't import it`,
      hint:
        "Choose a name without a slash. Terraform imports by POOL/NAME, split at slashes, " +
        "so it couldn't recover what a failed deploy leaves behind.",
    };
  }
  if (name === PROTOTYPE) {
    return {
      message: `"${PROTOTYPE}" can't be a ${what}: JavaScript tools, CDKTF among them, drop that key`,
      hint: "Choose another.",
    };
  }
  if (/^\p{M}/u.test(name)) {
    return {
      message: `the ${what} ${whole} starts with a combining mark (${codePointName(name)})`,
      hint: "Put the letter it belongs to before it, or delete it.",
    };
  }
  return {
    message: `the ${what} ${whole} would act as a command in a CI log`,
    hint: "Choose a name that doesn't start with :: or contain ##[, ##vso[ or ##teamcity[.",
  };
}

function unseenWords(character: string): string {
  if (/[\s\p{Z}]/u.test(character)) return "a space or line break";
  return /[\p{Cn}\p{Co}]/u.test(character) ? "an unassigned character" : "an invisible character";
}

/** The parts of a name that are read separately: those of an address, or the whole name. */
const partsOf = (name: string): string[] => {
  const [local = "", ...domain] = name.split("@");
  return EMAIL.test(name) ? [local, ...domain.join("@").split(".")] : [name];
};

/**
 * The warning about a usable name: letters of several scripts in one word, some of which may only look like the intended ones.
 * An address in another script at a Latin domain is normal.
 * @param what such as `username`
 */
export function warnOfScripts(what: string, name: string): Words | undefined {
  const strays = partsOf(name).flatMap(strayLetters);
  if (strays.length === 0) return undefined;
  const listed = strays
    .slice(0, STRAYS_LISTED)
    .map(({ letter, script }) => `${letter} (${codePointName(letter)}, ${script})`)
    .join(", ");
  const more = strays.length > STRAYS_LISTED ? ` and ${strays.length - STRAYS_LISTED} more` : "";
  return {
    message: `the ${what} ${shown(name, "address", "(not shown)")} mixes scripts: ${listed}${more}`,
    hint: "Check that this is the name you mean: letters of different scripts can look the same. If it is, keep it.",
  };
}

const STRAYS_LISTED = 5;

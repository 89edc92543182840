import { EMAIL, EMAIL_MAX, NAME, NAME_MAX, PHONE } from "./formats.ts";
import { quote, type Words } from "./problem.ts";
import type { RosterRules } from "./roster.ts";
import { shown } from "./shown.ts";

/** What is wrong with an e-mail address, or undefined. */
export function explainEmail(address: string): Words | undefined {
  const told = shown(address, "address", "(not shown)");
  const plain = address.normalize("NFKC").trim();
  if (address.length > EMAIL_MAX) {
    return {
      message: `the e-mail address ${told} is too long`,
      hint: `Use one of at most ${EMAIL_MAX} characters.`,
    };
  }
  if (plain !== address && EMAIL.test(plain)) {
    return {
      message: `the e-mail address ${told} has ${plain === address.trim() ? "spaces around it" : "full-width or decomposed characters"}`,
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
  if (parts.length === 1) return "it has no @";
  if (parts.length > 2) return "it has more than one @";
  if (local === "") return "nothing stands before the @";
  if (domain === "") return "nothing stands after the @";
  if (/[\s\p{C}]/u.test(address)) return "it has a space or an invisible character in it";
  if (/^\.|\.\.|\.@|@\.|\.$/.test(address)) return "a dot begins or ends a part, or two stand together";
  if (!domain.includes(".")) return "its domain has no dot";
  return "it has a character that an address can't have";
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
      hint: `Cognito takes ${NAME_MAX} characters at most, also where it is an e-mail address.`,
    };
  }
  if (signInWith === "email") {
    const words = explainEmail(name);
    return (
      words && {
        ...words,
        hint: `${words.hint} People of this pool sign in by e-mail: the address is the username.`,
      }
    );
  }
  // The name of an object's prototype: plain JavaScript objects, Terraform's tools included, lose such a key.
  if (name === "__proto__") return { message: '"__proto__" can\'t be a username', hint: "Choose another." };
  return explainName("username", name);
}

/** What is wrong with a group's name, or undefined. */
export function explainGroup(name: string): Words | undefined {
  if (name === "")
    return { message: "a group's name is empty", hint: "Write the group's name, or delete the entry." };
  if (name.length > NAME_MAX) {
    return {
      message: `the group name ${shown(name, "name", "(not shown)")} is too long`,
      hint: `Cognito takes ${NAME_MAX} characters at most.`,
    };
  }
  return explainName("group name", name);
}

function explainName(what: string, name: string): Words | undefined {
  const told = shown(name, "address", "(not shown)");
  if (!NAME.test(name)) {
    const bad = Array.from(name).find((character) => !NAME.test(character)) ?? "";
    const sort = /\s/u.test(bad) ? "a space or line break" : "an invisible character";
    return {
      message: `the ${what} ${told} has ${sort} in it`,
      hint: "Cognito takes letters, digits, signs and punctuation.",
    };
  }
  const composed = name.normalize("NFC");
  if (composed !== name) {
    return {
      message: `the ${what} ${told} is written with decomposed characters`,
      hint: `Terraform would compose it and take it for another name. Write ${shown(composed, "address", "it composed (NFC)")}.`,
    };
  }
  return undefined;
}

/** What is wrong with a phone number, or undefined. */
export function explainPhone(number: string): Words | undefined {
  if (PHONE.test(number)) return undefined;
  const message = `${shown(number, "digits")} is not a phone number in E.164 form`;
  const digits = number.normalize("NFKC").replace(/[\s().\-‐-―ー]/g, "");
  const international = digits.replace(/^00/, "+");
  if (PHONE.test(international)) return { message, hint: `Write ${quote(international)}.` };
  if (/^0\d{8,10}$/.test(digits)) {
    return {
      message,
      hint: `Put + and the country code in place of the first 0 (in Japan: ${quote(`+81${digits.slice(1)}`)}).`,
    };
  }
  return {
    message,
    hint: 'Write +, the country code and the number, 8 to 15 digits in all: "+819012345678".',
  };
}

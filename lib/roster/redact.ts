import { distance } from "fastest-levenshtein";
import { UNSEEN } from "../text/unseen.ts";
import { EMAIL } from "./formats.ts";
import { escaped, SHOWN_CHARACTERS } from "./problem.ts";

/** JSON.stringify does not escape these; they would be invisible in a terminal, or reverse its text. */
const HIDDEN = new RegExp(`(?! )${UNSEEN.source}`, "gu");

/** A text from the roster as a message shows it: in double quotes, escaped, truncated after 60 characters. */
export function quote(text: string): string {
  const characters = Array.from(text.slice(0, 2 * SHOWN_CHARACTERS + 2));
  const cut = characters.length > SHOWN_CHARACTERS;
  const shown = cut ? characters.slice(0, SHOWN_CHARACTERS).join("") : text;
  const quoted = JSON.stringify(shown).replace(HIDDEN, escaped);
  return cut ? `${quoted.slice(0, -1)}…" (${text.length} characters)` : quoted;
}

/** What a text of each kind looks like, even a wrong one: only then may a problem repeat it. */
const ATTEMPTS = {
  /** true or false */
  flag: /^(?:true|false|yes|no|on|off|y|n|t|f|[01]|none|null|never|always|はい|いいえ)$/iu,
  /** a phone number, a date or a number of seconds */
  digits: /^[\p{Nd}+\-‐-―ー().,/:\s年月日時TZ]+$/u,
  /** one of a few words; capitals only as in a word */
  word: /^(?:\p{L}?[\p{Ll}\p{Lo}-]{0,11}|[\p{Lu}-]{1,12})$/u,
  /** a made-up name: letters, and what joins them */
  name: /^[\p{L}\p{M}_.: -]+$/u,
  /** an e-mail address, or a name in its place */
  address: /^(?:[\p{L}\p{M}_.: -]+|[\p{L}\p{M}\p{N}._+' -]*@+[\p{L}\p{M}\p{N}.-]*)$/u,
  /** a username or group that is valid, or was meant to be: anything that doesn't look generated */
  identifier: /(?:)/u,
} as const;

/** Capital, small letter and digit together: typical of passwords. */
const MIXED = [/\p{Lu}/u, /\p{Ll}/u, /\p{N}/u];

/**
 * A text from the roster as a problem may show it: quoted if it is plausible for its place, and hidden otherwise, because a
 * password in the wrong place would be repeated in every log.
 * @param wanted what belongs there
 * @param otherwise the words for a text that is hidden
 */
export function shown(text: string, wanted: keyof typeof ATTEMPTS, otherwise = "a text (not shown)"): string {
  // Full-width forms and stray invisible characters are the problem itself, not a reason to hide it.
  const plain = text.slice(0, 400).normalize("NFKC").replace(HIDDEN, "").trim();
  const attempt = plain === "" || ATTEMPTS[wanted].test(plain);
  const generated = MIXED.every((sort) => sort.test(plain)) && !(ADDRESSES.has(wanted) && EMAIL.test(plain));
  return attempt && !generated ? quote(text) : otherwise;
}

/** Where Hanako1@Example.com is normal. */
const ADDRESSES: ReadonlySet<string> = new Set(["address", "identifier"]);

/** Words that name a secret at the end of any word: `temporaryPassword`, `client_secret`, `TEMPPASSWD`. */
const SURE =
  /(?:password|passwd|passwort|passphrase|passcode|pwd|secret|credential|accesstoken|idtoken|refreshtoken|apikey|accesskey|privatekey|secretkey)s?$/;
const SURE_ANYWHERE =
  /password|passwort|passwd|passphrase|kennwort|mot ?de ?passe|contrase[nñ]a|пароль|パスワード|パスコード|暗証番号|合言葉|密码|密碼|비밀번호/;

/** Short ones, only as a separate word (not in `address`, `passport` or `spinning`), or after a usual first half. */
const LIKELY =
  /^(?:temp|tmp|temporary|init|initial|first|new|old|my|user|login|default)?(?:pass|pw|pin|otp|token)s?$/;

/**
 * Whether a field's name suggests that its value is a secret, in any case and in camelCase, snake_case or kebab-case.
 * @param declared the pool's custom attributes: a declared one may contain a harmless short word (`office_pin`, `token_quota`),
 *   but never an unambiguous one
 */
export function looksLikeSecret(key: string, declared: ReadonlySet<string> = new Set()): boolean {
  // Longer than any field's name: not worth searching, and unknown in any case.
  const name = key.slice(0, 200).normalize("NFKC");
  const words = name
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{M}]+/u);
  const joined = words.join("");
  if ([joined, ...words].some(nearlyPassword)) return true;
  if (SURE_ANYWHERE.test(joined) || SURE.test(joined) || words.some((word) => SURE.test(word))) return true;
  return !declared.has(key) && (LIKELY.test(joined) || words.some((word) => LIKELY.test(word)));
}

/** pasword, passwrod; passport is two letters away, and means something else. */
const nearlyPassword = (word: string): boolean =>
  word.length < 10 && (distance(word, "password") <= 1 || [...word].sort().join("") === "adoprssw");

const PASSWORD_FOLLOWS = new RegExp(`(?:${SURE_ANYWHERE.source})\\s*[:=]\\s*\\S`, "iu");

/** Whether a text contains a password after the word for it: `password: …`, `パスワード：…`. */
export const holdsPassword = (text: string): boolean => PASSWORD_FOLLOWS.test(text.normalize("NFKC"));

/** The ways to set a first password that keep it out of the repository. */
export const PASSWORD_WAYS =
  "By default Cognito generates a temporary password and sends it. To choose one, set the sensitive Terraform " +
  "variable temporary_passwords (TF_VAR_temporary_passwords), by username. If one was committed, change it.";

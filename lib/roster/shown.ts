import { EMAIL } from "./formats.ts";
import { quote } from "./problem.ts";

/** What a text of each sort looks like, even when it is wrong: only then may a problem repeat it. */
const ATTEMPTS = {
  /** true or false */
  flag: /^(?:true|false|yes|no|on|off|y|n|t|f|[01]|none|null|never|always|はい|いいえ)$/iu,
  /** a phone number, a date or a number of seconds */
  digits: /^[\p{Nd}+\-‐-―ー().,/:\s年月日時TZ]+$/u,
  /** one of a few words; capitals only as a word has them */
  word: /^(?:\p{L}?[\p{Ll}\p{Lo}-]{0,11}|[\p{Lu}-]{1,12})$/u,
  /** a name that somebody made up: letters, and what joins them */
  name: /^[\p{L}\p{M}_.: -]+$/u,
  /** an e-mail address, or a name where one should stand */
  address: /^(?:[\p{L}\p{M}_.: -]+|[\p{L}\p{M}\p{N}._+' -]*@+[\p{L}\p{M}\p{N}.-]*)$/u,
  /** a username or group that is well formed, or was meant to be: all but what looks generated */
  identifier: /(?:)/u,
} as const;

/** Capital, small letter and digit together: what passwords are made of. */
const MIXED = [/\p{Lu}/u, /\p{Ll}/u, /\p{N}/u];

/**
 * A text of the roster as a problem may show it: quoted when it is plausibly an attempt at what its place wants,
 * and not at all otherwise, because a password that slipped into the wrong place would be repeated in every log.
 * @param wanted what its place wants
 * @param otherwise the words for a text that is not shown
 */
export function shown(text: string, wanted: keyof typeof ATTEMPTS, otherwise = "a text (not shown)"): string {
  // Full-width forms and stray invisible characters are what the problem is about, not a reason to hide it.
  const plain = text
    .slice(0, 400)
    .normalize("NFKC")
    .replace(/[\p{C}\u200b]/gu, "")
    .trim();
  const attempt = plain === "" || ATTEMPTS[wanted].test(plain);
  const generated = MIXED.every((sort) => sort.test(plain)) && !(ADDRESSES.has(wanted) && EMAIL.test(plain));
  return attempt && !generated ? quote(text) : otherwise;
}

/** Where Hanako1@Example.com is nothing unusual. */
const ADDRESSES: ReadonlySet<string> = new Set(["address", "identifier"]);

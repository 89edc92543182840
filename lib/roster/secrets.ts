import { distance } from "fastest-levenshtein";

/** Words that name a secret wherever they end a word: `temporaryPassword`, `client_secret`, `TEMPPASSWD`. */
const SURE =
  /(?:password|passwd|passwort|passphrase|passcode|pwd|secret|credential|accesstoken|idtoken|refreshtoken|apikey|accesskey|privatekey|secretkey)s?$/;
const SURE_ANYWHERE =
  /password|passwort|passwd|passphrase|kennwort|mot ?de ?passe|contrase[nñ]a|пароль|パスワード|パスコード|暗証番号|合言葉|密码|密碼|비밀번호/;
/** Short ones, only as a word of their own (`address`, `passport` and `spinning` are none), or glued to a usual first half. */
const LIKELY =
  /^(?:temp|tmp|temporary|init|initial|first|new|old|my|user|login|default)?(?:pass|pw|pin|otp|token)s?$/;

/**
 * Whether a field's name says that its value is a secret, in any case and in camelCase, snake_case or kebab-case.
 * @param declared the pool's custom attributes: one declared there may hold a harmless short word (`office_pin`,
 *   `token_quota`), but never a sure one
 */
export function looksLikeSecret(key: string, declared: ReadonlySet<string> = new Set()): boolean {
  // Longer than any field's name: not worth the search, and unknown in any case.
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

/** pasword, passwrod; passport is two letters away, and has others. */
const nearlyPassword = (word: string): boolean =>
  word.length < 10 && (distance(word, "password") <= 1 || [...word].sort().join("") === "adoprssw");

const PASSWORD_FOLLOWS = new RegExp(`(?:${SURE_ANYWHERE.source})\\s*[:=]\\s*\\S`, "iu");

/** Whether a text holds a password after the word for it: `password: …`, `パスワード：…`. */
export const holdsPassword = (text: string): boolean => PASSWORD_FOLLOWS.test(text.normalize("NFKC"));

/** The ways to a first password that keep it out of the repository. */
export const PASSWORD_WAYS =
  "By default Cognito generates a temporary password and sends it. To choose one, set the sensitive Terraform " +
  "variable temporary_passwords (TF_VAR_temporary_passwords), by username. One that was committed must be changed.";

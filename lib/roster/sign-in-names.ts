/** What people type to sign in: their address or number, which is then the username, or a separate username. */
export const SIGN_IN_WITH = ["email", "phone", "username"] as const;
export type SignInWith = (typeof SIGN_IN_WITH)[number];

/** Cognito's names of the attributes that can be the username (UsernameAttributeType). */
export type NameAttribute = "email" | "phone_number";

const ATTRIBUTES: Readonly<Record<SignInWith, NameAttribute | undefined>> = {
  email: "email",
  phone: "phone_number",
  username: undefined,
};

/** The attribute that is the username in a pool, by Cognito's name; undefined if the username is none of them. */
export const nameAttribute = (signInWith: SignInWith): NameAttribute | undefined => ATTRIBUTES[signInWith];

/** The attribute that this username is, in a pool where it is one: every address has an @, and no phone number does. */
export const attributeOf = (username: string): NameAttribute =>
  username.includes("@") ? "email" : "phone_number";

/** How people of a pool sign in, by its UsernameAttributes. With both attributes, people are identified by their address. */
export function signInOf(usernameAttributes: readonly string[] = []): SignInWith {
  if (usernameAttributes.includes("email")) return "email";
  return usernameAttributes.includes("phone_number") ? "phone" : "username";
}

/** What people of a pool are identified by, in words. */
export const NAME_WORDS: Readonly<Record<SignInWith, string>> = {
  email: "e-mail address",
  phone: "phone number",
  username: "username",
};

/** The attributes that identify people, in words. */
export const ATTRIBUTE_WORDS: Readonly<Record<NameAttribute, string>> = {
  email: NAME_WORDS.email,
  phone_number: NAME_WORDS.phone,
};

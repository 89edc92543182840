import { type AttributeType, type CustomAttributes, namesOf, typesOf } from "./attribute-types.ts";

/** How a newcomer hears of the account: Cognito's e-mail, its SMS, or nothing (test and service accounts). */
export type Invite = "email" | "sms" | "none";

/** One person of the roster, every default filled in. */
export interface Person {
  readonly username: string;
  /** OIDC standard names, and custom ones without prefix; never email, phone_number or …_verified: they have own fields. */
  readonly attributes: Readonly<Record<string, string>>;
  /** In a pool that signs in by e-mail: the username. */
  readonly email?: string;
  /** E.164 */
  readonly phone?: string;
  /** @default true */
  readonly emailVerified: boolean;
  /** @default none */
  readonly groups: readonly string[];
  /** @default true */
  readonly enabled: boolean;
  /** @default "email" */
  readonly invite: Invite;
  /** First step of an offboarding: disabled at once, gone when the line goes. @default false */
  readonly leaving: boolean;
  /** For whoever reads the roster or a review; never sent anywhere. @default none */
  readonly note?: string;
  /** Who answers for the account, in the team's own words; never sent anywhere. @default nobody is named */
  readonly owner?: string;
}

/** Everyone, as they are written down. */
export interface Roster {
  /** As it was given to the loader. */
  readonly file: string;
  /** In file order. */
  readonly people: readonly Person[];
  /** The same, file by file, where it was read from config.ts's `roster`. @default one file */
  readonly files?: readonly RosterPart[];
  /** Where its files are looked for, by name or pattern, where it may be several. @default it is `file` alone */
  readonly from?: { readonly root: string; readonly patterns: readonly string[] };
}

/** One of the files of a roster. */
export interface RosterPart {
  /** As problems name it. */
  readonly file: string;
  /** From the repository's root, with slashes, as config.ts and git name it. */
  readonly name: string;
  /** In file order. */
  readonly people: readonly Person[];
}

/** What the pool's settings (config.ts) mean for its roster. */
export interface RosterRules {
  /** @default "email" */
  readonly signInWith: "email" | "username";
  /** Names without `custom:`. @default none */
  readonly customAttributes: readonly string[];
  /** What the values of attributes must be, by name, as far as it is known. @default texts */
  readonly attributeTypes?: Readonly<Record<string, AttributeType>>;
  /** Whether the pool can send SMS. @default it is taken to */
  readonly sendsSms?: boolean;
  /** What people can sign in with beside their username, so that no two may have the same: Cognito's names. @default none */
  readonly aliases?: readonly string[];
  /** Every group that may be named. @default any */
  readonly groups?: readonly string[];
  /** The only files, by name or pattern, in which somebody may be in a group. @default any */
  readonly grantedIn?: Readonly<Record<string, readonly string[]>>;
  /** An earlier text, such as the one of a commit: its names were accepted then, and are not judged again. @default false */
  readonly earlier?: boolean;
}

/** Rules as they are given: what is left out has its default, and custom attributes may stand there with their types. */
export type GivenRules = Omit<Partial<RosterRules>, "customAttributes"> & {
  readonly customAttributes?: CustomAttributes;
};

/** The rules with their defaults filled in. Of a pool's settings, passed as rules, only these are taken. */
export function withDefaults({
  signInWith = "email",
  customAttributes = [],
  attributeTypes,
  sendsSms = true,
  aliases = [],
  groups,
  grantedIn,
  earlier = false,
}: GivenRules): RosterRules {
  return {
    signInWith,
    customAttributes: namesOf(customAttributes),
    attributeTypes: { ...typesOf(customAttributes), ...attributeTypes },
    sendsSms,
    aliases,
    ...(groups && { groups }),
    ...(grantedIn && { grantedIn }),
    earlier,
  };
}

import { type AttributeType, type CustomAttributes, namesOf, typesOf } from "./attribute-types.ts";
import type { SignInWith } from "./sign-in-names.ts";

/** How a newcomer is notified: Cognito's e-mail, its SMS, or nothing (test and service accounts). */
export type Invite = "email" | "sms" | "none";

/** One person of the roster, every default filled in. */
export interface Person {
  readonly username: string;
  /**
   * OIDC standard names, and custom ones without prefix; never email, phone_number or …_verified, which have their own fields.
   */
  readonly attributes: Readonly<Record<string, string>>;
  /** In a pool that signs in by e-mail: the username. */
  readonly email?: string;
  /** E.164; in a pool that signs in by phone: the username. */
  readonly phone?: string;
  /** @default true */
  readonly emailVerified: boolean;
  /** Only written if it isn't. @default true */
  readonly phoneVerified?: false;
  /** @default none */
  readonly groups: readonly string[];
  /** The last day of memberships that end by themselves, by group. @default none */
  readonly groupsUntil?: Readonly<Record<string, string>>;
  /** @default true */
  readonly enabled: boolean;
  /** @default "email"; "sms" in a pool that signs in by phone */
  readonly invite: Invite;
  /** First step of an offboarding: disabled at once, deleted when the line is removed. @default false */
  readonly leaving: boolean;
  /** The last day of access, in the time zone of config.ts: afterwards the person is leaving (until.ts). @default it does not end */
  readonly until?: string;
  /** For readers of the roster or a review; never sent anywhere. @default none */
  readonly note?: string;
  /** Who is responsible for the account, in your own words; never sent anywhere. @default none */
  readonly owner?: string;
  /** The address that the account was deployed under: it gets the new one, and stays the same account. @default unchanged */
  readonly formerly?: string;
}

/** Everyone, as written. */
export interface Roster {
  /** The name given to the loader. */
  readonly file: string;
  /** In file order. */
  readonly people: readonly Person[];
  /** The same, file by file, if it was read from config.ts's `roster`. @default one file */
  readonly files?: readonly RosterPart[];
  /** The patterns of its files, if there may be several. @default only `file` */
  readonly from?: { readonly root: string; readonly patterns: readonly string[] };
}

/** One of the files of a roster. */
export interface RosterPart {
  /** Its name in problems. */
  readonly file: string;
  /** From the repository's root, with slashes, as config.ts and git name it. */
  readonly name: string;
  /** In file order. */
  readonly people: readonly Person[];
}

/** What the pool's settings (config.ts) require of its roster. */
export interface RosterRules {
  /** @default "email" */
  readonly signInWith: SignInWith;
  /** Names without `custom:`. @default none */
  readonly customAttributes: readonly string[];
  /** What the values of attributes must be, by name, as far as known. @default texts */
  readonly attributeTypes?: Readonly<Record<string, AttributeType>>;
  /** Whether the pool can send SMS. @default true */
  readonly sendsSms?: boolean;
  /** What people can sign in with besides their username, so that no two may share it: Cognito's names. @default none */
  readonly aliases?: readonly string[];
  /** All allowed groups. @default any */
  readonly groups?: readonly string[];
  /** The only files, by name or pattern, whose people may be in a group. @default any */
  readonly grantedIn?: Readonly<Record<string, readonly string[]>>;
  /** An earlier text, such as that of a commit: its names were accepted then, and are not checked again. @default false */
  readonly earlier?: boolean;
}

/** Rules as given: what is left out has its default, and custom attributes may include their types. */
export type GivenRules = Omit<Partial<RosterRules>, "customAttributes"> & {
  readonly customAttributes?: CustomAttributes;
};

/** The rules with their defaults. If a pool's settings are passed as rules, only these are used. */
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

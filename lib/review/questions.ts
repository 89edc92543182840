import { ATTRIBUTE_WORDS, attributeOf } from "../roster/sign-in-names.ts";
import { commandLine } from "../shell.ts";
import type { Drift, DriftedMembership, DriftedPerson } from "./drift.ts";

/** How to restore something, in words, and the command that does it. */
export interface WayBack {
  readonly says: string;
  /** @default there is no command to run */
  readonly command?: string;
}

/** What was changed in the user pool by hand, and a change of the roster could keep. A person has to decide. */
export interface Question {
  /** `stranger`: an account that is in no roster. */
  readonly about: "person" | "group" | "stranger";
  /** What or whom it is about, by its name in the roster, or the name it would have there. */
  readonly name: string;
  /** What was done, without attribute values. */
  readonly found: readonly string[];
  /** What holds once the roster has it. */
  readonly keep: readonly string[];
  /** What restores it instead. */
  readonly undo: readonly WayBack[];
}

/** What no change of the roster can keep, and why. */
export interface Unasked {
  readonly who: string;
  readonly why: string;
}

export const DEPLOY: WayBack = { says: "a deploy puts it back", command: "npm run deploy" };

/** What was changed about a person in the roster, and what a merge or a deploy does with it. */
export interface PersonDrift {
  readonly username: string;
  /** @default only memberships */
  readonly account?: DriftedPerson | undefined;
  readonly memberships: readonly DriftedMembership[];
}

interface Surroundings {
  readonly userPoolId: string;
  /** Groups that the settings call privileged. */
  readonly privileged: readonly string[];
  /** What a group gives, by its name, if it gives a role. */
  readonly roles: ReadonlyMap<string, string>;
}

/** Asks about one person of the roster. */
export function askAboutPerson(
  { username, account, memberships }: PersonDrift,
  surroundings: Surroundings,
): Question {
  const parts = [
    ...(account === undefined ? [] : partsOf(account)),
    ...memberships.map((membership) => partOf(membership, surroundings)),
  ];
  return {
    about: "person",
    name: username,
    found: parts.map(({ found }) => found),
    keep: parts.map(({ keep }) => keep),
    undo: distinct(parts.map(({ undo }) => undo)),
  };
}

interface Part {
  readonly found: string;
  readonly keep: string;
  readonly undo: WayBack;
}

function partsOf({ username, what, attributes, enabled, held, now }: DriftedPerson): Part[] {
  if (what === "missing") {
    return [
      {
        found: "the account was deleted",
        keep: `${username} stays without an account: the line says "leaving": true, and can be deleted in a later change`,
        undo: {
          says: "creates the account again, with a new sub",
          command: commandLine`npm run deploy -- --recreate ${username}`,
        },
      },
    ];
  }
  const named = attributes.filter((name) => now === undefined || name !== attributeOf(username));
  return [
    ...(enabled === undefined
      ? []
      : [
          {
            found: `the account was ${enabled ? "enabled" : "disabled"}`,
            keep: enabled
              ? `${username} can sign in, although the roster disabled them`
              : `${username} stays disabled: the line says "enabled": false`,
            undo: held
              ? {
                  says: "lets them in again",
                  command: commandLine`npm run deploy -- --enable ${username}`,
                }
              : DEPLOY,
          },
        ]),
    ...(now === undefined
      ? []
      : [
          {
            found: `the ${ATTRIBUTE_WORDS[attributeOf(username)]} was changed, and the username with it: it is ${now} now`,
            keep: `the same account, as ${now}`,
            undo: DEPLOY,
          },
        ]),
    ...(named.length === 0
      ? []
      : [
          {
            found: `changed: ${named.join(", ")}`,
            keep: `the roster says what the user pool has (${named.join(", ")})`,
            undo: DEPLOY,
          },
        ]),
  ];
}

function partOf({ username, group, what }: DriftedMembership, around: Surroundings): Part {
  const privileged = around.privileged.includes(group);
  if (what === "removed") {
    return {
      found: `was removed from ${calledGroup(group, around)}`,
      keep: `${username} is no longer in ${group}`,
      undo: privileged
        ? { says: "lets them in again", command: commandLine`npm run deploy -- --enable ${username}` }
        : DEPLOY,
    };
  }
  return {
    found: `was added to ${calledGroup(group, around)}`,
    keep: `${username} stays in ${group}, with all that it gives`,
    // For a privileged group, a deploy refuses to decide.
    undo: privileged ? takingOut(around.userPoolId, group, username) : DEPLOY,
  };
}

function calledGroup(group: string, { privileged, roles }: Surroundings): string {
  const role = roles.get(group);
  const more = [
    ...(privileged.includes(group) ? ["privileged"] : []),
    ...(role === undefined ? [] : [`gives the role ${role}`]),
  ];
  return more.length === 0 ? group : `${group} (${more.join("; ")})`;
}

const takingOut = (userPoolId: string, group: string, username: string): WayBack => ({
  says: `removes them from ${group}`,
  command: commandLine`aws cognito-idp admin-remove-user-from-group --user-pool-id ${userPoolId} --group-name ${group} --username ${username}`,
});

/** Asks about a group that was created by hand and has people of the roster in it. */
export function askAboutGroup(
  { name, roleArn }: Drift["groups"][number],
  members: readonly string[],
  { userPoolId, privileged }: Omit<Surroundings, "roles">,
): Question {
  const roles = new Map(roleArn === undefined ? [] : [[name, roleArn]]);
  const called = calledGroup(name, { userPoolId, privileged, roles });
  return {
    about: "group",
    name,
    found: [
      `the group ${called} was created, and is declared nowhere`,
      ...members.map((username) => `${username} was added to it`),
    ],
    keep: [
      `the group stays, and so does everyone in it who is in the roster: their lines name it${roleArn === undefined ? "" : ". It gives them its role"}`,
    ],
    undo: [
      { says: "a deploy removes these people from it", command: "npm run deploy" },
      {
        says: "then this deletes the group",
        command: commandLine`aws cognito-idp delete-group --user-pool-id ${userPoolId} --group-name ${name}`,
      },
    ],
  };
}

/** Asks about an account that is in no roster. */
export function askAboutStranger(
  username: string,
  groups: readonly string[],
  { file, enabled }: { readonly file: string; readonly enabled: boolean },
  around: Surroundings,
): Question {
  const called = groups.map((group) => calledGroup(group, around)).join(", ");
  return {
    about: "stranger",
    name: username,
    found: [
      `the account is in the user pool${groups.length === 0 ? "" : `, in ${called}`}, but not in the roster`,
      ...(enabled ? [] : ["it is disabled"]),
    ],
    keep: [
      `merging this lets ${username} stay, with everything that the account can do. Make sure that you know whose it is`,
      `a deploy takes it over only when it is named: ${commandLine`npm run deploy -- --adopt ${username}`} (the workflow Deploy, run by hand, has "adopt" for it)`,
      `the line is in ${file}: move it where it belongs`,
    ],
    undo: [
      {
        says: "a deploy leaves the account as it is; this disables it",
        command: commandLine`aws cognito-idp admin-disable-user --user-pool-id ${around.userPoolId} --username ${username}`,
      },
    ],
  };
}

const distinct = (ways: readonly WayBack[]): WayBack[] => [
  ...new Map(ways.map((way) => [JSON.stringify(way), way])).values(),
];

import { EXIT, UserError } from "../errors.ts";
import { calledRoster, patternsOf, type RosterSetting } from "../roster/files.ts";
import { commandLine } from "../shell.ts";
import { type DeployedGuards, guardsInForce, type Loosened } from "../stack/guards.ts";
import type { Settings } from "../stack/settings.ts";
import { counted } from "../text/words.ts";
import type { Drift } from "./drift.ts";
import type { PersonEntry } from "./person.ts";
import { parseAddress, personAt } from "./plan.ts";
import type { Entry, Review } from "./review.ts";

/** For the room `deploy`, which may import this room but not `text`. */
export { counted, firstNames } from "../text/words.ts";

/** What a plan may do, as the team's guards and the options of this run have it. */
export interface Limits {
  /** How many people may lose access, deleted and disabled together. */
  readonly removals: number;
  /** For a stack that may be destroyed, nothing is irreplaceable. */
  readonly destroyable: boolean;
  /**
   * What may be deleted, or deleted and created anew, for this run: a person by the username, anything else by its address in
   * Terraform. Such a person may also be another account by now. @default none
   */
  readonly replaceable?: readonly string[];
  /** Usernames that must keep access, and their privileged groups. @default none */
  readonly required?: readonly string[];
  /** Groups that nobody in `required` may be taken out of. @default none */
  readonly privileged?: readonly string[];
  /** Groups that must stay although a plan takes its members out: adopted ones, and those with members nobody declared. @default none is known */
  readonly groupsInUse?: ReadonlySet<string>;
  /** The fewest people who may stay, and how many would. @default not limited */
  readonly minPeople?: number;
  readonly staying?: number;
  /** Which of these are the last deploy's, while config.ts loosens them in this change. @default none */
  readonly loosened?: Loosened;
}

/** Why a plan must not be applied, and what to do. Its options are those of this repository's commands. */
export interface Refusal {
  readonly message: string;
  readonly hint: string;
}

/** Added to a hint where the last deploy's guard is the stricter one. */
const DEPLOY_LOOSENING_FIRST = "config.ts loosens it in this change: deploy that first, by itself.";

/**
 * The guards that a plan breaks. With none, it may be applied.
 * @param drift what was found in the user pool when it was made. @default nothing
 * @example
 * const refused = refusals(reviewPlan(json), { removals: 3, destroyable: false, required: ["root@example.com"] });
 * if (refused.length > 0) throw new Error(refused.map(({ message }) => message).join("; "));
 */
export function refusals(
  { entries }: Review,
  limits: Limits,
  drift: Pick<Drift, "people"> = { people: [] },
): Refusal[] {
  const people = entries.filter((entry) => entry.about === "person");
  return [
    ...refuseOtherAccounts(drift, limits),
    ...refuseTooMany(people.filter(losesAccess), limits),
    ...refuseTooFew(limits),
    ...refusePasswords(people),
    ...refuseLossOfRequired(entries, limits),
    ...(limits.destroyable ? [] : refuseHarm(entries, limits)),
  ];
}

function refuseTooMany(removed: readonly PersonEntry[], { removals, loosened = {} }: Limits): Refusal[] {
  if (removed.length <= removals) return [];
  const deleted = removed.every(({ what }) => what === "deleted");
  const guard = loosened.removals
    ? `The limit is the last deploy's: ${DEPLOY_LOOSENING_FIRST}`
    : "The limit is guards.maxRemovals in config.ts.";
  return [
    {
      message: `${counted(removed.length, "person", "people")} would ${deleted ? "be deleted" : "lose access"} (limit ${removals})`,
      hint: `If that is right, for this run only: ${commandLine`--allow-removals ${String(removed.length)}`}. ${guard}`,
    },
  ];
}

/** Config.ts's own floor is the roster's problem (`guardProblems`): here it is the last deploy's. */
function refuseTooFew({ minPeople, staying }: Limits): Refusal[] {
  if (minPeople === undefined || staying === undefined || staying >= minPeople) return [];
  return [
    {
      message: `only ${staying} of at least ${minPeople} people would stay`,
      hint: `The floor, guards.minPeople, is the last deploy's: ${DEPLOY_LOOSENING_FIRST}`,
    },
  ];
}

function refusePasswords(people: readonly PersonEntry[]): Refusal[] {
  return people.flatMap(({ username, password }) =>
    password === undefined
      ? []
      : [
          {
            message:
              password === "temporary"
                ? `"${username}" would be thrown back to a temporary password`
                : `"${username}" would get another password, and could not sign in with their own`,
            hint: "Keep passwords in ignore_changes (lib/stack/synth/people.ts), where they are for this reason.",
          },
        ],
  );
}

/** Also in a stack that may be destroyed: the required people are those who could let the others back in. */
function refuseLossOfRequired(
  entries: readonly Entry[],
  { required = [], privileged = [], loosened = {} }: Limits,
): Refusal[] {
  const names = new Set(required);
  const groups = new Set(privileged);
  const way = (loose: boolean, otherwise: string) =>
    `Take the change back${loose ? `. The guard is the last deploy's: ${DEPLOY_LOOSENING_FIRST}` : otherwise}`;
  const by = (username: string) => (loosened.required?.includes(username) ? "the last deploy" : "config.ts");
  return entries.flatMap((entry) => {
    if ((entry.about !== "person" && entry.about !== "membership") || !names.has(entry.username)) return [];
    const { username } = entry;
    const loose = loosened.required?.includes(username) ?? false;
    if (entry.about === "person") {
      if (!losesAccess(entry)) return [];
      return {
        message: `"${username}" would lose access, and is required by ${by(username)}`,
        hint: way(loose, ", or take the name out of guards.required in config.ts first."),
      };
    }
    if (entry.what !== "out" || !groups.has(entry.group)) return [];
    return {
      message: `"${username}" would be taken out of the privileged group "${entry.group}", and is required by ${by(username)}`,
      hint: way(
        loose || (loosened.privileged?.includes(entry.group) ?? false),
        ", or take the name out of guards.required in config.ts first, in a deploy of its own.",
      ),
    };
  });
}

/**
 * What may be lost without having been named. All other deletions and replacements are refused, also of what this package
 * doesn't know yet: a list of what is dangerous would miss it.
 */
const HARMLESS: readonly {
  readonly why: string;
  readonly is: (entry: Entry, limits: Limits) => boolean;
}[] = [
  {
    why: "the second step of leaving, which maxRemovals counts",
    is: (entry) =>
      entry.about === "person" &&
      entry.what === "deleted" &&
      personAt(parseAddress(entry.address) ?? NOWHERE)?.leaving === true,
  },
  {
    why: "the roster takes somebody out of a group; `refuseLossOfRequired` has the exception",
    is: (entry) => entry.about === "membership" && entry.what === "out",
  },
  {
    why: "a replaced person, who was named, comes back into their groups",
    is: (entry, { replaceable = [] }) =>
      entry.about === "membership" && entry.what === "replaced" && replaceable.includes(entry.username),
  },
  {
    why: "a group that gives no role, and that no line names any more: it can be made again as it was",
    is: (entry, { groupsInUse }) =>
      entry.about === "group" &&
      entry.what === "deleted" &&
      entry.roleArn === undefined &&
      groupsInUse?.has(entry.label) !== true,
  },
  {
    why: "the role that sent SMS: it only leaves a stack whose pool sends through another one by then (lib/stack/synth/senders.ts)",
    is: (entry) => entry.what === "deleted" && /^aws_iam_role(?:_policy)?\.sms$/.test(entry.address),
  },
];

const NOWHERE = { type: "", name: "", key: null };

/** What is lost with a resource, by its type; of other types nobody knows. */
const LOST: Readonly<Record<string, string>> = {
  aws_cognito_user: "an account that is not the roster's",
  aws_cognito_user_in_group: "somebody would be out of the group for a while",
  aws_cognito_user_pool_domain: "nobody could sign in on Cognito's pages at the address that apps use now",
  aws_cognito_identity_provider:
    "nobody could sign in through it, and a new one links nobody to the accounts of now",
  aws_cognito_resource_server: "apps that ask for its scopes could sign nobody in",
  aws_cognito_risk_configuration: "Cognito's threat protection would not act on what it finds",
};

/** Every deletion and replacement that is neither harmless nor named. */
function refuseHarm(entries: readonly Entry[], limits: Limits): Refusal[] {
  const named = new Set(limits.replaceable);
  const loosening = limits.loosened?.destroyable
    ? ` \`destroyable\` does not hold yet: ${DEPLOY_LOOSENING_FIRST}`
    : "";
  const lost = entries.filter(isLoss);
  const pool = lost.find(({ about }) => about === "pool");
  // With the pool everyone and everything goes: that is said once.
  if (pool !== undefined) {
    return [
      {
        message: `the user pool would be ${pool.what}, with everyone in it`,
        hint: `Take the change back, or deploy a second stack beside this one.${loosening}`,
      },
    ];
  }
  return lost
    .filter((entry) => !named.has(entry.address) && !(entry.about === "person" && named.has(entry.username)))
    .filter((entry) => !HARMLESS.some(({ is }) => is(entry, limits)))
    .map((entry) => {
      const { message, hint } = harmOf(entry, limits);
      return { message, hint: `${hint}${loosening}` };
    });
}

function isLoss({ about, what }: Entry): boolean {
  return what === "deleted" || what === "replaced" || (about === "membership" && what === "out");
}

function harmOf(entry: Entry, { groupsInUse }: Limits): Refusal {
  const { about, what, address } = entry;
  const allow = commandLine`--allow-replace ${address}`;
  const takeBack = `Take the change back; if it is what you want: ${allow}`;
  if (about === "person") {
    const { username, because = [] } = entry;
    if (what === "deleted") {
      return {
        message: `"${username}" would be deleted, and was not leaving`,
        hint: `Take the change back, and set "leaving": true first; if it is what you want: ${commandLine`--allow-replace ${username}`}`,
      };
    }
    const why = because.map(({ name }) => name).join(", ") || "unknown";
    return {
      message: `"${username}" would be deleted and created anew with a new sub, because of: ${why}`,
      hint: `Take the change back; if a new account without password and MFA is what you want: ${commandLine`--allow-replace ${username}`}`,
    };
  }
  if (about === "client") {
    return {
      message: `the app client would be ${what}: no app that uses it could sign anybody in until it gets the new id`,
      hint: `Take the change back (after import-users: client.asIs of config.proposal.ts belongs into config.ts); if the apps are ready for it: ${allow}`,
    };
  }
  if (about === "group") {
    const { label, roleArn } = entry;
    const why =
      roleArn !== undefined
        ? `members get the role ${roleArn} through it`
        : groupsInUse?.has(label)
          ? "it was adopted, or has members that nobody declared"
          : "everyone would be out of it for a while";
    return { message: `the group "${label}" would be ${what}: ${why}`, hint: takeBack };
  }
  const consequence =
    LOST[parseAddress(address)?.type ?? ""] ?? "this version does not know what that would break";
  return { message: `${address} would be ${what}: ${consequence}`, hint: takeBack };
}

/**
 * People whose name is another account's by now. Also in a stack that may be destroyed: it is not about what is lost, but about
 * who gets what the roster gives to somebody else. Ask before anything of them is read into the state, which forgets it.
 */
function refuseOtherAccounts(
  { people }: Pick<Drift, "people">,
  { replaceable = [] }: Pick<Limits, "replaceable">,
): Refusal[] {
  return people
    .filter(({ username, otherAccount }) => otherAccount && !replaceable.includes(username))
    .map(({ username }) => ({
      message: `"${username}" is another account now, with another sub than the one deployed`,
      hint: `Look at it: the account was deleted and created anew, or somebody else was given the name. If it is meant: ${commandLine`--allow-replace ${username}`}`,
    }));
}

/** Deleted, or disabled now: who can't sign in any more after this deploy. */
function losesAccess({ what, enabled }: PersonEntry): boolean {
  return (
    what === "deleted" ||
    what === "replaced" ||
    what === "leaves" ||
    ((what === "changes" || what === "adopted") && enabled === false)
  );
}

/**
 * Guards that were lifted for this run, in words.
 * @param allowed the options as they were given
 */
export function exceptionsOf(allowed: {
  readonly allowRemovals?: number | undefined;
  readonly allowReplace: readonly string[];
}): string[] {
  const { allowRemovals, allowReplace } = allowed;
  return [
    ...(allowRemovals === undefined
      ? []
      : [
          `${commandLine`--allow-removals ${String(allowRemovals)}`}: ${counted(allowRemovals, "person", "people")} may lose access, whatever config.ts says`,
        ]),
    ...allowReplace.map(
      (username) =>
        `${commandLine`--allow-replace ${username}`}: may be deleted and created anew, or be another account`,
    ),
  ];
}

/** What this run may do: the team's guards, and the exceptions that were asked for. */
export interface LimitOptions {
  readonly settings: Settings;
  /** Instead of the guards' `maxRemovals`. */
  readonly allowRemovals?: number | undefined;
  readonly allowReplace: readonly string[];
  /** The guards of the last deploy. @default those of the settings hold alone */
  readonly last?: DeployedGuards | undefined;
  /** How many people of the roster are not leaving. @default not limited */
  readonly staying?: number | undefined;
  /** @default none is known */
  readonly groupsInUse?: ReadonlySet<string> | undefined;
}

/**
 * @param deployed how many people are deployed now
 * @throws UserError (exit 2) for guards that make no sense
 */
export function limitsOf(options: LimitOptions, deployed: number): Limits {
  const { settings, allowRemovals, allowReplace, last, staying, groupsInUse } = options;
  const { removals, minPeople, ...guards } = guardsInForce(settings, last, deployed);
  return {
    ...guards,
    removals: allowRemovals ?? removals,
    replaceable: allowReplace,
    ...(staying === undefined ? {} : { minPeople, staying }),
    ...(groupsInUse === undefined ? {} : { groupsInUse }),
  };
}

const SHOWN = 20;

/** A roster that would lose or double somebody, recognised before anything is planned. Exit 3. */
export class RefusedError extends UserError {
  readonly refused: readonly Refusal[];

  /**
   * @param roster its file or files, as config.ts names them
   * @param consequence what these lines would do
   */
  constructor(
    refused: readonly Refusal[],
    roster: RosterSetting,
    consequence:
      | "would lose somebody"
      | "would take over an account of somebody else's" = "would lose somebody",
  ) {
    const left = refused.length - SHOWN;
    const lines = refused.slice(0, SHOWN).map(({ message, hint }) => `  ${message}\n      ${hint}`);
    super(
      [
        `REFUSED: ${counted(refused.length, "line", "lines")} of ${calledRoster(roster)} ${consequence}`,
        ...lines,
      ].join("\n"),
      {
        exitCode: EXIT.refused,
        next: [
          ...(left > 0 ? [`and ${left} more`] : []),
          ...(consequence === "would lose somebody"
            ? [`the former lines are in git: ${commandLine`git log -p -- ${patternsOf(roster)}`}`]
            : []),
          "nothing was planned, and nothing has changed",
        ],
      },
    );
    this.refused = refused;
  }
}

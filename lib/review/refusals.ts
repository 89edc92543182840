import { EXIT, UserError } from "../errors.ts";
import { calledRoster, patternsOf, type RosterSetting } from "../roster/files.ts";
import { commandLine } from "../shell.ts";
import { clientKeyAt } from "../stack/clients.ts";
import { type DeployedGuards, guardsInForce, type Loosened } from "../stack/guards.ts";
import type { Settings } from "../stack/settings.ts";
import { triggerAt } from "../stack/triggers.ts";
import { counted } from "../text/words.ts";
import type { Drift } from "./drift.ts";
import type { PersonEntry } from "./person.ts";
import { parseAddress, personAt } from "./plan.ts";
import type { Entry, Review } from "./review.ts";

/** For the room `deploy`, which may import this room but not `text`. */
export { counted, firstNames } from "../text/words.ts";

/** What a plan may do, by the configured guards and the options of this run. */
export interface Limits {
  /** How many people may lose access, deleted and disabled together. */
  readonly removals: number;
  /** For a stack that may be destroyed, nothing is irreplaceable. */
  readonly destroyable: boolean;
  /**
   * What may be deleted or replaced in this run: a person by the username, anything else by its address in Terraform. Such a
   * person may also be another account by now. @default none
   */
  readonly replaceable?: readonly string[];
  /** Usernames that must keep access, and their privileged groups. @default none */
  readonly required?: readonly string[];
  /** Groups that no one in `required` may be removed from. @default none */
  readonly privileged?: readonly string[];
  /**
   * Groups that must stay although a plan removes their members: adopted ones, and those with undeclared members. @default none
   * is known
   */
  readonly groupsInUse?: ReadonlySet<string>;
  /** The smallest number of people who may remain, and how many would. @default not limited */
  readonly minPeople?: number;
  readonly staying?: number;
  /** Which of these come from the last deploy, while config.ts loosens them in this change. @default none */
  readonly loosened?: Loosened;
}

/** Why a plan must not be applied, and what to do. Its options are those of this repository's commands. */
export interface Refusal {
  readonly message: string;
  readonly hint: string;
}

/** Added to a hint if the last deploy's guard is the stricter one. */
const DEPLOY_LOOSENING_FIRST = "config.ts loosens it in this change: deploy that first, by itself.";

/**
 * The guards that a plan breaks. If there are none, it may be applied.
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
      hint: `If this is right, allow it for this run: ${commandLine`--allow-removals ${String(removed.length)}`}. ${guard}`,
    },
  ];
}

/** config.ts's own minimum is the roster's problem (`guardProblems`): this is the last deploy's. */
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
                ? `"${username}" would be reset to a temporary password`
                : `"${username}" would get another password and couldn't sign in with their own`,
            hint: "Keep passwords in ignore_changes (lib/stack/synth/people.ts), where they are for this reason.",
          },
        ],
  );
}

/** Even in a destroyable stack: the required people are those who could restore access for the others. */
function refuseLossOfRequired(
  entries: readonly Entry[],
  { required = [], privileged = [], loosened = {} }: Limits,
): Refusal[] {
  const names = new Set(required);
  const groups = new Set(privileged);
  const former = new Map(
    entries.flatMap((entry) =>
      entry.about === "person" && entry.renamed ? [[entry.username, entry.renamed.from] as const] : [],
    ),
  );
  const way = (loose: boolean, otherwise: string) =>
    `Undo the change${loose ? `. The guard is the last deploy's: ${DEPLOY_LOOSENING_FIRST}` : otherwise}`;
  const by = (username: string) => (loosened.required?.includes(username) ? "the last deploy" : "config.ts");
  return entries.flatMap((entry) => {
    if (entry.about !== "person" && entry.about !== "membership") return [];
    // With another address, they are still the required people.
    const username = [entry.username, former.get(entry.username) ?? ""].find((name) => names.has(name));
    if (username === undefined) return [];
    const loose = loosened.required?.includes(username) ?? false;
    if (entry.about === "person") {
      if (!losesAccess(entry)) return [];
      return {
        message: `"${username}" would lose access, but is required by ${by(username)}`,
        hint: way(loose, ", or remove the name from guards.required in config.ts first."),
      };
    }
    if (entry.what !== "out" || !groups.has(entry.group)) return [];
    return {
      message: `"${username}" would be removed from the privileged group "${entry.group}", but is required by ${by(username)}`,
      hint: way(
        loose || (loosened.privileged?.includes(entry.group) ?? false),
        ", or remove the name from guards.required in config.ts first, in a separate deploy.",
      ),
    };
  });
}

/**
 * What may be lost without being named. All other deletions and replacements are refused, including those of unknown types: a
 * list of what is dangerous would miss them.
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
  {
    why: "who gets which role of an identity pool: the provider (5.100.0) replaces this for any other default role, and so sets it again",
    is: (entry) =>
      entry.what === "replaced" &&
      parseAddress(entry.address)?.type === "aws_cognito_identity_pool_roles_attachment",
  },
  {
    why: "that the pool may call a function: it leaves with the trigger, or is for another function by then (lib/stack/synth/triggers.ts)",
    is: (entry) => triggerAt(entry.address) !== undefined,
  },
];

const NOWHERE = { type: "", name: "", key: null };

/** What is lost with a resource, by its type; unknown for other types. */
const LOST: Readonly<Record<string, string>> = {
  aws_cognito_user: "an account that isn't in the roster",
  aws_cognito_user_in_group: "the person would be out of the group for a while",
  aws_cognito_user_pool_domain: "no one could sign in on Cognito's pages at the address that apps use now",
  aws_cognito_identity_provider:
    "no one could sign in through it, and a new one isn't linked to today's accounts",
  aws_cognito_identity_pool:
    "no one could get AWS credentials through it, and a new one gives everyone a new identity",
  aws_cognito_identity_pool_roles_attachment: "no one could get AWS credentials through the identity pool",
  aws_iam_role: "nothing could assume it, and another one has another ARN",
  aws_cognito_resource_server: "apps that ask for its scopes couldn't sign anyone in",
  aws_ssm_parameter: "apps that read the client's secret there would find none",
  aws_secretsmanager_secret: "apps that read the client's secret there would find none",
  aws_secretsmanager_secret_version: "apps that read the client's secret there would find none",
  aws_cognito_risk_configuration: "Cognito's threat protection would no longer act on its findings",
};

/** Every deletion and replacement that is neither harmless nor named. */
function refuseHarm(entries: readonly Entry[], limits: Limits): Refusal[] {
  const named = new Set(limits.replaceable);
  const loosening = limits.loosened?.destroyable
    ? ` \`destroyable\` isn't deployed yet: ${DEPLOY_LOOSENING_FIRST}`
    : "";
  const lost = entries.filter(isLoss);
  const pool = lost.find(({ about }) => about === "pool");
  // Everyone and everything goes with the pool: one message is enough.
  if (pool !== undefined) {
    return [
      {
        message: `the user pool would be ${pool.what}, with everyone in it`,
        hint: `Undo the change, or deploy a second stack beside this one.${loosening}`,
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
  const takeBack = `Undo the change, or if you want it: ${allow}`;
  if (about === "person") {
    const { username, because = [] } = entry;
    if (what === "deleted") {
      return {
        message: `"${username}" would be deleted without leaving first`,
        hint: `Undo the change and set "leaving": true first, or if you want it: ${commandLine`--allow-replace ${username}`}`,
      };
    }
    const why = because.map(({ name }) => name).join(", ") || "unknown";
    return {
      message: `"${username}" would be deleted and created again with a new sub, because of: ${why}`,
      hint: `Undo the change, or if you want a new account without password and MFA: ${commandLine`--allow-replace ${username}`}`,
    };
  }
  if (about === "client") {
    const key = clientKeyAt(address);
    const section = key ? `clients.${key}` : "client";
    return {
      message: `the app client${key ? ` "${key}"` : ""} would be ${what}: apps that use it couldn't sign anyone in until they get the new id`,
      hint: `Undo the change (after import-users: copy ${section}.asIs from config.proposal.ts to config.ts), or if the apps are ready for it: ${allow}`,
    };
  }
  if (about === "group") {
    const { label, roleArn } = entry;
    const why =
      roleArn !== undefined
        ? `its members get the role ${roleArn}`
        : groupsInUse?.has(label)
          ? "it was adopted, or has members declared nowhere"
          : "everyone would be out of it for a while";
    return { message: `the group "${label}" would be ${what}: ${why}`, hint: takeBack };
  }
  const consequence =
    LOST[parseAddress(address)?.type ?? ""] ?? "this version can't tell what that would break";
  return { message: `${address} would be ${what}: ${consequence}`, hint: takeBack };
}

/**
 * People whose name belongs to another account by now. Even in a destroyable stack: the problem is not what is lost, but who
 * gets what the roster gives to another person. Check before they are refreshed in the state, which would lose this.
 */
function refuseOtherAccounts(
  { people }: Pick<Drift, "people">,
  { replaceable = [] }: Pick<Limits, "replaceable">,
): Refusal[] {
  return people
    .filter(({ username, otherAccount }) => otherAccount && !replaceable.includes(username))
    .map(({ username }) => ({
      message: `"${username}" is now another account, with another sub than the deployed one`,
      hint: `The account was deleted and created again, or someone else got the name. If that is intended: ${commandLine`--allow-replace ${username}`}`,
    }));
}

/** Deleted, or disabled now: people who can't sign in any more after this deploy. */
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
 * @param allowed the options as given
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
          `${commandLine`--allow-removals ${String(allowRemovals)}`}: ${counted(allowRemovals, "person", "people")} may lose access, despite config.ts`,
        ]),
    ...allowReplace.map(
      (username) =>
        `${commandLine`--allow-replace ${username}`}: may be deleted and created again, or be another account`,
    ),
  ];
}

/** What this run may do: the configured guards, with the requested exceptions. */
export interface LimitOptions {
  readonly settings: Settings;
  /** Instead of the guards' `maxRemovals`. */
  readonly allowRemovals?: number | undefined;
  readonly allowReplace: readonly string[];
  /** The guards of the last deploy. @default only those of the settings apply */
  readonly last?: DeployedGuards | undefined;
  /** How many people in the roster are not leaving. @default not limited */
  readonly staying?: number | undefined;
  /** @default none is known */
  readonly groupsInUse?: ReadonlySet<string> | undefined;
}

/**
 * @param deployed how many people are deployed now
 * @throws UserError (exit 2) for invalid guards
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

/** A roster that would lose or duplicate people, detected before anything is planned. Exit 3. */
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
      | "would lose people"
      | "would take over someone else's account"
      | "can't rename an account" = "would lose people",
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
          ...(consequence === "would lose people"
            ? [`the deleted lines are in git: ${commandLine`git log -p -- ${patternsOf(roster)}`}`]
            : []),
          "nothing was planned or changed",
        ],
      },
    );
    this.refused = refused;
  }
}

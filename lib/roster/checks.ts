import type { Node } from "jsonc-parser";
import { formatLocation } from "../errors.ts";
import { explainUndeclaredGroup } from "./explain-names.ts";
import { typeProblem } from "./explain-values.ts";
import { matches } from "./files.ts";
import { fold } from "./formats.ts";
import { type Checking, type Entry, entriesOf, type Placed } from "./json-text.ts";
import { placedMemberships } from "./memberships.ts";
import { explainEmail, explainGroup, explainUsername, mayLeave, warnOfScripts } from "./names.ts";
import type { Words } from "./problem.ts";
import { holdsPassword, looksLikeSecret, PASSWORD_WAYS, shown } from "./redact.ts";
import type { RosterRules } from "./roster.ts";
import { nameAttribute } from "./sign-in-names.ts";
import { isDay } from "./until.ts";

/** The rules that the schema can't express: fields that depend on each other, a duplicate group, how characters are written. */
export function checkPerson(
  { key, value }: Entry,
  { tree, rules, name: file, report, warn }: Checking,
): void {
  const field = (name: string) => tree.entry(value, name)?.value;
  if (value.type !== "object") return;

  const invite = field("invite");
  const { signInWith } = rules;
  const medium = invite === undefined ? (signInWith === "phone" ? "sms" : "email") : invite.value;
  if (invite?.value === "sms" && signInWith !== "phone" && field("phone") === undefined) {
    report(invite, {
      message: "an invitation by SMS needs a phone number",
      hint: 'Add "phone": "+819012345678", or invite by "email" or "none".',
    });
  }
  // People who can't sign in are sent nothing (lib/stack/synth/people.ts).
  const silent = field("enabled")?.value === false || field("leaving")?.value === true;
  if (medium === "sms" && rules.sendsSms === false && !silent && !rules.earlier) {
    report(invite ?? key, {
      message: "an invitation by SMS, but config.ts sets up no SMS sender",
      hint: 'Invite by "email" or "none", or set pool.sms (docs/settings.md).',
    });
  }
  if (signInWith !== "email" && medium === "email" && field("email") === undefined) {
    report(invite ?? key, {
      message: `${shown(String(key.value), "identifier", "this person")} is invited by e-mail, but has no address`,
      hint:
        signInWith === "phone"
          ? 'Add "email": "hanako@example.com", or leave "invite" out: the number is texted then.'
          : 'Add "email": "hanako@example.com", or write "invite": "none" (or "sms", with a phone).',
    });
  }
  for (const doubt of rules.earlier ? [] : unusableNames(field, rules)) warn(doubt.at, doubt.words);

  const email = field("email");
  if (signInWith !== "email" && email?.type === "string" && !rules.earlier) {
    const address = String(email.value);
    const words = explainEmail(address);
    const doubt = warnOfScripts("e-mail address", address);
    if (words) report(email, words);
    else if (doubt) warn(email, doubt);
  }

  for (const { name, value: attribute } of entriesOf(field("attributes"))) {
    const words = attribute.type === "string" && typeProblem(name, String(attribute.value), rules);
    if (words) report(attribute, words);
    if (attribute.type === "string" && holdsPassword(String(attribute.value)))
      report(attribute, {
        message: "this looks like a note of a password (not shown), which must not be in a roster",
        hint: `Delete it. ${PASSWORD_WAYS}`,
      });
  }

  for (const remark of [field("note"), field("owner")]) {
    if (remark?.type === "string" && holdsPassword(String(remark.value)))
      report(remark, {
        message: "this looks like a note of a password (not shown), which must not be in a roster",
        hint: `Delete it. ${PASSWORD_WAYS}`,
      });
  }

  const until = field("until");
  const lastDay = until?.type === "string" && isDay(String(until.value)) ? String(until.value) : undefined;
  if (until !== undefined && field("leaving")?.value === true)
    report(until, {
      message: '"until" beside "leaving": the person is leaving already',
      hint: "Delete one of the two.",
    });

  const groups = new Set<string>();
  for (const { group: name, at: group, until: its } of placedMemberships(field("groups"))) {
    if (groups.has(name))
      report(group, {
        message: `the group ${shown(name, "identifier", "(not shown)")} is listed twice`,
        hint: "Delete one.",
      });
    if (lastDay !== undefined && its?.type === "string" && isDay(its.value) && its.value > lastDay)
      report(its, {
        message: `the membership would end on ${its.value}, after the person's own access (${lastDay})`,
        hint: "Write an earlier day, or the group's name alone: a person who leaves loses all groups.",
      });
    groups.add(name);
    const words = rules.earlier ? undefined : explainGroup(name);
    if (words) report(group, words);
    const places =
      !rules.earlier && rules.grantedIn && Object.hasOwn(rules.grantedIn, name)
        ? rules.grantedIn[name]
        : undefined;
    if (places !== undefined && !places.some((place) => matches(place, file)))
      report(group, {
        message: `the group ${shown(name, "identifier", "(not shown)")} can't be granted in this file`,
        hint: `config.ts lets only ${places.join(", ")} grant it (groups, grantedIn). Write the person there, or take the group out.`,
      });
  }
}

/**
 * What a person could sign in with if it were verified: Cognito accepts no other address or number as an alias (developer
 * guide, "Customizing sign-in attributes").
 */
function* unusableNames(
  field: (name: string) => Node | undefined,
  { aliases = [], signInWith }: RosterRules,
): Generator<{ readonly at: Node; readonly words: Words }> {
  const names = [
    { mark: field("emailVerified"), is: aliases.includes("email") && field("email"), what: "address" },
    {
      mark: field("phoneVerified"),
      is: signInWith === "phone" || (aliases.includes("phone_number") && field("phone")),
      what: "number",
    },
  ];
  for (const { mark, is, what } of signInWith === "email" ? [] : names) {
    if (mark?.value !== false || !is) continue;
    yield {
      at: mark,
      words: {
        message: `no one can sign in with this ${what}, because it isn't verified`,
        hint: `Leave ${what === "address" ? '"emailVerified"' : '"phoneVerified"'} out if you are sure it is theirs; otherwise the person must verify it first.`,
      },
    };
  }
}

/**
 * Checks the names at every level: no duplicates (JSON.parse would silently keep the last), none that looks like a password's,
 * and usernames that Cognito accepts. Never looks below a name that looks like a password's.
 */
export function checkKeys({ tree, rules, report, warn, lineOf }: Checking): void {
  const declared = new Set(rules.customAttributes);
  const none: ReadonlySet<string> = new Set();

  // As deep as DEPTH_MAX allows.
  const visit = (node: Node, inAttributes: boolean): void => {
    for (const item of node.type === "array" ? (node.children ?? []) : []) visit(item, false);
    const entries = entriesOf(node).filter(({ name, key }) => {
      // The group of a membership with an end, which may have any name that a group may have.
      if (isMembership(node)) return true;
      const secret = looksLikeSecret(name, inAttributes ? declared : none);
      if (secret)
        report(key, {
          message: `${shown(name, "name", "this name")} looks like a password or another secret, which must not be in a roster`,
          hint: `Delete it. ${PASSWORD_WAYS}`,
        });
      return !secret;
    });
    reportTwice(entries, (name) => name);
    for (const { name, value } of entries) {
      if (node === tree.root && name === "users") visitUsers(value);
      else visit(value, name === "attributes");
    }
  };

  const visitUsers = (users: Node): void => {
    if (users.type !== "object") visit(users, false);
    const entries = entriesOf(users);
    reportTwice(entries, fold);
    for (const { name, key, value } of entries) {
      const leaving = tree.entry(value, "leaving")?.value.value === true;
      const excused = rules.earlier || (leaving && mayLeave(name, rules));
      const words = excused ? undefined : explainUsername(name, rules);
      const doubt = warnOfScripts("username", name);
      if (words) report(key, words);
      else if (doubt && !rules.earlier) warn(key, doubt);
      visit(value, false);
    }
  };

  const reportTwice = (entries: readonly Entry[], sameness: (name: string) => string): void => {
    const seen = new Map<string, Entry>();
    for (const entry of entries) {
      const same = sameness(entry.name);
      const first = seen.get(same);
      if (first) report(entry.key, explainTwice(entry.name, first.name, lineOf(first.key)));
      else seen.set(same, entry);
    }
  };

  visit(tree.root, false);
}

const isMembership = ({ parent: list }: Node): boolean =>
  list?.type === "array" && list.parent?.children?.[0]?.value === "groups";

function explainTwice(name: string, first: string, line: number): Words {
  const quoted = shown(name, "identifier", "this name");
  if (name === first) {
    return {
      message: `${quoted} is already on line ${line}`,
      hint: "Merge them or delete one; JSON would silently keep the last one.",
    };
  }
  return {
    message: `${quoted} and ${shown(first, "identifier", "another")} (line ${line}) are the same person to Cognito`,
    hint: "They differ only in letter case or in how characters are written. Delete one.",
  };
}

/** What a person can sign in with besides the username, and its place in the roster; only what is verified counts. */
const ALIASES: Readonly<
  Record<string, { readonly path: readonly string[]; readonly words: string; readonly mark?: string }>
> = {
  email: { path: ["email"], words: "e-mail address", mark: "emailVerified" },
  phone_number: { path: ["phone"], words: "phone number", mark: "phoneVerified" },
  preferred_username: { path: ["attributes", "preferred_username"], words: "preferred username" },
};

/**
 * Reports an address, a number or a name that two people would sign in with. A verified one is unique in Cognito, which returns
 * AliasExistsException for the second (AdminCreateUser, AdminUpdateUserAttributes), even while the first person is leaving.
 */
export function checkAliases(everyone: readonly Placed[], rules: RosterRules): void {
  if (rules.earlier) return;
  for (const alias of rules.aliases ?? []) {
    const known = ALIASES[alias];
    // The username itself; usernames are compared already.
    if (known === undefined || alias === nameAttribute(rules.signInWith)) continue;
    const first = new Map<string, Placed>();
    for (const person of everyone) {
      const { tree, report } = person.in;
      const node = tree.at(known.path, person.value);
      const mark = known.mark === undefined ? undefined : tree.entry(person.value, known.mark);
      const verified = mark?.value.value !== false;
      if (node?.type !== "string" || node.value === "" || !verified) continue;
      const same = fold(String(node.value));
      const other = first.get(same);
      if (other === undefined) first.set(same, person);
      else {
        report(node, {
          message: `${shown(other.name, "identifier", "somebody else")} (${placeWords(other.key, other.in, person.in)}) already has this ${known.words}, and people of this pool sign in with it`,
          hint:
            known.mark === undefined
              ? "Give each person their own, or leave it out."
              : `Give each person their own, or write "${known.mark}": false, so that no one can sign in with it.`,
        });
      }
    }
  }
}

/**
 * Checks all groups that the roster names together: against the declared ones if there is a list, else for similar spellings;
 * and their characters.
 */
export function checkGroups(everyone: readonly Placed[], rules: RosterRules): void {
  const named = everyone.flatMap(({ value: person, in: file }) =>
    placedMemberships(file.tree.entry(person, "groups")?.value).map(({ at }) => ({ group: at, in: file })),
  );
  if (rules.groups === undefined) checkSpellings(named);
  for (const file of new Set(everyone.map((person) => person.in))) {
    const here = named.flatMap((one) => (one.in === file ? one.group : []));
    if (rules.groups !== undefined) checkDeclared(here, rules.groups, file);
    checkScripts(here, file);
  }
}

interface NamedGroup {
  readonly group: Node;
  readonly in: Checking;
}

/** A place in words, for a problem in the same file or in another one. */
function placeWords(node: Node, its: Checking, reader: Checking): string {
  return its === reader ? `line ${its.lineOf(node)}` : formatLocation(its.locate(node));
}

/** Reports a person who is in two files, at the second; `checkKeys` has found those who are in the same file twice. */
export function checkFiles(everyone: readonly Placed[]): void {
  const first = new Map<string, Placed>();
  for (const person of everyone) {
    const other = first.get(fold(person.name));
    if (other === undefined) first.set(fold(person.name), person);
    else if (other.in !== person.in)
      person.in.report(person.key, {
        message: `${shown(person.name, "identifier", "this person")} is in two files: also at ${formatLocation(other.in.locate(other.key))}${other.name === person.name ? "" : `, as ${shown(other.name, "identifier", "another name")}, which is the same to Cognito`}`,
        hint: "Delete one of them.",
      });
  }
}

/**
 * Reports names that a reader takes for one group and Cognito for two: `ops` and `Ops`. Each further spelling is reported once,
 * where it first occurs.
 */
function checkSpellings(named: readonly NamedGroup[]): void {
  const spellings = new Map<string, NamedGroup & { readonly name: string; readonly seen: Set<string> }>();
  for (const { group, in: file } of named) {
    const name = String(group.value);
    const same = fold(name);
    const first = spellings.get(same);
    if (first === undefined) {
      spellings.set(same, { name, group, in: file, seen: new Set([name]) });
    } else if (!first.seen.has(name)) {
      first.seen.add(name);
      file.report(group, {
        message:
          `the groups ${shown(name, "identifier", "(not shown)")} and ` +
          `${shown(first.name, "identifier", "(not shown)")} (${placeWords(first.group, first.in, file)}) differ only in letter case ` +
          "or in how characters are written: Cognito would create two groups",
        hint: "Write the same name everywhere.",
      });
    }
  }
}

/** Warns of each group with mixed scripts once, where it first occurs. */
function checkScripts(named: readonly Node[], { rules, warn }: Checking): void {
  if (rules.earlier) return;
  const first = new Map(named.toReversed().map((group) => [String(group.value), group]));
  for (const [name, group] of first) {
    const doubt = explainGroup(name) === undefined ? warnOfScripts("group name", name) : undefined;
    if (doubt) warn(group, doubt);
  }
}

/** Reports each undeclared group once, where it first occurs, with the other lines that have it. */
function checkDeclared(
  named: readonly Node[],
  declared: readonly string[],
  { report, lineOf }: Checking,
): void {
  const known = new Set(declared);
  const undeclared = new Map<string, Node[]>();
  for (const group of named) {
    const name = String(group.value);
    // An invalid name has its own message.
    if (known.has(name) || explainGroup(name) !== undefined) continue;
    const places = undeclared.get(name);
    if (places === undefined) undeclared.set(name, [group]);
    else places.push(group);
  }
  for (const [name, [first, ...others]] of undeclared) {
    if (first === undefined) continue;
    const lines = [...new Set(others.map(lineOf))].filter((line) => line !== lineOf(first));
    report(first, explainUndeclaredGroup(name, declared, lines));
  }
}

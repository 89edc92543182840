import type { Node } from "jsonc-parser";
import { formatLocation } from "../errors.ts";
import { explainUndeclaredGroup } from "./explain-names.ts";
import { typeProblem } from "./explain-values.ts";
import { matches } from "./files.ts";
import { fold } from "./formats.ts";
import { type Checking, type Entry, entriesOf, type Placed } from "./json-text.ts";
import { explainEmail, explainGroup, explainUsername, mayLeave, warnOfScripts } from "./names.ts";
import type { Words } from "./problem.ts";
import { holdsPassword, looksLikeSecret, PASSWORD_WAYS, shown } from "./redact.ts";
import type { RosterRules } from "./roster.ts";

/** The rules that the schema can't say: fields that need one another, a group twice, how characters are written. */
export function checkPerson(
  { key, value }: Entry,
  { tree, rules, name: file, report, warn }: Checking,
): void {
  const field = (name: string) => tree.entry(value, name)?.value;
  if (value.type !== "object") return;

  const invite = field("invite");
  const byUsername = rules.signInWith === "username";
  if (invite?.value === "sms" && field("phone") === undefined) {
    report(invite, {
      message: "an invitation by SMS needs a phone number",
      hint: 'Add "phone": "+819012345678", or invite by "email" or "none".',
    });
  }
  // Nobody is sent anything who can't sign in (lib/stack/synth/people.ts).
  const silent = field("enabled")?.value === false || field("leaving")?.value === true;
  if (invite?.value === "sms" && rules.sendsSms === false && !silent && !rules.earlier) {
    report(invite, {
      message: "an invitation by SMS, but config.ts says of no sender of SMS: nobody would get it",
      hint: 'Invite by "email" or "none", or write the IAM role that sends SMS into pool.sms (docs/settings.md).',
    });
  }
  if (byUsername && (invite === undefined || invite.value === "email") && field("email") === undefined) {
    report(invite ?? key, {
      message: `${shown(String(key.value), "identifier", "this person")} is to be invited by e-mail, but has no address`,
      hint: 'Add "email": "hanako@example.com", or write "invite": "none" (or "sms", with a phone).',
    });
  }

  const email = field("email");
  if (byUsername && email?.type === "string" && !rules.earlier) {
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
        message: "this text says that a password follows; it is not shown: none may stand in a roster",
        hint: `Delete it. ${PASSWORD_WAYS}`,
      });
  }

  for (const remark of [field("note"), field("owner")]) {
    if (remark?.type === "string" && holdsPassword(String(remark.value)))
      report(remark, {
        message: "this text says that a password follows; it is not shown: none may stand in a roster",
        hint: `Delete it. ${PASSWORD_WAYS}`,
      });
  }

  const groups = new Set<string>();
  for (const group of field("groups")?.children ?? []) {
    if (group.type !== "string") continue;
    const name = String(group.value);
    if (groups.has(name))
      report(group, {
        message: `the group ${shown(name, "identifier", "(not shown)")} stands here twice`,
        hint: "Delete one.",
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
 * Checks the names at every level: none twice (JSON.parse would silently keep the last), none that looks like a
 * password's, and usernames as Cognito takes them. Never looks below a name that looks like a password's.
 */
export function checkKeys({ tree, rules, report, warn, lineOf }: Checking): void {
  const declared = new Set(rules.customAttributes);
  const none: ReadonlySet<string> = new Set();

  // As deep as DEPTH_MAX lets a tree be.
  const visit = (node: Node, inAttributes: boolean): void => {
    for (const item of node.type === "array" ? (node.children ?? []) : []) visit(item, false);
    const entries = entriesOf(node).filter(({ name, key }) => {
      const secret = looksLikeSecret(name, inAttributes ? declared : none);
      if (secret)
        report(key, {
          message: `${shown(name, "name", "this name")} looks like a password or another secret: none may stand in a roster`,
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

function explainTwice(name: string, first: string, line: number): Words {
  const quoted = shown(name, "identifier", "this name");
  if (name === first) {
    return {
      message: `${quoted} stands here a second time: the first is on line ${line}`,
      hint: "Merge the two or delete one; JSON would silently keep the last.",
    };
  }
  return {
    message: `${quoted} and ${shown(first, "identifier", "another")} (line ${line}) are the same person to Cognito`,
    hint: "They differ only in letter case or in how characters are written. Delete one.",
  };
}

/** What somebody can sign in with beside the username, where it stands in the roster; only what is verified is taken. */
const ALIASES: Readonly<Record<string, { readonly path: readonly string[]; readonly words: string }>> = {
  email: { path: ["email"], words: "e-mail address" },
  phone_number: { path: ["phone"], words: "phone number" },
  preferred_username: { path: ["attributes", "preferred_username"], words: "preferred username" },
};

/**
 * Reports an address, a number or a name that two people would sign in with. Cognito knows each only once while it is verified, and
 * answers AliasExistsException to the second (AdminCreateUser, AdminUpdateUserAttributes), also while the first is leaving.
 */
export function checkAliases(everyone: readonly Placed[], rules: RosterRules): void {
  if (rules.earlier) return;
  for (const alias of rules.aliases ?? []) {
    const known = ALIASES[alias];
    // The username of a pool that people enter by e-mail, whose names are compared already.
    if (known === undefined || (alias === "email" && rules.signInWith === "email")) continue;
    const first = new Map<string, Placed>();
    for (const person of everyone) {
      const { tree, report } = person.in;
      const node = tree.at(known.path, person.value);
      const verified = alias !== "email" || tree.entry(person.value, "emailVerified")?.value.value !== false;
      if (node?.type !== "string" || node.value === "" || !verified) continue;
      const same = fold(String(node.value));
      const other = first.get(same);
      if (other === undefined) first.set(same, person);
      else {
        report(node, {
          message: `${shown(other.name, "identifier", "somebody else")} (${placeWords(other.key, other.in, person.in)}) has this ${known.words} already, and people of this pool sign in with it`,
          hint:
            alias === "email"
              ? 'Give each an address of their own, or write "emailVerified": false: then it is nobody\'s to sign in with.'
              : "Give each one of their own, or leave it out.",
        });
      }
    }
  }
}

/**
 * Checks the groups that the roster names, all of them together: declared ones where there is a list, else alike spelt ones,
 * and what each is written with.
 */
export function checkGroups(everyone: readonly Placed[], rules: RosterRules): void {
  const named = everyone.flatMap(({ value: person, in: file }) =>
    (file.tree.entry(person, "groups")?.value.children ?? []).flatMap((group) =>
      group.type === "string" ? { group, in: file } : [],
    ),
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

/** Where something stands, in words for a problem in the same file or in another one. */
function placeWords(node: Node, its: Checking, reader: Checking): string {
  return its === reader ? `line ${its.lineOf(node)}` : formatLocation(its.locate(node));
}

/** Reports somebody who is in two files, at the second; two in the same file, `checkKeys` has found. */
export function checkFiles(everyone: readonly Placed[]): void {
  const first = new Map<string, Placed>();
  for (const person of everyone) {
    const other = first.get(fold(person.name));
    if (other === undefined) first.set(fold(person.name), person);
    else if (other.in !== person.in)
      person.in.report(person.key, {
        message: `${shown(person.name, "identifier", "this person")} is in two files: also at ${formatLocation(other.in.locate(other.key))}${other.name === person.name ? "" : `, as ${shown(other.name, "identifier", "another name")}, which is the same to Cognito`}`,
        hint: "Each person is in one file. Delete one of the two.",
      });
  }
}

/**
 * Reports names that a reader takes for one group and Cognito for two: `ops` and `Ops`. Each further spelling is reported
 * once, where it first stands.
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
          "or in how characters are written: they would be two groups",
        hint: "Write the same name everywhere.",
      });
    }
  }
}

/** Warns of each group with mixed scripts once, where it first stands. */
function checkScripts(named: readonly Node[], { rules, warn }: Checking): void {
  if (rules.earlier) return;
  const first = new Map(named.toReversed().map((group) => [String(group.value), group]));
  for (const [name, group] of first) {
    const doubt = explainGroup(name) === undefined ? warnOfScripts("group name", name) : undefined;
    if (doubt) warn(group, doubt);
  }
}

/** Reports each group that nobody declared once, where it first stands, with the other lines that have it. */
function checkDeclared(
  named: readonly Node[],
  declared: readonly string[],
  { report, lineOf }: Checking,
): void {
  const known = new Set(declared);
  const undeclared = new Map<string, Node[]>();
  for (const group of named) {
    const name = String(group.value);
    // A name that can't be one has its own words.
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

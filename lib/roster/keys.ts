import type { Node } from "jsonc-parser";
import type { Checking } from "./checking.ts";
import { fold } from "./formats.ts";
import { explainUsername } from "./identifiers.ts";
import type { Words } from "./problem.ts";
import { looksLikeSecret, PASSWORD_WAYS } from "./secrets.ts";
import { shown } from "./shown.ts";
import { type Entry, entriesOf } from "./tree.ts";

/**
 * Checks the names at every level: none twice (JSON.parse would silently keep the last), none that looks like a
 * password's, and usernames as Cognito takes them. Never looks below a name that looks like a password's.
 */
export function checkKeys({ tree, rules, report, lineOf }: Checking): void {
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
      const words = explainUsername(name, rules);
      if (words) report(key, words);
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
  const told = shown(name, "identifier", "this name");
  if (name === first) {
    return {
      message: `${told} stands here a second time: the first is on line ${line}`,
      hint: "Merge the two or delete one; JSON would silently keep the last.",
    };
  }
  return {
    message: `${told} and ${shown(first, "identifier", "another")} (line ${line}) are the same person to Cognito`,
    hint: "They differ only in letter case or in how characters are written. Delete one.",
  };
}

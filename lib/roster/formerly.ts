import { fold } from "./formats.ts";
import type { Placed } from "./json-text.ts";
import { shown } from "./redact.ts";
import type { RosterRules } from "./roster.ts";

/**
 * Reports invalid former addresses: of a person who is still in the roster, of two people, or in a pool where no name can be
 * changed. Only a plan knows what the deployed pool has (lib/deploy/rename-people.ts).
 */
export function checkFormerly(everyone: readonly Placed[], rules: RosterRules): void {
  if (rules.earlier) return;
  const word = rules.signInWith === "phone" ? "number" : "address";
  const present = new Map(everyone.map((person) => [fold(person.name), person]));
  const claimed = new Map<string, Placed>();
  for (const person of everyone) {
    const { tree, report, lineOf } = person.in;
    const node = tree.entry(person.value, "formerly")?.value;
    if (node?.type !== "string") continue;
    const old = String(node.value);
    const [now, before] = [
      shown(person.name, "identifier", "this person"),
      shown(old, "identifier", "the other"),
    ];
    if (rules.signInWith === "username") {
      report(node, {
        message: '"formerly" in a pool with plain usernames: Cognito can\'t change a username',
        hint: 'Remove "formerly" and keep the username; the e-mail address ("email") can change at any time.',
      });
      continue;
    }
    if (fold(old) === fold(person.name)) {
      report(node, {
        message:
          old === person.name
            ? `"formerly" is the same as the line's ${word}`
            : `${before} and ${now} differ only in letter case or in how characters are written, and are the same to Cognito`,
        hint:
          old === person.name
            ? `Remove it, or write the ${word} that the account was deployed with.`
            : `Write ${before} as the name, and remove "formerly".`,
      });
      continue;
    }
    const holder = present.get(fold(old));
    if (holder !== undefined) {
      const place =
        holder.in === person.in ? `line ${lineOf(holder.key)}` : `in ${holder.in.locate(holder.key).file}`;
      report(node, {
        message: `${before}, the former ${word} of ${now}, is in the roster (${place})`,
        hint:
          `${word === "number" ? "A number" : "An address"} is only free once a deploy has taken it from the previous person. A chain takes two deploys: give ${now} its ` +
          `${word} first, without a line for ${before}; then remove this "formerly", and add that line with its own "formerly". ` +
          `A swap takes three, over ${word === "number" ? "a number" : "an address"} that no one has.`,
      });
      continue;
    }
    const other = claimed.get(fold(old));
    if (other === undefined) claimed.set(fold(old), person);
    else
      report(node, {
        message: `${before} is already the former ${word} of ${shown(other.name, "identifier", "someone else")}`,
        hint: "An account belongs to one person: remove it from the line of the new person.",
      });
  }
}

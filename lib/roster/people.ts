import type { Node } from "jsonc-parser";
import type { Checking } from "./checking.ts";
import { explainEmail, explainGroup } from "./identifiers.ts";
import type { Person, RosterRules } from "./roster.ts";
import type { CheckedRoster } from "./schema.ts";
import { holdsPassword, PASSWORD_WAYS } from "./secrets.ts";
import { shown } from "./shown.ts";
import { type Entry, entriesOf } from "./tree.ts";

/** The rules that the schema can't say: fields that need one another, a group twice, how characters are written. */
export function checkPerson({ key, value }: Entry, { tree, rules, report }: Checking): void {
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
  if (byUsername && (invite === undefined || invite.value === "email") && field("email") === undefined) {
    report(invite ?? key, {
      message: `${shown(String(key.value), "identifier", "this person")} is to be invited by e-mail, but has no address`,
      hint: 'Add "email": "hanako@example.com", or write "invite": "none" (or "sms", with a phone).',
    });
  }

  const email = field("email");
  if (byUsername && email?.type === "string") {
    const words = explainEmail(String(email.value));
    if (words) report(email, words);
  }

  for (const { value: attribute } of entriesOf(field("attributes"))) {
    if (attribute.type === "string" && holdsPassword(String(attribute.value)))
      report(attribute, {
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
    const words = explainGroup(name);
    if (words) report(group, words);
  }
}

/** Everyone of a checked roster in file order (an object would put usernames that are numbers first). */
export function peopleOf(users: Node | undefined, checked: CheckedRoster, rules: RosterRules): Person[] {
  return entriesOf(users).flatMap(({ name: username }) => {
    const person = checked.users[username];
    if (person === undefined) return [];
    const { attributes, phone, ...rest } = person;
    const email = rules.signInWith === "email" ? username : "email" in person ? person.email : undefined;
    return [
      {
        username,
        attributes: attributes as Record<string, string>,
        emailVerified: rest.emailVerified,
        groups: rest.groups,
        enabled: rest.enabled,
        invite: rest.invite,
        leaving: rest.leaving,
        ...(email !== undefined && { email }),
        ...(phone !== undefined && { phone }),
      },
    ];
  });
}

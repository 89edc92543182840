import { checkSettings } from "../stack/check-settings.ts";
import type { Settings } from "../stack/settings.ts";
import type { PoolDescription } from "./describe-pool.ts";
import type { PoolRoster } from "./roster-from-pool.ts";

export interface Imported {
  readonly description: PoolDescription;
  readonly roster: PoolRoster;
  readonly settings: Settings;
  /** Every group of the pool. */
  readonly groups: readonly string[];
}

/** What a team should know before it deploys what was imported: what the deploy changes, and what it leaves alone. */
export function importNotes({ description, roster, settings, groups }: Imported): string[] {
  const { pool, client } = description;
  const unused = groups.filter((group) => !roster.groups.includes(group));
  const notes = [
    pool.DeletionProtection !== "ACTIVE" &&
      !settings.destroyable &&
      "The deploy turns the pool's deletion protection on.",
    client === undefined && `The pool has no app client: the deploy creates one, "${settings.client.name}".`,
    roster.people.length > 0 &&
      `To import ${count(roster.people.length, "person", "people")}, Terraform reads each one once (AdminGetUser), in every plan until the deploy: AWS counts them among this month's active users.`,
    roster.memberships > 0 &&
      `${count(roster.memberships, "group membership exists", "group memberships exist")} already: the provider can't import them. npm run deploy leaves them out of its plan, and records them at its end, which changes nothing in the user pool. A plan of plain cdktf says that they will be added.`,
    roster.unverifiedPhones.length > 0 &&
      `The deploy makes ${count(roster.unverifiedPhones.length, "phone number")} count as verified, as it does for every number in a roster: ${some(roster.unverifiedPhones)}.`,
    roster.unsaidEmails.length > 0 &&
      `The deploy writes down that ${count(roster.unsaidEmails.length, "e-mail address", "e-mail addresses")} ${roster.unsaidEmails.length === 1 ? "is" : "are"} not verified, which the pool leaves unsaid: ${some(roster.unsaidEmails)}.`,
    unused.length > 0 && `Groups with nobody of the roster in them stay as they are: ${some(unused)}.`,
    pool.CustomDomain && `The pool's own domain ${pool.CustomDomain} stays as it is: no setting has it.`,
    settings.pool.asIs &&
      `Settings that config.ts has no word for stand in pool.asIs: ${Object.keys(settings.pool.asIs).join(", ")}.`,
  ];
  const problems = checkSettings(settings).map(
    ({ severity, setting, message }) =>
      `${severity === "error" ? "config.ts will be refused" : "A doubt about config.ts"}: ${setting}: ${message}`,
  );
  return [...notes.filter((note) => typeof note === "string"), ...problems];
}

const count = (number: number, one: string, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

const SHOWN = 5;

function some(names: readonly string[]): string {
  const more = names.length - SHOWN;
  return names.slice(0, SHOWN).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

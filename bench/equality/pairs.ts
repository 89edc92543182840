import { person } from "../../__tests__/support/people.ts";
import type { Person } from "../../lib/roster/roster.ts";

/** Random numbers in [0, 1). */
export type Random = () => number;

/** What an edit did to somebody, for the table of what was tried. */
export type Tried = Map<string, number>;

/** A roster that was deployed, and the one that is to be. */
export interface Pair {
  readonly before: readonly Person[];
  readonly after: readonly Person[];
  /** Whether anybody may go without leaving first. */
  readonly destroyable: boolean;
}

const GROUPS = ["all", "staff", "readers", "ops"];
const ATTRIBUTES = ["name", "nickname", "locale", "zoneinfo"];
/** Texts that Terraform or cdktf could take for something else. */
const TEXTS = [
  "",
  "Hanako",
  "花子",
  "${x}",
  "%{y}",
  'a "quoted" one',
  "C:\\dir",
  "$${z}",
  "{TfToken[1]}",
  "5 $",
  "é",
];

/**
 * A few people with a few edits each: joins, leaves, returns, goes for good, attributes, groups, enabled, invitations, formerly.
 * @param size how many people; beyond 400 of them and their memberships everyone is spread over blocks
 * @param tried is told of each edit
 */
export function randomPair(random: Random, size: number, tried: Tried): Pair {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const some = <T>(list: readonly T[]): T[] => list.filter(() => random() < 0.4);
  const make = (name: string): Person => {
    const chosen = some(ATTRIBUTES).map((attribute) => [attribute, pick(TEXTS)]);
    return person(`${name}@example.com`, {
      attributes: Object.fromEntries(chosen),
      groups: some(GROUPS),
      enabled: random() < 0.9,
      leaving: random() < 0.15,
      emailVerified: random() < 0.9,
      invite: random() < 0.8 ? "email" : "none",
    });
  };
  const before = Array.from({ length: size }, (_, index) => make(`person-${index}`));
  const destroyable = random() < 0.15;
  const edits: readonly [string, (one: Person) => Person | undefined][] = [
    ["attributes", (one) => ({ ...one, attributes: { ...one.attributes, [pick(ATTRIBUTES)]: pick(TEXTS) } })],
    [
      "an attribute less",
      (one) => ({ ...one, attributes: Object.fromEntries(Object.entries(one.attributes).slice(1)) }),
    ],
    ["groups", (one) => ({ ...one, groups: some(GROUPS) })],
    ["enabled", (one) => ({ ...one, enabled: !one.enabled })],
    ["leaves or returns", (one) => ({ ...one, leaving: !one.leaving })],
    ["goes for good", (one) => (one.leaving || destroyable ? undefined : one)],
    ["verified", (one) => ({ ...one, emailVerified: !one.emailVerified })],
    ["invitation", (one) => ({ ...one, invite: one.invite === "none" ? "email" : "none" })],
    [
      "formerly",
      (one) => ({
        ...one,
        username: `new-${one.username}`,
        email: `new-${one.username}`,
        formerly: one.username,
      }),
    ],
  ];
  const often = Math.max(1, Math.floor(random() * 5));
  const after = before.flatMap((one) => {
    if (random() * size > often) return [one];
    const [name, edit] = pick(edits);
    const edited = edit(one);
    if (edited === one) return [one];
    tried.set(name, (tried.get(name) ?? 0) + 1);
    return edited === undefined ? [] : [edited];
  });
  const joining = random() < 0.5 ? Math.ceil(random() * 2) : 0;
  if (joining > 0) tried.set("joins", (tried.get("joins") ?? 0) + joining);
  return {
    before,
    after: [...after, ...Array.from({ length: joining }, (_, index) => make(`newcomer-${index}`))],
    destroyable,
  };
}

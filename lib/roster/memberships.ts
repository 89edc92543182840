import type { Node } from "jsonc-parser";
import { entriesOf, kindOf } from "./json-text.ts";
import { explainGroup } from "./names.ts";
import type { Words } from "./problem.ts";
import { shown } from "./redact.ts";
import type { Person } from "./roster.ts";
import { isDay } from "./until.ts";

/** A membership as written in rosters: a group's name, or the group with its last day. */
export type WrittenMembership = string | { readonly [group: string]: { readonly until: string } };

/** Memberships of a checked roster: their groups in order, and the last days of those that have one. */
export function membershipsOf(written: readonly WrittenMembership[]): Pick<Person, "groups" | "groupsUntil"> {
  const pairs = written.map((one) =>
    typeof one === "string" ? ([one, undefined] as const) : lastDayIn(one),
  );
  const ending = pairs.filter((pair): pair is readonly [string, string] => pair[1] !== undefined);
  return {
    groups: pairs.map(([group]) => group),
    // Not by assignment: a group may be called constructor.
    ...(ending.length > 0 && { groupsUntil: Object.fromEntries(ending) }),
  };
}

function lastDayIn(one: Exclude<WrittenMembership, string>): readonly [string, string | undefined] {
  const [group = "", { until } = { until: undefined }] = Object.entries(one)[0] ?? [];
  return [group, until];
}

/**
 * The reverse: memberships as written in a roster.
 * @param groups in order
 */
export function writtenMemberships(
  groups: readonly string[],
  groupsUntil: Person["groupsUntil"] = {},
): WrittenMembership[] {
  return groups.map((group) => {
    const until = Object.hasOwn(groupsUntil, group) ? groupsUntil[group] : undefined;
    return until === undefined ? group : Object.fromEntries([[group, { until }]]);
  });
}

/** A membership and its place in a file. */
export interface PlacedMembership {
  readonly group: string;
  /** The group's name: the place for problems about it. */
  readonly at: Node;
  /** The value of `until`, whatever it is. */
  readonly until?: Node | undefined;
}

/** The memberships of a `groups`, in file order, as far as they can be read. */
export function placedMemberships(groups: Node | undefined): PlacedMembership[] {
  if (groups?.type !== "array") return [];
  return (groups.children ?? []).flatMap((node): PlacedMembership[] => {
    if (node.type === "string") return [{ group: String(node.value), at: node }];
    return entriesOf(node).map(({ name, key, value }) => ({
      group: name,
      at: key,
      until: entriesOf(value).find((entry) => entry.name === "until")?.value,
    }));
  });
}

const FORM = '{ "admins": { "until": "2026-12-31" } }';

/** What is wrong with a membership that is written as an object, each at its place. */
export function* membershipProblems(node: Node): Generator<{ readonly at: Node; readonly words: Words }> {
  const entries = entriesOf(node);
  const [only, ...more] = entries;
  if (only === undefined || more.length > 0) {
    yield {
      at: node,
      words: {
        message: `a membership names one group, not ${entries.length === 0 ? "none" : entries.length}`,
        hint: `Write each with its group's name in braces of its own: ${FORM}.`,
      },
    };
    return;
  }
  const group = shown(only.name, "identifier", "the group");
  if (only.value.type !== "object") {
    yield {
      at: only.value,
      words: {
        message: `the membership of ${group} must be an object, not ${kindOf(only.value)}`,
        hint: `Write ${FORM}.`,
      },
    };
    return;
  }
  const fields = entriesOf(only.value);
  for (const { name, key } of fields) {
    if (name !== "until")
      yield {
        at: key,
        words: {
          message: `unknown field ${shown(name, "name", "(its name is not shown)")} of a membership`,
          hint: `It has "until" alone: ${FORM}.`,
        },
      };
  }
  const until = fields.findLast(({ name }) => name === "until")?.value;
  if (until === undefined) {
    yield {
      at: only.value,
      words: {
        message: `the membership of ${group} has no "until"`,
        hint: `Write ${FORM}, or the group's name alone for a membership that stays.`,
      },
    };
    return;
  }
  const words = explainDay(until);
  if (words !== undefined) yield { at: until, words };
}

/** What is wrong with the value of an `until`, or undefined. */
export function explainDay(node: Node): Words | undefined {
  if (node.type !== "string") {
    return {
      message: `"until" must be text, not ${kindOf(node)}`,
      hint: 'Write the last day of access in double quotes: "2026-12-31" (YYYY-MM-DD).',
    };
  }
  const text = String(node.value);
  if (isDay(text)) return undefined;
  return {
    message: `"until" ${shown(text, "digits", "(not shown)")} is not a day of the calendar`,
    hint: 'Write the last day of access as "2026-12-31" (YYYY-MM-DD).',
  };
}

/** What is wrong with a membership's name, or that there is none. */
export function explainMembership(node: Node): Words {
  if (node.type !== "string")
    return { message: `a group must be text, not ${kindOf(node)}`, hint: 'Write its name: "ops".' };
  const name = String(node.value);
  return (
    explainGroup(name) ?? {
      message: `${shown(name, "name")} is not a group's name`,
      hint: 'Write it as "ops".',
    }
  );
}

import type { CognitoClient } from "../lib/cognito/client.ts";
import { comparePool } from "../lib/deploy/compare-pool.ts";
import type { StateInstance } from "../lib/terraform/state.ts";
import { people } from "./support/people.ts";
import { type BenchContext, count, type Section, seconds } from "./support/section.ts";

/** What ListUsers and ListUsersInGroup return at most. */
const PAGE = 60;
const PER_SECOND = 30;

/** What it costs to compare a user pool with its state and roster: who is there, and who is in which group. */
export async function compare({ sizes, signal, say }: BenchContext): Promise<Section> {
  const rows: string[][] = [];
  const targets: Section["targets"][number][] = [];
  for (const size of sizes.compare) {
    for (const groups of [0, 3]) {
      signal.throwIfAborted();
      say("Comparison with the user pool", `${count(size)} people in ${groups} groups each`);
      const { client, calls } = poolOf(size, groups);
      const state = stateOf(size, groups);
      const before = process.cpuUsage();
      const {
        drift,
        strangers,
        groups: found,
      } = await comparePool(client, {
        userPoolId: "us-east-1_bench",
        state,
        people: people(size, groups),
        signInWith: "email",
        caseSensitive: false,
      });
      const cpu = process.cpuUsage(before).user / 1e6;
      const differences = drift.people.length + strangers.length + found.memberships.length;
      if (differences > 0) throw new Error(`${differences} differences where there are none`);
      const listed = calls.get("ListUsers") ?? 0;
      const inGroups = calls.get("ListUsersInGroup") ?? 0;
      const others = [...calls.values()].reduce((sum, one) => sum + one, 0) - listed - inGroups;
      const atQuota = (listed + inGroups) / PER_SECOND;
      rows.push([
        count(size),
        String(groups),
        seconds(cpu),
        count(listed),
        count(inGroups),
        count(others),
        seconds(atQuota),
      ]);
      targets.push({
        asks: `${count(size)} people in ${groups} groups each: ceil(members/60) for each group + a constant`,
        measured: `${listed} + ${inGroups} + ${others}`,
        met: listed === Math.ceil(size / PAGE) && inGroups === groups * Math.ceil(size / PAGE),
      });
    }
  }
  return {
    title: "Comparison with the user pool",
    how: `Of every plan and deploy: ListUsers, ListGroups and ListUsersInGroup, which bill nobody. Our own CPU, with answers from memory; and how long the calls take at Cognito's quota of ${PER_SECOND} a second (UserList), which they keep to.`,
    head: ["people", "groups each", "user CPU", "ListUsers", "ListUsersInGroup", "others", "at the quota"],
    rows,
    targets,
  };
}

const subOf = (username: string) => `sub-of-${username}`;

/** As Cognito answers, from memory. */
function poolOf(size: number, groups: number) {
  const calls = new Map<string, number>();
  const users = people(size, groups).map(({ username, attributes }) => ({
    Username: subOf(username),
    Enabled: true,
    UserStatus: "CONFIRMED",
    Attributes: Object.entries({
      sub: subOf(username),
      email: username,
      email_verified: "true",
      ...attributes,
    }).map(([Name, Value]) => ({ Name, Value })),
  }));
  const names = [...new Set(people(1, groups).flatMap((person) => person.groups))];
  const send = async (command: {
    constructor: { name: string };
    input: { PaginationToken?: string; NextToken?: string };
  }) => {
    const operation = command.constructor.name.replace(/Command$/, "");
    calls.set(operation, (calls.get(operation) ?? 0) + 1);
    if (operation === "ListGroups") return { Groups: names.map((GroupName) => ({ GroupName })) };
    const from = Number(command.input.PaginationToken ?? command.input.NextToken ?? 0);
    const next = from + PAGE < size ? String(from + PAGE) : undefined;
    return { Users: users.slice(from, from + PAGE), PaginationToken: next, NextToken: next };
  };
  return { client: { send } as unknown as CognitoClient, calls };
}

function stateOf(size: number, groups: number): StateInstance[] {
  const everyone = people(size, groups);
  const user_pool_id = "us-east-1_bench";
  return [
    ...everyone.map(({ username, attributes }) => ({
      type: "aws_cognito_user",
      name: "users",
      key: username,
      attributes: {
        username,
        user_pool_id,
        enabled: true,
        sub: subOf(username),
        attributes: { sub: subOf(username), email: username, email_verified: "true", ...attributes },
      },
    })),
    ...[...new Set(everyone.flatMap((person) => person.groups))].map((name) => ({
      type: "aws_cognito_user_group",
      name: "groups",
      key: name,
      attributes: { name, user_pool_id },
    })),
    ...everyone.flatMap(({ username, groups }) =>
      groups.map((group) => ({
        type: "aws_cognito_user_in_group",
        name: "memberships",
        key: `${username} in ${group}`,
        attributes: { username, group_name: group, user_pool_id },
      })),
    ),
  ];
}

import { expect, test } from "vitest";
import { listGroups, listMemberships, putGroupsFirst } from "../../../lib/directory/pool/groups.ts";
import { recordedCognito } from "../../auth/recorded-cognito.ts";

const members = (...usernames: string[]) => usernames.map((Username) => ({ Username }));

test("asks by group, not by person: the pages of the groups, and those of each one's members", async () => {
  const { client, sent } = recordedCognito(
    { Groups: [{ GroupName: "ops" }], NextToken: "groups-2" },
    { Groups: [{ GroupName: "admins" }, { GroupName: "empty" }] },
    { Users: members("a") },
    { Users: [] },
    { Users: members("a", "b"), NextToken: "ops-2" },
    { Users: members("c") },
  );
  const { groups, of } = await listMemberships(client, { userPoolId: "p" });
  expect(groups.map(({ name }) => name)).toEqual(["admins", "empty", "ops"]);
  expect(Object.fromEntries(of)).toEqual({ a: ["admins", "ops"], b: ["ops"], c: ["ops"] });
  expect(sent.map(({ operation, input }) => [operation, input.GroupName, input.NextToken])).toEqual([
    ["ListGroups", undefined, undefined],
    ["ListGroups", undefined, "groups-2"],
    ["ListUsersInGroup", "admins", undefined],
    ["ListUsersInGroup", "empty", undefined],
    ["ListUsersInGroup", "ops", undefined],
    ["ListUsersInGroup", "ops", "ops-2"],
  ]);
});

test("a group's description, precedence and role come with the listing; what it does not have is absent", async () => {
  const { client, sent } = recordedCognito({
    Groups: [
      { GroupName: "ops", Description: "", RoleArn: undefined },
      { GroupName: "admins", Description: "May do all", Precedence: 0, RoleArn: "arn:aws:iam::1:role/Admin" },
    ],
  });
  expect(await listGroups(client, { userPoolId: "p" })).toEqual([
    { name: "admins", description: "May do all", precedence: 0, roleArn: "arn:aws:iam::1:role/Admin" },
    { name: "ops" },
  ]);
  expect(sent.map(({ operation }) => operation)).toEqual(["ListGroups"]);
});

test("the precedence 0 is given to groups that have another one, or none, and nothing else of theirs is changed", async () => {
  const { client, sent } = recordedCognito(
    {
      Groups: [
        { GroupName: "first", Precedence: 0 },
        { GroupName: "none", Description: "d", RoleArn: "arn:aws:iam::1:role/A" },
        { GroupName: "other", Precedence: 3 },
        { GroupName: "third", Precedence: 3 },
      ],
    },
    {},
    {},
  );
  const groups = ["first", "none", "third", "gone"];
  expect(await putGroupsFirst(client, { userPoolId: "p", groups })).toEqual(["none", "third"]);
  expect(sent.slice(1).map(({ operation, input }) => [operation, input])).toEqual([
    [
      "UpdateGroup",
      {
        UserPoolId: "p",
        GroupName: "none",
        Precedence: 0,
        Description: "d",
        RoleArn: "arn:aws:iam::1:role/A",
      },
    ],
    ["UpdateGroup", { UserPoolId: "p", GroupName: "third", Precedence: 0 }],
  ]);
});

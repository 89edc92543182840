import { expect, test } from "vitest";
import { findUnrecorded } from "../../lib/review/unrecorded.ts";
import { recordedCognito } from "../auth/recorded-cognito.ts";
import { person } from "../support/people.ts";

const live = (email: string) => ({
  Username: `sub-of-${email}`,
  Attributes: [{ Name: "email", Value: email }],
});
const inState = (key: string, name = "users") => ({ type: "aws_cognito_user", name, key, attributes: {} });
const OPTIONS = { userPoolId: "us-east-1_x", signInWith: "email", caseSensitive: false } as const;

test("one pass of ListUsers tells who is to be adopted, under the roster's spelling, and who is a stranger", async () => {
  const { client, sent } = recordedCognito(
    { Users: [live("known@example.com"), live("lost@example.com")], PaginationToken: "2" },
    { Users: [live("gone@example.com"), live("stranger@example.com")] },
  );
  const found = await findUnrecorded(client, {
    ...OPTIONS,
    state: [inState("known@example.com"), inState("gone@example.com", "leaving")],
    people: [person("known@example.com"), person("Lost@example.com")],
  });
  expect(found).toEqual({ people: ["Lost@example.com"], groups: [], strangers: ["stranger@example.com"] });
  expect(sent.map(({ operation }) => operation)).toEqual(["ListUsers", "ListUsers"]);
});

test("a pool that tells letter case apart takes Lost@ for somebody else", async () => {
  const { client } = recordedCognito({ Users: [live("lost@example.com")] });
  const people = [person("Lost@example.com")];
  const found = await findUnrecorded(client, { ...OPTIONS, caseSensitive: true, state: [], people });
  expect(found).toMatchObject({ people: [], strangers: ["lost@example.com"] });
});

test("groups are listed only when one is to be created, and adopted when it is there", async () => {
  const { client, sent } = recordedCognito(
    { Users: [] },
    { Groups: [{ GroupName: "ops" }, { GroupName: "x" }] },
  );
  const people = [person("a@example.com", { groups: ["ops", "dev"] })];
  expect(await findUnrecorded(client, { ...OPTIONS, state: [], people })).toMatchObject({ groups: ["ops"] });
  expect(sent).toHaveLength(2);
});

import { describe, expect, test } from "vitest";
import { renderPage } from "../../lib/page/render.ts";
import { accessChanges, accessSentences, type Beside } from "../../lib/review/gains.ts";
import { parsePlan } from "../../lib/review/plan.ts";
import { reviewPage } from "../../lib/review/render/html.ts";
import { reviewMarkdown } from "../../lib/review/render/markdown.ts";
import { reviewText } from "../../lib/review/render/terminal.ts";
import { paintFor } from "../../scripts/screen.ts";
import { person } from "../support/people.ts";
import { documentWith } from "./documents.ts";
import { account, type Change, change, leaving, planOf, users } from "./plans.ts";

const HANAKO = "hanako@example.com";
const TARO = "taro@example.com";

const stays = (address: string, values: object) => change(address, ["no-op"], values, values);
const someone = (username: string) => stays(users(username), account(username));
const membership = (username: string, group: string, actions: readonly string[]) => {
  const values = { username, group_name: group };
  return change(
    `aws_cognito_user_in_group.memberships[${JSON.stringify(`${username} in ${group}`)}]`,
    actions,
    actions.includes("create") ? null : values,
    actions.includes("delete") ? null : values,
  );
};
const inGroup = (username: string, group: string) => membership(username, group, ["no-op"]);
const group = (name: string, before: object | null, after: object | null = before, more: object = {}) =>
  change(
    `aws_cognito_user_group.groups_precedence_role_arn[${JSON.stringify(name)}]`,
    ["update"],
    before && { name, ...before },
    after && { name, ...after },
    { ...more },
  );
const OPS = { role_arn: "Ops", precedence: 10 };
const ADMINS = { role_arn: "Admin", precedence: 1 };
const WEB = {
  name: "Web",
  allowed_oauth_flows: ["code"],
  allowed_oauth_flows_user_pool_client: true,
  allowed_oauth_scopes: ["openid"],
  explicit_auth_flows: ["ALLOW_REFRESH_TOKEN_AUTH"],
  supported_identity_providers: ["COGNITO"],
};
const client = (block: string, before: object | null, after: object | null, more: object = {}) =>
  change(`aws_cognito_user_pool_client.${block}`, ["update"], before, after, { ...more });

const changesIn = (changes: readonly Change[], beside?: Beside) =>
  accessChanges(parsePlan(planOf(...changes)), beside);
const said = (changes: readonly Change[], beside?: Beside) => accessSentences(changesIn(changes, beside));

describe("what a plan changes of what a person can do", () => {
  test("nothing where nothing changes", () => {
    expect(
      said([someone(HANAKO), group("ops", OPS), inGroup(HANAKO, "ops"), client("client", WEB, WEB)]),
    ).toEqual([]);
  });

  test("a group's role comes with the group, and goes with it", () => {
    const groups = [group("ops", OPS), someone(HANAKO), someone(TARO)];
    expect(
      said([...groups, membership(HANAKO, "ops", ["create"]), membership(TARO, "ops", ["delete"])]),
    ).toEqual([`${HANAKO} gains: role Ops`, `${TARO} loses: role Ops`]);
  });

  test("another group with the same role changes nothing", () => {
    const groups = [group("ops", OPS), group("night", OPS), someone(HANAKO)];
    expect(
      said([...groups, membership(HANAKO, "ops", ["delete"]), membership(HANAKO, "night", ["create"])]),
    ).toEqual([]);
  });

  test("a group's new role reaches its members, though nothing is said of them", () => {
    expect(
      said([
        someone(HANAKO),
        someone(TARO),
        inGroup(HANAKO, "ops"),
        group("ops", OPS, { ...OPS, role_arn: "Deploy" }),
      ]),
    ).toEqual([`${HANAKO} gains: role Deploy; loses: role Ops`]);
  });

  test("a role that another resource of the plan creates has no ARN yet", () => {
    const later = group("ops", { precedence: 10 }, { precedence: 10 }, { after_unknown: { role_arn: true } });
    expect(said([someone(HANAKO), inGroup(HANAKO, "ops"), later])).toEqual([
      `${HANAKO} gains: role (known after the deploy)`,
    ]);
  });

  test("of several roles, which one tokens prefer", () => {
    const both = [someone(HANAKO), inGroup(HANAKO, "ops"), group("ops", OPS), group("admins", ADMINS)];
    expect(said([...both, membership(HANAKO, "admins", ["create"])])).toEqual([
      `${HANAKO} gains: role Admin, Admin as the preferred role; loses: Ops as the preferred role`,
    ]);
    expect(said([...both, membership(HANAKO, "admins", ["delete"])])).toEqual([
      `${HANAKO} gains: Ops as the preferred role; loses: role Admin`,
    ]);
  });

  test("an app client's scopes, and an app client, are everyone's", () => {
    const more = { ...WEB, allowed_oauth_scopes: ["openid", "api/write"] };
    expect(said([someone(HANAKO), client("client", WEB, more)])).toEqual([
      `${HANAKO} gains: scope api/write`,
    ]);
    expect(said([someone(HANAKO), client("client_web", null, WEB)])).toEqual([
      `${HANAKO} gains: sign-in through clients.web, scope openid in clients.web`,
    ]);
  });

  test("a machine's client is nobody's, and of one whose scopes aren't known yet nothing is said", () => {
    const machine = { ...WEB, allowed_oauth_flows: ["client_credentials"] };
    const unknown = { after_unknown: { allowed_oauth_scopes: [false, true] } };
    expect(said([someone(HANAKO), client("client_jobs", null, machine)])).toEqual([]);
    expect(
      said([someone(HANAKO), client("client", WEB, { ...WEB, allowed_oauth_scopes: [] }, unknown)]),
    ).toEqual([]);
  });

  test("the identity pool's role of everyone who signs in", () => {
    const roles = (before: object | null, after: object, unknown: object = {}) =>
      change("aws_cognito_identity_pool_roles_attachment.roles", ["update"], before, after, {
        after_unknown: unknown,
      });
    expect(
      said([someone(HANAKO), roles({ roles: { authenticated: "A" } }, { roles: { authenticated: "B" } })]),
    ).toEqual([`${HANAKO} gains: role B; loses: role A`]);
    expect(said([someone(HANAKO), roles(null, { roles: {} }, { roles: { authenticated: true } })])).toEqual([
      `${HANAKO} gains: role (known after the deploy)`,
    ]);
  });

  test("who joins or leaves gets a line already", () => {
    const off = account(TARO, { enabled: false });
    expect(
      said([
        group("ops", OPS),
        change(users(HANAKO), ["create"], null, account(HANAKO)),
        membership(HANAKO, "ops", ["create"]),
        change(leaving(TARO), ["update"], account(TARO), off, { previous_address: users(TARO) }),
        membership(TARO, "ops", ["delete"]),
      ]),
    ).toEqual([]);
  });

  test("people whom a plan of a part leaves out are as the roster has them", () => {
    const people = [person(HANAKO, { groups: ["ops"] }), person(TARO, { groups: ["ops"], enabled: false })];
    const newRole = [group("ops", OPS, { ...OPS, role_arn: "Deploy" })];
    expect(said(newRole, { people, partial: true })).toEqual([
      `${HANAKO} gains: role Deploy; loses: role Ops`,
    ]);
    expect(said(newRole, { people })).toEqual([]);
  });
});

describe("of many people", () => {
  const names = (count: number) =>
    Array.from({ length: count }, (_, index) => `p${String(index).padStart(2, "0")}`);
  const open = client("client", WEB, { ...WEB, allowed_oauth_scopes: ["openid", "api/write"] });

  test("up to ten are named, each with a sentence", () => {
    expect(said([...names(10).map(someone), open])).toHaveLength(10);
  });

  test("more are summed up, and who gains something else isn't lost among them", () => {
    const all = [...names(58).map(someone), group("ops", OPS), membership("p57", "ops", ["create"]), open];
    expect(said(all)).toEqual([
      "p57 gains: role Ops, scope api/write",
      "p00, p01, p02 and 54 more people gain: scope api/write",
    ]);
  });

  test("with more differences than a screen has room for, the rest is counted", () => {
    const each = names(15).flatMap((name) => [
      someone(name),
      group(name, { role_arn: `Role-${name}` }),
      membership(name, name, ["create"]),
    ]);
    expect(said(each)).toHaveLength(11);
    expect(said(each).at(-1)).toBe("5 more people gain or lose access: --json lists them");
  });
});

test("terminal, page, Markdown and JSON have it", () => {
  const document = documentWith([someone(HANAKO), group("ops", OPS), membership(HANAKO, "ops", ["create"])]);
  const text = `${HANAKO} gains: role Ops`;
  expect(document.gains).toEqual([{ people: [HANAKO], gains: [{ what: "role", name: "Ops" }], loses: [] }]);
  expect(reviewText(document, { paint: paintFor({ isTTY: false }) })).toContain(text);
  expect(renderPage(reviewPage(document))).toContain(text);
  expect(reviewMarkdown(document)).toContain("gains: role Ops");
});

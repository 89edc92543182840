import { describe, expect, test } from "vitest";
import { liveDifferences } from "../../lib/deploy/live-access.ts";
import { renderPage } from "../../lib/page/render.ts";
import {
  type AccessSettings,
  answering,
  declaredScopes,
  entitlementsOf,
  knownNames,
  roleNotes,
} from "../../lib/review/entitlements.ts";
import { accessDocument, accessPage, accessText } from "../../lib/review/render/entitlements.ts";

const ROLE = "arn:aws:iam::123456789012:role/";
const SETTINGS: AccessSettings = {
  groups: {
    admins: { precedence: 0, roleArn: `${ROLE}Admin` },
    ops: { precedence: 10, roleArn: `${ROLE}Ops` },
    staff: {},
  },
  clients: {
    web: {
      name: "Web",
      oauth: { callbackUrls: ["https://app.example.com"], scopes: ["openid", "api/read"] },
    },
    jobs: { name: "Jobs", secret: true, clientCredentials: { scopes: ["api/write"] } },
  },
};
const person = (username: string, groups: readonly string[] = [], more: object = {}) => ({
  username,
  groups,
  enabled: true,
  leaving: false,
  ...more,
});
const PEOPLE = [
  person("hanako@example.com", ["staff", "ops", "admins"]),
  person("taro@example.com", ["ops"]),
  person("kenji@example.com", ["ops"], { enabled: false }),
  person("mei@example.com", [], { leaving: true }),
];
const all = entitlementsOf(SETTINGS, PEOPLE);
const PLAIN = {
  paint: { red: same, green: same, yellow: same, cyan: same, bold: same, dim: same },
};
function same(text: string) {
  return text;
}

describe("what a person can do", () => {
  test("groups come by their precedence, and those without one last", () => {
    expect(all.people[0]?.groups.map(({ name }) => name)).toEqual(["admins", "ops", "staff"]);
  });

  test("of several roles, tokens prefer that of the lowest precedence", () => {
    expect(all.people[0]?.roles).toEqual([
      { arn: `${ROLE}Admin`, groups: ["admins"], preferred: true },
      { arn: `${ROLE}Ops`, groups: ["ops"], preferred: false },
    ]);
  });

  test("two roles of the same precedence: tokens prefer none", () => {
    const groups = { a: { precedence: 1, roleArn: "A" }, b: { precedence: 1, roleArn: "B" } };
    const [one] = entitlementsOf({ ...SETTINGS, groups }, [person("x", ["a", "b"])]).people;
    expect(one?.roles.map(({ preferred }) => preferred)).toEqual([false, false]);
  });

  test.each([
    { client: {}, by: ["api"], scopes: ["aws.cognito.signin.user.admin"] },
    {
      client: { oauth: { callbackUrls: ["https://a.example"] } },
      by: ["pages", "api"],
      scopes: ["openid", "aws.cognito.signin.user.admin"],
    },
    {
      client: { identityProviders: ["Google"], oauth: { callbackUrls: ["https://a.example"] } },
      by: ["api"],
      scopes: ["aws.cognito.signin.user.admin"],
    },
    {
      client: {
        authFlows: ["ALLOW_REFRESH_TOKEN_AUTH"],
        oauth: { callbackUrls: ["https://a.example"], scopes: ["email"] },
      },
      by: ["pages"],
      scopes: ["email"],
    },
  ] as const)("an app client lets people in by $by", ({ client, by, scopes }) => {
    const [one] = entitlementsOf({ client: { name: "app", ...client } }, [person("x")]).people;
    expect(one?.clients).toEqual([{ client: "client", name: "app", by, scopes }]);
  });

  test("a machine's client is nobody's way in", () => {
    expect(all.people[0]?.clients.map(({ client }) => client)).toEqual(["clients.web"]);
    expect(all.machines).toEqual([
      { client: "clients.jobs", name: "Jobs", by: ["machine"], scopes: ["api/write"] },
    ]);
  });
});

test.each([
  { query: { group: "ops" }, people: ["hanako", "taro", "kenji"], machines: 0 },
  { query: { role: `${ROLE}Admin` }, people: ["hanako"], machines: 0 },
  { query: { scope: "api/write" }, people: [], machines: 1 },
  { query: { person: "mei@example.com" }, people: ["mei"], machines: 0 },
])("who answers $query", ({ query, people, machines }) => {
  const found = answering(all, query);
  expect(found.people.map(({ username }) => username.split("@")[0])).toEqual(people);
  expect(found.machines).toHaveLength(machines);
});

test("what can be asked about is what roster and config.ts name", () => {
  expect(knownNames(all, SETTINGS)).toMatchObject({
    group: ["admins", "ops", "staff"],
    role: [`${ROLE}Admin`, `${ROLE}Ops`],
    scope: ["openid", "api/read", "aws.cognito.signin.user.admin", "api/write"],
  });
});

describe("what is shown", () => {
  const report = (query: object) => ({ ...answering(all, query), query, all: all.people.length });

  test("one person in full, and who can't sign in", () => {
    const text = accessText(report({ person: "kenji@example.com" }), PLAIN);
    expect(text).toContain("! disabled: can't sign in. What the account would have:");
    expect(text).toContain(`${ROLE}Ops  by ops  preferred`);
  });

  test("many people come in pages, and the next one is named", () => {
    const many = entitlementsOf(
      SETTINGS,
      Array.from({ length: 120 }, (_, n) => person(`p${n}`, ["ops"])),
    );
    const asked = { ...many, query: { group: "ops" }, all: 120 };
    expect(accessText(asked, PLAIN, 2)).toContain(
      "Page 2 of 3: 51–100 of 120. The next: npm run access -- --group ops --page 3",
    );
    expect(accessText(asked, PLAIN, 3)).not.toContain("The next");
  });

  test("the document and the page have everybody", () => {
    expect(accessDocument(report({}))).toMatchObject({ format: 1, inRoster: 4, people: { length: 4 } });
    const page = renderPage(accessPage(report({})));
    for (const { username } of PEOPLE) expect(page).toContain(username);
  });
});

describe("beside the user pool", () => {
  const names = { signInWith: "email", caseSensitive: false } as const;
  const declared = { groups: SETTINGS.groups, scopes: declaredScopes(SETTINGS), names };
  const same = {
    people: PEOPLE.map(({ username, groups, enabled, leaving }) => ({
      username,
      groups,
      enabled: enabled && !leaving,
    })),
    groups: Object.entries(SETTINGS.groups ?? {}).map(([name, one]) => ({ name, ...one })),
    clients: declaredScopes(SETTINGS),
  };

  test("nothing differs where it is as written, whatever the letter case", () => {
    const people = same.people.map((one) => ({ ...one, username: one.username.toUpperCase() }));
    expect(liveDifferences(all, { ...same, people }, declared)).toEqual([]);
  });

  test("every difference is told, each way", () => {
    const live = {
      people: [
        { username: "hanako@example.com", groups: ["ops", "admins", "night"], enabled: true },
        { username: "taro@example.com", groups: ["ops"], enabled: false },
        { username: "kenji@example.com", groups: ["ops"], enabled: true },
        { username: "eve@example.com", groups: ["admins"], enabled: true },
      ],
      groups: [
        { name: "admins", roleArn: `${ROLE}Other`, precedence: 0 },
        { name: "ops", roleArn: `${ROLE}Ops`, precedence: 3 },
        { name: "night", roleArn: `${ROLE}Night` },
      ],
      clients: [
        { name: "Web", scopes: ["openid", "email"] },
        { name: "old", scopes: ["phone"] },
      ],
    };
    expect(liveDifferences(all, live, declared)).toEqual([
      '"hanako@example.com" is in "night" in the pool, and not in the roster',
      '"hanako@example.com" is in "staff" in the roster, and not in the pool',
      '"taro@example.com" is disabled in the pool, and not in the roster',
      '"kenji@example.com" is disabled in the roster, and enabled in the pool',
      '"mei@example.com" is in the roster, and not in the pool',
      '"eve@example.com" is in the pool, and not in the roster: in "admins"',
      `the group "admins" gives the role ${ROLE}Other in the pool, and the role ${ROLE}Admin in config.ts`,
      'the group "ops" has the precedence 3 in the pool, and the precedence 10 in config.ts',
      `the group "night" is in the pool, and not in config.ts: it gives the role ${ROLE}Night`,
      'the app client "Web" has email in the pool, and not in config.ts',
      'the app client "Web" has api/read in config.ts, and not in the pool',
      'the app client "old" is in the pool, and not in config.ts: its scopes are phone',
    ]);
    expect(liveDifferences(all, live, { ...declared, only: "eve@example.com" })[0]).toContain("eve@");
  });
});

describe("of an identity pool, what a roster can't answer", () => {
  test.each([
    { settings: {}, says: [] },
    { settings: { identityPool: { authenticatedRoleArn: `${ROLE}Everyone` } }, says: [] },
    {
      settings: { identityPool: {} },
      says: [/^The identity pool's role for everyone .* is created by the deploy/],
    },
    {
      settings: {
        identityPool: {
          authenticatedRoleArn: `${ROLE}Everyone`,
          roleRules: [{ claim: "custom:department", value: "sales", roleArn: `${ROLE}Sales` }],
          otherwise: "deny" as const,
        },
      },
      says: [
        /depends on the token: arn:aws:iam::123456789012:role\/Sales where custom:department Equals "sales"$/,
        /gives no credentials/,
      ],
    },
  ])("$settings", ({ settings, says }) => {
    expect(roleNotes(settings)).toEqual(says.map((one) => expect.stringMatching(one)));
  });

  test("is said in the terminal, on the page and in JSON", () => {
    const notes = roleNotes({ identityPool: {} });
    const report = { ...answering(all, {}), query: {}, all: 4, notes };
    expect(accessText(report, PLAIN)).toContain(`  ! ${notes[0]}`);
    expect(renderPage(accessPage(report))).toContain("is created by the deploy");
    expect(accessDocument(report)).toMatchObject({ notes });
  });

  test("a role of a rule can be asked about", () => {
    const roleRules = [{ claim: "a", value: "b", roleArn: `${ROLE}Sales` }];
    expect(knownNames(all, { ...SETTINGS, identityPool: { roleRules } }).role).toContain(`${ROLE}Sales`);
  });
});

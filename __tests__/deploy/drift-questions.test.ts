import { describe, expect, test } from "vitest";
import { type DriftQuestions, driftQuestions } from "../../lib/deploy/drift-questions.ts";
import { driftOfPeople, matchPeople } from "../../lib/deploy/find-drift.ts";
import { type DirectoryPerson, rosterName } from "../../lib/directory/pool/people.ts";
import { type DriftedMembership, NO_DRIFT } from "../../lib/review/drift.ts";
import { parsePlan } from "../../lib/review/plan.ts";
import { questionsDocument, questionsText } from "../../lib/review/render/questions.ts";
import { reviewOf } from "../../lib/review/review.ts";
import { parseRosterFiles, type RosterText } from "../../lib/roster/parse.ts";
import { rosterRules, type Settings } from "../../lib/stack/settings.ts";
import { planOf } from "../review/plans.ts";

const HANAKO = "hanako@example.com";
const USERS = `{
  "users": {
    // Runs the team.
    "hanako@example.com": { "attributes": { "name": "Hanako" }, "groups": ["ops"] },
    "taro@example.com": { "leaving": true }, // since May
    "bot@example.com": { "invite": "none", "enabled": false }
  }
}
`;
const FILES = [{ name: "users.jsonc", file: "users.jsonc", text: USERS }];

const account = (
  email: string,
  attributes: Record<string, string> = {},
  more: Partial<DirectoryPerson> = {},
): DirectoryPerson => ({
  username: `sub-of-${email}`,
  sub: `sub-of-${email}`,
  attributes: { email, email_verified: "true", ...attributes },
  enabled: true,
  status: "CONFIRMED",
  ...more,
});

/** As the last deploy left everybody. */
const DEPLOYED = [
  account(HANAKO, { name: "Hanako" }),
  account("taro@example.com", {}, { enabled: false }),
  account("bot@example.com", {}, { enabled: false }),
];
const STATE = DEPLOYED.map(({ sub, attributes, enabled }) => ({
  type: "aws_cognito_user",
  name: attributes.email === "taro@example.com" ? "leaving" : "users",
  key: attributes.email ?? "",
  attributes: { attributes: { ...attributes, sub }, enabled, sub },
}));

interface Pool {
  readonly people?: readonly DirectoryPerson[];
  readonly memberships?: readonly DriftedMembership[];
  readonly groups?: (typeof NO_DRIFT)["groups"];
  readonly texts?: readonly RosterText[];
  readonly settings?: Partial<Settings>;
  readonly unconfirmed?: readonly string[];
}

const NAMES = { signInWith: "email", caseSensitive: false } as const;

function readRoster(texts: readonly RosterText[], settings: Settings) {
  const { roster, problems } = parseRosterFiles(texts, "users.jsonc", rosterRules(settings));
  if (roster === undefined) throw new Error(problems.map(({ message }) => message).join("; "));
  return roster;
}

/** The questions of a pool that others have changed: people as a plan compares them, groups as it would tell them. */
function ask(pool: Pool): DriftQuestions {
  const { people = DEPLOYED, memberships = [], groups = [], texts = FILES } = pool;
  const settings: Settings = {
    stack: "x",
    roster: "users.jsonc",
    pool: { name: "people" },
    client: { name: "app" },
    ...pool.settings,
  };
  const roster = readRoster(texts, settings);
  const matched = matchPeople(STATE, people, NAMES);
  const accounts = new Map(people.map((person) => [rosterName(person, "email"), person]));
  return driftQuestions({
    drift: {
      ...NO_DRIFT,
      people: driftOfPeople(matched.recorded, roster.people).people,
      memberships,
      groups,
    },
    strangers: matched.unknown.map(({ name }) => name),
    unconfirmed: pool.unconfirmed,
    live: { accountOf: (name) => accounts.get(name), members: { groups: [], of: new Map() } },
    project: {
      settings,
      roster,
      texts,
      written: roster,
      day: "2026-01-01",
      placeOf: () => ({ file: "users.jsonc" }),
      digest: "",
      warnings: [],
    },
    pool: { userPoolId: "us-east-1_x", region: "us-east-1" },
    review: reviewOf(parsePlan(planOf()), {}),
    refused: [],
  });
}

/** With one account changed. */
const changed = (email: string, attributes: Record<string, string>, more: Partial<DirectoryPerson> = {}) =>
  DEPLOYED.map((person) => (person.attributes.email === email ? account(email, attributes, more) : person));

const only = ({ asked }: DriftQuestions) => {
  expect(asked).toHaveLength(1);
  const [question] = asked;
  if (question === undefined) throw new Error("nothing is asked");
  return question;
};

/** The lines that are others once the answer is yes. */
const linesOf = (questions: DriftQuestions) => {
  const before = USERS.split("\n");
  const [text = ""] = only(questions).texts.map((one) => one.text);
  return text.split("\n").filter((line) => !before.includes(line));
};

test("a pool as it was deployed asks nothing, and leaves nothing", () => {
  expect(ask({})).toEqual({ asked: [], later: [], left: [] });
});

describe("kept by a change of the line, comments and all", () => {
  test.each<[string, Pool, string]>([
    [
      "another name",
      { people: changed(HANAKO, { name: "Hana" }) },
      '    "hanako@example.com": { "attributes": { "name": "Hana" }, "groups": ["ops"] },',
    ],
    [
      "a name that was taken out",
      { people: changed(HANAKO, {}) },
      '    "hanako@example.com": { "groups": ["ops"] },',
    ],
    [
      "an address that is not verified any more",
      { people: changed(HANAKO, { name: "Hanako", email_verified: "false" }) },
      '    "hanako@example.com": { "attributes": { "name": "Hanako" }, "groups": ["ops"], "emailVerified": false },',
    ],
    [
      "disabled",
      { people: changed(HANAKO, { name: "Hanako" }, { enabled: false }) },
      '    "hanako@example.com": { "attributes": { "name": "Hanako" }, "groups": ["ops"], "enabled": false },',
    ],
    ["enabled", { people: changed("bot@example.com", {}) }, '    "bot@example.com": { "invite": "none" }'],
    [
      "deleted",
      { people: DEPLOYED.slice(1) },
      '    "hanako@example.com": { "attributes": { "name": "Hanako" }, "groups": ["ops"], "leaving": true },',
    ],
    [
      "another address, by which the person is known",
      {
        people: [
          account(
            "hana@example.com",
            { name: "Hanako" },
            { username: `sub-of-${HANAKO}`, sub: `sub-of-${HANAKO}` },
          ),
          ...DEPLOYED.slice(1),
        ],
      },
      '    "hana@example.com": { "attributes": { "name": "Hanako" }, "groups": ["ops"], "formerly": "hanako@example.com" },',
    ],
    [
      "put into a group",
      { memberships: [{ username: HANAKO, group: "dev", what: "added" }] },
      '    "hanako@example.com": { "attributes": { "name": "Hanako" }, "groups": ["ops", "dev"] },',
    ],
    [
      "taken out of one",
      { memberships: [{ username: HANAKO, group: "ops", what: "removed" }] },
      '    "hanako@example.com": { "attributes": { "name": "Hanako" } },',
    ],
    [
      "made by hand, which no roster knows",
      {
        people: [...DEPLOYED, account("guest@example.com", { name: "Guest" }, { enabled: false })],
        memberships: [{ username: "guest@example.com", group: "ops", what: "added", stranger: true }],
      },
      '    "guest@example.com": { "attributes": { "name": "Guest" }, "groups": ["ops"], "enabled": false }',
    ],
    [
      "a group made by hand, with somebody of the roster in it",
      {
        memberships: [{ username: HANAKO, group: "night", what: "added" }],
        groups: [{ name: "night", members: 1 }],
      },
      '    "hanako@example.com": { "attributes": { "name": "Hanako" }, "groups": ["ops", "night"] },',
    ],
  ])("%s", (_, pool, line) => {
    expect(linesOf(ask(pool))).toContain(line);
  });

  test.each<[string, Pool]>([
    ["attributes", { people: changed(HANAKO, { name: "Hana", email_verified: "false" }) }],
    ["who may sign in", { people: changed("bot@example.com", {}) }],
    ["somebody new", { people: [...DEPLOYED, account("guest@example.com", { nickname: "G" })] }],
  ])("after a yes the same pool asks nothing more: %s", (_, pool) => {
    const { texts } = only(ask(pool));
    const again = ask({ ...pool, texts });
    expect(again.asked).toEqual([]);
  });

  test("what else stands in a line's groups stays, whatever it is", () => {
    const text = USERS.replace('["ops"]', '["ops", "dev"]');
    const [file] = FILES;
    const questions = ask({
      texts: [{ name: "users.jsonc", file: file?.file ?? "", text }],
      memberships: [{ username: HANAKO, group: "ops", what: "removed" }],
    });
    expect(only(questions).texts[0]?.text).toContain('"groups": ["dev"]');
  });

  test("the whole of what has changed of somebody is one question", () => {
    const question = only(
      ask({
        people: changed(HANAKO, { name: "Hana" }, { enabled: false }),
        memberships: [{ username: HANAKO, group: "dev", what: "added" }],
      }),
    );
    expect(question.found).toEqual(["the account was disabled", "changed: name", "was added to dev"]);
    expect(question.undo.map(({ command }) => command)).toEqual([
      `npm run deploy -- --enable ${HANAKO}`,
      "npm run deploy",
    ]);
  });

  test("two answers can be given at once", () => {
    const { asked } = ask({
      people: changed(HANAKO, { name: "Hana" }),
      memberships: [{ username: HANAKO, group: "night", what: "added" }],
      groups: [{ name: "night", members: 1 }],
    });
    const [{ text = "" } = {}] = asked.reduce<readonly RosterText[]>((all, one) => one.keepIn(all), FILES);
    expect(text).toContain(
      '"hanako@example.com": { "attributes": { "name": "Hana" }, "groups": ["ops", "night"] }',
    );
  });
});

describe("stays in the report, with the reason", () => {
  test.each<[string, Pool, string, RegExp]>([
    [
      "somebody who is another account by now",
      { people: changed(HANAKO, { name: "Hanako" }, { sub: "other" }) },
      HANAKO,
      /is another account now/,
    ],
    [
      "somebody who is leaving, and was let in again",
      { people: changed("taro@example.com", {}) },
      "taro@example.com",
      /is leaving/,
    ],
    [
      "an account that signed up, and has not confirmed",
      { people: [...DEPLOYED, account("new@example.com")], unconfirmed: ["new@example.com"] },
      "new@example.com",
      /signed up/,
    ],
    [
      "an account of another identity provider",
      { people: [...DEPLOYED, account("g@example.com", {}, { status: "EXTERNAL_PROVIDER" })] },
      "g@example.com",
      /external identity provider/,
    ],
    [
      "everybody, where people sign up by themselves",
      {
        people: [...DEPLOYED, account("new@example.com")],
        settings: { pool: { name: "people", selfSignUp: true } },
      },
      "1 account outside the roster",
      /pool\.selfSignUp/,
    ],
    [
      "a group that nobody of the roster is in",
      { groups: [{ name: "night", members: 3 }] },
      "group night",
      /declare it in config\.ts/,
    ],
    [
      "a group that config.ts does not have, where it has groups",
      {
        memberships: [{ username: HANAKO, group: "night", what: "added" }],
        groups: [{ name: "night", members: 1 }],
        settings: { groups: { ops: {} } },
      },
      "group night",
      /the roster can't keep it: .*night/,
    ],
    [
      "somebody whom config.ts requires, and who was disabled",
      {
        people: changed(HANAKO, { name: "Hanako" }, { enabled: false }),
        settings: { guards: { required: [HANAKO] } },
      },
      HANAKO,
      /required by config\.ts, but not enabled/,
    ],
  ])("%s", (_, pool, who, why) => {
    const { asked, left } = ask(pool);
    expect(asked).toEqual([]);
    expect(left).toEqual([{ who, why: expect.stringMatching(why) }]);
  });

  test("whoever comes after the twentieth at once", () => {
    const people = Array.from({ length: 22 }, (_, index) => account(`guest${index}@example.com`));
    const { asked, later, left } = ask({ people: [...DEPLOYED, ...people] });
    expect([asked.length, later.length, left.length]).toEqual([20, 2, 2]);
  });
});

describe("a roster in several files", () => {
  const texts = ["a", "b"].map((name) => ({
    name: `${name}.json`,
    file: `${name}.json`,
    text:
      name === "a"
        ? `{ "users": { "${HANAKO}": { "attributes": { "name": "Hanako" } } } }`
        : '{ "users": { "taro@example.com": { "leaving": true }, "bot@example.com": { "enabled": false } } }',
  }));

  test("keeps somebody in their own file", () => {
    const { texts: files } = only(ask({ texts, people: changed("bot@example.com", {}) }));
    expect(files.map(({ name }) => name)).toEqual(["b.json"]);
  });

  test("takes somebody in where their groups may be given", () => {
    const settings = { groups: { ops: { grantedIn: ["b.json"] } } };
    const question = only(
      ask({
        texts,
        settings,
        people: [...DEPLOYED, account("guest@example.com")],
        memberships: [{ username: "guest@example.com", group: "ops", what: "added", stranger: true }],
      }),
    );
    expect(question.texts.map(({ name }) => name)).toEqual(["b.json"]);
    expect(question.keep).toContain("the line is in b.json: move it where it belongs");
  });
});

describe("never twice", () => {
  const documentOf = (pool: Pool, environment?: string) =>
    questionsDocument(ask(pool), environment).questions;
  const hana = { people: changed(HANAKO, { name: "Hana" }) };

  test("the branch is the person's, and the digest the change's", () => {
    const [one] = documentOf(hana);
    const [same] = documentOf({ ...hana, texts: FILES.map((file) => ({ ...file, text: `${file.text}\n` })) });
    const [other] = documentOf({ people: changed(HANAKO, { name: "Hanae" }) });
    expect(same).toMatchObject({ branch: one?.branch, digest: one?.digest });
    expect(other?.branch).toBe(one?.branch);
    expect(other?.digest).not.toBe(one?.digest);
    expect(one?.branch).toMatch(/^drift\/hanako-example-com-[0-9a-f]{8}$/);
  });

  test("each environment asks for itself", () => {
    const [one] = documentOf(hana, "staging");
    expect(one?.branch).toMatch(/^drift\/staging\/hanako/);
    expect(one?.body.startsWith(`<!-- cognito-roster-question ${one.branch} ${one.digest} -->\n`)).toBe(true);
  });

  test("a person and a group of one name are two", () => {
    const branches = documentOf({
      memberships: [
        { username: HANAKO, group: HANAKO, what: "added" },
        { username: HANAKO, group: "dev", what: "added" },
      ],
      groups: [{ name: HANAKO, members: 1 }],
    }).map(({ branch }) => branch);
    expect(new Set(branches).size).toBe(2);
  });
});

describe("the text of a pull request", () => {
  const [hanako] = questionsDocument(
    ask({ people: changed(HANAKO, { name: "Secret Value" }) }),
    undefined,
  ).questions;

  test("says what was done, what a merge means, and what undoes it; values stand only in the files", () => {
    expect(hanako?.body).toContain("changed: name");
    expect(hanako?.body).toContain("**To keep it, merge this.**");
    expect(hanako?.body).toContain("<code>npm run deploy</code> — a deploy puts it back");
    expect(`${hanako?.title}${hanako?.body}`).not.toContain("Secret Value");
    expect(Buffer.from(hanako?.files[0]?.content ?? "", "base64").toString()).toContain("Secret Value");
  });

  test("about an account that somebody made says that whoever merges lets it stay, and how to shut it out", () => {
    const [guest] = questionsDocument(
      ask({ people: [...DEPLOYED, account("guest@example.com")] }),
      undefined,
    ).questions;
    expect(guest?.title).toBe("Let guest@example.com, who isn't in the roster, stay?");
    expect(guest?.body).toContain("merging this lets <code>guest@example.com</code> stay");
    expect(guest?.body).toContain("--adopt");
    expect(guest?.body).toContain("admin-disable-user --user-pool-id us-east-1_x");
  });

  test("what comes from the pool is no Markdown, and mentions nobody", () => {
    const name = "@everyone<img>";
    const memberships = [{ username: HANAKO, group: name, what: "added" }] as const;
    const [one] = questionsDocument(
      ask({ memberships, groups: [{ name, members: 1 }] }),
      undefined,
    ).questions;
    expect(one?.body).not.toContain("<img");
    expect(one?.body).toContain("<code>@everyone&lt;img&gt;</code>");
  });

  test("says which other environments a yes is a yes for", () => {
    const [one] = questionsDocument(ask({ people: changed(HANAKO, { name: "H" }) }), "dev", [
      "prod",
    ]).questions;
    expect(one?.body).toContain("The same roster is deployed to prod, so it applies there too");
  });
});

test("a terminal shows how to keep each, how to undo it, and what is left", () => {
  const { asked, left } = ask({
    people: changed(HANAKO, { name: "Hana" }),
    groups: [{ name: "night", members: 3 }],
  });
  const plain = (text: string) => text;
  const paint = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain, cyan: plain };
  const text = questionsText(
    { asked: asked.map((one) => ({ ...one, command: "npm run drift -- --keep X" })), left },
    { paint },
  );
  expect(text).toContain("→ keep it: npm run drift -- --keep X");
  expect(text).toContain("→ undo it (a deploy puts it back): npm run deploy");
  expect(text).toContain("group night: was created in the user pool");
  expect(text).toContain("1 change made by hand can be kept");
});

import type { Page } from "../../lib/page/report.ts";

/** A plan's page as ours look: some of everything that can happen to a person. */
export const examplePage: Page = {
  title: "Plan for cognito-roster: 4 people join, 2 leave",
  heading: "Plan for cognito-roster",
  verdict: { text: "4 people join, 2 leave, 3 change, 1 other change — nothing irreversible", tone: "good" },
  facts: [
    { label: "AWS account", value: "123456789012" },
    { label: "Region", value: "ap-northeast-1" },
    { label: "User pool", value: "ap-northeast-1_aB3dE5fG7" },
    { label: "Invitations by e-mail", value: "3 of 50 a day" },
    { label: "Time to create", value: "about 1 second" },
    { label: "Billed monthly active users", value: "0" },
  ],
  bar: [
    { label: "join", count: 4, tone: "good" },
    { label: "change", count: 3, tone: "info" },
    { label: "leave", count: 2, tone: "warn" },
    { label: "stay as they are", count: 31, tone: "quiet" },
  ],
  kinds: [
    { id: "deleted", label: "Deleted", tone: "bad" },
    { id: "leaves", label: "Leaves", tone: "warn" },
    { id: "joins", label: "Joins", tone: "good" },
    { id: "returns", label: "Returns", tone: "good" },
    { id: "changes", label: "Changes", tone: "info" },
    { id: "settings", label: "Settings", tone: "info" },
    { id: "undeclared", label: "Undeclared", tone: "quiet" },
  ],
  rows: [
    {
      kind: "leaves",
      who: "taro.suzuki@example.com",
      what: ["leaves: disabled and signed out now, deleted when the line is removed", "out of ops"],
    },
    {
      kind: "leaves",
      who: "m.fischer@example.com",
      what: ["leaves: disabled and signed out now, deleted when the line is removed"],
    },
    {
      kind: "joins",
      who: "hanako.yamada@example.com",
      what: ["joins, invited by e-mail", "into ops, billing"],
    },
    { kind: "joins", who: "amelie.dubois@example.com", what: ["joins, invited by e-mail", "into support"] },
    { kind: "joins", who: "li.wei@example.com", what: ["joins, invited by e-mail"] },
    {
      kind: "joins",
      who: "ci-bot@example.com",
      what: ["joins, no invitation", "into robots"],
      help: "npm run issue-password -- ci-bot@example.com",
    },
    { kind: "changes", who: "kenji.tanaka@example.com", what: ["into billing", "out of support"] },
    { kind: "changes", who: "olga.petrova@example.com", what: ["changes name, phone_number"] },
    {
      kind: "changes",
      who: "r.okafor@example.com",
      what: ["changes email: has to be verified anew before a password can be reset by it"],
    },
    {
      kind: "settings",
      who: "user pool",
      what: [
        "password_policy.minimum_length: 12 → 14, for passwords chosen from now on",
        "mfa_configuration: OPTIONAL → ON, everyone without an authenticator app sets one up at the next sign-in",
      ],
    },
    {
      kind: "undeclared",
      who: "intern-2023@example.com",
      what: ["in the user pool, but in no roster: left alone"],
    },
  ],
  notes: [
    "Attribute values are not shown; --show-values shows them.",
    "1 person is in the user pool but in no roster: nothing happens to them.",
  ],
};

/** The same with many people. */
export const crowdedPage = (people: number): Page => ({
  ...examplePage,
  rows: Array.from({ length: people }, (_, index) => ({
    kind: index % 2 === 0 ? "joins" : "leaves",
    who: `person-${index}@example.com`,
    what: ["invited by e-mail", `into group-${index % 7}`],
  })),
});

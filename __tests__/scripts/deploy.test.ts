import { expect, test } from "vitest";
import { PASSWORD_POLICY } from "../../lib/stack/defaults.ts";
import { deployedText } from "../../scripts/deploy.ts";
import { paintFor } from "../../scripts/screen.ts";
import { documentOf, documentWith } from "../review/documents.ts";
import { fixture } from "../review/fixtures.ts";
import { account, change, users } from "../review/plans.ts";

const DEPLOYMENT = {
  userPoolId: "us-east-1_x",
  clientId: "client",
  region: "us-east-1",
  clientSecret: "secret",
  passwordPolicy: PASSWORD_POLICY,
};
const told = (document: Parameters<typeof deployedText>[0], signedOut: string[] = []) =>
  deployedText(document, { deployment: DEPLOYMENT, signedOut }, { paint: paintFor({ isTTY: false }) });

test("the outputs, who was invited and how, who was not, and how they log in; never the secret", () => {
  const text = told(documentOf(fixture("joins").plan));
  expect(text).toBe(
    [
      "✔ Deployed",
      "  user pool   us-east-1_x",
      "  app client  client",
      "  region      us-east-1",
      "  → invited by e-mail, with a temporary password: hanako@example.com, kenji@example.com, taro@example.com",
      "  → invited by SMS, with a temporary password: maria@example.com",
      "  → without an invitation (set a password with npm run issue-password): ci-bot@example.com",
      "  → first sign-in: in your app, or here: npm run first-login -- hanako@example.com",
      "",
    ].join("\n"),
  );
});

test("of many, the first are named", () => {
  const many = Array.from({ length: 30 }, (_, index) =>
    change(users(`p${index}`), ["create"], null, account(`p${index}`)),
  );
  expect(told(documentWith(many))).toMatch(/: p0, .*, p9, and 20 more\n/);
});

test("who was signed out", () => {
  expect(told(documentOf(fixture("everyday").plan), ["taro@example.com"])).toMatch(
    /→ signed out everywhere: taro@example\.com\n$/,
  );
});

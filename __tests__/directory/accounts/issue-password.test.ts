import { describe, expect, test } from "vitest";
import { brokenRules } from "../../../lib/auth/new-password.ts";
import { passwordsFor, receiversOf, setPasswords } from "../../../lib/directory/accounts/issue-password.ts";
import { buildStatus } from "../../../lib/directory/status/board.ts";
import { PASSWORD_POLICY } from "../../../lib/stack/defaults.ts";
import { cognitoException } from "../../auth/recorded-cognito.ts";
import { person } from "../../support/people.ts";
import { living, NAMES, NOW, pending } from "../status/living.ts";
import { recordedAccounts } from "./recorded-accounts.ts";

const board = buildStatus(
  [person("bot@x.jp", { invite: "none" }), person("done@x.jp"), person("up@x.jp"), person("lost@x.jp")],
  [
    pending("bot@x.jp"),
    living("done@x.jp"),
    living("up@x.jp", { status: "UNCONFIRMED" }),
    living("g", { username: "google_1", attributes: {}, status: "EXTERNAL_PROVIDER" }),
  ],
  { userPoolId: "p", names: NAMES, validityDays: 7, mfaRequired: false, now: NOW },
);
const receivers = (usernames: string[], { reset = false, done = [] as string[] } = {}) =>
  receiversOf(board, usernames, NAMES, { reset, done: new Set(done) });

describe("who gets a password", () => {
  test("whoever has not finished, by the roster's name and Cognito's own", () => {
    expect(receivers(["BOT@x.jp", "bot@x.jp"])).toMatchObject([
      { username: "bot@x.jp", seen: { username: "sub-of-bot@x.jp" } },
    ]);
  });

  test.each([
    ["done@x.jp", "already has their own password"],
    ["up@x.jp", "already has their own password"],
    ["lost@x.jp", "is in the roster but not in the pool"],
    ["google_1", "signs in through an external identity provider"],
    ["nobody@x.jp", "is not in the user pool p"],
  ])("not %s, who %s, nor those beside them", (username, words) => {
    expect(() => receivers(["bot@x.jp", username])).toThrow(`${username} ${words}`);
  });

  test("--reset takes it from those who have finished, but makes nobody of the others", () => {
    expect(receivers(["done@x.jp", "up@x.jp"], { reset: true })).toHaveLength(2);
    expect(() => receivers(["google_1"], { reset: true })).toThrow("external");
  });

  test("whoever got theirs from the run that is taken up is no refusal", () => {
    expect(receivers(["done@x.jp"], { done: ["done@x.jp"] })).toHaveLength(1);
  });
});

test("passwords keep to the pool's policy, differ, and have no character that is mistaken for another", () => {
  const policy = { ...PASSWORD_POLICY, minimumLength: 20 };
  const many = Array.from({ length: 500 }, (_, index) => ({
    username: `p${index}`,
    seen: pending(`p${index}`),
  }));
  const passwords = passwordsFor(many, policy).map(({ password }) => password);
  expect(new Set(passwords).size).toBe(500);
  for (const password of passwords) {
    expect(brokenRules(password, policy)).toEqual([]);
    expect(password).not.toMatch(/[O0Il1]/);
  }
});

describe("setting passwords", () => {
  const RECEIVERS = ["a", "b"].map((username) => ({ username, seen: pending(username) }));
  const PASSWORDS = RECEIVERS.map(({ username }) => ({ username, password: `Secret-of-${username}` }));
  const SEEN = RECEIVERS.map(({ seen }) => seen);
  const options = { userPoolId: "p", receivers: RECEIVERS, passwords: PASSWORDS };

  test.each([true, false])("each gets theirs, permanent: %s", async (permanent) => {
    const { client, sent } = recordedAccounts(SEEN, {}, {});
    await setPasswords(client, { ...options, permanent });
    expect(sent.map(({ operation, input }) => [operation, input])).toEqual(
      ["a", "b"].map((name) => [
        "AdminSetUserPassword",
        { UserPoolId: "p", Username: `sub-of-${name}`, Password: `Secret-of-${name}`, Permanent: permanent },
      ]),
    );
  });

  test.each([
    ["finished the first login in the meantime", [living("a")]],
    ["was disabled meanwhile", [pending("a", 1, { enabled: false })]],
    ["is no longer in the user pool", []],
  ])("whoever %s is left alone, and the others get theirs", async (reason, now) => {
    const { client, sent } = recordedAccounts([...now, pending("b")], {});
    expect(await setPasswords(client, { ...options, permanent: false })).toMatchObject([
      { username: "a", state: "skipped", reason },
      { username: "b", state: "done" },
    ]);
    expect(sent.map(({ input }) => input.Username)).toEqual(["sub-of-b"]);
  });

  test("what fails has words without the password, even where the server repeats it", async () => {
    const echo = cognitoException("InvalidPasswordException", "Secret-of-a is too short");
    const { client } = recordedAccounts(SEEN, echo, {});
    const [first, second] = await setPasswords(client, { ...options, permanent: false });
    expect(first).toMatchObject({ state: "failed", error: { exitCode: 1 } });
    expect(first?.state === "failed" && String(first.error)).not.toContain("Secret");
    expect(second?.state).toBe("done");
  });
});

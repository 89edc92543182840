import { describe, expect, test } from "vitest";
import { type Choice, inviteesOf } from "../../../lib/directory/accounts/invite.ts";
import { buildStatus } from "../../../lib/directory/status/board.ts";
import { UserError } from "../../../lib/errors.ts";
import { person } from "../../support/people.ts";
import { living, NAMES, NOW, pending } from "../status/living.ts";

const board = buildStatus(
  [
    person("new@x.jp"),
    person("late@x.jp"),
    person("phone@x.jp", { invite: "sms", phone: "+819012345678" }),
    person("bot@x.jp", { invite: "none" }),
    person("done@x.jp"),
    person("reset@x.jp"),
    person("off@x.jp", { enabled: false }),
    person("offline@x.jp"),
    person("out@x.jp", { leaving: true }),
    person("lost@x.jp"),
    person("signed-up@x.jp"),
  ],
  [
    pending("New@X.jp", 2),
    pending("late@x.jp", 9),
    pending("phone@x.jp", 3),
    pending("bot@x.jp"),
    living("done@x.jp"),
    living("reset@x.jp", { status: "RESET_REQUIRED" }),
    pending("off@x.jp"),
    pending("offline@x.jp", 1, { enabled: false }),
    pending("out@x.jp", 1, { enabled: false }),
    living("signed-up@x.jp", { status: "UNCONFIRMED" }),
    pending("stranger@x.jp"),
    pending("nobody", 1, { attributes: {} }),
    pending("caller", 1, { username: "caller", attributes: { phone_number: "+1" } }),
    living("google_1", { username: "google_1", attributes: {}, status: "EXTERNAL_PROVIDER" }),
  ],
  { userPoolId: "p", names: NAMES, validityDays: 7, mfaRequired: false, now: NOW },
);
const invitees = (choice: Choice, done?: ReadonlySet<string>) => inviteesOf(board, choice, NAMES, done);

describe("who is invited again", () => {
  test("by name, in the order typed, nobody twice, with the pool's spelling and the person's own medium", () => {
    expect(invitees(["phone@x.jp", "NEW@x.jp", "new@x.jp"]).people).toMatchObject([
      { username: "phone@x.jp", medium: "SMS" },
      { username: "New@X.jp", medium: "EMAIL" },
    ]);
  });

  test("whom the roster does not have by what the pool can reach them", () => {
    expect(invitees(["stranger@x.jp", "caller"]).people).toMatchObject([
      { username: "stranger@x.jp", medium: "EMAIL" },
      { username: "caller", medium: "SMS" },
    ]);
  });

  test("--expired: everyone of the roster whose password has run out", () => {
    expect(invitees("expired")).toMatchObject({
      people: [{ username: "late@x.jp", medium: "EMAIL" }],
      uninvited: [],
    });
  });

  test("--all-pending: everyone of the roster who has one, the soonest to run out first; not who gets none", () => {
    const { people, uninvited } = invitees("all-pending");
    expect(people.map(({ username }) => username)).toEqual(["late@x.jp", "phone@x.jp", "New@X.jp"]);
    expect(uninvited).toEqual(["bot@x.jp"]);
  });
});

describe("who is refused, in words, and the others with them", () => {
  test.each([
    ["done@x.jp", "has already finished the first login", "npm run forgot-password -- done@x.jp"],
    ["reset@x.jp", "has already finished the first login", "npm run forgot-password -- reset@x.jp"],
    ["bot@x.jp", 'gets no invitation ("invite": "none")', "npm run issue-password -- bot@x.jp"],
    ["off@x.jp", "is disabled", "npm run deploy"],
    ["offline@x.jp", "is disabled", "npm run deploy"],
    ["out@x.jp", "is leaving", "leaving"],
    ["lost@x.jp", "is in the roster but not in the pool", "npm run deploy"],
    ["signed-up@x.jp", "was never invited (status UNCONFIRMED)", "admin-confirm-sign-up"],
    ["google_1", "signs in through an external identity provider", "npm run status"],
    ["sub-of-nobody", "has neither an e-mail address nor a phone number", "npm run issue-password"],
    ["unheard-of@x.jp", "is not in the user pool p", "npm run status"],
  ])("%s %s", (username, reason, next) => {
    const refusal = (() => {
      try {
        invitees(["new@x.jp", username]);
      } catch (error) {
        return error;
      }
    })();
    expect(refusal).toBeInstanceOf(UserError);
    const { message, exitCode, next: steps } = refusal as UserError;
    expect(message).toContain(`${username} ${reason}`);
    expect(steps.join("\n")).toContain(next);
    expect(exitCode).toBe(2);
  });

  test("but not who was sent theirs by the run that is taken up, and has finished since", () => {
    expect(invitees(["done@x.jp", "new@x.jp"], new Set(["done@x.jp"])).people).toHaveLength(2);
  });
});

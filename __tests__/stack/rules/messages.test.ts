import { describe, expect, test } from "vitest";
import type { PoolSettings } from "../../../lib/stack/settings.ts";
import { told, usable } from "./usable.ts";

const text = (length: number) => "x".repeat(length);

describe("messages", () => {
  const full = "Dear {username}: {####}";

  test.each<[string, Partial<PoolSettings>, string]>([
    [
      "an invitation without the username",
      { invitation: { emailMessage: "Use {####}" } },
      "pool.invitation.emailMessage: {username} is missing",
    ],
    [
      "an invitation by SMS without the password",
      { invitation: { smsMessage: "Dear {username}" } },
      "pool.invitation.smsMessage: {####} is missing",
    ],
    [
      "an invitation without both",
      { invitation: { emailMessage: "Welcome!" } },
      "pool.invitation.emailMessage: {username} and {####} are missing",
    ],
    [
      "a verification without the code",
      { verification: { emailMessage: "Welcome!" } },
      "pool.verification.emailMessage: {####} is missing",
    ],
    [
      "a subject of 141 characters",
      { invitation: { emailSubject: text(141) } },
      "pool.invitation.emailSubject: 141 is outside 1–140 characters",
    ],
    [
      "a text of 20,001 characters",
      { verification: { emailMessage: `{####}${text(19_995)}` } },
      "pool.verification.emailMessage: 20001 is outside 6–20,000 characters",
    ],
    [
      "an SMS of 141 characters",
      { verification: { smsMessage: `{####}${text(135)}` } },
      "pool.verification.smsMessage: 141 is outside 6–140 characters",
    ],
    [
      "a full-width space, which Cognito's pattern leaves out",
      { invitation: { emailMessage: `${full}\u3000` } },
      'pool.invitation.emailMessage: the character "\\u3000" can\'t be in it',
    ],
  ])("%s", (_, pool, problem) => {
    expect(told(usable(pool))).toEqual([`error ${problem}`]);
  });

  test("a verification needs no username, a subject no placeholder, and any script, emoji and HTML may be written", () => {
    const sound = {
      invitation: { emailSubject: "ようこそ", emailMessage: `<p>山田さん 🎉</p>\n${full}`, smsMessage: full },
      verification: { emailSubject: "Code", emailMessage: "{####}", smsMessage: "{####}" },
    };
    expect(told(usable(sound))).toEqual([]);
  });
});

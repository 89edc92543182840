import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { invite, ownSender } from "../../../lib/directory/accounts/invite.ts";
import { openJournal, workFile } from "../../../lib/directory/batch.ts";
import { cognitoException, type Recorded } from "../../auth/recorded-cognito.ts";
import { pending } from "../status/living.ts";
import { recordedAccounts } from "./recorded-accounts.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "invite-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const invitee = (username: string, medium: "EMAIL" | "SMS") => ({
  username,
  medium,
  seen: pending(username),
});
const people = [invitee("a@x.jp", "EMAIL"), invitee("b@x.jp", "SMS"), invitee("c@x.jp", "EMAIL")];
const recorded = (...answers: Recorded[]) =>
  recordedAccounts(
    people.map(({ seen }) => seen),
    ...answers,
  );
const options = () => ({ userPoolId: "p", people, journal: openJournal(join(directory, "invite.done")) });

describe("inviting again", () => {
  test("sends RESEND by the person's medium, without a password: Cognito makes one", async () => {
    const { client, sent } = recorded({}, {}, {});
    const outcomes = await invite(client, options());
    expect(outcomes.map(({ state }) => state)).toEqual(["done", "done", "done"]);
    const [first, second] = sent;
    expect(first).toEqual({
      operation: "AdminCreateUser",
      input: {
        UserPoolId: "p",
        Username: "a@x.jp",
        MessageAction: "RESEND",
        DesiredDeliveryMediums: ["EMAIL"],
      },
    });
    expect(second?.input.DesiredDeliveryMediums).toEqual(["SMS"]);
  });

  test("one who cannot be reached does not keep the others waiting; a repetition sends only theirs", async () => {
    const first = recorded({}, cognitoException("CodeDeliveryFailureException"), {});
    const outcomes = await invite(first.client, options());
    expect(outcomes.map(({ state }) => state)).toEqual(["done", "failed", "done"]);
    expect(outcomes[1]).toMatchObject({ error: { message: "the message could not be delivered" } });
    const again = recorded({});
    expect((await invite(again.client, options())).map(({ state }) => state)).toEqual([
      "done-before",
      "done",
      "done-before",
    ]);
    expect(again.sent.map(({ input }) => input.Username)).toEqual(["b@x.jp"]);
  });

  test("ends when the sender's day is used up: whoever was not begun keeps the password they have", async () => {
    const many = Array.from({ length: 200 }, (_, index) => invitee(`p${index}`, "EMAIL"));
    const limit = cognitoException("LimitExceededException");
    const { client, sent } = recordedAccounts(
      many.map(({ seen }) => seen),
      {},
      limit,
      ...many.map(() => limit),
    );
    const outcomes = await invite(client, { ...options(), people: many });
    expect(sent.length).toBeLessThanOrEqual(51);
    expect(outcomes[0]?.state).toBe("done");
    expect(outcomes[1]).toMatchObject({
      username: "p1",
      state: "failed",
      error: { message: "the sender has reached today's limit" },
    });
    expect(outcomes.slice(100).every(({ state }) => state === "left")).toBe(true);
  });
});

test.each([
  ["Cognito's own", {}, false],
  ["Cognito's own, said", { EmailConfiguration: { EmailSendingAccount: "COGNITO_DEFAULT" } } as const, false],
  ["SES", { EmailConfiguration: { EmailSendingAccount: "DEVELOPER" } } as const, true],
  [
    "a function",
    { LambdaConfig: { CustomEmailSender: { LambdaVersion: "V1_0", LambdaArn: "arn:x" } } } as const,
    true,
  ],
])("the sender is %s", (_, pool, own) => {
  expect(ownSender(pool)).toBe(own);
});

test("another pool, another group of people, or another command is another piece of work", () => {
  const work = { command: "invite", userPoolId: "p", subject: ["a", "b"] } as const;
  const files = [
    work,
    { ...work, userPoolId: "q" },
    { ...work, subject: ["ab"] },
    { ...work, subject: "expired" },
    { ...work, command: "walk" },
  ];
  expect(new Set(files.map((one) => workFile("/c", one))).size).toBe(files.length);
  expect(workFile("/c", { ...work, subject: "expired" })).toBe("/c/invite.p.expired.done");
  expect(workFile("/c", work)).toBe(workFile("/c", { ...work, subject: ["a", "b"] }));
});

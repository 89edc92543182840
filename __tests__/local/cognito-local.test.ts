import { describe, expect, test } from "vitest";
import { Inbox } from "../../lib/local/cognito-local.ts";

const INVITATION = `\u001b[33m╭──────────────────────────────────────────╮\u001b[39m
│                                          │
│   Confirmation Code Delivery             │
│                                          │
│   Username:      5f0c-sub                │
│   Destination:   hanako@example.com      │
│   Code:          4PxP5!                  │
│   Email Subject: Your temporary password │
│                                          │
╰──────────────────────────────────────────╯`;

describe("the embedded Cognito's log as an inbox", () => {
  test("an invitation's temporary password is found by the address it went to", () => {
    const inbox = new Inbox();
    inbox.read(INVITATION);
    expect(inbox.temporaryPassword("hanako@example.com")).toBe("4PxP5!");
  });

  test("the latest invitation counts", () => {
    const inbox = new Inbox();
    inbox.read(INVITATION);
    inbox.read(INVITATION.replace("4PxP5!", "Z9x1a2"));
    expect(inbox.temporaryPassword("hanako@example.com")).toBe("Z9x1a2");
  });

  test("other lines of the log are not mail", () => {
    const inbox = new Inbox();
    inbox.read("Cognito Local running, Code: nothing");
    expect(inbox.temporaryPassword("hanako@example.com")).toBeUndefined();
  });
});

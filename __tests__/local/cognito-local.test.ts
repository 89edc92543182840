import { describe, expect, test } from "vitest";
import { Inbox, startCognitoLocal } from "../../lib/local/cognito-local.ts";
import packageJson from "../../package.json" with { type: "json" };

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

  test("also in a narrow window, where a long address takes two lines and full lines have no line feed", () => {
    const inbox = new Inbox();
    inbox.read(
      [
        "╭────────────────────────────────────────╮│                                        │",
        "│   Username:      5f0c-sub              │",
        "│   Destination:   hanako.with.a.long.   │",
        "│   name@subdivision.example.com         ││   Code:          4PxP5!                │",
        "│   Email Subject: Your temporary        ││   password                             │╰────────────────────────────────────────╯",
      ].join(""),
    );
    expect(inbox.temporaryPassword("hanako.with.a.long.name@subdivision.example.com")).toBe("4PxP5!");
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

describe("a project without cognito-local", () => {
  const without = (name: string) => {
    const text = `Cannot find package '${name}' imported from /project/node_modules/cognito-local/lib/index.js`;
    const error = Object.assign(new Error(text), { code: "ERR_MODULE_NOT_FOUND" });
    return startCognitoLocal("/nowhere", () => Promise.reject(error));
  };

  test("learns how to install the tested release, or to use moto", async () => {
    await expect(without("cognito-local")).rejects.toMatchObject({
      name: "UserError",
      message: "cognito-local is not installed",
      next: [
        `npm install --save-dev cognito-local@${packageJson.devDependencies["cognito-local"]}`,
        expect.stringContaining("npm run local -- --emulator moto"),
      ],
    });
  });

  test("any other missing package is a broken installation, and stays as it is", async () => {
    await expect(without("fastify")).rejects.toMatchObject({ name: "Error" });
  });
});

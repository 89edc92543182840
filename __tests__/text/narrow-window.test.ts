import { describe, expect, test } from "vitest";
import { UserError } from "../../lib/errors.ts";
import { authenticatorLines } from "../../scripts/ask/quiet-terminal.ts";
import { problemText } from "../../scripts/check-report.ts";
import { errorText } from "../../scripts/frame/main.ts";
import { paintFor } from "../../scripts/screen.ts";

const paint = paintFor({ isTTY: false });

describe("a problem of a roster", () => {
  const problem = {
    location: { file: "users.json", line: 5, column: 5 },
    message: '"山田 花子@example.com" and "hanako@example.com" (line 3) are the same person to Cognito',
    hint: "They differ only in letter case or in how characters are written. Delete one.",
    others: [],
  };

  test("is broken between words, and goes on below itself", () => {
    expect(problemText(problem, { paint, columns: 60 }).split("\n")).toEqual([
      'users.json:5:5 ✖ "山田 花子@example.com" and',
      '    "hanako@example.com" (line 3) are the same person to',
      "    Cognito",
      "    → They differ only in letter case or in how characters",
      "      are written. Delete one.",
    ]);
  });

  test("keeps its lines where there is no window", () => {
    expect(problemText(problem, { paint }).split("\n")).toHaveLength(2);
  });
});

describe("an error", () => {
  const error = new UserError("The user pool refused the temporary password of hanako@example.com", {
    why: "It has expired: a temporary password lasts seven days.\nTerraform had said so before.",
    next: [
      "a new one: npm run invite -- hanako@example.com --user-pool-id us-east-1_AbCdEfGhI",
      "or ask whoever runs the user pool, who can send another",
    ],
    where: { file: "users.json", line: 5 },
  });

  test("is broken between words; a command that is to be copied is not", () => {
    expect(errorText(error, { paint, columns: 50 }).split("\n")).toEqual([
      "✖ The user pool refused the temporary password of",
      "  hanako@example.com",
      "  users.json:5",
      "  It has expired: a temporary password lasts seven",
      "  days.",
      "  Terraform had said so before.",
      "  → a new one:",
      "    npm run invite -- hanako@example.com --user-pool-id us-east-1_AbCdEfGhI",
      "  → or ask whoever runs the user pool, who can",
      "    send another",
      "",
    ]);
  });
});

test("the words around a QR code are broken, the link is not", async () => {
  const uri = `otpauth://totp/x?secret=${"JBSWY3DP".repeat(6)}`;
  const lines = await authenticatorLines({ secret: "JBSWY3DP", uri }, 60);
  const words = lines.filter((line) => !line.includes("\x1b") && !line.includes(uri));
  for (const line of words) expect(line.length).toBeLessThanOrEqual(60);
  expect(lines).toContain(`  link    ${uri}`);
});

import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { authenticatorLines } from "../../../scripts/ask/quiet-terminal.ts";

const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSW";
const uri = `otpauth://totp/eu-west-1_AbCdEfGhI:hanako.suzuki%40example.com?secret=${secret}&issuer=eu-west-1_AbCdEfGhI`;

test("an authenticator app can be set up by scanning, by typing, or by the link", async () => {
  const lines = await authenticatorLines({ secret, uri }, 80);
  const text = lines.map(stripVTControlCharacters);
  const code = lines.filter((line) => line.startsWith("\x1b[30;107m"));
  expect(code.length).toBeGreaterThan(20);
  for (const row of code) expect(stripVTControlCharacters(row).length).toBeLessThanOrEqual(80);
  expect(text).toContain(`  link    ${uri}`);
  expect(text.find((line) => line.startsWith("  secret"))?.replaceAll(" ", "")).toBe(`secret${secret}`);
});

test("a window that is too narrow gets no broken QR code", async () => {
  const lines = await authenticatorLines({ secret, uri }, 30);
  expect(lines.join("")).toContain("too narrow");
  expect(lines.join("")).not.toContain("█");
});

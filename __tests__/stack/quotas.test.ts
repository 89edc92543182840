import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { CATEGORIES, quotaCategory, quotasOf } from "../../lib/stack/quotas.ts";

const LIB = fileURLToPath(new URL("../../lib", import.meta.url));

describe("quotas", () => {
  test("are the published ones, but for those that the settings name", () => {
    expect(quotasOf()).toMatchObject({
      UserAuthentication: 120,
      UserCreation: 50,
      UserUpdate: 25,
      UserList: 30,
    });
    expect(quotasOf({ UserCreation: 200 })).toEqual({ ...quotasOf(), UserCreation: 200 });
  });

  test("no operation counts toward two", () => {
    const operations = Object.values(CATEGORIES).flatMap(
      (category): readonly string[] => category.operations,
    );
    expect(operations).toEqual([...new Set(operations)]);
  });

  test.each([
    ["RespondToAuthChallenge", "NEW_PASSWORD_REQUIRED", "UserAccountRecovery"],
    ["AdminRespondToAuthChallenge", "NEW_PASSWORD_REQUIRED", "UserAccountRecovery"],
    ["RespondToAuthChallenge", "PASSWORD_VERIFIER", "UserAuthentication"],
    ["AdminRespondToAuthChallenge", "SOFTWARE_TOKEN_MFA", "UserAuthentication"],
  ])("%s to %s counts toward %s", (operation, ChallengeName, category) => {
    expect(quotaCategory(operation, { ChallengeName })).toBe(category);
  });

  const sent = readdirSync(LIB, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => [...readFileSync(join(LIB, file), "utf8").matchAll(/new (\w+)Command\(/g)])
    .map(([, operation = ""]) => operation)
    // STS has none of Cognito's quotas.
    .filter((operation) => operation !== "GetCallerIdentity");
  test.each([...new Set(sent)].sort())("%s, which lib sends, has a category", (operation) => {
    expect(quotaCategory(operation)).toBeDefined();
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { brokenRules, describePolicy, generatePassword } from "../../lib/auth/new-password.ts";
import type { PasswordPolicy } from "../../lib/stack/settings.ts";

const strict: PasswordPolicy = {
  minimumLength: 12,
  requireLowercase: true,
  requireUppercase: true,
  requireNumbers: true,
  requireSymbols: true,
  temporaryPasswordValidityDays: 7,
};
const relaxed: PasswordPolicy = {
  ...strict,
  minimumLength: 8,
  requireLowercase: false,
  requireUppercase: false,
  requireNumbers: false,
  requireSymbols: false,
};

describe("brokenRules", () => {
  test.each([
    ["Correct-horse-7", []],
    ["Inner space 1234", []],
    ["Plus+is+fine+123", []],
    ["Short-1a", ["have at least 12 characters"]],
    ["CORRECT-HORSE-7", ["contain a lowercase letter (a-z)"]],
    ["correct-horse-7", ["contain an uppercase letter (A-Z)"]],
    ["Correct-horse-x", ["contain a number"]],
    ["CorrectHorse777", ["contain a symbol such as ! # % + - = ? @ _"]],
    [" CorrectHorse77", ["not begin or end with a space", "contain a symbol such as ! # % + - = ? @ _"]],
    ["Correct-horse-7 ", ["not begin or end with a space"]],
    ["", ["not be empty"]],
    ["ÀÉÎ-éèàç-12345", ["contain a lowercase letter (a-z)", "contain an uppercase letter (A-Z)"]],
    [`Aa1-${"x".repeat(253)}`, ["have at most 256 characters"]],
  ])("of %j under the strict policy", (password, rules) => {
    expect(brokenRules(password, strict)).toEqual(rules);
  });

  test("a relaxed policy asks for length alone", () => {
    expect(brokenRules("aaaaaaaa", relaxed)).toEqual([]);
    expect(brokenRules("aaaaaaa", relaxed)).toEqual(["have at least 8 characters"]);
  });

  test("without a policy only Cognito's own limits are checked", () => {
    expect(brokenRules("a")).toEqual([]);
    expect(brokenRules(" a")).toEqual(["not begin or end with a space"]);
  });

  test.each([..."^$*.[]{}()?-\"!@#%&/\\,><':;|_~`+="])("%s is a symbol for Cognito", (symbol) => {
    expect(brokenRules(`CorrectHorse77${symbol}`, strict)).toEqual([]);
  });

  test.each(["£", "§", "あ"])("%s is none", (character) => {
    expect(brokenRules(`CorrectHorse77${character}`, strict)).toHaveLength(1);
  });
});

describe("describePolicy", () => {
  test.each([
    [strict, "at least 12 characters, with a lowercase letter, an uppercase letter, a number and a symbol"],
    [relaxed, "at least 8 characters"],
    [{ ...relaxed, requireNumbers: true }, "at least 8 characters, with a number"],
  ])("%#", (policy, words) => {
    expect(describePolicy(policy)).toBe(words);
  });
});

describe("generatePassword", () => {
  const policies = fc.record({
    minimumLength: fc.integer({ min: 6, max: 99 }),
    requireLowercase: fc.boolean(),
    requireUppercase: fc.boolean(),
    requireNumbers: fc.boolean(),
    requireSymbols: fc.boolean(),
    temporaryPasswordValidityDays: fc.integer({ min: 1, max: 365 }),
  });

  test("always satisfies the policy, whatever the policy and the length", () => {
    fc.assert(
      fc.property(policies, fc.integer({ min: 99, max: 256 }), (policy, length) => {
        expect(brokenRules(generatePassword(policy), policy)).toEqual([]);
        const long = generatePassword(policy, length);
        expect(long).toHaveLength(length);
        expect(brokenRules(long, policy)).toEqual([]);
      }),
    );
  });

  test("uses no characters that people mistake for one another, and never repeats itself", () => {
    const passwords = Array.from({ length: 500 }, () => generatePassword(strict));
    expect(passwords.join("")).not.toMatch(/[0O1lI\s]/);
    expect(new Set(passwords).size).toBe(500);
  });

  test.each([3, 11, 257, 12.5])("refuses the impossible length %s", (length) => {
    expect(() => generatePassword(strict, length)).toThrow(RangeError);
  });
});

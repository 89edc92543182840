import { describe, expect, test } from "vitest";
import { addressKey, plainText } from "../../lib/stack/terraform-text.ts";

// That Terraform reads these back as what they were is shown end to end in e2e/deploy.test.ts.
describe("plain text in Terraform's JSON", () => {
  test.each([
    ["nothing to escape: 100 % of $5 {x}", "nothing to escape: 100 % of $5 {x}"],
    ["${a}", '${"$"}{a}'],
    ["%{a}", '${"%"}{a}'],
    ["$${a}", '${"$$"}{a}'],
    ["$%{a}", '${"$%"}{a}'],
    ["${TfToken[TOKEN.0]}", '${"$"}${"{"}TfToken[TOKEN.0]}'],
    ["#{TfToken[TOKEN.0]}", '#${"{"}TfToken[TOKEN.0]}'],
  ])("%s", (text, written) => {
    expect(plainText(text)).toBe(written);
  });

  test("a key in an address is quoted, and has no brace that Terraform or cdktf could read", () => {
    expect(addressKey('a"${b}\\')).toBe('"a\\"$\\u007bb}\\\\"');
  });
});

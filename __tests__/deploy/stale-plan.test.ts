import { expect, test } from "vitest";
import { explainStale } from "../../lib/deploy/apply.ts";
import { TerraformError } from "../../lib/terraform/errors.ts";

const failed = (summary: string) =>
  new TerraformError(`terraform apply failed: ${summary}`, { diagnostics: [{ severity: "error", summary }] });

test.each([
  [undefined, "make a new plan: npm run deploy"],
  ["x.tfplan", "make a new plan and have it reviewed: npm run plan -- --out x.tfplan"],
])("a stale plan (from %s) is told in words, with the way to a new one", (file, step) => {
  expect(explainStale(failed("Saved plan is stale"), file)).toMatchObject({
    message: "The plan is out of date: someone has deployed since it was made",
    next: [step],
  });
});

test("anything else stays what it is", () => {
  const [other, defect] = [failed("Access denied"), new TypeError("x")];
  expect(explainStale(other)).toBe(other);
  expect(explainStale(defect)).toBe(defect);
});

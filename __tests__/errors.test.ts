import { expect, test } from "vitest";
import { asClause } from "../lib/errors.ts";

test.each([
  ["Nothing has been deployed from this directory", "nothing has been deployed from this directory"],
  ["There is no commit HEAD", "there is no commit HEAD"],
  ["The proxy refused it", "the proxy refused it"],
  ["Cognito refused the password", "Cognito refused the password"],
  ["TF_PLUGIN_MIRROR names nothing", "TF_PLUGIN_MIRROR names nothing"],
  ["Terraform plan failed", "Terraform plan failed"],
  ["Innovation is a group", "Innovation is a group"],
  ["hanako@example.com is disabled", "hanako@example.com is disabled"],
  ["", ""],
])(
  "after a colon, %s begins as a part of a sentence does, and a name keeps its capital",
  (message, clause) => {
    expect(asClause(message)).toBe(clause);
  },
);

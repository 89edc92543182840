import { expect, test } from "vitest";
import { parseDiagnostics, terraformFailure } from "../../lib/terraform/errors.ts";
import type { Diagnostic } from "../../lib/terraform/events.ts";

const box = (...lines: string[]) => `╷\n${lines.map((line) => `│ ${line}`.trimEnd()).join("\n")}\n╵\n`;
const EXISTS: Diagnostic = {
  severity: "error",
  summary: "creating Cognito User: UsernameExistsException",
  detail: "User account already exists",
  address: 'aws_cognito_user.users["taro@example.com"]',
};

const LOCKED: Diagnostic = {
  severity: "error",
  summary: "Error acquiring the state lock",
  detail: `Error message: operation error S3: PutObject, https response error StatusCode: 412, api error PreconditionFailed
Lock Info:
  ID:        3715726f-3256-9b36-aba0-5fd32da8d935
  Path:      states/team.tfstate
  Operation: OperationTypeApply
  Who:       ci@runner-7
  Version:   1.11.4
  Created:   2026-11-21 01:19:28.444393614 +0000 UTC
  Info:      


Terraform acquires a state lock to protect the state`,
};

test("one error is said in the message itself, with its address; the detail says why", () => {
  const error = terraformFailure("terraform apply", [EXISTS], "", "/team");
  expect(error.message).toBe(
    'terraform apply failed: aws_cognito_user.users["taro@example.com"]: creating Cognito User: UsernameExistsException',
  );
  expect(error.why).toBe("User account already exists");
  expect(error.diagnostics).toEqual([EXISTS]);
});

test.each([
  ['aws_cognito_user.users_07["a@x"]', 'aws_cognito_user.users["a@x"]'],
  ['aws_cognito_user.leaving_12["a@x"]', 'aws_cognito_user.leaving["a@x"]'],
  [
    'aws_cognito_user_in_group.memberships_012["a@x in b"]',
    'aws_cognito_user_in_group.memberships["a@x in b"]',
  ],
  ['aws_cognito_user_pool_client.app_07["a"]', 'aws_cognito_user_pool_client.app_07["a"]'],
  ["aws_cognito_user_pool.pool", "aws_cognito_user_pool.pool"],
])("of %s, no block's number is shown", (address, shown) => {
  const one = { severity: "error", summary: "no", address } as const;
  expect(terraformFailure("terraform apply", [one], "", "/").message).toBe(
    `terraform apply failed: ${shown}: no`,
  );
  expect(terraformFailure("terraform apply", [one, one], "", "/").why).toBe(`${shown}: no\n${shown}: no`);
});

test("several errors are all listed; warnings are not", () => {
  const warning: Diagnostic = { severity: "warning", summary: "Deprecated" };
  const error = terraformFailure(
    "terraform apply",
    [warning, EXISTS, { severity: "error", summary: "Second" }],
    "",
    "/team",
  );
  expect(error.message).toBe("terraform apply failed with 2 errors");
  expect(error.why).toBe(
    'aws_cognito_user.users["taro@example.com"]: creating Cognito User: UsernameExistsException\n' +
      "  User account already exists\nSecond",
  );
});

test("without a -json stream the boxes on stderr are read, whatever their colour", () => {
  const stderr = box(
    "\u001b[31mError: \u001b[0m\u001b[1mInstance cannot be destroyed\u001b[0m",
    "",
    "  on cdk.tf.json line 12, in resource.aws_cognito_user.users:",
    '  12:       "users": {"secret": "hunter2"}',
    '  with aws_cognito_user.users["taro@example.com"],',
    "",
    "Resource has lifecycle.prevent_destroy set.",
  );
  expect(terraformFailure("terraform plan", [], stderr, "/team")).toMatchObject({
    message:
      'terraform plan failed: aws_cognito_user.users["taro@example.com"]: Instance cannot be destroyed',
    why: "Resource has lifecycle.prevent_destroy set.",
  });
});

test("source lines and the values of expressions are left out: they may be somebody's secrets", () => {
  const [found] = parseDiagnostics(
    box(
      "Error: Invalid index",
      "",
      "  on cdk.tf.json line 1:",
      '   1: {"password":"hunter2"}',
      "    ├────────────────",
      '    │ local.passwords is map with "hunter2"',
      "",
      "The given key does not identify an element.",
    ),
  );
  expect(found).toEqual({
    severity: "error",
    summary: "Invalid index",
    detail: "The given key does not identify an element.",
  });
});

test("stderr without any box is passed on", () => {
  expect(terraformFailure("terraform plan", [], "panic: out of cheese\n", "/team")).toMatchObject({
    message: "terraform plan failed",
    why: "panic: out of cheese",
  });
});

test("an unreachable registry is answered with the ways out", () => {
  const stderr = box("Error: Failed to query available provider packages", "", "Could not retrieve the list");
  expect(terraformFailure("terraform init", [], stderr, "/team").next.join()).toContain("TF_PLUGIN_MIRROR");
});

test.each([
  ["No valid credential sources found", /AWS_PROFILE/],
  [
    "Retrieving AWS account details: validating provider credentials: api error ExpiredToken",
    /aws sso login/,
  ],
  ["invalid AWS Region:", /AWS_REGION/],
])("what the provider lacks at the very first plan is answered with the variable: %s", (summary, next) => {
  expect(terraformFailure("terraform plan", [], box(`Error: ${summary}`), "/team").next.join()).toMatch(next);
});

test("a saved plan that somebody else's deploy has outdated is answered with a new one", () => {
  const stderr = box("Error: Saved plan is stale", "", "The given plan file can no longer be applied");
  expect(terraformFailure("terraform apply", [], stderr, "/team").next.join()).toContain("for a new plan");
});

test("another place for the state is answered with the command that takes it along", () => {
  const stderr = box("Error: Backend configuration changed", "", "A change in the backend configuration");
  expect(terraformFailure("terraform init", [], stderr, "/team").next.join()).toContain(
    "(cd /team && terraform init -migrate-state)",
  );
});

test("a locked state is said in words of its own", () => {
  const error = terraformFailure("terraform plan", [LOCKED], "", "/team");
  expect(error.message).toBe(
    "The state states/team.tfstate is locked: ci@runner-7 has been working on it since 2026-11-21 01:19:28 UTC (apply)",
  );
  expect(error).toMatchObject({ exitCode: 1, diagnostics: [LOCKED] });
});

test("a secret that an identity provider needs, and that nobody has given, is said in words, whatever line breaks Terraform puts in", () => {
  const missing = (name: string): Diagnostic => ({
    severity: "error",
    summary: "Invalid value for variable",
    detail: `identity_provider_secrets has no secret for the identity provider\n${name}: set TF_VAR_identity_provider_secrets, a map by name.\n\nThis was checked by the validation rule at cdk.tf.json:1,1.`,
  });
  const error = terraformFailure("terraform plan", [missing("Google"), missing("Okta")], "", "/team");
  expect(error.message).toBe("Missing secret for Google, Okta");
  expect(error.next).toEqual([
    expect.stringContaining(`TF_VAR_identity_provider_secrets='{"Google":"…","Okta":"…"}'`),
  ]);
  // With anything else beside it, all is told as it is.
  expect(terraformFailure("terraform plan", [missing("Google"), EXISTS], "", "/team").message).toContain(
    "2 errors",
  );
});

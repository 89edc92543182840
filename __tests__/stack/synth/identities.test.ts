import { Testing } from "cdktf";
import { describe, expect, test } from "vitest";
import { CognitoRosterStack } from "../../../lib/stack/synth/roster-stack.ts";
import { person } from "../../support/people.ts";

const A = "a@example.com";
const synthesized = (
  subs: Record<string, string>,
  more: { destroyable?: boolean; leaving?: boolean } = {},
) => {
  const { destroyable = false, leaving = false } = more;
  const stack = new CognitoRosterStack(Testing.app(), "people", {
    settings: { pool: { name: "people" }, client: { name: "app" }, destroyable },
    roster: { file: "users.json", people: [person(A, { leaving }), person("b@example.com")] },
    subs: new Map(Object.entries(subs)),
  });
  return JSON.parse(Testing.synth(stack));
};

describe("people are held to the accounts that were deployed", () => {
  test("by a precondition, evaluated once, over whom the state knows", () => {
    const { output, locals } = synthesized({ [A]: "1", "gone@example.com": "2" });
    expect(locals.known_subs_of_users).toEqual({ [A]: "1" });
    expect(output.region.precondition).toEqual([
      {
        condition: expect.stringContaining("aws_cognito_user.users[name].sub != sub"),
        error_message: expect.stringContaining("--allow-replace NAME"),
      },
    ]);
  });

  test("at the address that they have now", () => {
    const { output } = synthesized({ [A]: "1" }, { leaving: true });
    expect(output.region.precondition[0].condition).toContain("aws_cognito_user.leaving[name]");
  });

  test.each([
    ["nobody is known", {}, {}],
    ["the stack may be destroyed", { [A]: "1" }, { destroyable: true }],
  ])("not where %s", (_, subs, more) => {
    expect(synthesized(subs, more).output.region.precondition).toBeUndefined();
  });
});

describe("a former address", () => {
  const outputs = (known: string, destroyable: boolean) => {
    const stack = new CognitoRosterStack(Testing.app(), "people", {
      settings: { pool: { name: "people" }, client: { name: "app" }, destroyable },
      roster: { file: "users.json", people: [person("new@example.com", { formerly: A })] },
      subs: new Map([[known, "1"]]),
    });
    return JSON.parse(Testing.synth(stack)).output;
  };

  test.each([false, true])(
    "makes Terraform's own plan fail while it is deployed (destroyable: %s)",
    (destroyable) => {
      const [failing] = outputs(A, destroyable).user_pool_client_id.precondition;
      expect(failing.error_message).toContain(`${A} as new@example.com`);
      expect(failing.error_message).toContain("npm run deploy");
    },
  );

  test("does so whatever the spelling of the former one", () => {
    const [failing] = outputs(A.toUpperCase(), true).user_pool_client_id.precondition;
    expect(failing.error_message).toContain("npm run deploy");
  });

  test("is nothing to Terraform once the account has the new one", () => {
    expect(outputs("new@example.com", false).user_pool_client_id.precondition).toBeUndefined();
  });
});

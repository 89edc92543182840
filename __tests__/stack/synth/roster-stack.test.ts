import { describe, expect, test } from "vitest";
import { person } from "../../support/people.ts";
import { outdir, synth } from "./synth.ts";

describe("the people", () => {
  test("one for_each over a flat map of names, the values looked up by name", () => {
    const json = synth([person("a@example.com", { attributes: { name: "A" } }), person("b@example.com")]);
    const { users } = json.resource.aws_cognito_user;
    expect(json.locals.usernames).toEqual({
      "a@example.com": "a@example.com",
      "b@example.com": "b@example.com",
    });
    expect(users.for_each).toBe("${local.usernames}");
    expect(users.username).toBe("${each.key}");
    expect(users.attributes).toBe("${local.user_values[each.key].attributes}");
    expect(json.locals.user_values["a@example.com"].attributes).toEqual({
      email: "a@example.com",
      email_verified: "true",
      name: "A",
    });
  });

  test("every entry has every field, since Terraform refuses to look up a missing one", () => {
    const json = synth([
      person("a@example.com"),
      person("b@example.com", { invite: "none", enabled: false }),
    ]);
    const [first, second] = Object.values(json.locals.user_values) as object[];
    expect(Object.keys(first ?? {})).toEqual(Object.keys(second ?? {}));
  });

  test("what is only for the reader, a note and an owner, is nowhere in it", () => {
    const plain = JSON.stringify(synth([person("a@example.com")]));
    const remarked = synth([person("a@example.com", { note: "Until May", owner: "Sato" })]);
    expect(JSON.stringify(remarked)).toBe(plain);
  });

  test("nobody who is not leaving can be destroyed, nor can the pool", () => {
    const { resource } = synth([person("a@example.com")]);
    expect(resource.aws_cognito_user.users.lifecycle.prevent_destroy).toBe(true);
    expect(resource.aws_cognito_user_pool.pool.lifecycle.prevent_destroy).toBe(true);
    expect(resource.aws_cognito_user_pool.pool.deletion_protection).toBe("ACTIVE");
  });

  test("a destroyable stack can be destroyed", () => {
    const { resource } = synth([person("a@example.com")], { destroyable: true });
    expect(resource.aws_cognito_user.users.lifecycle.prevent_destroy).toBe(false);
    expect(resource.aws_cognito_user_pool.pool.lifecycle.prevent_destroy).toBe(false);
    expect(resource.aws_cognito_user_pool.pool.deletion_protection).toBe("INACTIVE");
  });

  test.each(["users", "leaving"])("arguments that only act at creation are ignored later (%s)", (block) => {
    const { resource } = synth([person("a@example.com")]);
    expect(resource.aws_cognito_user[block].lifecycle.ignore_changes).toEqual(
      expect.arrayContaining(["temporary_password", "message_action", "desired_delivery_mediums"]),
    );
  });

  test("someone leaving moves, disabled, to a block of their own; whoever is not leaving may move back", () => {
    const json = synth([person("a@example.com"), person("b@example.com", { leaving: true })]);
    expect(json.locals.usernames).toEqual({ "a@example.com": "a@example.com" });
    expect(json.locals.leaving_usernames).toEqual({ "b@example.com": "b@example.com" });
    expect(json.resource.aws_cognito_user.leaving.enabled).toBe(false);
    expect(json.moved).toEqual(
      expect.arrayContaining([
        {
          from: 'aws_cognito_user.users["b@example.com"]',
          to: expect.stringMatching(/^aws_cognito_user\.leaving/),
        },
        {
          from: expect.stringMatching(/^aws_cognito_user\.leaving/),
          to: expect.stringMatching(/^aws_cognito_user\.users.*"a@/),
        },
      ]),
    );
  });

  test.each([
    ["by e-mail unless said otherwise", {}, ["EMAIL"], null],
    ["by SMS", { invite: "sms", phone: "+81312345678" }, ["SMS"], null],
    ["not at all", { invite: "none" }, ["EMAIL"], "SUPPRESS"],
    [
      "not at all while disabled: they could not use it, and it would run out",
      { enabled: false },
      ["EMAIL"],
      "SUPPRESS",
    ],
  ] as const)("invited %s", (_, more, mediums, action) => {
    const values = synth([person("a@example.com", more)]).locals.user_values["a@example.com"];
    expect(values.delivery_mediums).toEqual(mediums);
    expect(values.message_action).toBe(action);
  });

  test("an operator's own temporary passwords come in a sensitive variable, by name", () => {
    const json = synth([person("a@example.com")]);
    expect(json.variable.temporary_passwords).toMatchObject({
      type: "map(string)",
      sensitive: true,
      default: {},
    });
    expect(json.resource.aws_cognito_user.users.temporary_password).toBe(
      "${lookup(var.temporary_passwords, each.key, null)}",
    );
  });
});

describe("groups", () => {
  test("every group named once, and a membership for each person in it", () => {
    const json = synth([
      person("a@example.com", { groups: ["ops", "dev"] }),
      person("b@example.com", { groups: ["ops"] }),
    ]);
    expect(Object.keys(json.locals.group_names)).toEqual(["dev", "ops"]);
    expect(Object.keys(json.locals.membership_names)).toEqual([
      "a@example.com in dev",
      "a@example.com in ops",
      "b@example.com in ops",
    ]);
  });
});

describe("declared groups", () => {
  const ROLE = "arn:aws:iam::123456789012:role/Admin";
  const blocks = (json: ReturnType<typeof synth>) => Object.keys(json.resource.aws_cognito_user_group);

  test("exist without members; of which nothing is said, they stand where those of the roster do", () => {
    const json = synth([person("a@example.com", { groups: ["ops"] })], { groups: { ops: {}, empty: {} } });
    expect(blocks(json)).toEqual(["groups"]);
    expect(Object.keys(json.locals.group_names)).toEqual(["empty", "ops"]);
    expect(json.resource.aws_cognito_user_group.groups.lifecycle.ignore_changes).toEqual([
      "description",
      "precedence",
      "role_arn",
    ]);
  });

  test("what is said of one is set and put back, what is not said is ignored", () => {
    const json = synth([person("a@example.com", { groups: ["ops"] })], {
      groups: {
        ops: { description: "On call: ${x}" },
        admins: { roleArn: ROLE, precedence: 0, privileged: true },
      },
    });
    const { groups, groups_description, groups_precedence_role_arn } = json.resource.aws_cognito_user_group;
    expect(groups.for_each).toBe("${local.group_names}");
    expect(json.locals.group_names).toEqual({});
    expect(groups_description).toMatchObject({
      for_each: "${local.group_names_description}",
      description: "${local.group_descriptions[each.key]}",
      lifecycle: { ignore_changes: ["precedence", "role_arn"] },
    });
    expect(groups_description).not.toHaveProperty("role_arn");
    expect(json.locals.group_descriptions).toEqual({ ops: 'On call: ${"$"}{x}' });
    expect(groups_precedence_role_arn).toMatchObject({
      precedence: "${local.group_precedences[each.key]}",
      role_arn: "${local.group_role_arns[each.key]}",
      lifecycle: { ignore_changes: ["description"] },
    });
    expect(json.locals.group_precedences).toEqual({ admins: 0 });
    expect(json.locals.group_role_arns).toEqual({ admins: ROLE });
  });

  test("memberships wait for every block of groups", () => {
    const json = synth([person("a@example.com", { groups: ["ops"] })], {
      groups: { ops: { precedence: 1 } },
    });
    expect(json.locals.pool_with_people).toContain("aws_cognito_user_group.groups,");
    expect(json.locals.pool_with_people).toContain("aws_cognito_user_group.groups_precedence]");
  });

  test("without any, nothing is written that was not there before", () => {
    const json = synth([person("a@example.com", { groups: ["ops"] })]);
    expect(blocks(json)).toEqual(["groups"]);
    expect(json.locals.pool_with_people).toMatch(/, aws_cognito_user_group\.groups\]\[0\]\}$/);
  });

  test("a roster that names another one is refused, also where it was read by rules without the groups", () => {
    expect(() => synth([person("a@example.com", { groups: ["oops"] })], { groups: { ops: {} } })).toThrow(
      /users\.json {2}the group "oops" is not declared in config\.ts\n.*Did you mean "ops"/,
    );
  });
});

describe("the provider", () => {
  test("is pinned, and left to the AWS environment", () => {
    const json = synth([person("a@example.com")]);
    expect(json.terraform.required_providers.aws.version).toBe("5.100.0");
    expect(json.provider.aws).toEqual([{}]);
  });

  test.each(["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"])(
    "does not look the account up first where %s sends Cognito elsewhere",
    (name) => {
      const json = synth([person("a@example.com")], {}, { [name]: "http://127.0.0.1:5000" });
      expect(json.provider.aws[0]).toMatchObject({
        skip_credentials_validation: true,
        skip_requesting_account_id: true,
      });
    },
  );
});

test("the state lies beside cdktf.out, wherever that is: no path of this machine is written", () => {
  const json = synth([person("a@example.com")]);
  expect(json.terraform.backend.local.path).toBe("../../../terraform.team.tfstate");
  expect(JSON.stringify(json)).not.toContain(outdir);
});

import { expect, test } from "vitest";
import { partOfConfiguration } from "../../lib/terraform/isolated-plan.ts";

const CONFIGURATION = {
  terraform: { backend: { local: { path: "x" } }, required_providers: { aws: { version: "5" } } },
  provider: { aws: [{ region: "${var.region}" }] },
  variable: { region: { default: "${data.aws_x.here.id}" }, temporary_passwords: {} },
  data: { aws_x: { here: {}, there: {} }, aws_y: { z: {} } },
  locals: { group_names: "${local.more}", more: { ops: "ops" }, more_people: {}, usernames: {} },
  resource: {
    aws_cognito_user: { users: { for_each: "${local.usernames}" } },
    aws_cognito_user_group: { groups: { for_each: "${local.group_names}" } },
  },
  moved: [
    { from: 'aws_cognito_user.users["a"]', to: 'aws_cognito_user.leaving["a"]' },
    { from: "aws_cognito_user_group.old", to: "aws_cognito_user_group.groups" },
  ],
  output: { id: { value: "x" } },
  import: [{ to: "aws_cognito_user.users" }],
};

test("the rest keeps all that it refers to, also by way of something else, and nothing more", () => {
  expect(partOfConfiguration(CONFIGURATION, new Set(["aws_cognito_user"]))).toEqual({
    terraform: { required_providers: { aws: { version: "5" } } },
    provider: { aws: [{ region: "${var.region}" }] },
    variable: { region: { default: "${data.aws_x.here.id}" } },
    data: { aws_x: { here: {} } },
    locals: { group_names: "${local.more}", more: { ops: "ops" } },
    resource: { aws_cognito_user_group: { groups: { for_each: "${local.group_names}" } } },
    moved: [{ from: "aws_cognito_user_group.old", to: "aws_cognito_user_group.groups" }],
  });
});

test("there is no empty section: Terraform would miss a name in it", () => {
  const { resource } = CONFIGURATION;
  const part = partOfConfiguration(
    { provider: {}, resource, variable: { x: {} } },
    new Set(Object.keys(resource)),
  );
  expect(Object.keys(part)).toEqual(["terraform", "provider", "resource", "moved"]);
});

/** Pieces of `terraform show -json`, in the form that Terraform 1.11 and provider 5.100.0 give them. */
export interface Change {
  readonly address: string;
  readonly previous_address?: string;
  readonly mode: string;
  readonly type: string;
  readonly name: string;
  readonly index?: string | number;
  readonly change: Record<string, unknown>;
}

export function planOf(...resource_changes: readonly Change[]) {
  return { format_version: "1.2", applyable: true, errored: false, resource_changes };
}

/** A change at `address`, such as `aws_cognito_user.users["a@example.com"]`. */
export function change(
  address: string,
  actions: readonly string[],
  before: object | null,
  after: object | null,
  more: Record<string, unknown> = {},
): Change {
  const [, type = "", name = "", key] = /^(\w+)\.(\w+)(?:\[(.+)\])?$/.exec(address) ?? [];
  const { previous_address, ...rest } = more;
  return {
    address,
    ...(typeof previous_address === "string" && { previous_address }),
    mode: "managed",
    type,
    name,
    ...(key !== undefined && { index: JSON.parse(key) as string | number }),
    change: {
      actions,
      before,
      after,
      after_unknown: {},
      before_sensitive: { password: true, temporary_password: true },
      after_sensitive: { password: true, temporary_password: true },
      ...rest,
    },
  };
}

/** The values of a person as the provider has them. */
export function account(email: string, more: Record<string, unknown> = {}) {
  return {
    attributes: { email, email_verified: "true" },
    desired_delivery_mediums: ["EMAIL"],
    enabled: true,
    message_action: null,
    username: email,
    ...more,
  };
}

export const users = (name: string) => `aws_cognito_user.users[${JSON.stringify(name)}]`;
export const leaving = (name: string) => `aws_cognito_user.leaving[${JSON.stringify(name)}]`;

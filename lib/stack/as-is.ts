import type {
  CognitoUserPoolConfig,
  CognitoUserPoolSchema,
} from "@cdktf/provider-aws/lib/cognito-user-pool/index.js";
import type { CognitoUserPoolClientConfig } from "@cdktf/provider-aws/lib/cognito-user-pool-client/index.js";
import { isReference } from "./references.ts";
import { plainText } from "./terraform-text.ts";

/** Arguments in the provider's own words; one that is undefined is left out, whatever the defaults say. */
type Arguments<Config> = { readonly [Name in keyof Config]?: Config[Name] | undefined };

/** Of `aws_cognito_user_pool`. */
export type PoolArguments = Omit<Arguments<CognitoUserPoolConfig>, "schema"> & {
  /** Attributes that are not shaped as `customAttributes` would make them. */
  readonly schema?: readonly CognitoUserPoolSchema[];
};

/** Of `aws_cognito_user_pool_client`. */
export type ClientArguments = Arguments<CognitoUserPoolClientConfig>;

/**
 * @returns the arguments, their texts (Lambda names, messages) written so that Terraform reads them as plain text; a text
 *   that is nothing but a reference to another resource of the app stays one
 */
export function writtenOut<T>(args: Arguments<T>): Partial<T> {
  return plain(args) as Partial<T>;
}

function plain(value: unknown): unknown {
  if (typeof value === "string") return isReference(value) ? value : plainText(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}

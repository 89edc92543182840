import { isDeepStrictEqual } from "node:util";
import type { SchemaAttributeType } from "@aws-sdk/client-cognito-identity-provider";
import type { CognitoUserPoolSchema } from "@cdktf/provider-aws/lib/cognito-user-pool/index.js";
import type { AttributeType, CustomAttributes } from "../../roster/attribute-types.ts";
import { STANDARD_ATTRIBUTES } from "../../roster/formats.ts";
import { schemaBlock, typeOfBlock } from "../../stack/attributes.ts";
import type { PoolArguments } from "../../stack/settings.ts";

/**
 * Converts a Cognito response to the provider's names: `SMSMessage` → `smsMessage`, `KMSKeyID` → `kmsKeyId`, at every level.
 * The provider names its arguments after the API's fields, so this works for whole blocks.
 * @param renamed fields whose argument has another name, by the API's name
 */
export function asArguments(value: unknown, renamed: Readonly<Record<string, string>> = {}): unknown {
  if (Array.isArray(value)) return value.map((item) => asArguments(item, renamed));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([name, inner]) => [renamed[name] ?? argumentName(name), asArguments(inner, renamed)]),
  );
}

/** A block of a pool's arguments, or nothing for an empty one, which the provider treats as unset. */
export function block(
  name: keyof PoolArguments,
  value: object | undefined,
  renamed: Readonly<Record<string, string>> = {},
): PoolArguments {
  return value === undefined || Object.keys(value).length === 0
    ? {}
    : { [name]: asArguments(value, renamed) };
}

function argumentName(field: string): string {
  const words = field.match(/[A-Z]+(?=[A-Z][a-z]|$)|[A-Z]?[a-z0-9]+/g) ?? [field];
  return words
    .map((word) => word.toLowerCase())
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join("");
}

const LONG = { MinLength: "0", MaxLength: "2048" };
const text = (StringAttributeConstraints = LONG, more: Partial<SchemaAttributeType> = {}) => ({
  AttributeDataType: "String" as const,
  DeveloperOnlyAttribute: false,
  Mutable: true,
  Required: false,
  StringAttributeConstraints,
  ...more,
});
const flag = {
  AttributeDataType: "Boolean",
  DeveloperOnlyAttribute: false,
  Mutable: true,
  Required: false,
} as const;

/**
 * Standard attributes as every pool has them by default. The provider ignores these when it reads a pool (5.100.0,
 * user_pool.go, userPoolSchemaAttributeMatchesStandardAttribute), so they must not be declared.
 */
const STANDARD: Readonly<Record<string, Omit<SchemaAttributeType, "Name">>> = {
  ...Object.fromEntries(Object.keys(STANDARD_ATTRIBUTES).map((name) => [name, text()])),
  email: text(),
  phone_number: text(),
  birthdate: text({ MinLength: "10", MaxLength: "10" }),
  email_verified: flag,
  phone_number_verified: flag,
  updated_at: {
    AttributeDataType: "Number",
    DeveloperOnlyAttribute: false,
    Mutable: true,
    Required: false,
    NumberAttributeConstraints: { MinValue: "0" },
  },
  sub: text({ MinLength: "1", MaxLength: "2048" }, { Mutable: false, Required: true }),
  // Cognito adds it with the first identity provider.
  identities: { ...text(), StringAttributeConstraints: {} },
};

export interface SchemaProposal {
  /** For the settings: a list if all are mutable texts, otherwise each with its type. */
  readonly customAttributes: CustomAttributes;
  /** Attributes that no type of the settings describes: a required standard one, a number without limits. */
  readonly asIs: readonly CognitoUserPoolSchema[];
}

/**
 * The attributes of a pool that a configuration must declare, as the provider's arguments: all but standard ones with default
 * values.
 */
export function declarable(schema: readonly SchemaAttributeType[] = []): CognitoUserPoolSchema[] {
  return schema.flatMap((attribute) => {
    const { own, block, shape } = read(attribute);
    return own || !isDeepStrictEqual(clean(shape), clean(STANDARD[block.name] ?? {})) ? [block] : [];
  });
}

function read({ Name = "", ...shape }: SchemaAttributeType) {
  const name = Name.replace(/^(?:dev:)?(?:custom:)?/, "");
  const block = { name, ...(asArguments(shape) as Omit<CognitoUserPoolSchema, "name">) };
  return { own: name !== Name, block, shape };
}

/** An attribute's definition can never change, so it has to be declared exactly. */
export function proposeSchema(schema: readonly SchemaAttributeType[] = []): SchemaProposal {
  const types = new Map<string, AttributeType>();
  const asIs: CognitoUserPoolSchema[] = [];
  for (const attribute of schema) {
    const { own, block, shape } = read(attribute);
    const { name } = block;
    const type = typeOfBlock(block, "date");
    // In a roster, a custom attribute with a standard one's name would look the same.
    if (own && !shape.DeveloperOnlyAttribute && STANDARD[name] === undefined) types.set(name, type);
    const asUsual = own
      ? isDeepStrictEqual(clean(block), clean(schemaBlock(name, type)))
      : isDeepStrictEqual(clean(shape), clean(STANDARD[name] ?? {}));
    if (!asUsual) asIs.push(block);
  }
  const plain = [...types].every(([name, type]) =>
    isDeepStrictEqual(schemaBlock(name, type), schemaBlock(name)),
  );
  return { customAttributes: plain ? [...types.keys()] : Object.fromEntries(types), asIs };
}

/** Without the response's undefined fields. */
function clean(shape: object): unknown {
  return JSON.parse(JSON.stringify(shape));
}

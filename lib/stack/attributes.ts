import type { CognitoUserPoolSchema } from "@cdktf/provider-aws/lib/cognito-user-pool/index.js";
import { type AttributeType, type CustomAttributes, typesOf } from "../roster/attribute-types.ts";
import { ATTRIBUTE_VALUE_MAX, STANDARD_ATTRIBUTES } from "../roster/formats.ts";

const DATA_TYPE = { string: "String", number: "Number", date: "DateTime", boolean: "Boolean" } as const;

/**
 * The `schema` block of a custom attribute. It is written in full, limits included: Cognito sets what is left out, and provider
 * 5.100.0 reads that back as a change and fails ("cannot modify or remove schema items"). So a number needs at least one limit.
 * @param type the default is the type of a name in a list
 */
export function schemaBlock(name: string, type: AttributeType = { type: "string" }): CognitoUserPoolSchema {
  return {
    name,
    attributeDataType: DATA_TYPE[type.type],
    mutable: type.immutable !== true,
    developerOnlyAttribute: false,
    required: false,
    ...limitsOf(type),
  };
}

function limitsOf(type: AttributeType): Partial<CognitoUserPoolSchema> {
  if (type.type === "string") {
    const { minLength = 0, maxLength = ATTRIBUTE_VALUE_MAX } = type;
    return { stringAttributeConstraints: { minLength: String(minLength), maxLength: String(maxLength) } };
  }
  if (type.type === "number") {
    const { min = 0, max } = type;
    return {
      numberAttributeConstraints: {
        minValue: String(min),
        ...(max !== undefined && { maxValue: String(max) }),
      },
    };
  }
  return {};
}

/**
 * What a `schema` block says about an attribute's values, without what equals Cognito's default.
 * @param dateTime the type of a DateTime: Cognito's documentation doesn't say how values in an adopted pool are written.
 *   @default any text
 */
export function typeOfBlock(
  {
    attributeDataType,
    mutable,
    stringAttributeConstraints,
    numberAttributeConstraints,
  }: CognitoUserPoolSchema,
  dateTime: "date" | "string" = "string",
): AttributeType {
  const more = mutable === true ? {} : ({ immutable: true } as const);
  const { minLength, maxLength } = stringAttributeConstraints ?? {};
  const { minValue, maxValue } = numberAttributeConstraints ?? {};
  switch (attributeDataType) {
    case "Number":
      return { type: "number", ...limit("min", minValue), ...limit("max", maxValue), ...more };
    case "Boolean":
      return { type: "boolean", ...more };
    case "DateTime":
      return { type: dateTime, ...more };
    default:
      return {
        type: "string",
        ...limit("minLength", minLength, 0),
        ...limit("maxLength", maxLength, ATTRIBUTE_VALUE_MAX),
        ...more,
      };
  }
}

/** A limit that is a number: a reference to another resource is not known yet. */
function limit<Name extends string>(
  name: Name,
  text: string | undefined,
  usual?: number,
): { [Key in Name]?: number } {
  const number = Number(text || Number.NaN);
  const said = Number.isFinite(number) && number !== usual;
  return (said ? { [name]: number } : {}) as { [Key in Name]?: number };
}

/** What the values of a pool's attributes must be, by name, from `customAttributes` and `asIs`. */
export function attributeTypes(
  customAttributes: CustomAttributes = [],
  asIs: readonly CognitoUserPoolSchema[] = [],
): Readonly<Record<string, AttributeType>> {
  return {
    ...typesOf(customAttributes),
    ...Object.fromEntries(asIs.map((block) => [block.name, typeOfBlock(block)])),
  };
}

/** Names in an app client's permissions that are no person's attributes: Cognito's own. */
export const CLIENT_ATTRIBUTES: readonly string[] = [
  ...Object.keys(STANDARD_ATTRIBUTES),
  "email",
  "email_verified",
  "phone_number",
  "phone_number_verified",
];

/** The name as Cognito has it: a custom attribute with its prefix. */
export const qualifiedAttribute = (name: string): string =>
  CLIENT_ATTRIBUTES.includes(name) ? name : `custom:${name}`;

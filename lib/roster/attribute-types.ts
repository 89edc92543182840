import type { Words } from "./problem.ts";
import { quote, shown } from "./redact.ts";

/**
 * What a custom attribute of the pool contains. In users.json every value is a text, as in Cognito: "3", "true".
 *
 * Cognito (developer guide, "Working with user attributes", custom attributes): you can add one to an existing pool, but never
 * change or remove it; none can be required; the ID token has each as a text.
 */
export type AttributeType = TextAttribute | NumberAttribute | DateAttribute | BooleanAttribute;

interface EveryAttribute {
  /** Its value is set when the account is created, and can never change. @default it can change */
  readonly immutable?: true;
}

/** Cognito's String. */
export interface TextAttribute extends EveryAttribute {
  readonly type: "string";
  /** Characters, 0–2,048. @default 0 */
  readonly minLength?: number;
  /** Characters, 0–2,048. @default 2,048 */
  readonly maxLength?: number;
}

/** Cognito's Number. */
export interface NumberAttribute extends EveryAttribute {
  readonly type: "number";
  /** A whole number, 0 or more: Cognito accepts no negative limit. @default 0 */
  readonly min?: number;
  /** A whole number, 0 or more. @default none */
  readonly max?: number;
}

/** Cognito's DateTime: a date, or a date and a time, in ISO 8601. */
export interface DateAttribute extends EveryAttribute {
  readonly type: "date";
}

/** Cognito's Boolean: "true" or "false". */
export interface BooleanAttribute extends EveryAttribute {
  readonly type: "boolean";
}

/** By name, without `custom:`; a list means texts that can change. */
export type CustomAttributes = readonly string[] | Readonly<Record<string, AttributeType>>;

/** The types by name; none for a list. */
export function typesOf(attributes: CustomAttributes = []): Readonly<Record<string, AttributeType>> {
  return isTyped(attributes) ? attributes : {};
}

/** The names, in the order of their declaration. */
export function namesOf(attributes: CustomAttributes = []): readonly string[] {
  return isTyped(attributes) ? Object.keys(attributes) : attributes;
}

const isTyped = (attributes: CustomAttributes): attributes is Readonly<Record<string, AttributeType>> =>
  !Array.isArray(attributes) && typeof attributes === "object" && attributes !== null;

/** A number as Cognito's Number accepts it, including decimals; no sign other than a minus, and no exponent. */
export const NUMBER = /^-?\d+(?:\.\d+)?$/;

/** YYYY-MM-DD, alone or with a time and its zone: `2024-04-01`, `2024-04-01T09:00:00Z`. */
export const DATE =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d))?$/;

export const BOOLEANS = ["true", "false"] as const;

/**
 * What is wrong with an attribute's value for its type, or undefined. Cognito would refuse it halfway through the deploy:
 * InvalidParameterException "Attributes did not conform to the schema" (AdminCreateUser, AdminUpdateUserAttributes).
 * @param value not empty
 */
export function explainType(name: string, type: AttributeType, value: string): Words | undefined {
  const attribute = `the attribute ${quote(name)}`;
  switch (type.type) {
    case "string": {
      const { minLength = 0, maxLength } = type;
      if (value.length >= minLength && value.length <= (maxLength ?? value.length)) return undefined;
      const characters = `${value.length} ${value.length === 1 ? "character" : "characters"}`;
      return { message: `${attribute} has ${characters}`, hint: `The pool accepts ${lengths(type)}.` };
    }
    case "number": {
      if (!NUMBER.test(value)) {
        return {
          message: `${attribute} must be a number`,
          hint: `Write digits in double quotes: ${quote(String(type.min ?? type.max ?? 3))}.`,
        };
      }
      const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = type;
      if (Number(value) >= min && Number(value) <= max) return undefined;
      return {
        message: `${attribute} is ${shown(value, "digits", "a number (not shown)")}`,
        hint: `The pool accepts ${limits(type)}.`,
      };
    }
    case "date":
      return isDate(value)
        ? undefined
        : {
            message: `${attribute} must be a valid date`,
            hint: 'Write it as "2024-04-01", or with a time and its zone: "2024-04-01T09:00:00Z".',
          };
    case "boolean":
      return (BOOLEANS as readonly string[]).includes(value)
        ? undefined
        : {
            message: `${attribute} must be "true" or "false"${shownFlag(value)}`,
            hint: "Write it in lower case, in double quotes.",
          };
  }
}

const lengths = ({ minLength = 0, maxLength }: TextAttribute) =>
  maxLength === undefined ? `${minLength} or more` : `${minLength}–${maxLength}`;

const limits = ({ min, max }: NumberAttribute) =>
  max === undefined ? `${min} or more` : min === undefined ? `${max} or less` : `${min}–${max}`;

function isDate(value: string): boolean {
  if (!DATE.test(value)) return false;
  // Date parses 2024-02-31 as the second of March.
  const day = value.slice(0, 10);
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === day;
}

function shownFlag(value: string): string {
  const flag = shown(value, "flag", "");
  return flag === "" ? "" : `, not ${flag}`;
}

import { type AttributeType, namesOf, typesOf } from "../../roster/attribute-types.ts";
import { explainReserved } from "../../roster/explain-names.ts";
import { CUSTOM_NAME, CUSTOM_NAME_MAX, STANDARD_ATTRIBUTES } from "../../roster/formats.ts";
import { closest } from "../../roster/problem.ts";
import { quote } from "../../roster/redact.ts";
import type { PoolArguments, PoolSettings } from "../settings.ts";
import * as limits from "./cognito-limits.ts";
import { outOfRange, refused, type SettingProblem, settingPath, tooMany, wrong } from "./problem.ts";

const SETTING = ["pool", "customAttributes"];

/** What each type may have besides `type`. */
const FIELDS: Readonly<Record<AttributeType["type"], readonly string[]>> = {
  string: ["minLength", "maxLength", "immutable"],
  number: ["min", "max", "immutable"],
  date: ["immutable"],
  boolean: ["immutable"],
};
const TYPES = Object.keys(FIELDS);

/**
 * What is wrong with the pool's custom attributes, as a list or with types.
 * @param attributes as config.ts has them; shape.ts leaves them to this file
 */
export function* attributeProblems(attributes: unknown): Generator<SettingProblem> {
  const setting = settingPath(SETTING);
  if (typeof attributes !== "object" || attributes === null) {
    yield wrong({
      setting,
      message: "it must be a list, or an object with a type for each",
      why: refused("CreateUserPool"),
      next: 'Write ["team"], or { level: { type: "number" } }.',
    });
    return;
  }
  const entries: readonly (readonly [string | number, unknown])[] = Array.isArray(attributes)
    ? attributes.map((name, index) => [index, name])
    : Object.entries(attributes);
  yield* tooMany(setting, entries.length, limits.CUSTOM_ATTRIBUTES_MAX);
  for (const [key, value] of entries) {
    const path = settingPath([...SETTING, key]);
    const name = typeof key === "string" ? key : value;
    if (typeof name !== "string") {
      yield wrong({
        setting: path,
        message: "it must be a text",
        why: refused("CreateUserPool"),
        next: "Write it so.",
      });
      continue;
    }
    yield* nameProblems(path, name);
    if (typeof key === "string") yield* typeProblems(path, value);
  }
}

/**
 * The pool's own attributes, without what can't be read, for rules about other settings: `attributeProblems` reports odd
 * custom attributes, the provider odd schemas.
 */
export function declaredAttributes({ customAttributes, asIs }: PoolSettings): DeclaredAttributes {
  const isObject = (value: unknown) => typeof value === "object" && value !== null;
  const schema = [asIs?.schema ?? []].flat().filter((block) => typeof Object(block).name === "string");
  const custom = isObject(customAttributes) ? customAttributes : [];
  return {
    names: [...namesOf(custom), ...schema.map(({ name }) => name)].filter((name) => typeof name === "string"),
    types: Object.fromEntries(Object.entries(typesOf(custom)).filter(([, type]) => isObject(type))),
    schema,
  };
}

interface DeclaredAttributes {
  readonly names: readonly string[];
  readonly types: Readonly<Record<string, AttributeType>>;
  readonly schema: NonNullable<PoolArguments["schema"]>;
}

function* nameProblems(setting: string, name: string): Generator<SettingProblem> {
  const reserved = explainReserved(name);
  const standard = Object.hasOwn(STANDARD_ATTRIBUTES, name) || name === "email" || name === "phone_number";
  const problem = (message: string, next: string) =>
    wrong({ setting, message, why: refused("CreateUserPool"), next });
  if (reserved) yield problem(reserved.message, reserved.hint);
  else if (standard) yield problem(`${quote(name)} is a standard attribute`, "Delete it: every pool has it.");
  else if (name in {}) {
    // People's attributes are plain objects in Terraform's plan and state.
    yield problem(`${quote(name)} is reserved by JavaScript`, "Choose another.");
  } else if (!CUSTOM_NAME.test(name)) {
    yield problem(
      `${quote(name)} is not an attribute's name`,
      `Use 1–${CUSTOM_NAME_MAX} visible characters without spaces.`,
    );
  }
}

/** What is wrong with a type. It can't have what Cognito doesn't support, such as `required`. */
function* typeProblems(setting: string, value: unknown): Generator<SettingProblem> {
  const why = "Cognito never changes an attribute of a pool, so its type must be right the first time.";
  const given: Readonly<Record<string, unknown>> = Object(value);
  const { type } = given;
  if (typeof type !== "string" || !TYPES.includes(type)) {
    yield wrong({
      setting: `${setting}.type`,
      message: typeof type === "string" ? `${quote(type)} is not a type` : "it is required",
      why,
      next: `Write one of ${TYPES.map(quote).join(", ")}.`,
    });
    return;
  }
  const fields = FIELDS[type as AttributeType["type"]];
  for (const [field, one] of Object.entries(given)) {
    if (field === "type") continue;
    const path = `${setting}.${field}`;
    if (!fields.includes(field)) {
      const meant = closest(field, fields);
      yield wrong({
        setting: path,
        message: `an attribute of the type ${quote(type)} has no such setting`,
        why: field === "required" ? "Cognito can't make a custom attribute required." : why,
        next: meant ? `Did you mean ${meant}?` : `Delete it; there are ${fields.join(", ")}.`,
      });
    } else if (field === "immutable") {
      if (one !== true)
        yield wrong({
          setting: path,
          message: "it can only be true",
          why,
          next: "Write true, or leave it out.",
        });
    } else if (!Number.isSafeInteger(one)) {
      yield wrong({ setting: path, message: "it must be a whole number", why, next: "Write it so." });
    } else {
      const range = type === "string" ? limits.ATTRIBUTE_LENGTH : limits.ATTRIBUTE_NUMBER;
      yield* outOfRange(path, Number(one), range, type === "string" ? "characters" : "");
    }
  }
  const [least, most] = type === "string" ? (["minLength", "maxLength"] as const) : (["min", "max"] as const);
  const [low, high] = [given[least] ?? 0, given[most]];
  if (typeof low === "number" && typeof high === "number" && low > high) {
    yield wrong({
      setting: `${setting}.${most}`,
      message: `${high} is less than ${least}, ${low}`,
      why: refused("CreateUserPool"),
      next: "Exchange them.",
    });
  }
}

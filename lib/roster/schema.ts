import { z } from "zod";
import { type AttributeType, BOOLEANS, DATE, NUMBER } from "./attribute-types.ts";
import {
  ATTRIBUTE_VALUE_MAX,
  EMAIL,
  EMAIL_MAX,
  EMAIL_USERNAME,
  GROUPS_MAX,
  NAME,
  NAME_MAX,
  NOTE_MAX,
  OWNER_MAX,
  PHONE,
  STANDARD_ATTRIBUTES,
  WELL_FORMED,
} from "./formats.ts";
import { type GivenRules, type RosterRules, withDefaults } from "./roster.ts";
import { NAME_WORDS } from "./sign-in-names.ts";

// A blank value deletes an attribute in Cognito, so every plan would set it again.
const attributeValue = z.string().min(1).max(ATTRIBUTE_VALUE_MAX).regex(WELL_FORMED);
const name = z.string().max(NAME_MAX).regex(NAME);
const emailAddress = z.string().max(EMAIL_MAX).regex(EMAIL);
/** A former name has the form of a current one: any other could match no account, and go unnoticed. */
const FORMER = { email: emailAddress, phone: z.string().regex(PHONE) };

// A blank one is useless, and would be shown in every review.
const remark = (most: number) => z.string().regex(/\S/).max(most).regex(WELL_FORMED).optional();

/** A value of this type; checks.ts checks the limits of numbers. */
function valueOfType(type: AttributeType | undefined): z.ZodType<string> {
  switch (type?.type) {
    case "number":
      return attributeValue.regex(NUMBER);
    case "date":
      return attributeValue.regex(DATE);
    case "boolean":
      return z.enum(BOOLEANS);
    case "string": {
      const { minLength = 0, maxLength = ATTRIBUTE_VALUE_MAX } = type;
      return attributeValue.min(Math.max(minLength, 1)).max(maxLength);
    }
    default:
      return attributeValue;
  }
}

function attributesSchema({ customAttributes, attributeTypes = {}, earlier }: RosterRules) {
  const fields: Record<string, z.ZodType<string | undefined>> = {};
  const own = (name: string) =>
    valueOfType(!earlier && Object.hasOwn(attributeTypes, name) ? attributeTypes[name] : undefined);
  for (const custom of customAttributes) {
    fields[custom] = own(custom).optional().describe(`Custom attribute custom:${custom}`);
  }
  // After the custom ones, so that a standard one keeps its own rules; config.ts may not declare it (stack/pool-rules.ts).
  for (const [standard, description] of Object.entries(STANDARD_ATTRIBUTES)) {
    fields[standard] = own(standard).optional().describe(description);
  }
  fields.birthdate = z.iso.date().optional().describe(STANDARD_ATTRIBUTES.birthdate);
  fields.updated_at = z.string().max(20).regex(/^\d+$/).optional().describe(STANDARD_ATTRIBUTES.updated_at);
  return z.strictObject(fields);
}

const day = z.iso.date();

/** A membership that ends by itself: `{ "admins": { "until": "2026-12-31" } }`. */
const endingMembership = (group: z.ZodString) =>
  z
    .record(group, z.strictObject({ until: day.describe("The last day in the group") }))
    .refine((record) => Object.keys(record).length === 1)
    .meta({ minProperties: 1, maxProperties: 1 });

/** The shape of one person in a pool with these rules. */
export function personSchema(rules: RosterRules) {
  const { signInWith, earlier } = rules;
  const group = earlier ? z.string() : name;
  const membership = z.union([group, endingMembership(group)]);
  const common = {
    attributes: attributesSchema(rules)
      .default({})
      .describe("Standard attributes, and the pool's custom ones without their prefix"),
    phone: z.string().regex(PHONE).optional().describe("Phone number in E.164 form, such as +819012345678"),
    emailVerified: z.boolean().default(true).describe("Whether the e-mail address counts as verified"),
    phoneVerified: z.boolean().default(true).describe("Whether the phone number counts as verified"),
    groups: z
      .array(membership)
      .max(GROUPS_MAX)
      .default([])
      .describe(
        'Groups of the pool that the person is in; { "admins": { "until": "2026-12-31" } } ends that day',
      ),
    enabled: z.boolean().default(true).describe("false: the person can't sign in"),
    invite: z
      .enum(["email", "sms", "none"])
      .default(signInWith === "phone" ? "sms" : "email")
      .describe("How the temporary password is sent when the account is created; none sends nothing"),
    leaving: z
      .boolean()
      .default(false)
      .describe("true disables the person at once; delete the line in a later change to delete the account"),
    until: day
      .optional()
      .describe("The last day of access, such as 2026-12-31, in the time zone of config.ts; then as leaving"),
    note: remark(NOTE_MAX).describe("A remark shown in reviews; never sent anywhere, and never a password"),
    owner: remark(OWNER_MAX).describe("Who answers for the account, shown in reviews; never sent anywhere"),
    // A pool with plain usernames refuses it with its own message (formerly.ts).
    formerly: (earlier || signInWith === "username" ? z.string() : FORMER[signInWith])
      .optional()
      .describe(
        `The ${signInWith === "phone" ? NAME_WORDS.phone : NAME_WORDS.email} that the account was deployed with: a deploy changes it and keeps the account. May be removed later`,
      ),
  };
  const email = (earlier ? z.string() : emailAddress).optional().describe("E-mail address");
  // If the username is the address or the number, a second one could only contradict it.
  if (signInWith === "email") return z.strictObject(common);
  const { phone: _, ...others } = common;
  return z.strictObject(signInWith === "phone" ? { ...others, email } : { ...common, email });
}

const USERNAMES = {
  email: { description: "The person's e-mail address", form: EMAIL_USERNAME },
  phone: { description: "The person's phone number in E.164 form, such as +819012345678", form: PHONE },
  username: { description: "The person's username", form: NAME },
} as const;

/**
 * The shape of `users.json` in a pool with these rules. The parser uses it, and `users.schema.json` is generated from it, so
 * that an editor and `npm run check` agree.
 */
export function rosterSchema(rules: RosterRules) {
  const { description, form } = USERNAMES[rules.signInWith];
  // Only for editors: zod would not check a person whose username is invalid. names.ts checks usernames.
  const username = z.string().meta({
    description,
    maxLength: NAME_MAX,
    pattern: form.source,
  });
  return z
    .strictObject({
      $schema: z.string().optional().describe("Lets an editor check and complete this file"),
      users: z
        .record(
          username,
          personSchema(rules).describe("A person. Never a password: Cognito generates and sends one."),
        )
        .meta({ description: "Everyone in the pool, by username", minProperties: 1 }),
    })
    .meta({ title: "cognito-roster", description: "The people of an Amazon Cognito user pool" });
}

/** What a checked roster contains. */
export type CheckedRoster = z.output<ReturnType<typeof rosterSchema>>;

/**
 * The JSON Schema of `users.json` (draft 2020-12), the contents of `users.schema.json`.
 * @param rules as for `parseRoster`
 * @example
 * writeFileSync("users.schema.json", rosterJsonSchema(settings.pool));
 */
export function rosterJsonSchema(rules: GivenRules = {}): string {
  const schema = z.toJSONSchema(rosterSchema(withDefaults(rules)), { io: "input" });
  return `${JSON.stringify(schema, null, 2)}\n`;
}

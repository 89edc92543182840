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

// A blank value deletes an attribute in Cognito: every plan would set it again.
const attributeValue = z.string().min(1).max(ATTRIBUTE_VALUE_MAX).regex(WELL_FORMED);
const name = z.string().max(NAME_MAX).regex(NAME);
const emailAddress = z.string().max(EMAIL_MAX).regex(EMAIL);

// A blank one says nothing, and would stand in every review.
const remark = (most: number) => z.string().regex(/\S/).max(most).regex(WELL_FORMED).optional();

/** A value of this type; that a number is within its limits, checks.ts sees to. */
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

/** The shape of one person in a pool with these rules. */
export function personSchema(rules: RosterRules) {
  const { signInWith, earlier } = rules;
  const group = earlier ? z.string() : name;
  const common = {
    attributes: attributesSchema(rules)
      .default({})
      .describe("Standard attributes, and the pool's custom ones without their prefix"),
    phone: z.string().regex(PHONE).optional().describe("Phone number in E.164 form, such as +819012345678"),
    emailVerified: z.boolean().default(true).describe("Whether the e-mail address counts as verified"),
    groups: z.array(group).max(GROUPS_MAX).default([]).describe("Groups of the pool that the person is in"),
    enabled: z.boolean().default(true).describe("false: the person can't sign in"),
    invite: z
      .enum(["email", "sms", "none"])
      .default("email")
      .describe("How the person gets the temporary password when the account is created; none sends nothing"),
    leaving: z
      .boolean()
      .default(false)
      .describe("true disables the person at once; delete the line in a later change to delete the account"),
    note: remark(NOTE_MAX).describe(
      "For whoever reads this or a review; never sent anywhere, and never a password",
    ),
    owner: remark(OWNER_MAX).describe("Who answers for the account, shown in reviews; never sent anywhere"),
  };
  const email = (earlier ? z.string() : emailAddress).optional().describe("E-mail address");
  // In a pool that signs in by e-mail the username is the address: a second one could only contradict it.
  return z.strictObject(signInWith === "email" ? common : { ...common, email });
}

/**
 * The shape of `users.json` in a pool with these rules. The parser checks with it, and `users.schema.json` is
 * generated from it, so that an editor and `npm run check` agree.
 */
export function rosterSchema(rules: RosterRules) {
  const byEmail = rules.signInWith === "email";
  // For editors alone: zod would not look into a person whose username is bad. names.ts checks usernames.
  const username = z.string().meta({
    description: byEmail ? "The person's e-mail address" : "The person's username",
    maxLength: NAME_MAX,
    pattern: (byEmail ? EMAIL_USERNAME : NAME).source,
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

/** What a roster holds once it is checked. */
export type CheckedRoster = z.output<ReturnType<typeof rosterSchema>>;

/**
 * The JSON Schema of `users.json` (draft 2020-12), as `users.schema.json` holds it.
 * @param rules as for `parseRoster`
 * @example
 * writeFileSync("users.schema.json", rosterJsonSchema(settings.pool));
 */
export function rosterJsonSchema(rules: GivenRules = {}): string {
  const schema = z.toJSONSchema(rosterSchema(withDefaults(rules)), { io: "input" });
  return `${JSON.stringify(schema, null, 2)}\n`;
}

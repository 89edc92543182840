import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loadRoster } from "../../lib/roster/load.ts";
import { rosterJsonSchema } from "../../lib/roster/schema.ts";
import { config } from "../as-cloned/config.ts";

const root = new URL("../../", import.meta.url);

test("users.schema.json is what npm run schema writes now, with whatever attributes a team has", () => {
  const written = readFileSync(new URL("users.schema.json", root), "utf8");
  const { email, phone, attributes } = JSON.parse(written).properties.users.additionalProperties.properties;
  const standard = Object.keys(
    JSON.parse(rosterJsonSchema(config.pool)).properties.users.additionalProperties.properties.attributes
      .properties,
  );
  const signInWith = email === undefined ? "email" : phone === undefined ? "phone" : "username";
  const customAttributes = Object.keys(attributes.properties).filter((name) => !standard.includes(name));
  expect(written === rosterJsonSchema({ signInWith, customAttributes }), "stale: run npm run schema").toBe(
    true,
  );
});

test("the roster that is cloned is good, and names its schema for editors", () => {
  const file = fileURLToPath(new URL("__tests__/as-cloned/users.json", root));
  expect(loadRoster(file, config.pool).people.length).toBeGreaterThan(0);
  expect(JSON.parse(readFileSync(file, "utf8"))).toHaveProperty("$schema", "./users.schema.json");
});

test("an editor underlines every field that does not exist, a password above all, and knows the pool's own attributes", () => {
  const schema = JSON.parse(rosterJsonSchema({ signInWith: "username", customAttributes: ["department"] }));
  const person = schema.properties.users.additionalProperties;
  expect(schema.additionalProperties).toBe(false);
  expect(person.additionalProperties).toBe(false);
  expect(person.properties.attributes.additionalProperties).toBe(false);
  expect(Object.keys(person.properties)).not.toContain("password");
  expect(Object.keys(person.properties.attributes.properties)).toContain("department");
  expect(person.properties.email.description).toBe("E-mail address");
  expect(person.required).toBeUndefined();
});

test("in a pool that signs in by e-mail, names are addresses and there is no second one", () => {
  const { users } = JSON.parse(rosterJsonSchema({ signInWith: "email", customAttributes: [] })).properties;
  expect(new RegExp(users.propertyNames.pattern, "u").test("hanako@example.com")).toBe(true);
  expect(new RegExp(users.propertyNames.pattern, "u").test("hanako")).toBe(false);
  expect(users.additionalProperties.properties).not.toHaveProperty("email");
});

import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { read, TRACKED } from "./tracked.ts";

// GitHub's form schema, as far as it is documented ("Syntax for GitHub's form schema", "Common validation errors when creating
// issue forms"). GitHub ignores a form that breaks it: people would get none.
const text = z.string().min(1);
const id = z.string().regex(/^[\w-]+$/);
const validations = z.strictObject({ required: z.boolean() }).optional();
const described = { label: text, description: text.optional() };
const typing = { ...described, placeholder: text.optional(), value: text.optional() };
const unique = <T>(items: readonly T[]) => new Set(items).size === items.length;

const element = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("markdown"), attributes: z.strictObject({ value: text }) }),
  z.strictObject({ type: z.literal("input"), id, attributes: z.strictObject(typing), validations }),
  z.strictObject({
    type: z.literal("textarea"),
    id,
    attributes: z.strictObject({ ...typing, render: text.optional() }),
    validations,
  }),
  z.strictObject({
    type: z.literal("dropdown"),
    id,
    attributes: z.strictObject({
      ...described,
      // "None" is GitHub's own choice where none is required.
      options: z
        .array(text.refine((option) => option.toLowerCase() !== "none"))
        .min(1)
        .refine(unique),
      multiple: z.boolean().optional(),
      default: z.int().nonnegative().optional(),
    }),
    validations,
  }),
  z.strictObject({
    type: z.literal("checkboxes"),
    id,
    attributes: z.strictObject({
      ...described,
      options: z.array(z.strictObject({ label: text, required: z.boolean().optional() })).min(1),
    }),
  }),
]);

const form = z.strictObject({
  name: text,
  description: text,
  title: text.optional(),
  labels: z.array(text).refine(unique).optional(),
  assignees: z.array(text).optional(),
  body: z
    .array(element)
    .refine((body) => body.some(({ type }) => type !== "markdown"), "nothing to fill in")
    .refine((body) => unique(body.flatMap((one) => ("id" in one ? one.id : []))), "two ids are the same")
    .refine(
      (body) => unique(body.flatMap((one) => ("label" in one.attributes ? one.attributes.label : []))),
      "two labels are the same",
    ),
});

const DIRECTORY = ".github/ISSUE_TEMPLATE/";
const FORMS = TRACKED.filter((file) => file.startsWith(DIRECTORY) && !file.endsWith("/config.yml"));

test("there are forms for a bug and for an idea, under names of their own", () => {
  expect(FORMS).toEqual([`${DIRECTORY}bug.yml`, `${DIRECTORY}idea.yml`]);
  expect(unique(FORMS.map((file) => form.parse(parse(read(file))).name))).toBe(true);
});

describe.each(FORMS)("%s", (file) => {
  const content = parse(read(file));

  test("is one that GitHub takes", () => {
    expect(form.safeParse(content).error?.message).toBeUndefined();
  });

  test("begins with what not to paste, and asks at the end whether nothing of it is there", () => {
    const { body } = form.parse(content);
    const [first] = body;
    const last = body.at(-1);
    const warning = first?.type === "markdown" ? first.attributes.value : "";
    for (const what of ["state", "plan", "tokens", "passwords", "users.json"])
      expect(warning).toContain(what);
    expect(last?.type === "checkboxes" && last.attributes.options[0]).toMatchObject({ required: true });
  });
});

test("nobody gets past the forms, and the chooser invents no address", () => {
  expect(parse(read(`${DIRECTORY}config.yml`))).toEqual({ blank_issues_enabled: false });
});

test.each([
  ["a key that there is not", { title: "x", about: "y" }],
  ["nothing to fill in", { body: [{ type: "markdown", attributes: { value: "x" } }] }],
  ["an element that there is not", { body: [{ type: "text", id: "a", attributes: { label: "x" } }] }],
  [
    "two ids that are the same",
    { body: ["x", "y"].map((label) => ({ type: "input", id: "a", attributes: { label } })) },
  ],
  [
    "two labels that are the same",
    { body: ["a", "b"].map((name) => ({ type: "input", id: name, attributes: { label: "x" } })) },
  ],
  ["a number for a name", { name: 1 }],
])("a form with %s would be found", (_, mistake) => {
  const right = {
    name: "a",
    description: "b",
    body: [{ type: "input", id: "a", attributes: { label: "x" } }],
  };
  expect(form.safeParse(right).success).toBe(true);
  expect(form.safeParse({ ...right, ...mistake }).success).toBe(false);
});

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import packageJson from "../../package.json" with { type: "json" };
import { WORKFLOWS } from "../support/workflow.ts";

const name = z.string().min(1);
/** What docs.github.com's "Dependabot options reference" and SchemaStore's dependabot-2.0.json know, of what is used here. */
const SCHEMA = z.strictObject({
  version: z.literal(2),
  updates: z.array(
    z.strictObject({
      "package-ecosystem": z.enum(["npm", "github-actions", "devcontainers"]),
      directory: name,
      schedule: z.strictObject({
        interval: z.enum(["daily", "weekly", "monthly", "quarterly", "semiannually", "yearly"]),
        day: z.enum(["monday", "tuesday", "wednesday", "thursday", "friday"]).optional(),
      }),
      "versioning-strategy": z
        .enum(["auto", "increase", "increase-if-necessary", "lockfile-only", "widen"])
        .optional(),
      "open-pull-requests-limit": z.int().min(0).optional(),
      cooldown: z.strictObject({ "default-days": z.int().min(0) }).optional(),
      groups: z
        .record(
          name,
          z
            .strictObject({
              patterns: z.array(name).min(1).optional(),
              "exclude-patterns": z.array(name).min(1).optional(),
              "dependency-type": z.enum(["development", "production"]).optional(),
              "update-types": z
                .array(z.enum(["major", "minor", "patch"]))
                .min(1)
                .optional(),
            })
            .refine((group) => Object.keys(group).length > 0),
        )
        .optional(),
      ignore: z
        .array(
          z.strictObject({
            "dependency-name": name,
            "update-types": z.array(
              z.templateLiteral(["version-update:semver-", z.enum(["major", "minor", "patch"])]),
            ),
          }),
        )
        .optional(),
    }),
  ),
});

const { updates } = SCHEMA.parse(parse(readFileSync(".github/dependabot.yml", "utf8")));
const npm = updates.find((update) => update["package-ecosystem"] === "npm");
const names = Object.keys({
  ...packageJson.dependencies,
  ...packageJson.peerDependencies,
  ...packageJson.devDependencies,
});

/** Of the npm packages here, those that a group's patterns mean. */
const inGroup = (group: string) =>
  names.filter((one) => npm?.groups?.[group]?.patterns?.some((pattern) => matches(pattern, one))).sort();
const matches = (pattern: string, one: string) =>
  pattern.endsWith("*") ? one.startsWith(pattern.slice(0, -1)) : one === pattern;

describe("dependency updates", () => {
  test("are looked for in all that is pinned here, one entry each", () => {
    expect(updates.map((update) => update["package-ecosystem"])).toEqual([
      "npm",
      "github-actions",
      "devcontainers",
    ]);
  });

  test("keep what works only with one another together", () => {
    expect(inGroup("cdktf")).toEqual([
      "@cdktf/node-pty-prebuilt-multiarch",
      "@cdktf/provider-aws",
      "cdktf",
      "cdktf-cli",
      "constructs",
    ]);
    expect(inGroup("aws-sdk")).toEqual(names.filter((one) => one.startsWith("@aws-sdk/")).sort());
    // In two groups it would have two pull requests.
    const development = inGroup("cdktf").filter((one) => one in packageJson.devDependencies);
    expect(npm?.groups?.development?.["exclude-patterns"]).toEqual(development);
  });

  test("leave exact pins exact", () => {
    expect(npm?.["versioning-strategy"]).toBe("increase");
    const pins = Object.values({ ...packageJson.dependencies, ...packageJson.devDependencies });
    for (const pin of pins) expect(pin).toMatch(/^(npm:@?[\w/-]+@)?\d+\.\d+\.\d+$/);
  });

  test("name no package that is not here", () => {
    for (const { "dependency-name": one } of npm?.ignore ?? []) expect(names).toContain(one);
    for (const group of ["cdktf", "aws-sdk"])
      for (const pattern of npm?.groups?.[group]?.patterns ?? [])
        expect(
          names.some((one) => matches(pattern, one)),
          pattern,
        ).toBe(true);
  });

  test("are merged by people: no workflow does it", () => {
    for (const file of readdirSync(WORKFLOWS))
      expect(readFileSync(`${WORKFLOWS}${file}`, "utf8")).not.toMatch(/auto-?merge|pr merge|dependabot/i);
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { digestOf, readProject, synthesizeProject } from "../../lib/deploy/project.ts";

const SETTINGS = {
  stack: "people",
  roster: "users.json",
  pool: { name: "people" },
  client: { name: "app" },
};
const roster = (...names: readonly string[]) =>
  JSON.stringify({ users: Object.fromEntries(names.map((name) => [name, {}])) });

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "project-"));
});
afterEach(() => rmSync(root, { recursive: true }));
const write = (text: string) => writeFileSync(join(root, "users.json"), text);

describe("a project is read once", () => {
  test("what is synthesized, as often as it may be, is what was read, and not what the file says by then", () => {
    write(roster("a@example.com"));
    const project = readProject(root, SETTINGS);
    write(roster("b@example.com"));
    for (const recorded of [undefined, { instances: [], outputs: {} }]) {
      const { stackDirectory } = synthesizeProject(project, { recorded }, join(root, "out"));
      const { locals } = JSON.parse(readFileSync(join(stackDirectory, "cdk.tf.json"), "utf8"));
      expect(Object.keys(locals.user_values)).toEqual(["a@example.com"]);
    }
    expect(project.digest).toBe(digestOf(roster("a@example.com"), SETTINGS));
  });

  test("what is doubtful about names is a warning with its place, and no more than five are said", () => {
    write(roster("pаul@example.com"));
    const { warnings } = readProject(root, SETTINGS);
    expect(warnings).toEqual([
      expect.stringMatching(/users\.json:1:11: the username .* mixes scripts: .*\n {4}→ /),
    ]);
    write(roster(..."abcdefg".split("").map((letter) => `${letter}а@example.com`)));
    expect(readProject(root, SETTINGS).warnings).toHaveLength(6);
    expect(readProject(root, SETTINGS).warnings.at(-1)).toBe("2 more warnings: npm run check");
  });

  test("a roster that is broken by then is nobody's problem in this run", () => {
    write(roster("a@example.com"));
    const project = readProject(root, SETTINGS);
    write("{");
    expect(() => synthesizeProject(project, {}, join(root, "out"))).not.toThrow();
    expect(() => readProject(root, SETTINGS)).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});

describe("a project on a day", () => {
  const ending = JSON.stringify({
    users: {
      "hanako@example.com": { groups: ["ops", { admins: { until: "2026-12-31" } }] },
      "taro@example.com": { until: "2026-12-31" },
    },
  });
  const made = (on?: string) => {
    const project = readProject(root, SETTINGS, undefined, undefined, on);
    const { stackDirectory } = synthesizeProject(project, {}, join(root, "out"));
    return { project, json: readFileSync(join(stackDirectory, "cdk.tf.json"), "utf8") };
  };
  const before = process.env.ROSTER_DAY;
  afterEach(() => {
    if (before === undefined) delete process.env.ROSTER_DAY;
    else process.env.ROSTER_DAY = before;
  });

  test("is on its last day what it is without an end, and afterwards what it is with what has ended written down", () => {
    write(ending);
    const [last, over] = [made("2026-12-31"), made("2027-01-01")];
    write(
      JSON.stringify({
        users: { "hanako@example.com": { groups: ["ops", "admins"] }, "taro@example.com": {} },
      }),
    );
    expect(last.json).toBe(made().json);
    write(
      JSON.stringify({
        users: { "hanako@example.com": { groups: ["ops"] }, "taro@example.com": { leaving: true } },
      }),
    );
    expect(over.json).toBe(made().json);
    expect(over.project.written.people[1]?.leaving).toBe(false);
  });

  test("is for ROSTER_DAY where nobody names a day, also for plain cdktf; the digest is of what is written", () => {
    write(ending);
    process.env.ROSTER_DAY = "2027-01-01";
    expect(made().project.roster.people[1]?.leaving).toBe(true);
    expect(made("2026-12-31").project.roster.people[1]?.leaving).toBe(false);
    expect(made("2026-12-31").project.digest).toBe(made().project.digest);
    process.env.ROSTER_DAY = "tomorrow";
    expect(() => made()).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});

describe("one of several environments", () => {
  const written = {
    ...SETTINGS,
    environments: { dev: { pool: { name: "people-dev", tier: "PLUS" } }, prod: { stack: "people" } },
  } as const;

  test("has its own settings, stack and digest, and knows the stacks of the others", () => {
    write(roster("a@example.com"));
    const [dev, prod] = [readProject(root, written, "dev"), readProject(root, written, "prod")];
    expect(dev.settings).toMatchObject({ stack: "people-dev", pool: { name: "people-dev" } });
    expect([dev.otherStacks, prod.otherStacks]).toEqual([["people"], ["people-dev"]]);
    expect(dev.digest).not.toBe(prod.digest);
    // A repository that was moved over goes on with the plans that it has kept.
    expect(prod.digest).toBe(readProject(root, SETTINGS).digest);
  });

  test("takes over what adopt.NAME.json says, and no other environment does", () => {
    write(roster("a@example.com"));
    writeFileSync(
      join(root, "adopt.dev.json"),
      '{ "userPoolId": "us-east-1_dev", "people": [], "groups": [] }',
    );
    expect(readProject(root, written, "dev").adoption?.userPoolId).toBe("us-east-1_dev");
    expect(readProject(root, written, "prod").adoption).toBeUndefined();
    expect(readProject(root, SETTINGS).adoption).toBeUndefined();
  });

  test("refuses an adopt.json of nobody's", () => {
    write(roster("a@example.com"));
    writeFileSync(join(root, "adopt.json"), '{ "userPoolId": "us-east-1_prod", "people": [] }');
    expect(() => readProject(root, written, "dev")).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: "adopt.json doesn't belong to an environment",
        next: [expect.anything(), expect.stringContaining("git mv adopt.json adopt.dev.json")],
      }),
    );
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { writeDownEnded } from "../../lib/roster/ended.ts";
import { endingWarnings } from "../../lib/roster/ending-warnings.ts";
import { parseRoster, placesIn } from "../../lib/roster/parse.ts";
import { rosterJsonSchema } from "../../lib/roster/schema.ts";
import {
  askedDay,
  dayIn,
  dayOfRun,
  daysAfter,
  daysBetween,
  hasEnded,
  isDay,
  isTimeZone,
  rosterOn,
} from "../../lib/roster/until.ts";

const ROSTER = `{
  "users": {
    "hanako@example.com": { "groups": ["ops", { "admins": { "until": "2026-12-31" } }] },
    "taro@example.com": { "until": "2026-11-30", "groups": ["ops"], "owner": "mika" },
    "mika@example.com": {}
  }
}
`;

const read = (text: string) => {
  const { roster, problems } = parseRoster(text, "users.json");
  if (roster === undefined) throw new Error(JSON.stringify(problems));
  return roster;
};
const problemsOf = (person: string, rules = {}) =>
  parseRoster(`{ "users": { "hanako@example.com": ${person} } }`, "users.json", rules).problems;

describe("a roster with ends", () => {
  test("has the groups of everybody, and the last days beside them", () => {
    const [hanako, taro, mika] = read(ROSTER).people;
    expect(hanako).toMatchObject({ groups: ["ops", "admins"], groupsUntil: { admins: "2026-12-31" } });
    expect(taro).toMatchObject({ until: "2026-11-30", leaving: false, groups: ["ops"] });
    expect(mika).not.toHaveProperty("until");
    expect(mika).not.toHaveProperty("groupsUntil");
  });

  test("is the same one until a last day is over; then a membership is gone, and a person leaving", () => {
    const roster = read(ROSTER);
    expect(rosterOn(roster, "2026-11-30")).toBe(roster);
    const [hanako, taro] = rosterOn(roster, "2026-12-01").people;
    expect(hanako).toMatchObject({ groups: ["ops", "admins"], leaving: false });
    expect(taro).toMatchObject({ leaving: true, groups: ["ops"] });
    expect(rosterOn(roster, "2026-12-31").people[0]?.groups).toEqual(["ops", "admins"]);
    expect(rosterOn(roster, "2027-01-01").people[0]).toMatchObject({ groups: ["ops"], leaving: false });
  });

  test.each([
    ['{ "until": "2026-02-30" }', 'until" "2026-02-30" is not a day of the calendar', '"2026-02-30"'],
    ['{ "until": "31.12.2026" }', "is not a day of the calendar", '"31.12.2026"'],
    ['{ "until": 20261231 }', "must be text, not a number", "20261231"],
    ['{ "until": "2026-12-31", "leaving": true }', "is leaving already", '"2026-12-31"'],
    ['{ "groups": [{ "admins": { "until": "soon" } }] }', "is not a day of the calendar", '"soon"'],
    ['{ "groups": [{ "admins": "2026-12-31" }] }', "must be an object, not a text", '"2026-12-31" }]'],
    ['{ "groups": [{ "admins": {} }] }', 'has no "until"', "{} }]"],
    ['{ "groups": [{}] }', "names one group, not none", "{}]"],
    [
      '{ "groups": [{ "admins": { "until": "2026-12-31" }, "ops": { "until": "2026-12-31" } }] }',
      "names one group, not 2",
      '{ "admins"',
    ],
    [
      '{ "groups": [{ "admins": { "until": "2026-12-31", "from": "2026-01-01" } }] }',
      'unknown field "from"',
      '"from"',
    ],
    ['{ "groups": ["admins", { "admins": { "until": "2026-12-31" } }] }', "is listed twice", '"admins": {'],
    [
      '{ "until": "2026-06-30", "groups": [{ "admins": { "until": "2026-12-31" } }] }',
      "after the person's own access (2026-06-30)",
      '"2026-12-31"',
    ],
  ])("%s: %s", (person, message, at) => {
    const problems = problemsOf(person);
    expect(problems).toMatchObject([{ message: expect.stringContaining(message) }]);
    const line = `{ "users": { "hanako@example.com": ${person} } }`;
    expect(line.slice((problems[0]?.location.column ?? 0) - 1).startsWith(at)).toBe(true);
  });

  test("checks a group with an end as any other: whether it is declared, and may be granted in this file", () => {
    const one = '{ "groups": [{ "admins": { "until": "2026-12-31" } }] }';
    expect(problemsOf(one, { groups: ["admin"] })).toMatchObject([
      { message: expect.stringContaining('"admins"') },
    ]);
    expect(problemsOf(one, { groups: ["admins"], grantedIn: { admins: ["security.json"] } })).toMatchObject([
      { message: expect.stringContaining("can't be granted in this file") },
    ]);
  });

  test("may name a group that is called like a secret, and never repeats what stands in place of its end", () => {
    expect(problemsOf('{ "groups": [{ "token-issuers": { "until": "2026-12-31" } }] }')).toEqual([]);
    const said = JSON.stringify(problemsOf('{ "groups": [{ "admins": { "until": "Tr0ub4dor&3" } }] }'));
    expect(said).toContain("not shown");
    expect(said).not.toContain("Tr0ub4dor");
  });

  test("is what the editor's schema takes", () => {
    expect(rosterJsonSchema()).toContain('"minProperties": 1');
    expect(rosterJsonSchema()).toContain('"until"');
  });
});

describe("warnings of check", () => {
  const warned = (day: string) =>
    endingWarnings(read(ROSTER), placesIn(ROSTER, "users.json"), day).map(
      ({ location, message }) => `${location.line}:${location.column} ${message}`,
    );

  test("come a week ahead, at the end that is meant, and stay until it is written down", () => {
    expect(warned("2026-11-22")).toEqual([]);
    expect(warned("2026-11-23")).toEqual([
      '4:36 the access of "taro@example.com" ends after 2026-11-30 (in 7 days)',
    ]);
    expect(warned("2026-12-31")).toEqual([
      '3:49 the membership of "hanako@example.com" in "admins" ends after 2026-12-31 (today)',
      '4:36 the access of "taro@example.com" ended on 2026-11-30',
    ]);
  });
});

describe("writing down what has ended", () => {
  const written = (text: string, day: string) =>
    writeDownEnded(read(text), [{ text, file: "users.json", name: "users.json" }], {}, day);

  test("changes what has ended, and not a byte beside it", () => {
    const { ended, texts } = written(ROSTER, "2027-01-01");
    expect(ended).toEqual([
      { username: "hanako@example.com", group: "admins", until: "2026-12-31", file: "users.json" },
      { username: "taro@example.com", until: "2026-11-30", owner: "mika", file: "users.json" },
    ]);
    expect(texts[0]?.text).toBe(
      ROSTER.replace(', { "admins": { "until": "2026-12-31" } }', "").replace(
        '{ "until": "2026-11-30", "groups": ["ops"], "owner": "mika" }',
        '{ "groups": ["ops"], "owner": "mika", "leaving": true }',
      ),
    );
  });

  test("has nothing to write when it is written, nor before the day is over", () => {
    expect(written(ROSTER, "2026-11-30")).toEqual({ ended: [], texts: [] });
    const once = written(ROSTER, "2027-01-01").texts[0]?.text ?? "";
    expect(written(once, "2027-01-01")).toEqual({ ended: [], texts: [] });
  });

  test.each([
    ['[{ "a": { "until": "2026-01-01" } }, "b"]', '["b"]'],
    ['["b", { "a": { "until": "2026-01-01" } }, "c"]', '["b", "c"]'],
    ['[\n  "b",\n  { "a": { "until": "2026-01-01" } },\n  "c"\n]', '[\n  "b",\n  "c"\n]'],
    ['[\n  { "a": { "until": "2026-01-01" } },\n  "c"\n]', '[\n  "c"\n]'],
  ])("%s becomes %s", (groups, left) => {
    const roster = (its: string) => `{ "users": { "x@example.com": { "groups": ${its} } } }`;
    expect(written(roster(groups), "2026-02-01").texts[0]?.text).toBe(roster(left));
  });

  test("makes of any roster what a deploy makes of it on that day, whoever and whatever ends", () => {
    const day = fc.integer({ min: -40, max: 40 }).map((days) => daysAfter("2026-12-31", days));
    const membership = fc.record({
      group: fc.constantFrom("ops", "admins", "eng", "hr"),
      until: fc.option(day),
    });
    const person = fc.record({
      until: fc.option(day),
      memberships: fc.uniqueArray(membership, { selector: ({ group }) => group }),
    });
    fc.assert(
      fc.property(fc.array(person, { minLength: 1, maxLength: 4 }), day, fc.boolean(), (people, on, tall) => {
        const users = people.map(({ until, memberships }, index) => [
          `p${index}@example.com`,
          {
            ...(until !== null && { until }),
            groups: memberships.map(({ group, until: its }) =>
              // An end after the person's own is a problem of its own.
              its === null || (until !== null && its > until) ? group : { [group]: { until: its } },
            ),
          },
        ]);
        const text = JSON.stringify({ users: Object.fromEntries(users) }, null, tall ? 2 : undefined);
        const [result] = written(text, on).texts;
        const effect = (roster: ReturnType<typeof read>) =>
          rosterOn(roster, on).people.map(({ username, leaving, groups }) => ({
            username,
            leaving,
            groups: leaving ? "all the same" : groups,
          }));
        expect(effect(read(result?.text ?? text))).toEqual(effect(read(text)));
      }),
      { numRuns: 40 },
    );
  });
});

describe("the day", () => {
  const ZONES = [
    "UTC",
    "Asia/Tokyo",
    "America/New_York",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Asia/Kathmandu",
    "Africa/Cairo",
  ];

  test("ends at midnight where config.ts says, also where clocks change at midnight", () => {
    expect(dayIn("Asia/Tokyo", new Date("2026-12-31T14:59:59.999Z"))).toBe("2026-12-31");
    expect(dayIn("Asia/Tokyo", new Date("2026-12-31T15:00:00Z"))).toBe("2027-01-01");
    // Cairo's summer time began at midnight of 2023-04-28, and ended at midnight of 2023-10-27.
    expect(dayIn("Africa/Cairo", new Date("2023-04-27T21:59:59Z"))).toBe("2023-04-27");
    expect(dayIn("Africa/Cairo", new Date("2023-04-27T22:00:00Z"))).toBe("2023-04-28");
    expect(dayIn("Africa/Cairo", new Date("2023-10-26T20:59:59Z"))).toBe("2023-10-26");
    // The hour before midnight comes twice that night.
    expect(dayIn("Africa/Cairo", new Date("2023-10-26T21:30:00Z"))).toBe("2023-10-26");
    expect(dayIn("Africa/Cairo", new Date("2023-10-26T22:00:00Z"))).toBe("2023-10-27");
    // Samoa had no 30 December in 2011.
    expect(dayIn("Pacific/Apia", new Date("2011-12-30T09:59:59Z"))).toBe("2011-12-29");
    expect(dayIn("Pacific/Apia", new Date("2011-12-30T10:00:00Z"))).toBe("2011-12-31");
  });

  test("never goes back as time goes on, and access that has ended stays ended", () => {
    const instant = fc.date({
      min: new Date("1990-01-01"),
      max: new Date("2090-01-01"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instant, fc.nat(3 * 86_400_000), fc.constantFrom(...ZONES), (first, later, zone) => {
        const [day, next] = [dayIn(zone, first), dayIn(zone, new Date(first.getTime() + later))];
        expect(isDay(day)).toBe(true);
        expect(next >= day).toBe(true);
        if (hasEnded("2026-12-31", day)) expect(hasEnded("2026-12-31", next)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test("counts days of the calendar, whatever clocks do in between", () => {
    fc.assert(
      fc.property(fc.integer({ min: -9_000, max: 9_000 }), (days) => {
        expect(daysBetween("2026-03-08", daysAfter("2026-03-08", days))).toBe(days);
      }),
    );
    expect(daysAfter("2028-02-28", 1)).toBe("2028-02-29");
  });

  test("is today in the time zone of config.ts, unless ROSTER_DAY or --on says another one", () => {
    const now = new Date("2026-12-31T20:00:00Z");
    expect(dayOfRun({}, { env: {}, now })).toBe("2026-12-31");
    expect(dayOfRun({ timeZone: "Asia/Tokyo" }, { env: {}, now })).toBe("2027-01-01");
    expect(dayOfRun({}, { env: { ROSTER_DAY: "2027-02-01" }, now })).toBe("2027-02-01");
    expect(dayOfRun({}, { env: { ROSTER_DAY: "2027-02-01" }, on: "2027-03-01", now })).toBe("2027-03-01");
    expect(dayOfRun({}, { env: { ROSTER_DAY: "" }, now })).toBe("2026-12-31");
    expect(() => askedDay({}, "2027-02-29")).toThrow(/--on is not a day/);
    expect(() => askedDay({ ROSTER_DAY: "tomorrow" })).toThrow(/ROSTER_DAY is not a day/);
  });

  test.each([
    ["Asia/Tokyo", true],
    ["UTC", true],
    ["Asia/Tokio", false],
    ["+09:00", false],
    ["", false],
  ])("%j is a time zone: %j", (name, is) => {
    expect(isTimeZone(name)).toBe(is);
  });
});

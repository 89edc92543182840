import { describe, expect, test } from "vitest";
import { dayOf } from "../../lib/deploy/day.ts";
import { endingNotices, endingWeeks } from "../../lib/review/endings.ts";
import { parseRoster } from "../../lib/roster/parse.ts";

// In Tokyo it is the first of January already.
const now = new Date("2026-12-31T15:00:00Z");
const TOKYO = { timeZone: "Asia/Tokyo" };
const on = (day: string) => ({ day, by: "--on" });
const text = `{ "users": {
  "hanako@example.com": { "groups": [{ "admins": { "until": "2026-12-31" } }] },
  "taro@example.com": { "until": "2027-01-03" },
  "mika@example.com": { "until": "2027-01-04" },
  "paul@example.com": { "until": "2027-01-11" }
} }`;
const roster = parseRoster(text, "users.json").roster;
if (roster === undefined) throw new Error("the roster has problems");

describe("the day of a plan and of a deploy", () => {
  test("is today where config.ts says; a plan may look at any other one", () => {
    expect(dayOf({}, { asked: undefined, deploys: true, now }).day).toBe("2026-12-31");
    expect(dayOf(TOKYO, { asked: undefined, deploys: true, now }).day).toBe("2027-01-01");
    expect(dayOf(TOKYO, { asked: on("2030-01-01"), deploys: false, now }).day).toBe("2030-01-01");
    expect(dayOf(TOKYO, { asked: on("2020-01-01"), deploys: false, now }).day).toBe("2020-01-01");
    expect(dayOf(TOKYO, { asked: on("2027-01-01"), deploys: true, now }).day).toBe("2027-01-01");
  });

  test.each([
    ["2027-01-02", /Access that has not ended yet would be taken away/],
    ["2026-12-31", /Access that has ended would be given back/],
  ])("a deploy for %s is refused", (day, why) => {
    expect(() => dayOf(TOKYO, { asked: on(day), deploys: true, now })).toThrow(
      expect.objectContaining({ exitCode: 3, why: expect.stringMatching(why) }),
    );
    expect(() => dayOf(TOKYO, { asked: { day, by: "ROSTER_DAY" }, deploys: true, now })).toThrow(
      /ROSTER_DAY/,
    );
  });

  test("of a kept plan stays the one that it was reviewed for, and what has ended since is told", () => {
    const plan = { file: "p.tfplan", day: "2026-12-31" };
    const { day, notices } = dayOf(TOKYO, { asked: undefined, plan, deploys: true, now });
    expect(day).toBe("2026-12-31");
    expect(notices(roster)).toEqual([
      "The plan was made for 2026-12-31, and is applied as it was reviewed. Access has ended since (hanako@example.com): the next deploy takes it away.",
    ]);
    const today = { file: "p.tfplan", day: "2027-01-01" };
    expect(dayOf(TOKYO, { asked: undefined, plan: today, deploys: true, now }).notices(roster)).toEqual([]);
  });

  test("of a kept plan can't be one to come; one of an earlier version is for today", () => {
    const plan = { file: "p.tfplan", day: "2027-01-02" };
    expect(() => dayOf(TOKYO, { asked: undefined, plan, deploys: true, now })).toThrow(
      /REFUSED: p.tfplan was made for 2027-01-02, and today is 2027-01-01/,
    );
    const old = { file: "p.tfplan", day: undefined };
    expect(dayOf(TOKYO, { asked: undefined, plan: old, deploys: true, now }).day).toBe("2027-01-01");
  });
});

describe("what a review says of access that ends", () => {
  test("is who loses what this week, which ends on Sunday, and in the next one", () => {
    // 1 January 2027 is a Friday.
    const weeks = endingWeeks({ written: roster, day: "2027-01-01" });
    const names = (which: keyof typeof weeks) => weeks[which].map(({ username }) => username);
    expect(names("ended")).toEqual(["hanako@example.com"]);
    expect(names("thisWeek")).toEqual(["taro@example.com"]);
    expect(names("nextWeek")).toEqual(["mika@example.com"]);
    expect(endingNotices({ written: roster, day: "2027-01-01" })).toEqual([
      'Access that has ended by its "until": hanako@example.com in admins (2026-12-31). To write it down: npm run ended -- --write',
      "Access that ends this week, after its last day: taro@example.com (2027-01-03)",
      "Access that ends next week, after its last day: mika@example.com (2027-01-04)",
    ]);
  });

  test("is nothing where nothing ends", () => {
    expect(endingNotices({ written: roster, day: "2026-12-01" })).toEqual([]);
  });
});

import { expect, test } from "vitest";
import { localTime } from "../../../scripts/frame/person.ts";

test("a time early in the day has two digits for its hour, too", () => {
  expect(localTime(new Date(2026, 10, 7, 4, 1, 9))).toMatch(/^2026-11-07 04:01:09 \S+$/);
});

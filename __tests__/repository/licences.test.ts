import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { ACCEPTED, licencePage, licensed } from "../../scripts/licences.ts";

const lock = readFileSync("package-lock.json", "utf8");
const all = licensed(lock);

test("every dependency, direct or brought along, has a licence that goes with ours", () => {
  expect(packageJson.license).toBe("Apache-2.0");
  expect(all.filter(({ licence }) => !ACCEPTED.has(licence))).toEqual([]);
});

test("no licence is accepted that nothing here has", () => {
  const used = new Set(all.map(({ licence }) => licence));
  expect([...ACCEPTED.keys()].filter((licence) => !used.has(licence))).toEqual([]);
});

test("the list names every dependency of package.json, and what they bring along, but nothing of development", () => {
  expect(all.filter(({ direct }) => direct).map(({ name }) => name)).toEqual(
    Object.keys(packageJson.dependencies).sort(),
  );
  const names = new Set(all.map(({ name }) => name));
  expect(names).toContain("@smithy/types");
  for (const name of ["vitest", "@biomejs/biome"]) expect(names).not.toContain(name);
});

test("what is installed says of itself what package-lock.json says", () => {
  const { packages } = JSON.parse(lock) as { packages: Record<string, { dev?: boolean; license?: string }> };
  const installed = Object.entries(packages).filter(
    ([path, { dev }]) => path !== "" && !dev && existsSync(`${path}/package.json`),
  );
  expect(installed.length).toBeGreaterThan(150);
  const other = installed.flatMap(([path, { license }]) => {
    const own: { license?: string | { type: string }; licenses?: { type: string }[] } = JSON.parse(
      readFileSync(`${path}/package.json`, "utf8"),
    );
    const said =
      typeof own.license === "object" ? own.license.type : (own.license ?? own.licenses?.[0]?.type);
    return said === license ? [] : [`${path}: ${said}, not ${license}`];
  });
  expect(other).toEqual([]);
});

test("docs/licences.md is that list: npm run licences writes it anew", () => {
  expect(readFileSync("docs/licences.md", "utf8")).toBe(licencePage(lock));
});

test("a dependency without a licence is not passed over", () => {
  const entries = { "": {}, "node_modules/a": { version: "1.0.0" } };
  expect(() => licensed(JSON.stringify({ packages: entries }))).toThrow("a 1.0.0 states no licence");
});

import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface PackageJson {
  readonly license?: string | { readonly type: string };
  /** As packages had it before 2014. */
  readonly licenses?: readonly { readonly type: string }[];
}
interface LockEntry {
  readonly dev?: boolean;
  /** What package-lock.json copied from the package, for those of other platforms. */
  readonly license?: string;
}

const readJson = <T>(file: string): T => JSON.parse(readFileSync(file, "utf8"));
const { packages } = readJson<{ packages: Record<string, LockEntry> }>("package-lock.json");

/** The two lists in CONTRIBUTING.md. */
const [, section = ""] = readFileSync("CONTRIBUTING.md", "utf8").split("## Licences\n");
const listed = (bullet: string) =>
  Array.from(
    section
      .split(`- ${bullet}`)[1]
      ?.split("\n- ")[0]
      ?.matchAll(/`(.+?)`/g) ?? [],
    ([, name]) => name,
  );
const RUNTIME = listed("What we ship needs");
const ALLOWED = [...RUNTIME, ...listed("Tools for development")];

const licenceOf = (folder: string, { license }: LockEntry) => {
  if (!existsSync(`${folder}/package.json`)) return license;
  const own = readJson<PackageJson>(`${folder}/package.json`);
  return typeof own.license === "object" ? own.license.type : (own.license ?? own.licenses?.[0]?.type);
};

/** "(MIT OR WTFPL)" leaves the choice to us; "MIT AND Zlib" doesn't. */
const isAllowed = (licence = "", allowed: readonly (string | undefined)[]) =>
  licence
    .replace(/^\(|\)$/g, "")
    .split(" OR ")
    .some((one) => allowed.includes(one));

test("every package has a licence that CONTRIBUTING.md allows", () => {
  const installed = Object.entries(packages).filter(([folder]) => folder !== "");
  expect(installed.length).toBeGreaterThan(500);
  const refused = installed.flatMap(([folder, entry]) => {
    const licence = licenceOf(folder, entry);
    return isAllowed(licence, entry.dev ? ALLOWED : RUNTIME)
      ? []
      : [`${folder.replace(/^.*node_modules\//, "")}: ${licence ?? "no licence"}`];
  });
  expect(refused).toEqual([]);
});

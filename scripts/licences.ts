// npm run licences: writes docs/licences.md, the licences of everything that runs with this package.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../lib/errors.ts";
import { writeFile } from "../lib/files.ts";
import { main, newCommand, ROOT } from "./frame/main.ts";

/** What this package, under Apache-2.0, may depend on, and why. npm installs all of it beside ours. */
export const ACCEPTED: ReadonlyMap<string, string> = new Map([
  ["Apache-2.0", "ours"],
  ["MIT", "permissive: the notice stays with the copy that npm installs"],
  ["ISC", "permissive, as MIT"],
  ["BSD-3-Clause", "permissive, as MIT; no endorsement in the authors' names"],
  ["BlueOak-1.0.0", "permissive, as MIT"],
  ["0BSD", "permissive, without conditions"],
  ["Public Domain", "no rights are reserved"],
  ["MPL-2.0", "copyleft file by file: binds who changes those very files, and we change none"],
]);

export interface Licensed {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** Named in package.json, not brought along by another. */
  readonly direct: boolean;
}

interface LockEntry {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/**
 * Everything that `npm ci --omit=dev` may install on any platform, each version once.
 * @param lock package-lock.json, lockfileVersion 3
 * @throws UserError for a package that states no licence
 */
export function licensed(lock: string): Licensed[] {
  const { packages } = JSON.parse(lock) as { packages: Readonly<Record<string, LockEntry>> };
  const direct = packages[""]?.dependencies ?? {};
  const found = new Map<string, Licensed>();
  for (const [path, { version = "", license, dev }] of Object.entries(packages)) {
    if (path === "" || dev) continue;
    const name = path.replace(/^.*node_modules\//, "");
    if (license === undefined) {
      throw new UserError(`${name} ${version} states no licence`, {
        why: "What has none may not be used.",
        next: ["look for one in its repository; without one, do without the package"],
      });
    }
    const known = found.get(`${name} ${version}`);
    const isDirect = known?.direct === true || (path === `node_modules/${name}` && name in direct);
    found.set(`${name} ${version}`, { name, version, licence: license, direct: isDirect });
  }
  return [...found.values()].sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1));
}

/** docs/licences.md. Parameters and errors as of {@link licensed}. */
export function licencePage(lock: string): string {
  const all = licensed(lock);
  const rows = (some: readonly Licensed[]) =>
    some.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`);
  const head = ["| package | version | licence |", "|---|---|---|"];
  const counts = [...ACCEPTED].map(([licence, reason]) => {
    const count = all.filter((one) => one.licence === licence).length;
    return `| ${licence} | ${count} | ${reason} |`;
  });
  return [
    "# Licences of the dependencies",
    "",
    "Everything that `npm ci --omit=dev` may install, on any platform. Written by `npm run licences` from package-lock.json;",
    "a test compares it, and refuses a licence that is not in this table.",
    "",
    "| licence | packages | why it goes with Apache-2.0 |",
    "|---|---|---|",
    ...counts,
    "",
    "## Named in package.json",
    "",
    ...head,
    ...rows(all.filter(({ direct }) => direct)),
    "",
    "## Brought along by those",
    "",
    ...head,
    ...rows(all.filter(({ direct }) => !direct)),
    "",
  ].join("\n");
}

main(async () => {
  newCommand("licences", "Writes docs/licences.md from package-lock.json.").parse();
  writeFile(
    join(ROOT, "docs/licences.md"),
    licencePage(readFileSync(join(ROOT, "package-lock.json"), "utf8")),
  );
  process.stderr.write("Wrote docs/licences.md\n");
});

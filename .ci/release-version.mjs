// npm runs this in `npm version` (package.json's "version"): dates the top section of CHANGELOG.md, and gives create/ the same version.
import { readFileSync, writeFileSync } from "node:fs";

const version = process.env.npm_package_version;
const text = readFileSync("CHANGELOG.md", "utf8");
const dated = text.replace(/^## \S+ – unreleased$/m, `## ${version} – ${new Date().toISOString().slice(0, 10)}`);
if (dated === text) {
  console.error(
    "CHANGELOG.md has no section that is unreleased. Nothing was tagged.\n  → begin one, ## NEXT – unreleased, that says what is new",
  );
  process.exit(2);
}
const create = readFileSync("create/package.json", "utf8");
writeFileSync("CHANGELOG.md", dated);
writeFileSync("create/package.json", create.replace(/"version": "[^"]*"/, `"version": "${version}"`));

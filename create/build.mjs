// Before `npm pack` in create/: bundles create/main.ts and what it uses of lib into one file, with what a new project gets
// unchanged.
import { chmodSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(HERE);
const read = (path) => readFileSync(join(ROOT, path), "utf8");

const manifest = JSON.parse(read("package.json"));
const workflows = ["plan", "deploy", "drift"].map((name) => `.github/workflows/${name}.yml`);
const asTheyAre = Object.fromEntries(
  [".gitignore", ".npmrc", ...workflows].map((path) => [path, read(path)]),
);

await build({
  absWorkingDir: ROOT,
  entryPoints: ["create/main.ts"],
  outfile: join(HERE, "dist", "create.mjs"),
  bundle: true,
  packages: "external",
  platform: "node",
  format: "esm",
  target: "node20",
  define: { PACKED: JSON.stringify({ manifest, asTheyAre }) },
  banner: { js: "#!/usr/bin/env node" },
});
chmodSync(join(HERE, "dist", "create.mjs"), 0o755);

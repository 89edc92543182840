// Our TypeScript as JavaScript that Node can run: compiled by esbuild, and kept in .cache/build until a source changes.
import { createHash } from "node:crypto";
import {
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const SELF = fileURLToPath(import.meta.url);

/** How long an older build stays, in milliseconds: a process that began with it may load more of it later. */
const KEPT = 24 * 60 * 60 * 1000;

/**
 * Compiled with ours. They come as a thousand files, of which an app needs a part: loading those one by one takes as long
 * as everything else that a synth does (`npm run bench`).
 */
const COMPILED_TOO = /^(cdktf|constructs|@cdktf\/provider-aws)(\/|$)/;
const PACKAGES = /[\\/]node_modules[\\/]/;

/**
 * @param {string} root the repository, absolute
 * @param {string} source the file to run, absolute
 * @returns {Promise<string>} the compiled file
 * @throws esbuild's failure, whose `errors` say what is no TypeScript, or is imported and not there
 */
export async function compile(root, source) {
  const cache = join(root, ".cache", "build", relative(root, source).replaceAll(/\W+/g, "-"));
  const compiled = (key) => join(cache, key, basename(source).replace(/ts$/, "mjs"));
  const last = lastOf(cache);
  if (last !== undefined && last.key === keyOf(root, last.inputs)) return compiled(last.key);

  const { build } = await import("esbuild");
  const part = join(cache, `${process.pid}.part`);
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [source],
    outdir: part,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    // What is imported later is loaded later.
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    // jsonc-parser's other form finds its parts at run time only.
    mainFields: ["module", "main"],
    banner: {
      js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
    },
    // Read when a defect's stack is told (support/stack.ts).
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    logLevel: "silent",
    plugins: [packages, ownAddresses],
  });
  const inputs = Object.keys(metafile.inputs);
  const key = keyOf(root, inputs);
  removeOld(cache);
  try {
    renameSync(part, join(cache, key));
  } catch {
    // Another process was faster, or the sources are again what they once were.
    rmSync(part, { recursive: true });
  }
  writeFileSync(`${part}.json`, JSON.stringify({ key, inputs }));
  renameSync(`${part}.json`, join(cache, "last.json"));
  return compiled(key);
}

/**
 * What a team can do wrong in `config.ts`, at its line, on stderr.
 * @param {Error & { errors?: import("esbuild").Message[] }} failure of `compile`
 * @throws the failure, where it is none of the sources'
 */
export async function explainFailure(failure) {
  if (failure.errors === undefined) throw failure;
  const { formatMessages } = await import("esbuild");
  const { isTTY = false } = process.stderr;
  const color = isTTY && !process.env.NO_COLOR;
  const told = await formatMessages(failure.errors, {
    kind: "error",
    color,
    terminalWidth: process.stderr.columns,
  });
  process.stderr.write(`${told.join("")}Nothing was done: this has to be TypeScript first.\n`);
}

const packages = {
  name: "packages",
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) =>
      kind === "entry-point" || PACKAGES.test(importer) || COMPILED_TOO.test(path)
        ? undefined
        : { path, external: true },
    );
  },
};

/** Each of our modules keeps its own address, and finds the files beside it. */
const ownAddresses = {
  name: "own addresses",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      loader: "ts",
      contents: readFileSync(path, "utf8").replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path))),
    }));
  },
};

function lastOf(cache) {
  try {
    return JSON.parse(readFileSync(join(cache, "last.json"), "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * Of our own files the contents decide: their times say nothing after a checkout. Of packages, which are many, when each
 * was last changed. Undefined where one is gone.
 */
function keyOf(root, inputs) {
  const hash = createHash("sha256").update(root);
  try {
    // Packages that a link leads to may be others today.
    hash.update(realpathSync(join(root, "node_modules")));
    for (const file of [SELF, ...inputs.map((input) => join(root, input))]) {
      const { ctimeMs, size } = PACKAGES.test(file) ? statSync(file) : {};
      hash.update(size === undefined ? readFileSync(file) : `${ctimeMs} ${size}`).update("\0");
    }
  } catch {
    return undefined;
  }
  return hash.digest("hex").slice(0, 16);
}

function removeOld(cache) {
  for (const name of readdirSync(cache)) {
    const path = join(cache, name);
    if (name !== "last.json" && Date.now() - statSync(path).mtimeMs > KEPT) rmSync(path, { recursive: true });
  }
}

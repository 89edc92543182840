// Our TypeScript as JavaScript that Node can run: compiled by esbuild, and kept in .cache/build until a source changes.
import { createHash, randomUUID } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { find, isReadOnly } from "./dependencies.mjs";

const SELF = fileURLToPath(import.meta.url);

/** How long a build stays that was last used, in milliseconds: a process that began with it may load more of it later. */
const KEPT = 24 * 60 * 60 * 1000;

/**
 * Compiled with ours. They come as a thousand files, of which an app needs a part: loading those one by one takes as long
 * as everything else that a synth does (`npm run bench`).
 */
export const COMPILED_TOO = /^(cdktf|constructs|@cdktf\/provider-aws)(\/|$)/;
const PACKAGES = /[\\/]node_modules[\\/]/;

/**
 * A config.ts that is missing, or no TypeScript, becomes one that throws what is wrong with it: whatever runs tells it as it
 * tells everything else that is wrong there (scripts/frame/settings.ts).
 * @param {string} root the repository, absolute
 * @param {string} source the file to run, absolute
 * @returns {Promise<string>} the compiled file
 * @throws esbuild's failure, whose `errors` say what else is no TypeScript, or is imported and not there; the system's, with a
 *   `code`, where the compiled files cannot be written
 */
export async function compile(root, source) {
  const cache = join(root, ".cache", "build", relative(root, source).replaceAll(/\W+/g, "-"));
  const compiled = (key) => join(cache, key, basename(source).replace(/ts$/, "mjs"));
  const last = lastOf(cache);
  const current = last && keyOf(root, last.inputs, markOf);
  if (current !== undefined && current === last.key && existsSync(compiled(current))) {
    keepUsed(join(cache, current));
    return compiled(current);
  }

  const part = join(cache, `${randomUUID()}.part`);
  const marks = new Map();
  const { errors, metafile, outputFiles } = await bundle({ root, source, outdir: part, marks });
  const inputs = Object.keys(metafile.inputs).filter((input) => !input.startsWith(`${UNREADABLE}:`));
  // As they were read: whoever saves a file during the build gets another one next time.
  const key = keyOf(root, inputs, (file) => marks.get(file) ?? markOf(file), JSON.stringify(errors));
  try {
    for (const { path, contents } of outputFiles) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, contents);
    }
    removeOld(cache);
    putInPlace(part, compiled(key));
    // Without config.ts among the inputs nothing would say when it can be read again.
    if (errors.length === 0) {
      writeFileSync(`${part}.json`, JSON.stringify({ key, inputs }));
      renameSync(`${part}.json`, join(cache, "last.json"));
    }
  } catch (error) {
    // Then it is compiled at every run, into a directory that goes with it.
    if (!isReadOnly(root)) throw error;
    const directory = mkdtempSync(join(tmpdir(), "cognito-roster-"));
    process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
    const apart = await bundle({ root, source, outdir: directory, marks, plugin: packagesFromAfar });
    for (const { path, contents } of apart.outputFiles) writeFileSync(path, contents);
    return join(directory, basename(compiled(key)));
  } finally {
    for (const left of [part, `${part}.json`]) rmSync(left, { recursive: true, force: true });
  }
  return compiled(key);
}

async function bundle({ root, source, outdir, marks, plugin = packages }) {
  const { build } = await import("esbuild");
  const options = {
    absWorkingDir: root,
    entryPoints: [source],
    outdir,
    // By us, so that a full disk is not reported as a mistake in a source.
    write: false,
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
    // Read when a defect's stack is printed (scripts/frame/source-stack.ts).
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    logLevel: "silent",
    plugins: [plugin, sources(marks)],
  };
  try {
    return await build(options);
  } catch (failure) {
    const config = { ...options, entryPoints: ["config.ts"], sourcemap: false, plugins: [plugin] };
    const { errors } = await build(config).catch((reason) => reason);
    if (!errors?.length) throw failure;
    const plugins = [throwing(join(root, "config.ts"), errors), ...options.plugins];
    const built = await build({ ...options, plugins }).catch(() => Promise.reject(failure));
    return { ...built, errors };
  }
}

/** The namespace of what stands for a config.ts that can't be read. */
const UNREADABLE = "unreadable";

/**
 * @param {string} config the file, absolute
 * @param {import("esbuild").Message[]} errors what is wrong with it
 */
const throwing = (config, errors) => ({
  name: "throwing",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /config\.ts$/ }, ({ path, resolveDir }) =>
      resolve(resolveDir, path) === config ? { path: config, namespace: UNREADABLE } : undefined,
    );
    const told = errors.map(({ text, location }) => ({ text, location }));
    onLoad({ filter: /./, namespace: UNREADABLE }, () => ({
      contents: `throw ${JSON.stringify({ configErrors: told })};\nexport const config = undefined;`,
    }));
  },
});

/** From the temporary directory Node finds no packages: there they are named by where they are. */
const packagesFromAfar = {
  name: "packages-from-afar",
  setup(build) {
    packages.setup({
      onResolve: (options, resolve) =>
        build.onResolve(options, (args) => {
          const found = resolve(args);
          return found && { ...found, path: import.meta.resolve(found.path) };
        }),
    });
  },
};

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

/**
 * Each of our modules keeps its own address, and finds the files beside it.
 * @param {Map<string, string | Buffer>} marks gets that of each file, from before it is read
 */
const sources = (marks) => ({
  name: "sources",
  setup({ onLoad }) {
    onLoad({ filter: /./, namespace: "file" }, ({ path }) => {
      const mark = markOf(path);
      marks.set(path, mark);
      if (PACKAGES.test(path)) return undefined;
      return { loader: "default", contents: /\.[cm]?[jt]s$/.test(path) ? withOwnAddress(path, mark) : mark };
    });
  },
});

function withOwnAddress(path, contents) {
  const own = { url: pathToFileURL(path), dirname: dirname(path), filename: path };
  return contents
    .toString()
    .replaceAll(/\bimport\.meta\.(url|dirname|filename)\b/g, (_, name) => JSON.stringify(own[name]));
}

function lastOf(cache) {
  try {
    return JSON.parse(readFileSync(join(cache, "last.json"), "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * Of our own files the contents decide: their times say nothing after a checkout. Of packages, which are many, when each
 * was last changed.
 */
function markOf(file) {
  if (!PACKAGES.test(file)) return readFileSync(file);
  const { ctimeMs, size } = statSync(file);
  return `${ctimeMs} ${size}`;
}

/** Undefined where a file is gone. */
function keyOf(root, inputs, mark, errors = "[]") {
  const hash = createHash("sha256").update(root).update(errors);
  try {
    // Packages that a link leads to may be others today, and in a workspace they are in a folder above.
    for (const name of ["cdktf", "constructs", "@cdktf/provider-aws"]) hash.update(`${find(root, name)}\0`);
    for (const file of [SELF, ...inputs.map((input) => join(root, input))])
      hash.update(mark(file)).update("\0");
  } catch {
    return undefined;
  }
  return hash.digest("hex").slice(0, 16);
}

function putInPlace(part, compiled) {
  const build = dirname(compiled);
  try {
    renameSync(part, build);
  } catch (error) {
    // Another process was faster, or the sources are again what they once were.
    if (existsSync(compiled)) return keepUsed(build);
    if (!existsSync(build)) throw error;
    // Something has been deleted in it.
    rmSync(build, { recursive: true, force: true });
    renameSync(part, build);
  }
}

function keepUsed(build) {
  try {
    const now = new Date();
    utimesSync(build, now, now);
  } catch {
    // Somebody else's, or a disk that is only read: then nobody removes it either.
  }
}

function removeOld(cache) {
  for (const name of readdirSync(cache)) {
    const path = join(cache, name);
    const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? {};
    if (name !== "last.json" && Date.now() - mtimeMs > KEPT) rmSync(path, { recursive: true, force: true });
  }
}

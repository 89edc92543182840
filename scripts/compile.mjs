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
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { find, isReadOnly } from "./dependencies.mjs";

const SELF = fileURLToPath(import.meta.url);

/**
 * Where our sources are: the repository, if it is the project itself, or below the node_modules of a project that depends on
 * it.
 */
export const PACKAGE = dirname(dirname(SELF));

/** How long an unused build is kept, in milliseconds: a process that started with it may load more of it later. */
const KEPT = 24 * 60 * 60 * 1000;

/**
 * Compiled with our sources. They come as a thousand files, of which an app needs a part: loading those one by one takes as
 * long as everything else in a synth (`npm run bench`).
 */
export const COMPILED_TOO = /^(cdktf|constructs|@cdktf\/provider-aws)(\/|$)/;
const PACKAGES = /[\\/]node_modules[\\/]/;
const isPackage = (path) => PACKAGES.test(path.startsWith(PACKAGE + sep) ? path.slice(PACKAGE.length) : path);

/** What a project's own files import of us, and where that is. */
const OURS = { "cognito-roster": "index.ts", "cognito-roster/main": "main.ts" };

/**
 * A config.ts that is missing or isn't TypeScript, and a broken resources.ts, are replaced with one that throws the problem:
 * commands then report it like any other problem there (scripts/frame/settings.ts).
 * @param {string} root the project, absolute: the folder of config.ts, and of the .cache for this
 * @param {string} source the file to run, absolute
 * @returns {Promise<string>} the compiled file
 * @throws esbuild's failure, whose `errors` list other invalid TypeScript and missing imports; the system's, with a `code`, if
 *   the compiled files can't be written
 */
export async function compile(root, source) {
  const from = source.startsWith(PACKAGE + sep) ? PACKAGE : root;
  const cache = join(root, ".cache", "build", relative(from, source).replaceAll(/\W+/g, "-"));
  const compiled = (key) => join(cache, key, basename(source).replace(/ts$/, "mjs"));
  const inputsOfLast = lastInputs(cache);
  const current = inputsOfLast && keyOf(root, inputsOfLast, markOf);
  // Not only the last one: a config.ts that is as it was before needs no other build.
  if (current !== undefined && existsSync(compiled(current))) {
    keepUsed(join(cache, current));
    return compiled(current);
  }

  const part = join(cache, `${randomUUID()}.part`);
  const marks = new Map();
  const { errors, metafile, outputFiles } = await bundle({ root, source, outdir: part, marks });
  const inputs = Object.keys(metafile.inputs).filter(
    (input) => ![UNREADABLE, ABSENT].some((namespace) => input.startsWith(`${namespace}:`)),
  );
  // As they were read: if a file is saved during the build, the next run builds again.
  const key = keyOf(root, inputs, (file) => marks.get(file) ?? markOf(file), JSON.stringify(errors));
  try {
    for (const { path, contents } of outputFiles) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, contents);
    }
    removeOld(cache);
    putInPlace(part, compiled(key));
    // Without config.ts among the inputs, nothing would show when it becomes readable again.
    if (errors.length === 0) {
      writeFileSync(`${part}.json`, JSON.stringify(inputs));
      renameSync(`${part}.json`, join(cache, INPUTS));
    }
  } catch (error) {
    // Then it is compiled at every run, into a directory that is removed afterwards.
    if (!isReadOnly(root)) throw error;
    const directory = mkdtempSync(join(tmpdir(), "cognito-roster-"));
    process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
    const apart = await bundle({ root, source, outdir: directory, marks, afar: true });
    for (const { path, contents } of apart.outputFiles) writeFileSync(path, contents);
    return join(directory, basename(compiled(key)));
  } finally {
    for (const left of [part, `${part}.json`]) rmSync(left, { recursive: true, force: true });
  }
  return compiled(key);
}

async function bundle({ root, source, outdir, marks, afar = false }) {
  const { build, stop } = await import("esbuild");
  const plugin = packages(root, afar);
  // Where the compiled files are moved with it, the addresses in them stay right.
  const sourcesAt = root === PACKAGE && !afar ? relative(outdir, root).replaceAll(sep, "/") : undefined;
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
    // jsonc-parser's other form only finds its parts at run time.
    mainFields: ["module", "main"],
    banner: {
      js: 'import { createRequire as requireFrom } from "node:module"; import { fileURLToPath as pathFrom } from "node:url"; const require = requireFrom(import.meta.url);',
    },
    // Read when a defect's stack is printed (scripts/frame/source-stack.ts).
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    logLevel: "silent",
    // Read by scripts/frame/root.ts.
    define: root === PACKAGE ? {} : { PROJECT_ROOT: JSON.stringify(root) },
    plugins: [absent(root), teams(root), plugin, sources(marks, sourcesAt)],
  };
  try {
    return await build(options);
  } catch (failure) {
    const errors = [];
    const instead = [];
    for (const name of ["config.ts", RESOURCES]) {
      if (name === RESOURCES && !existsSync(join(root, name))) continue;
      const alone = { ...options, entryPoints: [name], sourcemap: false, plugins: [plugin] };
      const wrong = (await build(alone).catch((reason) => reason)).errors ?? [];
      if (wrong.length > 0) instead.push(throwing(root, name, wrong));
      errors.push(...wrong);
    }
    if (errors.length === 0) throw failure;
    const plugins = [...instead, ...options.plugins];
    const built = await build({ ...options, plugins }).catch(() => Promise.reject(failure));
    return { ...built, errors };
  } finally {
    // Its process would keep 140 MB until this one ends.
    await stop();
  }
}

/** Your own constructs, beside config.ts: optional. */
const RESOURCES = "resources.ts";

/** The project's files that we import, by where they would be beside our sources. */
const TEAMS = /(?:^|[\\/])(config|resources)\.ts$/;

/** Which of them is meant, if any. */
function teamFile(root, { path, resolveDir }) {
  const file = resolve(resolveDir, path);
  return [PACKAGE, root].includes(dirname(file)) ? basename(file) : undefined;
}

/** In a project that depends on us they are beside its package.json, not beside ours. */
const teams = (root) => ({
  name: "teams",
  setup({ onResolve }) {
    if (root === PACKAGE) return;
    onResolve({ filter: TEAMS }, (args) =>
      args.kind !== "entry-point" && teamFile(root, args) !== undefined
        ? { path: join(root, teamFile(root, args)) }
        : undefined,
    );
  },
});

/** The namespace of replacements for missing files. */
const ABSENT = "absent";

/** @param {string} root the project, absolute */
const absent = (root) => ({
  name: ABSENT,
  setup({ onResolve, onLoad }) {
    const file = join(root, RESOURCES);
    onResolve({ filter: TEAMS }, (args) =>
      teamFile(root, args) === RESOURCES && !existsSync(file) ? { path: file, namespace: ABSENT } : undefined,
    );
    onLoad({ filter: /./, namespace: ABSENT }, () => ({ contents: "export {};" }));
  },
});

/** The namespace of replacements for an unreadable config.ts or resources.ts. */
const UNREADABLE = "unreadable";

/**
 * @param {string} root the project, absolute
 * @param {string} name of the file
 * @param {import("esbuild").Message[]} errors what is wrong with it
 */
const throwing = (root, name, errors) => ({
  name: `throwing ${name}`,
  setup({ onResolve, onLoad }) {
    const namespace = `${UNREADABLE}:${name}`;
    onResolve({ filter: TEAMS }, (args) =>
      teamFile(root, args) === name ? { path: join(root, name), namespace } : undefined,
    );
    const told = errors.map(({ text, location }) => ({ text, location }));
    onLoad({ filter: /./, namespace }, () => ({
      contents: `throw ${JSON.stringify({ configErrors: told })};\nexport const config = undefined;\nexport default undefined;`,
    }));
  },
});

/**
 * @param {string} root the project, absolute
 * @param {boolean} afar whether it will run from the temporary directory, where Node finds no packages
 */
const packages = (root, afar) => ({
  name: "packages",
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) => {
      if (kind === "entry-point") return undefined;
      // The same classes as ours, and not those of dist/ beside them.
      if (root !== PACKAGE && Object.hasOwn(OURS, path)) return { path: join(PACKAGE, OURS[path]) };
      if (isPackage(importer) || COMPILED_TOO.test(path)) return undefined;
      // Our packages may be where the project's own files don't find them, as with pnpm.
      const ours = root !== PACKAGE && importer.startsWith(PACKAGE + sep);
      return { path: ours || afar ? placeOf(path) : path, external: true };
    });
  },
});

/** A package by its location, seen from us. A missing one keeps its name, so that Node reports it. */
function placeOf(name) {
  try {
    return import.meta.resolve(name);
  } catch {
    return name;
  }
}

/**
 * Each of our modules keeps its own address, and finds the files beside it.
 * @param {Map<string, string | Buffer>} marks gets each file's mark, taken before it is read
 * @param {string | undefined} at where our sources are, as seen from the compiled files; undefined if that may change
 */
const sources = (marks, at) => ({
  name: "sources",
  setup({ onLoad }) {
    onLoad({ filter: /./, namespace: "file" }, ({ path }) => {
      const mark = markOf(path);
      marks.set(path, mark);
      if (isPackage(path)) return undefined;
      return {
        loader: "default",
        contents: /\.[cm]?[jt]s$/.test(path) ? withOwnAddress(path, mark, at) : mark,
      };
    });
  },
});

function withOwnAddress(path, contents, at) {
  const address = (file) => {
    const below = relative(PACKAGE, file);
    if (at === undefined || isAbsolute(below)) return JSON.stringify(pathToFileURL(file));
    const encoded = below.split(sep).map(encodeURIComponent).join("/");
    return `new URL(${JSON.stringify(`${at}/${encoded}`)}, import.meta.url).href`;
  };
  const own = {
    url: address(path),
    dirname: `pathFrom(${address(dirname(path))})`,
    filename: `pathFrom(${address(path)})`,
  };
  return contents.toString().replaceAll(/\bimport\.meta\.(url|dirname|filename)\b/g, (_, name) => own[name]);
}

/** What a build in a project refers to by location. */
const ownDependencies = () =>
  Object.keys(JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8")).dependencies ?? {});

/** Beside the builds: what the last one was made from. */
const INPUTS = "inputs.json";

function lastInputs(cache) {
  try {
    return JSON.parse(readFileSync(join(cache, INPUTS), "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * For our own files the contents decide: their times mean nothing after a checkout. For packages, which are many, the time of
 * the last change decides.
 */
function markOf(file) {
  if (!isPackage(file)) return readFileSync(file);
  const { ctimeMs, size } = statSync(file);
  return `${ctimeMs} ${size}`;
}

/** Undefined if a file is gone. */
function keyOf(root, inputs, mark, errors = "[]") {
  // Ours has no absolute address in it: see withOwnAddress.
  const hash = createHash("sha256")
    .update(root === PACKAGE ? "" : root)
    .update(errors);
  // A missing one is no input.
  hash.update(String(existsSync(join(root, RESOURCES))));
  try {
    // Linked packages may have changed, and in a workspace they are in a folder above.
    for (const name of ["cdktf", "constructs", "@cdktf/provider-aws"]) hash.update(`${find(root, name)}\0`);
    if (root !== PACKAGE) for (const name of ownDependencies()) hash.update(`${find(PACKAGE, name)}\0`);
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
    // Another process was faster, or the sources are the same as before.
    if (existsSync(compiled)) return keepUsed(build);
    if (!existsSync(build)) throw error;
    // Something in it has been deleted.
    rmSync(build, { recursive: true, force: true });
    renameSync(part, build);
  }
}

function keepUsed(build) {
  try {
    const now = new Date();
    utimesSync(build, now, now);
  } catch {
    // Another account's, or a read-only disk: then no one removes it either.
  }
}

function removeOld(cache) {
  for (const name of readdirSync(cache)) {
    const path = join(cache, name);
    const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? {};
    if (name !== INPUTS && Date.now() - mtimeMs > KEPT) rmSync(path, { recursive: true, force: true });
  }
}

// Our TypeScript as JavaScript that Node can run: compiled by esbuild, and kept in .cache/build until a source changes.
import { createHash, randomUUID } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  linkSync,
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
 * Compiled with whatever imports them: there is one of each. They come as a thousand files, of which an app needs a part: loading those
 * one by one takes as long as everything else in a synth (`npm run bench`).
 */
export const CONSTRUCTS = /^(cdktf|constructs|@cdktf\/provider-aws)(\/|$)/;

/** Compiled with our sources, which takes a quarter off the start of a command: 250 small files, and what else is needed at once. */
export const SMALL_FILES = [
  "commander",
  "execa",
  "fastest-levenshtein",
  "fflate",
  "jsonc-parser",
  "p-queue",
  "string-width",
  "wrap-ansi",
  "yocto-spinner",
  "yoctocolors",
  "zod",
];
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
  const main = basename(source).replace(/ts$/, "mjs");
  const compiled = (key) => join(cache, key, main);
  const inputsOfLast = lastInputs(cache);
  const current = inputsOfLast && keyOf(root, inputsOfLast, markOf);
  // Not only the last one: a config.ts that is as it was before needs no other build.
  if (current !== undefined && existsSync(compiled(current))) {
    keepUsed(join(cache, current));
    return compiled(current);
  }

  const outdir = join(cache, `${randomUUID()}.part`);
  const marks = new Map();
  // As they were read: if a file is saved during the build, the next run builds again.
  const mark = (file) => marks.get(file) ?? markOf(file);
  const alone = await configAlone({ root, outdir, marks });
  const last = alone && inputsOfLast && baseOf(root, inputsOfLast, mark);
  const kept = last !== undefined && existsSync(compiled(last));
  // Before anything old is removed.
  if (kept) keepUsed(join(cache, last));
  const { errors, inputs, files, config } = kept
    ? { errors: [], inputs: inputsOfLast, files: [], config: alone }
    : await bundleAll({ root, source, outdir, marks }, alone);
  await stopCompiler();
  const base = config && errors.length === 0 ? baseOf(root, inputs, mark) : undefined;
  const key = keyOf(root, inputs, mark, JSON.stringify(errors));
  try {
    writeFiles(outdir, files);
    removeOld(cache);
    if (base !== undefined) {
      if (!kept) putInPlace(outdir, compiled(base));
      linkFiles(join(cache, base), outdir);
    }
    if (config !== undefined && inputs.includes(CONFIG)) writeFiles(outdir, config);
    putInPlace(outdir, compiled(key));
    // Without config.ts among the inputs, nothing would show when it becomes readable again.
    if (errors.length === 0) {
      writeFileSync(`${outdir}.json`, JSON.stringify(inputs));
      renameSync(`${outdir}.json`, join(cache, INPUTS));
    }
  } catch (error) {
    // Then it is compiled at every run, into a directory that is removed afterwards.
    if (!isReadOnly(root)) throw error;
    const directory = mkdtempSync(join(tmpdir(), "cognito-roster-"));
    process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
    const apart = await bundle({ root, source, outdir: directory, marks, afar: true });
    await stopCompiler();
    writeFiles(directory, apart.files);
    return join(directory, main);
  } finally {
    for (const left of [outdir, `${outdir}.json`]) rmSync(left, { recursive: true, force: true });
  }
  return compiled(key);
}

/** The team's settings, which change more often than anything else: they are compiled by themselves if they can be. */
const CONFIG = "config.ts";

/** Where a build then has them. */
const BESIDE = "./config.mjs";

/** @returns the compiled files; undefined if config.ts needs another file, which must not exist twice */
async function configAlone({ root, outdir, marks }) {
  const source = join(root, CONFIG);
  if (!existsSync(source)) return undefined;
  const { errors, inputs, files, imports } = await bundle({
    root,
    source,
    outdir,
    marks,
    plugins: [nothingElse],
  });
  return errors.length + imports.length === 0 && inputs.length === 1 ? files : undefined;
}

/**
 * @param options of the whole build
 * @param alone config.ts, if it can be compiled by itself
 * @returns the same, and the `config` that is to stand beside it: none if a file imports it by another name, such as ./config.js, and so
 *   has it in the build
 */
async function bundleAll(options, alone) {
  const rest = alone && (await bundle({ ...options, plugins: [besides(options.root)] }));
  if (rest !== undefined && !rest.read.includes(CONFIG)) return { ...rest, config: alone };
  return { ...(await bundle(options)), config: undefined };
}

/** The name of a build that only lacks config.ts: with another one, it need not be made again. */
function baseOf(root, inputs, mark) {
  const others = inputs.filter((input) => input !== CONFIG);
  return others.length === inputs.length ? undefined : `${keyOf(root, others, mark)}-base`;
}

function writeFiles(directory, files) {
  mkdirSync(directory, { recursive: true });
  for (const { name, contents } of files) writeFileSync(join(directory, name), contents);
}

function linkFiles(from, to) {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    try {
      linkSync(join(from, name), join(to, name));
    } catch {
      // Not every disk has links.
      copyFileSync(join(from, name), join(to, name));
    }
  }
}

/**
 * @returns {Promise<{ errors: import("esbuild").Message[], inputs: string[], read: string[], imports: string[], files: { name: string, contents: Uint8Array }[] }>}
 *   what is wrong with config.ts and resources.ts, what it is made from, what of that was read and what left out, and what is to be written
 */
async function bundle(options) {
  const { errors, metafile, outputFiles } = await buildWith(options);
  const read = Object.keys(metafile.inputs).filter(
    (input) => ![UNREADABLE, ABSENT].some((namespace) => input.startsWith(`${namespace}:`)),
  );
  const imports = Object.values(metafile.outputs)
    .flatMap((output) => output.imports)
    .filter(({ external, path }) => external && path.startsWith("."))
    .map(({ path }) => path);
  const inputs = imports.includes(BESIDE) ? [...read, CONFIG] : read;
  const files = outputFiles.map(({ path, contents }) => ({ name: relative(options.outdir, path), contents }));
  return { errors, inputs, read, imports, files };
}

async function buildWith({ root, source, outdir, marks, plugins: own = [], afar = false }) {
  const { build } = await import("esbuild");
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
      js: 'import { createRequire as requireFrom } from "node:module"; import { fileURLToPath as pathFrom } from "node:url"; const builtAt = import.meta.url; const require = requireFrom(builtAt);',
    },
    // Read when a defect's stack is printed (scripts/frame/source-stack.ts).
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    logLevel: "silent",
    // Read by scripts/frame/root.ts.
    define: root === PACKAGE ? {} : { PROJECT_ROOT: JSON.stringify(root) },
    plugins: [...own, absent(root), teams(root), plugin, sources(marks, sourcesAt)],
  };
  try {
    return await build(options);
  } catch (failure) {
    const errors = [];
    const instead = [];
    for (const name of [CONFIG, RESOURCES]) {
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
  }
}

/** Its process would keep 140 MB until this one ends. */
async function stopCompiler() {
  const { stop } = await import("esbuild");
  await stop();
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

/** config.ts is beside the compiled files, and not in them. */
const besides = (root) => ({
  name: "besides",
  setup({ onResolve }) {
    onResolve({ filter: TEAMS }, (args) =>
      args.kind !== "entry-point" && teamFile(root, args) === CONFIG
        ? { path: BESIDE, external: true }
        : undefined,
    );
  },
});

/** Leaves out whatever the file imports of the project. */
const nothingElse = {
  name: "nothing else",
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ path }) => ({ path, external: true }));
  },
};

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
      if (isPackage(importer) || CONSTRUCTS.test(path)) return undefined;
      if (isOurs(importer) && SMALL_FILES.includes(path)) return undefined;
      // Our packages may be where the project's own files don't find them, as with pnpm.
      const ours = root !== PACKAGE && importer.startsWith(PACKAGE + sep);
      return { path: ours || afar ? placeOf(path) : path, external: true };
    });
  },
});

const isOurs = (path) => ["lib", "scripts"].some((folder) => path.startsWith(join(PACKAGE, folder) + sep));

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
      const change = Object.entries(CHANGED).find(([name]) => path.endsWith(join("node_modules", name)))?.[1];
      if (change !== undefined) return { contents: change(readFileSync(path, "utf8"), ownAddress(path, at)) };
      if (isPackage(path)) return undefined;
      return {
        loader: "default",
        contents: /\.[cm]?[jt]s$/.test(path) ? withOwnAddress(path, mark, at) : mark,
      };
    });
  },
});

/** Files of packages that are compiled otherwise than they are. */
const CHANGED = {
  // To zip an asset, it has Node run this very file, through a shell that splits paths at blanks. Only there archiver is needed, which
  // is half of all code of cdktf.
  "cdktf/lib/private/fs.js": (text, { filename }) =>
    text
      .replace(/\.execSync\)\(`node [^`]*`/, `.execFileSync)(process.execPath, [${filename}, src, dest]`)
      .replace('require("archiver")', "undefined"),
  // In all languages, a megabyte; English is in another file.
  "zod/v4/locales/index.js": () => "export {};",
};

/** What Node would say a module's address is, in JavaScript. */
function ownAddress(path, at) {
  const address = (file) => {
    const below = relative(PACKAGE, file);
    if (at === undefined || isAbsolute(below) || below.startsWith(".."))
      return JSON.stringify(pathToFileURL(file));
    const encoded = below.split(sep).map(encodeURIComponent).join("/");
    return `new URL(${JSON.stringify(`${at}/${encoded}`)}, builtAt).href`;
  };
  return {
    url: address(path),
    dirname: `pathFrom(${address(dirname(path))})`,
    filename: `pathFrom(${address(path)})`,
  };
}

function withOwnAddress(path, contents, at) {
  const own = ownAddress(path, at);
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
    for (const name of root === PACKAGE ? SMALL_FILES : ownDependencies())
      hash.update(`${find(PACKAGE, name)}\0`);
    hash.update(JSON.stringify(sourcesBeside(root, inputs))).update(mark(SELF));
    for (const input of inputs) hash.update(`\0${input}\0`).update(mark(join(root, input)));
  } catch {
    return undefined;
  }
  return hash.digest("hex").slice(0, 16);
}

/**
 * Beside the team's own files. With a new one there, an import of theirs may mean that one: "./team" is team.ts, and where there is none,
 * team/index.ts.
 */
function sourcesBeside(root, inputs) {
  const own = inputs.map((input) => join(root, input)).filter((file) => !isPackage(file) && !isOurs(file));
  const folders = own.flatMap((file) => {
    const folder = dirname(file);
    return folder !== root && basename(file).startsWith("index.") ? [folder, dirname(folder)] : [folder];
  });
  return [...new Set(folders)].map((folder) => [
    relative(root, folder),
    readdirSync(folder)
      .filter((name) => /\.[cm]?[jt]sx?$/.test(name))
      .toSorted(),
  ]);
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

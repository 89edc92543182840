// Who installs the dependencies: this folder's own npm ci, or another package manager or workspace, which is left alone.
import { accessSync, constants, existsSync, lstatSync, readFileSync, realpathSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, sep } from "node:path";

/**
 * @typedef {object} Owner
 * @property {"npm" | "pnpm" | "yarn"} tool
 * @property {string} directory where it installs
 * @property {string} reason the evidence for that, as a clause
 */

/**
 * Who else installs the dependencies. npm ci here would then delete what is not ours, or install nothing here at all.
 * @param {string} root this package's folder, absolute
 * @returns {Owner | undefined} undefined if they are this folder's own
 */
export function otherOwner(root) {
  for (const [file, tool] of [
    ["pnpm-lock.yaml", "pnpm"],
    ["node_modules/.modules.yaml", "pnpm"],
    ["yarn.lock", "yarn"],
    ["node_modules/.yarn-integrity", "yarn"],
    ["node_modules/.yarn-state.yml", "yarn"],
  ])
    if (existsSync(join(root, file))) return { tool, directory: root, reason: `${file} is in this folder` };
  for (let above = dirname(root), below = root; above !== below; below = above, above = dirname(above)) {
    const folder = relative(above, root).split(sep).join("/");
    if (isMember(folder, pnpmPatterns(join(above, "pnpm-workspace.yaml"))))
      return { tool: "pnpm", directory: above, reason: "its pnpm-workspace.yaml includes this folder" };
    const { workspaces = [] } = readJson(join(above, "package.json")) ?? {};
    if (isMember(folder, Array.isArray(workspaces) ? workspaces : (workspaces.packages ?? []))) {
      const tool = existsSync(join(above, "yarn.lock")) ? "yarn" : "npm";
      return { tool, directory: above, reason: "the workspaces in its package.json include this folder" };
    }
  }
  return undefined;
}

/**
 * Whether npm ci has to run here: they are this folder's own, and missing or older than package-lock.json.
 * @param {string} root
 */
export function isStale(root) {
  const own = lstatSync(join(root, "node_modules"), { throwIfNoEntry: false });
  // npm ci empties node_modules first, even through a link: another directory's dependencies would be deleted.
  if (own?.isSymbolicLink()) return false;
  if (isReadOnly(root)) return missing(root, { exact: true }).length > 0;
  // All of them may be in a folder above, if this one is copied into something that has them.
  if (own === undefined && missing(root, { exact: true }).length === 0) return false;
  // npm writes node_modules/.package-lock.json last, so its presence also shows that the install finished.
  return modified(join(root, "node_modules/.package-lock.json")) < modified(join(root, "package-lock.json"));
}

/**
 * What package.json requires and Node would not find from here.
 * @param {string} root
 * @param {{ exact?: boolean }} [options] exact: nor in another version than the pinned one. Other ways of installing may have
 *   reasons for another. @default false
 * @returns {string[]} names
 */
export function missing(root, { exact = false } = {}) {
  const { dependencies = {}, peerDependencies = {} } = readJson(join(root, "package.json")) ?? {};
  return Object.entries({ ...peerDependencies, ...dependencies }).flatMap(([name, wanted]) => {
    const folder = find(root, name);
    if (folder === undefined) return [name];
    const { version, name: itself } = readJson(join(folder, "package.json")) ?? {};
    // An alias, such as cdktn in cdktf's place, has its own versions.
    const differs = itself === name && /^\d[\w.+-]*$/.test(wanted) && version !== wanted;
    return exact && differs ? [name] : [];
  });
}

/**
 * How to install what is missing: unlike npm and pnpm, yarn leaves the peer dependencies of its own folders to the dependent
 * package.
 * @param {string} root
 * @param {Owner} owner
 * @param {string[]} names from `missing`
 * @returns {string} a sentence without its full stop
 */
export function howToInstall(root, { tool, directory }, names) {
  const { peerDependencies = {}, devDependencies = {} } = readJson(join(root, "package.json")) ?? {};
  const peers = names.filter((name) => Object.hasOwn(peerDependencies, name));
  if (tool !== "yarn" || peers.length === 0) return `Run ${tool} install in ${directory}`;
  const pinned = peers.map((name) => `${name}@${devDependencies[name] ?? peerDependencies[name]}`);
  return `yarn does not install peer dependencies. In ${root}, run: yarn add ${["--dev", ...pinned].join(" ")}`;
}

/**
 * Where Node finds a package from here: in node_modules of this folder, or of one above.
 * @param {string} root
 * @param {string} name
 * @returns {string | undefined} its folder, without links
 */
export function find(root, name) {
  const places = createRequire(join(root, "package.json")).resolve.paths(name) ?? [];
  const found = places.map((place) => join(place, name)).find((one) => existsSync(join(one, "package.json")));
  return found && realpathSync(found);
}

/**
 * A read-only checkout: another account's, or on a disk mounted so.
 * @param {string} folder
 */
export function isReadOnly(folder) {
  try {
    accessSync(folder, constants.W_OK);
    return false;
  } catch {
    return true;
  }
}

const modified = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** The list under `packages:`; of YAML, only this much is read: one pattern per line, quoted or not. */
function pnpmPatterns(file) {
  if (!existsSync(file)) return [];
  const [, list = ""] =
    /^packages:[^\n]*\n((?:[ \t]*(?:-[^\n]*|#[^\n]*)?(?:\n|$))*)/m.exec(readFileSync(file, "utf8")) ?? [];
  return [...list.matchAll(/^\s*-\s*(?:"([^"]*)"|'([^']*)'|([^\s#]+))/gm)].map(
    ([, double, single, plain]) => double ?? single ?? plain,
  );
}

/** As npm, yarn and pnpm read workspaces: `*` is a part of a path, `**` any number of them, a leading ! excludes. */
function isMember(folder, patterns) {
  const last = patterns.findLast((pattern) => globOf(pattern.replace(/^!/, "")).test(folder));
  return last !== undefined && !last.startsWith("!");
}

function globOf(pattern) {
  const source = pattern
    .replace(/^\.?\//, "")
    .replace(/\/$/, "")
    .replace(/[.+^$()|[\]\\]/g, "\\$&")
    .replace(/\{([^{}]*)\}/g, (_, names) => `(?:${names.replaceAll(",", "|")})`)
    .replace(
      /\*\*\/|\*\*|\*|\?/g,
      (wild) => ({ "**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]" })[wild],
    );
  return new RegExp(`^${source}$`);
}

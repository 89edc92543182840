import {
  copyFileSync,
  type Dirent,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  statSync,
  symlinkSync,
  unlinkSync,
} from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { EXIT, UserError } from "../errors.ts";
import { writeFile } from "../files.ts";
import { terraformPlatform } from "./install.ts";
import { cliConfigFile } from "./run.ts";

/**
 * Writes the provider's entry into `.terraform.lock.hcl`, without hashes: `terraform init` adds those. Without an entry whose
 * constraint matches, `cdktf deploy` runs `terraform providers lock`, which ignores every mirror, needs the registry and
 * downloads the provider a second time (@cdktf/cli-core, cdktf-stack.js: checkNeedsLockfileUpdate). An entry for that version
 * is left alone, its hashes with it; one for another version is replaced, for init would refuse it without -upgrade.
 * @param stackDirectory the directory of cdk.tf.json
 */
export function lockProvider(stackDirectory: string, { source, version }: ProviderRequirement): void {
  const path = join(stackDirectory, ".terraform.lock.hcl");
  const current = existsSync(path) ? readFileSync(path, "utf8") : "";
  const address = `registry.terraform.io/${source}`;
  const blocks = current.match(/^provider "[^"]+" \{\r?\n[\s\S]*?^\}\r?\n?/gm) ?? [];
  const own = blocks.find((block) => block.startsWith(`provider "${address}" `));
  const says = (key: string) =>
    own !== undefined && new RegExp(`^\\s*${key}\\s+= "${version}"`, "m").test(own);
  if (says("version") && says("constraints")) return;

  const entry = `provider "${address}" {\n  version     = "${version}"\n  constraints = "${version}"\n}\n`;
  const separator = current === "" || current.endsWith("\n\n") ? "" : "\n";
  const wanted = own === undefined ? `${current}${separator}${entry}` : current.replace(own, () => entry);
  // a partly written lock file stops every Terraform command
  writeFile(path, wanted);
}

const REGISTRY = "registry.terraform.io";

/**
 * Below a root, a directory with such a name is searched one level deeper: `/opt/terraform/plugins`,
 * `/usr/share/terraform/providers`.
 */
const TELLING_NAME = /terraform|hashicorp|plugin|provider|mirror/i;

/** The user's own places; none if the account has no home, as in a container with only a user number. */
function atHome({ HOME }: NodeJS.ProcessEnv, ...way: readonly string[]): string[] {
  try {
    return [join(HOME ?? homedir(), ...way)];
  } catch {
    return [];
  }
}

/**
 * Where Terraform itself looks without any configuration, its "implied local mirror directories", in its order.
 * @param platform as `linux_amd64`
 * @see https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
 */
export function impliedMirrors(env: NodeJS.ProcessEnv, platform: string): string[] {
  if (platform.startsWith("windows_")) {
    const appData = env.APPDATA;
    return appData === undefined
      ? []
      : [join(appData, "terraform.d", "plugins"), join(appData, "HashiCorp", "Terraform", "plugins")];
  }
  const own = atHome(env, ".terraform.d", "plugins");
  if (platform.startsWith("darwin_")) {
    const support = join("Library", "Application Support", "io.terraform", "plugins");
    return [...own, ...atHome(env, support), join("/", support)];
  }
  return [...own, ...xdgDataDirectories(env).map((directory) => join(directory, "terraform", "plugins"))];
}

/**
 * Where a machine's third-party files usually are (FHS and the like): a mirror may be one of these, or be inside one. Only
 * places that an administrator or the user alone can write to: a provider is a program, so none is taken from a directory such
 * as /tmp.
 * @param platform as `linux_amd64`
 */
export function thirdPartyRoots(env: NodeJS.ProcessEnv, platform: string): string[] {
  if (platform.startsWith("windows_")) {
    return [env.ProgramData, env.ProgramFiles, env.LOCALAPPDATA, env.APPDATA].filter(
      (directory) => directory !== undefined,
    );
  }
  const unix = [
    "/opt",
    "/usr/local/share",
    "/usr/local/lib",
    "/usr/local",
    "/usr/share",
    "/usr/lib",
    "/srv",
    "/var/lib",
  ];
  const support = join("Library", "Application Support");
  const mac = [...atHome(env, support), join("/", support), "/opt/homebrew/share"];
  return [...new Set([...(platform.startsWith("darwin_") ? mac : []), ...userData(env), ...unix])];
}

const userData = (env: NodeJS.ProcessEnv): string[] =>
  env.XDG_DATA_HOME ? [env.XDG_DATA_HOME] : atHome(env, ".local", "share");

/** First the user's, then the system's. */
function xdgDataDirectories(env: NodeJS.ProcessEnv): string[] {
  const system = env.XDG_DATA_DIRS || "/usr/local/share:/usr/share";
  return [...userData(env), ...system.split(":").filter((directory) => directory !== "")];
}

/**
 * The mirrors at a root: itself, inside it, or one level deeper if the name suggests it. Lazy, since it runs at every synth:
 * the first matching mirror ends the search. Unreadable directories are skipped.
 */
function* mirrorsUnder(root: string): Generator<string> {
  if (isMirror(root)) yield root;
  for (const child of subdirectories(root)) {
    if (isMirror(child)) yield child;
  }
  for (const child of subdirectories(root, TELLING_NAME)) {
    for (const grandchild of subdirectories(child)) {
      if (isMirror(grandchild)) yield grandchild;
    }
  }
}

function isMirror(directory: string): boolean {
  try {
    return statSync(join(directory, REGISTRY), { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    return false;
  }
}

function subdirectories(directory: string, name = /^/): string[] {
  return entries(directory)
    .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && name.test(entry.name))
    .map((entry) => join(directory, entry.name));
}

/** Sorted, so that the same mirror is found each time; empty if it can't be read. */
function entries(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}

export interface ProviderRequirement {
  /** Namespace and type, such as "hashicorp/aws", on registry.terraform.io. */
  readonly source: string;
  /** Exact, such as "5.100.0". */
  readonly version: string;
}

export interface MirrorOptions {
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** @default this machine's, such as "linux_amd64" */
  readonly platform?: string;
  /** Directories to search for mirrors. @default the usual roots for third-party files of that platform */
  readonly roots?: readonly string[];
}

/**
 * Finds a filesystem mirror with the provider: the one TF_PLUGIN_MIRROR names; else one of Terraform's implied local mirror
 * directories; else one under the usual roots for third-party files. There is no search if TF_CLI_CONFIG_FILE names a file:
 * then Terraform is configured already.
 * @returns the provider's directory `…/<version>/<os_arch>` (unpacked mirror) or its zip file (packed mirror)
 * @throws UserError if TF_PLUGIN_MIRROR does not have that version for this platform
 * @see https://developer.hashicorp.com/terraform/cli/config/config-file#filesystem_mirror for the two layouts
 */
export function findProviderMirror(
  requirement: ProviderRequirement,
  options: MirrorOptions = {},
): string | undefined {
  const {
    env = process.env,
    platform = terraformPlatform(),
    roots = thirdPartyRoots(env, platform),
  } = options;
  const named = env.TF_PLUGIN_MIRROR;
  if (named) {
    const found = providerIn(named, requirement, platform);
    if (found === undefined) throw notInMirror(resolve(named), requirement, platform);
    return found;
  }
  if (cliConfigFile(env) !== undefined) return undefined;
  for (const mirror of impliedMirrors(env, platform)) {
    const found = providerIn(mirror, requirement, platform);
    if (found !== undefined) return found;
  }
  for (const root of roots) {
    for (const mirror of mirrorsUnder(root)) {
      const found = providerIn(mirror, requirement, platform);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/**
 * Makes Terraform use a mirror found on this machine, without any configuration: a `terraform.d/plugins` in the directory where
 * Terraform runs is one of its implied mirrors, so the provider is linked into it. Plain `cdktf deploy` benefits too, and
 * everything else still comes from the registry. Also writes the provider's lock entry, see {@link lockProvider}. Call it after
 * each synth; it takes milliseconds, changes nothing the second time, and removes a stale link of ours.
 * @param stackDirectory the directory of cdk.tf.json
 * @returns the mirror's directory or zip file of that provider, if there is one
 * @throws UserError see {@link findProviderMirror}
 */
export function useProviderMirror(
  stackDirectory: string,
  requirement: ProviderRequirement,
  options: MirrorOptions = {},
): string | undefined {
  const found = findProviderMirror(requirement, options);
  const stack = resolve(stackDirectory);
  const plugins = providerDirectory(join(stack, "terraform.d", "plugins"), requirement);
  const link =
    found === undefined
      ? undefined
      : found.endsWith(".zip")
        ? join(plugins, basename(found))
        : join(plugins, requirement.version, basename(found));
  removeOtherLinks(stack, plugins, link, found);
  if (link !== undefined && found !== undefined) linkTo(found, link);
  lockProvider(stack, requirement);
  return found;
}

function providerDirectory(mirror: string, { source }: ProviderRequirement): string {
  return join(mirror, "registry.terraform.io", ...source.split("/"));
}

function providerIn(mirror: string, requirement: ProviderRequirement, platform: string): string | undefined {
  const directory = providerDirectory(resolve(mirror), requirement);
  const type = basename(requirement.source);
  const unpacked = join(directory, requirement.version, platform);
  // an empty directory is a failed copy
  if (entries(unpacked).some(({ name }) => name.startsWith(`terraform-provider-${type}`))) return unpacked;
  const packed = `terraform-provider-${type}_${requirement.version}_${platform}.zip`;
  return entries(directory).some(({ name }) => name === packed) ? join(directory, packed) : undefined;
}

function notInMirror(mirror: string, requirement: ProviderRequirement, platform: string): UserError {
  const { source, version } = requirement;
  const directory = providerDirectory(mirror, requirement);
  const held = entries(directory).flatMap(({ name }) => {
    const [, packedVersion, packedPlatform] = /^terraform-provider-[^_]+_([^_]+)_(.+)\.zip$/.exec(name) ?? [];
    if (packedVersion !== undefined) return [`${packedVersion} for ${packedPlatform}`];
    return entries(join(directory, name)).map((unpacked) => `${name} for ${unpacked.name}`);
  });
  return new UserError(`TF_PLUGIN_MIRROR does not hold ${source} ${version} for ${platform}`, {
    why:
      held.length === 0
        ? `It must be the directory that contains registry.terraform.io; there is nothing at ${directory}.`
        : `${directory} holds ${held.join(", ")}.`,
    next: [
      `terraform providers mirror -platform=${platform} DIRECTORY, where the registry can be reached, makes one`,
      "or unset TF_PLUGIN_MIRROR, to search the usual places and then the registry",
    ],
    exitCode: EXIT.wrong,
  });
}

function linkTo(target: string, link: string): void {
  if (linkTarget(link) !== undefined) return;
  mkdirSync(dirname(link), { recursive: true });
  try {
    // "junction" only matters on Windows, where it needs no privilege
    symlinkSync(target, link, target.endsWith(".zip") ? "file" : "junction");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // something of the user's own exists there, or another synth was faster
    if (code === "EEXIST") return;
    if (code !== "EPERM" || !target.endsWith(".zip")) throw error;
    copyFileSync(target, link); // On Windows, only administrators may create links
  }
}

/** Only links are ever removed: real directories there are the user's own. */
function removeOtherLinks(
  stack: string,
  plugins: string,
  wanted: string | undefined,
  target: string | undefined,
): void {
  const candidates = entries(plugins).flatMap((entry) => {
    const path = join(plugins, entry.name);
    return entry.isDirectory() ? entries(path).map(({ name }) => join(path, name)) : [path];
  });
  for (const path of candidates) {
    const current = linkTarget(path);
    if (current === undefined || (path === wanted && resolve(current) === target)) continue;
    unlinkSync(path);
    // … and the directories that this leaves empty
    for (let parent = dirname(path); parent !== stack; parent = dirname(parent)) {
      if (entries(parent).length > 0) break;
      rmdirSync(parent);
    }
  }
}

function linkTarget(path: string): string | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(path) : undefined;
}

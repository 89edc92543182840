import { type Dirent, readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const REGISTRY = "registry.terraform.io";

/** Below a root, a directory so named is looked into one level deeper: `/opt/terraform/plugins`, `/usr/share/terraform/providers`. */
const TELLING_NAME = /terraform|hashicorp|plugin|provider|mirror/i;

/**
 * Where Terraform itself looks without any configuration, its "implied local mirror directories", in its order.
 * @param platform as `linux_amd64`
 * @see https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
 */
export function impliedMirrors(env: NodeJS.ProcessEnv, platform: string): string[] {
  const home = env.HOME ?? homedir();
  if (platform.startsWith("windows_")) {
    const appData = env.APPDATA;
    return appData === undefined
      ? []
      : [join(appData, "terraform.d", "plugins"), join(appData, "HashiCorp", "Terraform", "plugins")];
  }
  const own = join(home, ".terraform.d", "plugins");
  if (platform.startsWith("darwin_")) {
    const support = join("Library", "Application Support", "io.terraform", "plugins");
    return [own, join(home, support), join("/", support)];
  }
  return [own, ...xdgDataDirectories(env).map((directory) => join(directory, "terraform", "plugins"))];
}

/**
 * Where a machine's third-party files usually are (FHS and the like): a mirror may be one of these, or lie in one. Only places
 * that an administrator or the user alone can write to: a provider is a program, so none comes from a directory such as /tmp.
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
  const mac = [join(env.HOME ?? homedir(), support), join("/", support), "/opt/homebrew/share"];
  return [
    ...new Set([
      ...(platform.startsWith("darwin_") ? mac : []),
      ...xdgDataDirectories(env).slice(0, 1),
      ...unix,
    ]),
  ];
}

/** The user's, then the system's. */
function xdgDataDirectories(env: NodeJS.ProcessEnv): string[] {
  const user = env.XDG_DATA_HOME || join(env.HOME ?? homedir(), ".local", "share");
  const system = env.XDG_DATA_DIRS || "/usr/local/share:/usr/share";
  return [user, ...system.split(":").filter((directory) => directory !== "")];
}

/**
 * The mirrors at a root, in it, or one level below where the name suggests it. Lazy, for it runs at every synth: the first
 * mirror that serves ends the search. Directories that cannot be read are passed over.
 */
export function* mirrorsUnder(root: string): Generator<string> {
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

/** Sorted, so that the same mirror is found each time; none when it cannot be read. */
export function entries(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}

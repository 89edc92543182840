import { resolve } from "node:path";
import which from "which";
import { EXIT, UserError } from "../errors.ts";
import { cachedTerraform, downloadTerraform } from "./install.ts";

/** The release that is downloaded if no Terraform is installed; this package is tested with it. */
export const TERRAFORM_VERSION = "1.11.4";

export interface TerraformBinary {
  /** Absolute path of the executable. */
  readonly path: string;
  readonly source: "TERRAFORM_BINARY_NAME" | "PATH" | "cache" | "download";
}

export interface FindTerraformOptions {
  /** Downloads are kept in `<cacheDirectory>/terraform/<version>/`; created when needed. */
  readonly cacheDirectory: string;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** @default TERRAFORM_RELEASES_URL, else HashiCorp's release site */
  readonly releasesUrl?: string | undefined;
  /** Called about once a second during a download, with its progress in words. */
  readonly onProgress?: ((message: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Finds Terraform: TERRAFORM_BINARY_NAME (a name on the PATH or a path; cdktf's own variable, also for OpenTofu's `tofu`),
 * then `terraform` on the PATH, then the cache, then a download of {@link TERRAFORM_VERSION}.
 * @throws UserError if TERRAFORM_BINARY_NAME names nothing that can be run, or the download fails; the signal's reason if
 *   aborted
 */
export async function findTerraform(options: FindTerraformOptions): Promise<TerraformBinary> {
  const { cacheDirectory, env = process.env, releasesUrl, onProgress, signal } = options;
  const named = env.TERRAFORM_BINARY_NAME;
  // cdktf treats an empty one as unset, too
  if (named) {
    const path = await findExecutable(named, env);
    if (path !== undefined) return { path, source: "TERRAFORM_BINARY_NAME" };
    throw new UserError(`TERRAFORM_BINARY_NAME names ${JSON.stringify(named)}, which cannot be run`, {
      why: /[\\/]/.test(named)
        ? `There is no executable file at ${resolve(named)}.`
        : "There is no executable of that name on the PATH.",
      next: [
        "Set TERRAFORM_BINARY_NAME to a name on the PATH or to the path of a Terraform or OpenTofu executable",
        "or unset it, to use `terraform` from the PATH or a downloaded one",
      ],
      exitCode: EXIT.wrong,
    });
  }
  const installed = await findExecutable("terraform", env);
  if (installed !== undefined) return { path: installed, source: "PATH" };

  const wanted = { version: TERRAFORM_VERSION, cacheDirectory };
  const cached = cachedTerraform(wanted);
  if (cached !== undefined) return { path: cached, source: "cache" };
  return {
    path: await downloadTerraform({ ...wanted, env, releasesUrl, onProgress, signal }),
    source: "download",
  };
}

/** Looks up a command like a shell: a path is used as it is, a bare name is searched on the PATH. */
async function findExecutable(command: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  // Windows spells it "Path", and only process.env itself ignores case
  const found = await which(command, {
    path: env.PATH ?? env.Path ?? "",
    ...(env.PATHEXT !== undefined && { pathExt: env.PATHEXT }),
    nothrow: true,
  });
  return found === null ? undefined : resolve(found);
}

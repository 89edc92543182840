import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import { UserError } from "../errors.ts";
import { DownloadError, download } from "./download.ts";
import { terraformPlatform } from "./platform.ts";

/** HashiCorp's release site; TERRAFORM_RELEASES_URL names a mirror of it with the same layout. */
const RELEASES_URL = "https://releases.hashicorp.com/terraform";

const EXECUTABLE = process.platform === "win32" ? "terraform.exe" : "terraform";
const PROGRESS_EVERY_MS = 1000;

export interface TerraformRelease {
  /** Such as "1.11.4". */
  readonly version: string;
  readonly cacheDirectory: string;
}

export interface DownloadTerraformOptions extends TerraformRelease {
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** @default env TERRAFORM_RELEASES_URL, else {@link RELEASES_URL} */
  readonly releasesUrl?: string | undefined;
  /** Told in words, about once a second. */
  readonly onProgress?: ((message: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Gives up when the server sends nothing for so long. @default 30 s */
  readonly idleTimeoutMs?: number;
}

/** Path of the downloaded Terraform of that version, if there is one. It is complete: it got its name last. */
export function cachedTerraform(release: TerraformRelease): string | undefined {
  const path = cachePath(release);
  return existsSync(path) ? path : undefined;
}

function cachePath({ cacheDirectory, version }: TerraformRelease): string {
  return join(cacheDirectory, "terraform", version, EXECUTABLE);
}

/**
 * Downloads Terraform into the cache, after checking it against the SHA256SUMS published beside it. Whatever goes wrong,
 * nothing is left behind.
 * @returns the executable's path
 * @throws UserError in words; the signal's reason when aborted
 */
export async function downloadTerraform(options: DownloadTerraformOptions): Promise<string> {
  const { version, env = process.env, signal, idleTimeoutMs = 30_000 } = options;
  const site = (options.releasesUrl ?? (env.TERRAFORM_RELEASES_URL || RELEASES_URL)).replace(/\/+$/, "");
  if (!/^https?:$/.test(URL.canParse(site) ? new URL(site).protocol : "")) {
    throw new UserError(`TERRAFORM_RELEASES_URL is not an http(s) URL: ${JSON.stringify(site)}`, {
      next: [`Name a mirror with the layout of ${RELEASES_URL}`],
      exitCode: 2,
    });
  }
  const file = `terraform_${version}_${terraformPlatform()}.zip`;
  const base = `${site}/${version}`;
  try {
    const sums = await download(`${base}/terraform_${version}_SHA256SUMS`, { idleTimeoutMs, signal });
    const expected = publishedSum(sums.toString("utf8"), file, site);
    const onBytes = reporter(`Downloading Terraform ${version}`, options.onProgress);
    const zip = await download(`${base}/${file}`, { idleTimeoutMs, signal, onBytes });
    const actual = createHash("sha256").update(zip).digest("hex");
    if (actual !== expected) {
      throw new UserError(`${base}/${file} was refused: its SHA-256 is not the published one`, {
        why: `Published: ${expected}; received: ${actual}. The file was damaged or replaced on its way. Nothing of it was kept.`,
        next: ["Run the command again", ...waysOut(version)],
      });
    }
    options.onProgress?.(`Unpacking Terraform ${version}`);
    const path = cachePath(options);
    const executable = unpack(zip, `${base}/${file}`);
    signal?.throwIfAborted();
    await writeAtomically(path, executable).catch((error: unknown) => {
      throw cannotKeep(path, error);
    });
    return path;
  } catch (error) {
    if (!(error instanceof DownloadError)) throw error;
    const proxy = env.HTTPS_PROXY ?? env.https_proxy;
    throw new UserError(`Terraform ${version} could not be downloaded: ${error.message}`, {
      why: "No Terraform is on the PATH, so it was to come from the release site.",
      next: [
        ...waysOut(version),
        ...(proxy ? ["Node uses HTTPS_PROXY from version 24 on, and only with NODE_USE_ENV_PROXY=1"] : []),
      ],
      cause: error,
    });
  }
}

function waysOut(version: string): string[] {
  return [
    `Install Terraform (${version} is the tested one) so that it is on the PATH, or set TERRAFORM_BINARY_NAME to its path`,
    `or allow access to ${RELEASES_URL}, or set TERRAFORM_RELEASES_URL to a mirror of it`,
  ];
}

/** A line of SHA256SUMS is the hexadecimal sum, two spaces, and the file's name. */
function publishedSum(sums: string, file: string, site: string): string {
  const line = sums.split(/\r?\n/).find((entry) => entry.endsWith(`  ${file}`));
  const sum = line?.slice(0, 64).toLowerCase();
  if (sum === undefined || !/^[0-9a-f]{64}$/.test(sum)) {
    throw new DownloadError(`${site} publishes no checksum for ${file}`);
  }
  return sum;
}

function unpack(zip: Uint8Array, url: string): Uint8Array {
  let executable: Uint8Array | undefined;
  try {
    executable = unzipSync(zip, { filter: ({ name }) => name === EXECUTABLE })[EXECUTABLE];
  } catch (error) {
    throw new DownloadError(`${url} is not a readable zip file`, { cause: error });
  }
  if (executable === undefined) throw new DownloadError(`${url} does not contain ${EXECUTABLE}`);
  return executable;
}

/** The name appears only once the file is whole, whoever else is downloading at the same time. */
async function writeAtomically(path: string, data: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.${randomUUID()}.part`;
  try {
    await writeFile(unfinished, data, { mode: 0o755 });
    await rename(unfinished, path).catch((error: NodeJS.ErrnoException) => {
      // Windows refuses to replace an executable that is running: then another process was quicker, with the same file
      if (error.code !== "EPERM" || !existsSync(path)) throw error;
    });
  } finally {
    await rm(unfinished, { force: true });
  }
}

function cannotKeep(path: string, error: unknown): UserError {
  return new UserError(`Terraform could not be written to ${dirname(path)}: ${(error as Error).message}`, {
    next: [
      "Make that directory writable and see that the disk has 100 MB to spare, then run the command again",
    ],
    cause: error,
  });
}

function reporter(title: string, onProgress: DownloadTerraformOptions["onProgress"]) {
  let next = 0;
  const mb = (bytes: number) => (bytes / 1e6).toFixed(1);
  return (received: number, total: number | undefined) => {
    if (Date.now() < next && received !== total) return;
    next = Date.now() + PROGRESS_EVERY_MS;
    const part = total === undefined ? "" : ` of ${mb(total)}`;
    const percent = total === undefined ? "" : ` (${Math.floor((received / total) * 100)} %)`;
    onProgress?.(`${title}: ${mb(received)}${part} MB${percent}`);
  };
}

import { createHash } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import { asClause, EXIT, UserError } from "../errors.ts";
import { writeFile } from "../files.ts";
import { ProxyError } from "../network/agents.ts";
import { openUrl } from "../network/download.ts";
import { UNTRUSTED } from "../network/trust.ts";

export interface DownloadOptions {
  /** Gives up if nothing has arrived for this long: while connecting, waiting for a response, or halfway through. */
  readonly idleTimeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** Bytes so far, and in total if the server reports it. */
  readonly onBytes?: (received: number, total: number | undefined) => void;
}

/** Why a download failed, as words that fit after "could not be downloaded: ". */
class DownloadError extends UserError {}

/**
 * Downloads one URL into memory.
 * @throws DownloadError with the cause in words; the signal's reason if aborted
 */
async function download(url: string, { idleTimeoutMs, signal, env, onBytes }: DownloadOptions) {
  const idle = new AbortController();
  const timer = setTimeout(() => idle.abort(), idleTimeoutMs);
  try {
    const response = await openUrl(url, {
      signal: signal === undefined ? idle.signal : AbortSignal.any([signal, idle.signal]),
      env,
      redirects: 5,
    });
    if (response.statusCode !== 200) {
      response.destroy();
      throw new DownloadError(`${url} answered ${`${response.statusCode} ${response.statusMessage}`.trim()}`);
    }
    const total = Number(response.headers["content-length"]) || undefined;
    const chunks: Uint8Array[] = [];
    let received = 0;
    for await (const chunk of response) {
      timer.refresh();
      chunks.push(chunk);
      received += chunk.byteLength;
      onBytes?.(received, total);
    }
    return Buffer.concat(chunks, received);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof UserError) throw error;
    const host = new URL(url).host;
    if (idle.signal.aborted) {
      throw new DownloadError(`${host} sent no data for ${idleTimeoutMs / 1000} seconds`, { cause: error });
    }
    throw new DownloadError(inWords(error, host), { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function inWords(error: unknown, host: string): string {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (UNTRUSTED.test(code)) {
    return `the certificate of ${host} is not trusted: add your own authority with AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS (${code})`;
  }
  const words: Record<string, string> = {
    ENOTFOUND: `the host ${host} was not found`,
    EAI_AGAIN: `the host ${host} could not be resolved`,
    ECONNREFUSED: `${host} refused the connection`,
    ECONNRESET: `the connection to ${host} was reset`,
    ETIMEDOUT: `the connection to ${host} timed out`,
    ENETUNREACH: `the network can't reach ${host}`,
    EHOSTUNREACH: `the network can't reach ${host}`,
  };
  const plain = words[code] ?? (error instanceof Error ? error.message : String(error));
  return code === "" ? plain : `${plain} (${code})`;
}

const OS: Partial<Record<NodeJS.Platform, string>> = { win32: "windows", sunos: "solaris" };
const ARCHITECTURE: Partial<Record<NodeJS.Architecture, string>> = { x64: "amd64", ia32: "386" };

/**
 * The platform as Terraform's release files and provider directories spell it: `linux_amd64`, `darwin_arm64`, `windows_amd64`.
 * @param os as process.platform; default: this machine's
 * @param architecture as process.arch; default: this Node's
 */
export function terraformPlatform(
  os: NodeJS.Platform = process.platform,
  architecture: NodeJS.Architecture = process.arch,
): string {
  return `${OS[os] ?? os}_${ARCHITECTURE[architecture] ?? architecture}`;
}

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
  /** Called about once a second, with the progress in words. */
  readonly onProgress?: ((message: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Gives up if the server sends nothing for this long. @default 30 s */
  readonly idleTimeoutMs?: number;
}

/** Path of the downloaded Terraform of that version, if there is one. It is complete: it is renamed last. */
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
 * @throws UserError in words; the signal's reason if aborted
 */
export async function downloadTerraform(options: DownloadTerraformOptions): Promise<string> {
  const { version, env = process.env, signal, idleTimeoutMs = 30_000 } = options;
  const site = (options.releasesUrl ?? (env.TERRAFORM_RELEASES_URL || RELEASES_URL)).replace(/\/+$/, "");
  if (!/^https?:$/.test(URL.canParse(site) ? new URL(site).protocol : "")) {
    throw new UserError(`TERRAFORM_RELEASES_URL is not an http(s) URL: ${JSON.stringify(site)}`, {
      next: [`Use a mirror with the layout of ${RELEASES_URL}`],
      exitCode: EXIT.wrong,
    });
  }
  const file = `terraform_${version}_${terraformPlatform()}.zip`;
  const base = `${site}/${version}`;
  try {
    const sums = await download(`${base}/terraform_${version}_SHA256SUMS`, { idleTimeoutMs, signal, env });
    const expected = publishedSum(sums.toString("utf8"), file, site);
    const onBytes = reporter(`Downloading Terraform ${version}`, options.onProgress);
    const zip = await download(`${base}/${file}`, { idleTimeoutMs, signal, env, onBytes });
    const actual = createHash("sha256").update(zip).digest("hex");
    if (actual !== expected) {
      throw new UserError(`${base}/${file} has the wrong SHA-256`, {
        why: `Published: ${expected}; received: ${actual}. The file was damaged or replaced in transit, and was discarded.`,
        next: ["Run the command again", ...waysOut(version)],
      });
    }
    options.onProgress?.(`Unpacking Terraform ${version}`);
    const path = cachePath(options);
    const executable = unpack(zip, `${base}/${file}`);
    signal?.throwIfAborted();
    keep(path, executable);
    return path;
  } catch (error) {
    if (!(error instanceof DownloadError || error instanceof ProxyError)) throw error;
    throw new UserError(`Terraform ${version} could not be downloaded: ${asClause(error.message)}`, {
      why: "There is no Terraform on the PATH, so it is downloaded from the release site.",
      next: [...error.next, ...waysOut(version)],
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

function keep(path: string, executable: Uint8Array): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFile(path, executable, { mode: 0o755 });
  } catch (error) {
    // Windows refuses to replace a running executable: then another process was faster, with the same file
    if ((error as NodeJS.ErrnoException).code === "EPERM" && existsSync(path)) return;
    throw cannotKeep(path, error);
  }
}

function cannotKeep(path: string, error: unknown): UserError {
  return new UserError(`Terraform could not be written to ${dirname(path)}: ${(error as Error).message}`, {
    next: [
      "Make that directory writable and check that the disk has 100 MB free, then run the command again",
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

import { UserError } from "../errors.ts";

export interface DownloadOptions {
  /** Gives up when nothing has arrived for so long: connecting, waiting for an answer, or in the middle. */
  readonly idleTimeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Bytes so far, and in all when the server says so. */
  readonly onBytes?: (received: number, total: number | undefined) => void;
}

/** Why a download failed, in words that fit after "could not be downloaded: ". */
export class DownloadError extends UserError {}

/**
 * Downloads one URL into memory.
 * @throws DownloadError with the cause in words; the signal's reason when aborted
 */
export async function download(url: string, { idleTimeoutMs, signal, onBytes }: DownloadOptions) {
  const idle = new AbortController();
  const timer = setTimeout(() => idle.abort(), idleTimeoutMs);
  try {
    const response = await fetch(url, {
      signal: signal === undefined ? idle.signal : AbortSignal.any([signal, idle.signal]),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new DownloadError(`${url} answered ${`${response.status} ${response.statusText}`.trim()}`);
    }
    const total = Number(response.headers.get("content-length")) || undefined;
    const chunks: Uint8Array[] = [];
    let received = 0;
    for await (const chunk of response.body ?? []) {
      timer.refresh();
      chunks.push(chunk);
      received += chunk.byteLength;
      onBytes?.(received, total);
    }
    return Buffer.concat(chunks, received);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof DownloadError) throw error;
    const host = new URL(url).host;
    if (idle.signal.aborted) {
      throw new DownloadError(`${host} sent nothing for ${idleTimeoutMs / 1000} seconds`, { cause: error });
    }
    throw new DownloadError(inWords(error, host), { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** fetch says only "fetch failed"; the reason is the code of its cause. */
function inWords(error: unknown, host: string): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = (cause as NodeJS.ErrnoException).code ?? "";
  const words: Record<string, string> = {
    ENOTFOUND: `the name ${host} is not known here`,
    EAI_AGAIN: `the name ${host} could not be looked up`,
    ECONNREFUSED: `${host} refuses connections`,
    ECONNRESET: `the connection to ${host} was cut`,
    UND_ERR_SOCKET: `the connection to ${host} was cut`,
    UND_ERR_CONNECT_TIMEOUT: `${host} could not be reached in time`,
    ETIMEDOUT: `${host} could not be reached in time`,
    ENETUNREACH: `no network leads to ${host}`,
    EHOSTUNREACH: `no network leads to ${host}`,
    SELF_SIGNED_CERT_IN_CHAIN: `the certificate of ${host} is not trusted here (NODE_EXTRA_CA_CERTS adds your own authority)`,
    DEPTH_ZERO_SELF_SIGNED_CERT: `the certificate of ${host} is not trusted here (NODE_EXTRA_CA_CERTS adds your own authority)`,
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: `the certificate of ${host} is not trusted here (NODE_EXTRA_CA_CERTS adds your own authority)`,
  };
  const plain = words[code] ?? (cause instanceof Error ? cause.message : String(cause));
  return code === "" ? plain : `${plain} (${code})`;
}

import { get as getHttp, type IncomingMessage } from "node:http";
import { get as getHttps } from "node:https";
import { networkAgents } from "./agents.ts";

const TIMEOUT_MS = 10_000;

export interface OpenOptions {
  readonly signal?: AbortSignal | undefined;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** How many redirects are followed, never from https to http. @default 0 */
  readonly redirects?: number;
}

/**
 * Requests a document the way all our requests are sent: `fetch` can't be configured for that on every supported Node.js
 * version.
 * @returns the response, whatever its status, once its headers have arrived; its body is still unread
 * @throws the system's error, with its code; ProxyError; the signal's reason
 */
export async function openUrl(url: string, options: OpenOptions = {}): Promise<IncomingMessage> {
  const { signal, env = process.env, redirects = 0 } = options;
  const { httpAgent, httpsAgent } = networkAgents(env);
  const [get, agent] = url.startsWith("https:") ? [getHttps, httpsAgent] : [getHttp, httpAgent];
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = { "user-agent": "cognito-roster" };
    get(url, { agent, headers, ...(signal === undefined ? {} : { signal }) }, resolve).on("error", reject);
  });
  const { statusCode = 0, headers } = answer;
  if (statusCode < 300 || statusCode > 399 || headers.location === undefined) return answer;
  answer.destroy();
  const next = new URL(headers.location, url);
  const isSafe = next.protocol === "https:" || (next.protocol === "http:" && url.startsWith("http:"));
  if (redirects < 1 || !isSafe) throw new Error(`it redirects to ${next.origin}, which is not followed`);
  return openUrl(next.href, { ...options, redirects: redirects - 1 });
}

/**
 * A small document, such as a user pool's public keys.
 * @throws an error for an unexpected response, for a redirect, and for none within 10 s
 */
export async function download(url: string): Promise<ArrayBuffer> {
  const answer = await openUrl(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (answer.statusCode !== 200) {
    answer.destroy();
    throw new Error(`HTTP status ${answer.statusCode}`);
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks)).buffer;
}

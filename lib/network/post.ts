import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { networkAgents } from "./agents.ts";

const TIMEOUT_MS = 20_000;

/** Responses are small documents: a server that never stops sending is cut off. */
const LONGEST = 1_048_576;

export interface PostedForm {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Posts a form, or another short text, and returns the response, whatever its status, the way all our requests are sent (see `openUrl`). Redirects are
 * not followed: they would carry secrets elsewhere.
 * @param env @default process.env
 * @throws the system's error, with its code; ProxyError; an error for no response within 20 s, or one of more than 1 MiB
 */
export async function postForm(
  url: string,
  { headers, body }: PostedForm,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Response> {
  const { httpsAgent, httpAgent } = networkAgents(env);
  const [request, agent] = url.startsWith("https:") ? [requestHttps, httpsAgent] : [requestHttp, httpAgent];
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  return new Promise((resolve, reject) => {
    const given = { ...headers, "user-agent": "cognito-roster", "content-length": Buffer.byteLength(body) };
    request(url, { method: "POST", agent, headers: given, signal }, async (answer) => {
      try {
        const chunks: Buffer[] = [];
        let length = 0;
        for await (const chunk of answer as AsyncIterable<Buffer>) {
          length += chunk.length;
          if (length > LONGEST) throw new Error(`the answer has more than ${LONGEST} bytes`);
          chunks.push(chunk);
        }
        const heard = new Headers();
        for (const [name, value] of Object.entries(answer.headers)) {
          if (value !== undefined) heard.set(name, String(value));
        }
        resolve(new Response(Buffer.concat(chunks), { status: answer.statusCode ?? 500, headers: heard }));
      } catch (error) {
        reject(error);
      }
    })
      .on("error", reject)
      .end(body);
  });
}

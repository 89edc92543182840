import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

type Json = Record<string, unknown>;

export interface Call {
  readonly operation: string;
  readonly input: Json;
}

export interface Retouching {
  /** Answers in place of the emulator, which then never hears of it; undefined: the emulator is asked. */
  readonly answer?: (call: Call) => { readonly status?: number; readonly body: Json } | undefined;
  /** Changes what the emulator answered. */
  readonly retouch?: (call: Call, body: Json) => Json;
}

/** User pools and identity pools. */
const COGNITO = new Set(["AWSCognitoIdentityProviderService", "AWSCognitoIdentityService"]);

/** An emulator with what it lacks, on loopback: some operations answered here, some answers changed, every call noted. */
export async function startRetouchingProxy(target: string, { answer, retouch }: Retouching = {}) {
  const calls: Call[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const [service, operation = ""] = String(request.headers["x-amz-target"]).split(".");
    // Other services speak otherwise, and are none of anybody's business here.
    const isCognito = COGNITO.has(service ?? "");
    const call = { operation, input: isCognito ? (JSON.parse(body || "{}") as Json) : {} };
    if (isCognito) calls.push(call);
    const own = isCognito ? answer?.(call) : undefined;
    if (own !== undefined) {
      const type = own.body.__type === undefined ? {} : { "x-amzn-errortype": String(own.body.__type) };
      response.writeHead(own.status ?? 200, { "content-type": "application/x-amz-json-1.1", ...type });
      return void response.end(JSON.stringify(own.body));
    }
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => !/^(host|connection|content-length)$/.test(name)),
    ) as Record<string, string>;
    const answered = await fetch(new URL(request.url ?? "/", target), { method: "POST", headers, body });
    const given = await answered.text();
    const changed =
      answered.ok && isCognito && retouch !== undefined
        ? JSON.stringify(retouch(call, JSON.parse(given || "{}") as Json))
        : given;
    const kept = [...answered.headers].filter(([name]) => /^(content-type|x-amz)/.test(name));
    response.writeHead(answered.status, Object.fromEntries(kept)).end(changed);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: calls as readonly Call[],
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type RetouchingProxy = Awaited<ReturnType<typeof startRetouchingProxy>>;

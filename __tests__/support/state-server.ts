import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { listenOnLoopback } from "./loopback.ts";

export interface StateServer {
  /** Of one state. */
  readonly address: string;
  /** What was stored last. */
  stored(): string | undefined;
  /** Somebody locks it, or lets it go. */
  lock(info: object | undefined): void;
  stop(): Promise<void>;
}

/** One Terraform state as GitLab keeps it: GET and POST, the lock with POST and DELETE beside it, for one user. */
export async function startStateServer(user: string, password: string): Promise<StateServer> {
  let state: string | undefined;
  let lock: string | undefined;
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

  const answer = async (
    request: IncomingMessage,
  ): Promise<readonly [status: number, body?: string | undefined]> => {
    if (request.headers.authorization !== authorization) return [401];
    const { pathname, searchParams } = new URL(request.url ?? "/", address);
    const sent = await text(request);
    const lockId = lock === undefined ? undefined : JSON.parse(lock).ID;
    switch (`${request.method} ${pathname}`) {
      case "GET /people":
        return state === undefined ? [404] : [200, state];
      case "POST /people":
        if (lockId !== undefined && searchParams.get("ID") !== lockId) return [409, lock];
        state = sent;
        return [200];
      case "POST /people/lock":
        if (lock !== undefined) return [423, lock];
        lock = sent;
        return [200];
      case "DELETE /people/lock":
        lock = undefined;
        return [200];
      default:
        return [405];
    }
  };
  const server = await listenOnLoopback(async (request, response) => {
    const [status, body = ""] = await answer(request);
    response.writeHead(status, { "content-type": "application/json" }).end(body);
  });
  const address = `${server.endpoint}/people`;
  return {
    address,
    stored: () => state,
    lock: (info) => {
      lock = info && JSON.stringify(info);
    },
    stop: server.stop,
  };
}

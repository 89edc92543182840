import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

export type Fault = "throttle" | "drop" | "delay" | "refuse" | "undelivered";

export interface FaultyProxy {
  readonly endpoint: string;
  /** How often each happened so far. */
  readonly counts: Readonly<Record<Fault | "calls", number>>;
  stop(): Promise<void>;
}

export interface FaultyProxyOptions {
  /** Shares of all calls, which add up to 1 at most. @default none */
  readonly faults?: Readonly<Partial<Record<Fault, number>>>;
  /** In [0, 1). @default 0 */
  readonly random?: () => number;
  /** What befalls this call, in place of chance. @default chance decides */
  readonly faultOf?: (operation: string) => Fault | undefined;
  /** Told of every call before it is made, such as `AdminCreateUser`. */
  readonly onCall?: (operation: string) => void;
  /** How long a late answer is late. @default up to a second */
  readonly delay?: () => Promise<unknown>;
}

/**
 * A bad network in front of an emulator, on loopback. `throttle`: refused as Cognito refuses (the call is not made);
 * `drop`: the call is made and its answer never arrives; `delay`: the answer comes late; `refuse`: the right to it is required;
 * `undelivered`: the call is made, and the message could not be sent.
 */
export async function startFaultyProxy(target: string, options: FaultyProxyOptions): Promise<FaultyProxy> {
  const { faults = {}, random = () => 0, faultOf, onCall, delay = () => sleep(random() * 1_000) } = options;
  const counts = { calls: 0, throttle: 0, drop: 0, delay: 0, refuse: 0, undelivered: 0 };
  const draw = (): Fault | undefined => {
    let point = random();
    for (const fault of ["throttle", "drop", "delay", "refuse", "undelivered"] as const) {
      const share = faults[fault] ?? 0;
      if (point < share) return fault;
      point -= share;
    }
    return undefined;
  };
  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const body = await buffer(incoming);
    const operation = String(incoming.headers["x-amz-target"]).split(".").at(-1) ?? "";
    counts.calls += 1;
    onCall?.(operation);
    const fault = faultOf === undefined ? draw() : faultOf(operation);
    if (fault !== undefined) counts[fault] += 1;
    if (fault === "throttle") return refuse(outgoing, "TooManyRequestsException", "Too many requests");
    if (fault === "refuse")
      return refuse(outgoing, "AccessDeniedException", `not authorized to perform: cognito-idp:${operation}`);
    const answer = await forward(target, incoming, body);
    const content = await buffer(answer);
    if (fault === "drop") return void outgoing.socket?.destroy();
    if (fault === "undelivered")
      return refuse(outgoing, "CodeDeliveryFailureException", "Could not send the invitation");
    if (fault === "delay") await delay();
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(content);
  };
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function refuse(outgoing: ServerResponse, type: string, message: string): void {
  outgoing
    .writeHead(400, { "content-type": "application/x-amz-json-1.1", "x-amzn-errortype": type })
    .end(JSON.stringify({ __type: type, message }));
}

/** Makes a request again at `target`, and yields its answer. */
export function forward(
  target: string,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(new URL(url ?? "/", target), { method, headers }, resolve)
      .once("error", reject)
      .end(body);
  });
}

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { json } from "node:stream/consumers";

export interface CountingCognito {
  readonly endpoint: string;
  /** Every request in the order of arrival: its operation, whom it was about, and when it came, in ms. */
  readonly arrivals: readonly Arrival[];
  stop(): Promise<void>;
}

export interface Arrival {
  readonly operation: string;
  readonly username: string | undefined;
  readonly at: number;
  /** How long, in ms, this process had to wait for the CPU at most, until then. */
  readonly stalled: number;
}

export interface CountingOptions {
  /** What befalls this request: refused as Cognito refuses too many, or a server error. @default neither */
  readonly befalls?: (arrival: Arrival, arrivals: readonly Arrival[]) => "throttled" | "broken" | undefined;
  /** Time to an answer, in ms. @default 20 */
  readonly answersAfter?: number;
}

const ANSWERS = {
  fine: [200, undefined],
  throttled: [400, "TooManyRequestsException"],
  broken: [500, "InternalErrorException"],
} as const;

/** A server on loopback that answers everything with `{}` and remembers when each request came. */
export async function startCountingCognito(options: CountingOptions = {}): Promise<CountingCognito> {
  const { befalls = () => undefined, answersAfter = 20 } = options;
  const arrivals: Arrival[] = [];
  const stalls = monitorEventLoopDelay({ resolution: 10 });
  stalls.enable();
  const server = createServer(async (request, response) => {
    const at = performance.now();
    const { Username: username } = (await json(request)) as { Username?: string };
    const operation = String(request.headers["x-amz-target"]).split(".").at(-1) ?? "";
    const arrival = { operation, username, at, stalled: stalls.max / 1e6 };
    arrivals.push(arrival);
    const [status, type] = ANSWERS[befalls(arrival, arrivals) ?? "fine"];
    setTimeout(() => {
      response.writeHead(status, {
        "content-type": "application/x-amz-json-1.1",
        ...(type && { "x-amzn-errortype": type }),
      });
      response.end(JSON.stringify(type ? { __type: type, message: type } : {}));
    }, answersAfter);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals,
    stop: async () => {
      stalls.disable();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What a network may stretch a second by: lib/cognito/rate-limit.ts allows for it. */
const STRETCH_MS = 100;

/** The most requests that came in any one second; in less where this process had to wait for longer, and so they came together. */
export function mostInASecond(arrivals: readonly Arrival[]): number {
  const stalled = Math.max(0, ...arrivals.map((arrival) => arrival.stalled));
  const second = 1_000 - Math.max(0, stalled - STRETCH_MS);
  const counts = arrivals.map(
    ({ at }) => arrivals.filter((other) => other.at >= at && other.at < at + second).length,
  );
  return Math.max(0, ...counts);
}

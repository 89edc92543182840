import { createServer, type Server, type ServerResponse } from "node:http";
import { UserError } from "../errors.ts";
import { escapeHtml } from "../text/html.ts";

/** 5 minutes: after that, Cognito's pages forget the sign-in. */
const CALLBACK_WAIT_MS = 300_000;

export interface CallbackOptions<Result> {
  /** What the page says on success. */
  readonly done: string;
  /** Whether this is the expected request. Others are refused, and the wait continues. */
  readonly isAnswer: (callback: URL) => boolean;
  /** Handles the expected request; the browser's page waits for it and shows the outcome. */
  readonly take: (callback: URL) => Promise<Result>;
  /** Called once the address is open: time to start the browser. */
  readonly onReady: () => void | Promise<void>;
  /** Called for any other request at the address. */
  readonly onStranger: () => void;
  /** Milliseconds. @default CALLBACK_WAIT_MS */
  readonly waitMs?: number;
}

/**
 * Waits at a local address for the browser to return, takes the first answer that is ours, and closes.
 * @param address such as `http://localhost:8765/callback`; without a port, 80
 * @throws UserError when the port is taken or no answer comes in time; whatever `take` throws
 */
export async function awaitCallback<Result>(
  address: string,
  options: CallbackOptions<Result>,
): Promise<Result> {
  const { done, isAnswer, take, onReady, onStranger, waitMs = CALLBACK_WAIT_MS } = options;
  const wanted = new URL(address);
  const servers: Server[] = [];
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Result>((resolve, reject) => {
      let taken = false;
      const serve = async (url: URL, outgoing: ServerResponse) => {
        if (url.pathname !== wanted.pathname) return page(outgoing, 404, "Nothing here.");
        if (taken || !isAnswer(url)) {
          onStranger();
          return page(outgoing, 400, "This response belongs to another request and was ignored.");
        }
        taken = true;
        try {
          const result = await take(url);
          await page(outgoing, 200, done);
          resolve(result);
        } catch (error) {
          const words = error instanceof UserError ? error.message : "Something went wrong";
          await page(outgoing, 400, `${words}. See the terminal.`);
          reject(error);
        }
      };
      const listening = hostsOf(wanted).map(async (host) => {
        const server = await listen(host, wanted, (url, outgoing) => serve(url, outgoing).catch(reject));
        if (server !== undefined) servers.push(server);
      });
      // Settled, so that if one can't listen, the other is closed.
      Promise.allSettled(listening)
        .then(async (all) => {
          const failed = all.find((one) => one.status === "rejected");
          if (failed) throw failed.reason;
          timer = setTimeout(() => reject(nobodyCame(address)), waitMs);
          await onReady();
        })
        .catch(reject);
    });
  } finally {
    clearTimeout(timer);
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
  }
}

/** A browser uses either address for `localhost`; a stranger listening on the other one would receive the code. */
const hostsOf = ({ hostname }: URL) =>
  hostname === "localhost" ? ["127.0.0.1", "::1"] : [hostname.replace(/^\[|\]$/g, "")];

/** @returns undefined where this machine has no such address: many have no IPv6 */
function listen(
  host: string,
  wanted: URL,
  serve: (url: URL, outgoing: ServerResponse) => void,
): Promise<Server | undefined> {
  const server = createServer((incoming, outgoing) => {
    const { method, url = "/", headers } = incoming;
    // Another host name means that another site's page led here.
    if (method !== "GET" || headers.host !== wanted.host || !URL.canParse(url, wanted.origin)) {
      return void page(outgoing, 400, "Unexpected request.");
    }
    serve(new URL(url, wanted.origin), outgoing);
  });
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (host === "::1" && (error.code === "EADDRNOTAVAIL" || error.code === "EAFNOSUPPORT"))
        return resolve(undefined);
      reject(cannotListen(wanted, error));
    });
    server.listen(Number(wanted.port || 80), host, () => resolve(server));
  });
}

function page(outgoing: ServerResponse, status: number, words: string): Promise<void> {
  return new Promise((resolve) => {
    outgoing.once("close", resolve);
    outgoing.writeHead(status, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": "default-src 'none'",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
      connection: "close",
    });
    outgoing.end(
      `<!doctype html><html lang="en"><title>cognito-roster</title><p>${escapeHtml(words)}</p><p>You can close this window.</p></html>\n`,
    );
  });
}

function cannotListen({ port, host }: URL, error: NodeJS.ErrnoException): unknown {
  if (error.code === "EADDRINUSE") {
    return new UserError(`Port ${port || 80} of this machine is in use`, {
      why: "The browser would be redirected to whatever is using it.",
      next: [
        "stop the other program; it may be another run of this command",
        "or use another port, which the app client must allow too: --callback http://localhost:PORT/callback",
      ],
      cause: error,
    });
  }
  if (error.code !== "EACCES" && error.code !== "EADDRNOTAVAIL") return error;
  return new UserError(`This machine doesn't allow listening at ${host} (${error.code})`, {
    next: [
      "use a port above 1023, which the app client must allow too: --callback http://localhost:PORT/callback",
    ],
    cause: error,
  });
}

function nobodyCame(address: string): UserError {
  return new UserError("Timed out waiting for the browser: no one was signed in or out", {
    why: `The window was closed, or Cognito's page showed an error. "redirect_mismatch" means that the app client doesn't allow ${address}.`,
    next: [
      "run the command again, and finish on the page",
      "after redirect_mismatch: add the address to the app client's callback URLs (after sign-out: to its sign-out URLs) and deploy",
    ],
  });
}

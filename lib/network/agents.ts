import { type ClientRequest, Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent, type RequestOptions } from "node:https";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import type { HttpProxyAgent as Forward } from "http-proxy-agent";
import type { HttpsProxyAgent as Tunnel } from "https-proxy-agent";
import { UserError, type UserErrorDetails } from "../errors.ts";
import { anyProxy, type Destination, type HttpProxy, proxyFor, proxyName } from "./proxy.ts";
import { trustedCertificates, UNTRUSTED } from "./trust.ts";

/** For a client's `requestHandler`; defaults are those of Node.js and the SDK. */
export interface NetworkAgents {
  readonly httpAgent?: HttpAgent;
  readonly httpsAgent?: HttpsAgent;
}

/** A proxy that can't be reached, or can't reach the request's host. */
export class ProxyError extends UserError {}

/**
 * How all our requests are sent, the same way as Terraform's: through the proxy of HTTPS_PROXY or HTTP_PROXY, except for hosts
 * in NO_PROXY, and trusting AWS_CA_BUNDLE.
 * @throws UserError (exit 2) for an invalid AWS_CA_BUNDLE. A problem with the proxy fails the request that needs it.
 */
export function networkAgents(env: NodeJS.ProcessEnv = process.env): NetworkAgents {
  const ca = trustedCertificates(env);
  // As many connections as the SDK opens by default.
  const options: AgentOptions = { keepAlive: true, maxSockets: 50, ...(ca === undefined ? {} : { ca }) };
  if (anyProxy(env)) {
    return {
      httpAgent: routed(new HttpAgent(options), "http:", options, env),
      httpsAgent: routed(new HttpsAgent(options), "https:", options, env),
    };
  }
  return ca === undefined ? {} : { httpsAgent: new HttpsAgent(options) };
}

interface AgentOptions {
  readonly keepAlive: boolean;
  readonly maxSockets: number;
  readonly ca?: string[];
}

/** Node.js passes every request to its agent through this method, which its types leave out. `agent-base` builds on it, too. */
interface Dispatching {
  addRequest(request: ClientRequest, options: RequestOptions & { secureEndpoint?: boolean }): void;
}

/** Ends a request without a connection: `destroy` would have no effect until it has one. Node's agents call this, too. */
function fail(request: ClientRequest, error: unknown): void {
  (request as unknown as { onSocket(socket: null, error: unknown): void }).onSocket(null, error);
}

/** The agent, which passes requests that need a proxy to the proxy's agent. */
function routed<A extends HttpAgent>(
  agent: A,
  protocol: Destination["protocol"],
  options: AgentOptions,
  env: NodeJS.ProcessEnv,
): A {
  const dispatching = agent as A & Dispatching;
  const straight = dispatching.addRequest.bind(agent);
  let tunnel: Promise<HttpAgent> | undefined;
  const through = async (proxy: HttpProxy, request: ClientRequest, given: RequestOptions, host: string) => {
    tunnel ??= load(protocol, proxy, options);
    ((await tunnel) as HttpAgent & Dispatching).addRequest(request, {
      ...given,
      // Otherwise the agent would look for https in the stack, which ends at the dynamic import.
      secureEndpoint: protocol === "https:",
      ...(options.ca === undefined ? {} : { ca: options.ca }),
      // An IP address is not a server name for TLS: Node would compare the certificate with the proxy's name.
      checkServerIdentity: (_: string, certificate: PeerCertificate) =>
        checkServerIdentity(host, certificate),
    });
  };
  dispatching.addRequest = (request, given) => {
    const host = given.host ?? "localhost";
    try {
      const port = Number(given.port) || (protocol === "https:" ? 443 : 80);
      const proxy = proxyFor({ protocol, host, port }, env);
      if (proxy === undefined) straight(request, given);
      else through(proxy, request, given, host).catch((error) => fail(request, error));
    } catch (error) {
      fail(request, error);
    }
  };
  const destroy = agent.destroy.bind(agent);
  agent.destroy = () => {
    destroy();
    tunnel?.then((loaded) => loaded.destroy());
  };
  return agent;
}

/** The proxy's agent, loaded for the first request that needs it. */
async function load(
  protocol: Destination["protocol"],
  proxy: HttpProxy,
  options: AgentOptions,
): Promise<HttpAgent> {
  if (protocol === "http:") {
    const { HttpProxyAgent } = await import("http-proxy-agent");
    return new (class extends HttpProxyAgent<string> {
      override async connect(...args: Parameters<Forward<string>["connect"]>) {
        return await super.connect(...args).catch((error) => {
          throw notReached(proxy, error);
        });
      }
    })(proxy.url.href, options);
  }
  const { HttpsProxyAgent } = await import("https-proxy-agent");
  return new (class extends HttpsProxyAgent<string> {
    override async connect(...[request, to]: Parameters<Tunnel<string>["connect"]>) {
      let answer: Answer | undefined;
      request.once("proxyConnect", (given: Answer) => {
        answer = given;
      });
      const socket = await super.connect(request, to).catch((error) => {
        throw notReached(proxy, error);
      });
      if (answer?.statusCode === 200) return socket;
      // By itself, the agent would pass on the proxy's response as if it were AWS's.
      socket.destroy();
      throw notLetThrough(proxy, `${to.host}:${to.port}`, answer);
    }
  })(proxy.url.href, options);
}

interface Answer {
  readonly statusCode: number;
  readonly statusText: string;
}

function notReached(proxy: HttpProxy, error: Error): ProxyError {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== undefined && UNTRUSTED.test(code)) {
    return new ProxyError(`The certificate of the proxy ${proxyName(proxy)} is not trusted (${code})`, {
      next: ["set AWS_CA_BUNDLE to a file with the certificate of the authority that signed it"],
      cause: error,
    });
  }
  return new ProxyError(`The proxy ${proxyName(proxy)} cannot be reached (${code ?? error.message})`, {
    next: [
      `check ${proxy.variable}, which Terraform uses too, and that the proxy is running`,
      "or list the hosts that don't need it in NO_PROXY",
    ],
    // With the system's code, by which the SDK decides what to retry.
    cause: error,
  });
}

function notLetThrough(proxy: HttpProxy, destination: string, answer: Answer | undefined): ProxyError {
  const { statusCode = 0, statusText = "no answer" } = answer ?? {};
  const given = `(${`${statusCode || ""} ${statusText}`.trim()})`;
  const name = proxyName(proxy);
  const host = destination.replace(/:\d+$/, "");
  const details: UserErrorDetails = {
    next: [
      `ask the proxy's administrator to allow ${destination}`,
      `or, if ${host} can be reached without it, add ${host} to NO_PROXY`,
    ],
  };
  if (statusCode === 407) {
    const known = proxy.url.username !== "";
    return new ProxyError(
      `The proxy ${name} ${known ? "refused the user name and password" : "requires a user name and password"} ${given}`,
      {
        next: [
          `${known ? "check them" : "put them"} in ${proxy.variable}: http://USER:PASSWORD@HOST:PORT`,
          "write characters such as @ : / as %40 %3A %2F",
        ],
      },
    );
  }
  if (statusCode >= 500)
    return new ProxyError(`The proxy ${name} could not reach ${destination} ${given}`, details);
  return new ProxyError(`The proxy ${name} refused the connection to ${destination} ${given}`, details);
}

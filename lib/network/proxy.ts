import { BlockList, isIP } from "node:net";
import { EXIT, UserError } from "../errors.ts";

/** Where a request goes. */
export interface Destination {
  readonly protocol: "http:" | "https:";
  /** A name, or an IP address without brackets. */
  readonly host: string;
  readonly port: number;
}

export interface HttpProxy {
  readonly url: URL;
  /** Which variable names it. */
  readonly variable: string;
}

/** Upper case first, as in Go. */
const VARIABLES = {
  "http:": ["HTTP_PROXY", "http_proxy"],
  "https:": ["HTTPS_PROXY", "https_proxy"],
} as const;
const EXCEPTIONS = ["NO_PROXY", "no_proxy"] as const;

/** Whether any proxy is configured. If not, none of this needs to be loaded. */
export function anyProxy(env: NodeJS.ProcessEnv): boolean {
  return Object.values(VARIABLES).some((names) => firstSet(names, env) !== undefined);
}

/**
 * The proxy for a host, by the rules that Terraform follows, so that both use the same route: those of Go's net/http
 * (ProxyFromEnvironment). No npm package implements them (proxy-from-env has no CIDR, and no subdomains of a bare name).
 * @returns undefined if the request goes directly
 * @throws UserError (exit 2) for a proxy that is not an http or https URL
 */
export function proxyFor(destination: Destination, env: NodeJS.ProcessEnv): HttpProxy | undefined {
  const variable = firstSet(VARIABLES[destination.protocol], env);
  if (variable === undefined || isExcepted(destination, env)) return undefined;
  return { url: parse(env[variable] ?? "", variable), variable };
}

/** For messages: without the user name and password that may be in the URL. */
export function proxyName({ url, variable }: HttpProxy): string {
  return `${url.protocol}//${url.host} (${variable})`;
}

function firstSet<Name extends string>(names: readonly Name[], env: NodeJS.ProcessEnv): Name | undefined {
  return names.find((name) => env[name]);
}

function parse(value: string, variable: string): URL {
  // "proxy.example:3128" would parse as a URL with the scheme "proxy.example:"
  const text = value.includes("://") ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw new UserError(
    url === undefined
      ? `${variable} is not a proxy's URL`
      : `${variable} names a proxy of type ${url.protocol.slice(0, -1)}, which isn't supported`,
    {
      why: "The request would have gone through it. Its value isn't shown, in case it contains a password.",
      next: [
        `write ${variable} as http://HOST:PORT or https://HOST:PORT`,
        "or list the hosts that don't need it in NO_PROXY",
      ],
      exitCode: EXIT.wrong,
    },
  );
}

function isExcepted({ host, port }: Destination, env: NodeJS.ProcessEnv): boolean {
  const name = host.toLowerCase().replace(/\.$/, "");
  if (name === "localhost" || (isIP(name) !== 0 && LOOPBACK.check(name, familyOf(name)))) return true;
  const variable = firstSet(EXCEPTIONS, env);
  const entries = variable === undefined ? [] : (env[variable] ?? "").toLowerCase().split(",");
  return entries.some((entry) => matches(entry.trim(), name, port));
}

function matches(entry: string, name: string, port: number): boolean {
  if (entry === "*") return true;
  const [, network = "", prefix] = /^([^/]+)\/(\d+)$/.exec(entry) ?? [];
  if (isIP(network) !== 0) return isIP(name) !== 0 && isWithin(name, network, Number(prefix));

  const { pattern, onlyPort } = splitPort(entry);
  if (pattern === "" || (onlyPort !== undefined && onlyPort !== port)) return false;
  if (isIP(pattern) !== 0) return isIP(name) === isIP(pattern) && isWithin(name, pattern);
  // "example.com" is the host and its subdomains, ".example.com" and "*.example.com" only the subdomains.
  const suffix = pattern.replace(/^\*?(?=\.)/, "");
  return suffix.startsWith(".") ? name.endsWith(suffix) : name === suffix || name.endsWith(`.${suffix}`);
}

/** "host:443", "[::1]:443"; an IPv6 address without brackets has no port. */
function splitPort(entry: string): { readonly pattern: string; readonly onlyPort?: number } {
  const [, bracketed, plain = entry, port] = /^(?:\[(.+)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? [];
  return { pattern: bracketed ?? plain, ...(port === undefined ? {} : { onlyPort: Number(port) }) };
}

const familyOf = (address: string) => (isIP(address) === 6 ? "ipv6" : "ipv4");

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8);
LOOPBACK.addAddress("::1", "ipv6");

function isWithin(address: string, network: string, prefix?: number): boolean {
  const whole = isIP(network) === 6 ? 128 : 32;
  if (prefix !== undefined && prefix > whole) return false;
  const list = new BlockList();
  list.addSubnet(network, prefix ?? whole, familyOf(network));
  return list.check(address, familyOf(address));
}

import { describe, expect, test } from "vitest";
import type { UserError } from "../../lib/errors.ts";
import { type Destination, proxyFor, proxyName } from "../../lib/network/proxy.ts";

const HOST = "cognito-idp.eu-west-1.amazonaws.com";
const to = (address: string): Destination => {
  const { protocol, hostname, port } = new URL(address.includes("://") ? address : `https://${address}`);
  return {
    protocol: protocol as Destination["protocol"],
    host: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port) || (protocol === "https:" ? 443 : 80),
  };
};
const wayTo = (address: string, env: NodeJS.ProcessEnv) => proxyFor(to(address), env)?.url.href;

test.each<[string, NodeJS.ProcessEnv, string | undefined]>([
  ["none without a variable", {}, undefined],
  ["that of HTTPS_PROXY", { HTTPS_PROXY: "http://p:3128" }, "http://p:3128/"],
  ["that of https_proxy", { https_proxy: "http://p:3128" }, "http://p:3128/"],
  ["that in upper case before the other", { HTTPS_PROXY: "http://a", https_proxy: "http://b" }, "http://a/"],
  ["the other where that is empty", { HTTPS_PROXY: "", https_proxy: "http://b" }, "http://b/"],
  ["an http one where it says none", { HTTPS_PROXY: "p.example:3128" }, "http://p.example:3128/"],
  ["not that of HTTP_PROXY", { HTTP_PROXY: "http://p:3128" }, undefined],
  ["not that of ALL_PROXY, which Terraform doesn't know", { ALL_PROXY: "http://p:3128" }, undefined],
])("an https request takes %s", (_, env, expected) => {
  expect(wayTo(HOST, env)).toBe(expected);
});

test("an http request takes that of HTTP_PROXY", () => {
  const env = { HTTP_PROXY: "http://p:80", HTTPS_PROXY: "http://q:80" };
  expect(wayTo("http://mirror.example", env)).toBe("http://p/");
});

test.each(["localhost", "LOCALHOST", "127.0.0.1", "127.8.8.8", "[::1]"])("%s is never proxied", (host) => {
  expect(wayTo(`https://${host}:9229`, { HTTPS_PROXY: "http://p" })).toBeUndefined();
});

describe("NO_PROXY", () => {
  // What ProxyFromEnvironment of Go does with each.
  test.each<[string, string, "straight" | "proxied"]>([
    ["*", HOST, "straight"],
    ["other.example, *", HOST, "straight"],
    ["", HOST, "proxied"],
    [",,", HOST, "proxied"],
    [HOST, HOST, "straight"],
    [HOST.toUpperCase(), HOST, "straight"],
    ["amazonaws.com", HOST, "straight"],
    ["amazonaws.com", "amazonaws.com", "straight"],
    ["amazonaws.com", "notamazonaws.com", "proxied"],
    [".amazonaws.com", HOST, "straight"],
    [".amazonaws.com", "amazonaws.com", "proxied"],
    ["*.amazonaws.com", HOST, "straight"],
    ["*.amazonaws.com", "amazonaws.com", "proxied"],
    ["other.example, amazonaws.com ", HOST, "straight"],
    ["other.example amazonaws.com", HOST, "proxied"],
    ["amazonaws.com:443", HOST, "straight"],
    ["amazonaws.com:8443", HOST, "proxied"],
    ["amazonaws.com:8443", `${HOST}:8443`, "straight"],
    ["10.1.2.3", "10.1.2.3", "straight"],
    ["10.1.2.3", "10.1.2.4", "proxied"],
    ["10.1.2.3:443", "10.1.2.3", "straight"],
    ["10.1.2.3:80", "10.1.2.3", "proxied"],
    ["10.0.0.0/8", "10.9.9.9", "straight"],
    ["10.0.0.0/8", "11.9.9.9", "proxied"],
    ["10.0.0.0/8", HOST, "proxied"],
    ["10.0.0.0/99", "10.0.0.0", "proxied"],
    ["fd00::/8", "[fd12::1]", "straight"],
    ["fd00::/8", "[fe80::1]", "proxied"],
    ["fd12::1", "[fd12::1]", "straight"],
    ["[fd12::1]:443", "[fd12::1]", "straight"],
    ["[fd12::1]:80", "[fd12::1]", "proxied"],
  ])("%j: %s is %s", (exceptions, address, expected) => {
    for (const name of ["NO_PROXY", "no_proxy"]) {
      const way = wayTo(address, { HTTPS_PROXY: "http://p", [name]: exceptions });
      expect(way === undefined ? "straight" : "proxied").toBe(expected);
    }
  });
});

test.each([
  ["socks5://anna:hush@p:1080", "HTTPS_PROXY names a proxy of type socks5, which isn't supported"],
  ["http://anna:hush@p:port", "HTTPS_PROXY is not a proxy's URL"],
])("%s is refused in words, which never have the password", (value, message) => {
  const refused = () => proxyFor(to(HOST), { HTTPS_PROXY: value });
  expect(refused).toThrowError(expect.objectContaining({ message, exitCode: 2 }));
  try {
    refused();
  } catch (error) {
    const { why, next } = error as UserError;
    expect(`${why} ${next}`).not.toContain("hush");
  }
  expect(proxyFor(to("127.0.0.1"), { HTTPS_PROXY: value })).toBeUndefined();
});

test("a proxy's name in a message leaves its password out", () => {
  const proxy = proxyFor(to(HOST), { https_proxy: "http://anna:hush@p.example:3128" });
  expect(proxy && proxyName(proxy)).toBe("http://p.example:3128 (https_proxy)");
});

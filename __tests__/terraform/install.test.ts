import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { strToU8, zipSync } from "fflate";
import { afterEach, beforeEach, expect, test } from "vitest";
import { UserError } from "../../lib/errors.ts";
import { cachedTerraform, downloadTerraform, terraformPlatform } from "../../lib/terraform/install.ts";

const VERSION = "9.9.9";
const FILE = `terraform_${VERSION}_${terraformPlatform()}.zip`;
const SCRIPT = "#!/bin/sh\necho fake terraform\n";
const ZIP = zipSync({ "LICENSE.txt": strToU8("words"), terraform: strToU8(SCRIPT) });
const sumOf = (data: Uint8Array) => createHash("sha256").update(data).digest("hex");
const SUMS = `${"0".repeat(64)}  terraform_${VERSION}_plan9_mips.zip\n${sumOf(ZIP)}  ${FILE}\n`;

let cacheDirectory: string;
const running: { close: () => void }[] = [];
beforeEach(() => {
  cacheDirectory = mkdtempSync(join(tmpdir(), "release-"));
});
afterEach(() => {
  for (const server of running.splice(0)) server.close();
  rmSync(cacheDirectory, { recursive: true });
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  running.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/terraform`;
}

/** A release site: a body for each file, or a handler. Everything else is a 404. */
function release(files: Record<string, Uint8Array | string | RequestListener>): Promise<string> {
  return serve((request, response) => {
    const body = files[request.url?.replace(`/terraform/${VERSION}/`, "") ?? ""];
    if (typeof body === "function") body(request, response);
    else if (body === undefined) response.writeHead(404).end("no");
    else response.end(body);
  });
}

const SUMS_FILE = `terraform_${VERSION}_SHA256SUMS`;
const get = (releasesUrl: string, options: object = {}) =>
  downloadTerraform({
    version: VERSION,
    cacheDirectory,
    env: {},
    releasesUrl,
    idleTimeoutMs: 5000,
    ...options,
  });
const left = () => readdirSync(cacheDirectory, { recursive: true });

async function refusal(work: Promise<unknown>): Promise<UserError> {
  const error = await work.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
}

test("a release whose checksum is right is unpacked into the cache, executable, with progress in MB and percent", async () => {
  const messages: string[] = [];
  const path = await get(await release({ [SUMS_FILE]: SUMS, [FILE]: ZIP }), {
    onProgress: (message: string) => messages.push(message),
  });
  expect(path).toBe(join(cacheDirectory, "terraform", VERSION, "terraform"));
  expect(statSync(path).mode & 0o777).toBe(0o755);
  expect((await execa(path)).stdout).toBe("fake terraform");
  expect(messages.at(0)).toMatch(/^Downloading Terraform 9\.9\.9: 0\.0 of 0\.0 MB \(100 %\)$/);
  expect(messages.at(-1)).toBe("Unpacking Terraform 9.9.9");
  expect(cachedTerraform({ version: VERSION, cacheDirectory })).toBe(path);
});

test("TERRAFORM_RELEASES_URL names the site, with or without a final slash", async () => {
  const site = await release({ [SUMS_FILE]: SUMS, [FILE]: ZIP });
  await downloadTerraform({ version: VERSION, cacheDirectory, env: { TERRAFORM_RELEASES_URL: `${site}/` } });
  expect(left()).toHaveLength(3);
});

test("two downloads at once both succeed and leave one whole file", async () => {
  const site = await release({ [SUMS_FILE]: SUMS, [FILE]: ZIP });
  const [one, two] = await Promise.all([get(site), get(site)]);
  expect(one).toBe(two);
  expect(left().sort()).toEqual(["terraform", `terraform/${VERSION}`, `terraform/${VERSION}/terraform`]);
});

test("the executable never exists half-written under its own name", async () => {
  const big = zipSync({ terraform: new Uint8Array(60_000_000) }, { level: 1 });
  const site = await release({ [SUMS_FILE]: `${sumOf(big)}  ${FILE}\n`, [FILE]: big });
  const path = join(cacheDirectory, "terraform", VERSION, "terraform");
  const sizes = new Set<number>();
  let done = false;
  const watch = (async () => {
    while (!done) {
      const size = statSync(path, { throwIfNoEntry: false })?.size;
      if (size !== undefined) sizes.add(size);
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  await get(site);
  done = true;
  await watch;
  sizes.add(statSync(path).size);
  expect([...sizes]).toEqual([60_000_000]);
});

test("a wrong checksum is refused, naming both sums, and nothing is left behind", async () => {
  const tampered = zipSync({ terraform: strToU8("#!/bin/sh\necho evil\n") });
  const error = await refusal(get(await release({ [SUMS_FILE]: SUMS, [FILE]: tampered })));
  expect(error.message).toContain("has the wrong SHA-256");
  expect(error.why).toContain(sumOf(ZIP));
  expect(error.why).toContain(sumOf(tampered));
  expect(left()).toEqual([]);
});

const withoutBinary = zipSync({ "README.md": strToU8("none") });
const broken = ZIP.slice(0, 40);
const sumsFor = (zip: Uint8Array) => `${sumOf(zip)}  ${FILE}\n`;

test.each<[string, Record<string, Uint8Array | string | RequestListener>, RegExp]>([
  ["no SHA256SUMS at all", { [FILE]: ZIP }, /SHA256SUMS answered 404 Not Found/],
  [
    "no line for this platform",
    { [SUMS_FILE]: `${sumOf(ZIP)}  other.zip\n`, [FILE]: ZIP },
    /publishes no checksum for/,
  ],
  [
    "a login page instead of sums",
    { [SUMS_FILE]: `<html>  ${FILE}`, [FILE]: ZIP },
    /publishes no checksum for/,
  ],
  ["no zip", { [SUMS_FILE]: SUMS }, /zip answered 404 Not Found/],
  [
    "access denied",
    { [SUMS_FILE]: (_, response) => void response.writeHead(403).end() },
    /SHA256SUMS answered 403 Forbidden/,
  ],
  [
    "a connection cut in the middle",
    {
      [SUMS_FILE]: SUMS,
      [FILE]: (_, response) => {
        response.writeHead(200, { "content-length": ZIP.length });
        response.write(ZIP.slice(0, 50), () => response.destroy());
      },
    },
    /the connection to 127\.0\.0\.1:\d+ was reset/,
  ],
  [
    "a zip without Terraform",
    { [SUMS_FILE]: sumsFor(withoutBinary), [FILE]: withoutBinary },
    /does not contain terraform/,
  ],
  ["a broken zip", { [SUMS_FILE]: sumsFor(broken), [FILE]: broken }, /is not a readable zip file/],
])("%s: one error with both ways out, and nothing left behind", async (_, files, message) => {
  const error = await refusal(get(await release(files)));
  expect(error.message).toMatch(/^Terraform 9\.9\.9 could not be downloaded: /);
  expect(error.message).toMatch(message);
  expect(error.next.join("\n")).toMatch(
    /on the PATH, or set TERRAFORM_BINARY_NAME[\s\S]*set TERRAFORM_RELEASES_URL/,
  );
  expect(left()).toEqual([]);
});

test("without network the name of the site cannot be found: in words, with both ways out", async () => {
  const error = await refusal(get("http://releases.invalid/terraform"));
  expect(error.message).toMatch(/the host releases\.invalid (was not found|could not be resolved) \(E/);
  expect(error.next).toHaveLength(2);
  expect(left()).toEqual([]);
});

test("a port where nobody listens: refused, in words", async () => {
  const site = await release({});
  for (const server of running.splice(0)) server.close();
  expect((await refusal(get(site))).message).toMatch(
    /127\.0\.0\.1:\d+ refused the connection \(ECONNREFUSED\)/,
  );
});

test("a proxy that is not there is named, with what to do about it and both ways out", async () => {
  const env = { HTTPS_PROXY: "http://proxy.invalid:3128" };
  const error = await refusal(get("https://releases.invalid/terraform", { env }));
  expect(error.message).toMatch(
    /^Terraform 9\.9\.9 could not be downloaded: the proxy http:\/\/proxy\.invalid:3128 \(HTTPS_PROXY\) cannot be reached/,
  );
  expect(error.next).toHaveLength(4);
});

test.each<[string, RequestListener]>([
  ["before it answers", () => {}],
  [
    "in the middle of the file",
    (_, response) => void response.writeHead(200, { "content-length": ZIP.length }).write(ZIP.slice(0, 50)),
  ],
])("a server that falls silent %s is given up", async (_, zip) => {
  const site = await release({ [SUMS_FILE]: SUMS, [FILE]: zip });
  const error = await refusal(get(site, { idleTimeoutMs: 200 }));
  expect(error.message).toMatch(/127\.0\.0\.1:\d+ sent no data for 0\.2 seconds/);
  expect(left()).toEqual([]);
});

test("a slow server that keeps sending is waited for", async () => {
  const site = await release({
    [SUMS_FILE]: SUMS,
    [FILE]: async (_, response) => {
      for (const byte of ZIP.slice(0, 5)) {
        response.write(Uint8Array.of(byte));
        await new Promise((resolve) => setTimeout(resolve, 120));
      }
      response.end(ZIP.slice(5));
    },
  });
  await get(site, { idleTimeoutMs: 400 });
});

test("a cache that cannot take the file is an error in words, and no half-written file stays", async () => {
  mkdirSync(join(cacheDirectory, "terraform", VERSION, "terraform"), { recursive: true });
  const error = await refusal(get(await release({ [SUMS_FILE]: SUMS, [FILE]: ZIP })));
  expect(error.message).toMatch(/^Terraform could not be written to .*EISDIR/);
  expect(left()).toHaveLength(3);
});

test("an abort ends the download with the abort's own reason, and nothing is left behind", async () => {
  const stop = new AbortController();
  const site = await release({ [SUMS_FILE]: SUMS, [FILE]: () => stop.abort(new Error("Ctrl-C")) });
  await expect(get(site, { signal: stop.signal })).rejects.toThrow("Ctrl-C");
  expect(left()).toEqual([]);
});

test("a TERRAFORM_RELEASES_URL that is no URL is wrong input", async () => {
  expect((await refusal(get("releases.example.com"))).exitCode).toBe(2);
});

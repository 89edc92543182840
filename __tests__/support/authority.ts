import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Authority {
  /** Holds `ca.pem`, for AWS_CA_BUNDLE. */
  readonly directory: string;
  /** For a server that answers for these names, with a certificate that the authority has signed. */
  serverOptions(names: readonly string[]): { key: Buffer; cert: Buffer };
  remove(): void;
}

/** A certificate authority that nobody trusts yet, as companies have their own. */
export function makeAuthority(): Authority {
  const directory = mkdtempSync(join(tmpdir(), "roster-authority-"));
  const openssl = (line: string) =>
    execFileSync("openssl", line.split(" "), { cwd: directory, stdio: "pipe" });
  openssl("req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj /CN=authority -days 2");
  return {
    directory,
    serverOptions: (names) => {
      openssl("req -newkey rsa:2048 -nodes -keyout key.pem -out request.pem -subj /CN=server");
      const all = names.map((name) => (/^[\d.]+$/.test(name) ? `IP:${name}` : `DNS:${name}`));
      writeFileSync(join(directory, "names"), `subjectAltName=${all.join(",")}`);
      openssl(
        "x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -out cert.pem -days 2 -extfile names",
      );
      return {
        key: readFileSync(join(directory, "key.pem")),
        cert: readFileSync(join(directory, "cert.pem")),
      };
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

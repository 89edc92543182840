import { readFileSync } from "node:fs";
import type { AgentOptions } from "node:https";
import { rootCertificates } from "node:tls";
import { SimpleFetcher } from "aws-jwt-verify/https";
import { EXIT, UserError } from "../errors.ts";

const CERTIFICATE = "-----BEGIN CERTIFICATE-----";

/**
 * What the SDK's clients trust: as Terraform's provider and the AWS CLI, the certificates of AWS_CA_BUNDLE, which a company's proxy
 * may need; beside them those that Node trusts. The SDK for JavaScript does not look at AWS_CA_BUNDLE itself.
 * @param env where it is looked up. @default process.env
 * @returns for a `requestHandler`; empty where AWS_CA_BUNDLE is not set
 * @throws UserError (exit 2) for a file that can't be read, or has no certificate
 */
export function trustedAuthorities(env: NodeJS.ProcessEnv = process.env): {
  readonly httpsAgent?: AgentOptions;
} {
  const bundle = env.AWS_CA_BUNDLE;
  if (!bundle) return {};
  // Node's default list, which `ca` replaces, is its own certificates and these.
  const more = env.NODE_EXTRA_CA_CERTS ? read(env.NODE_EXTRA_CA_CERTS) : undefined;
  const certificates = read(bundle);
  if (certificates === undefined || !certificates.includes(CERTIFICATE)) {
    throw new UserError(
      `AWS_CA_BUNDLE names ${bundle}, which ${certificates === undefined ? "can't be read" : "has no certificate in it"}`,
      {
        why: "Without it nobody can tell whether it is AWS that answers.",
        next: ["name a file with certificates in PEM form, or unset AWS_CA_BUNDLE"],
        exitCode: EXIT.wrong,
      },
    );
  }
  const ca = [...rootCertificates, certificates, ...(more === undefined ? [] : [more])];
  // As many connections as the SDK has open by itself.
  return { httpsAgent: { keepAlive: true, maxSockets: 50, ca } };
}

const TIMEOUT_MS = 10_000;

/**
 * A document over the network, such as a user pool's public keys, from whom the SDK's clients trust, too: `fetch` can't be told.
 * @throws an error for another answer than the document, for a redirect, and for none within 10 s
 */
export async function download(uri: string): Promise<ArrayBuffer> {
  const { httpsAgent } = trustedAuthorities();
  if (httpsAgent !== undefined && uri.startsWith("https:")) {
    const { ca } = httpsAgent;
    return new SimpleFetcher({ defaultRequestOptions: { ca, responseTimeout: TIMEOUT_MS } }).fetch(uri);
  }
  const response = await fetch(uri, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: "error" });
  if (!response.ok) throw new Error(`HTTP status ${response.status}`);
  return response.arrayBuffer();
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

import { readFileSync } from "node:fs";
import * as tls from "node:tls";
import { EXIT, UserError } from "../errors.ts";

const CERTIFICATE = "-----BEGIN CERTIFICATE-----";

/** Node's codes for an untrusted certificate. */
export const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET_ISSUER|VERIFY)/;

/**
 * The certificates that our requests trust: like Terraform's provider and the AWS CLI, those of AWS_CA_BUNDLE, which a
 * company's proxy may need, in addition to Node's own. Neither Node.js nor the SDK for JavaScript reads AWS_CA_BUNDLE itself.
 * @param env where it is looked up. @default process.env
 * @returns certificates in PEM form; undefined if AWS_CA_BUNDLE is not set: then Node's own apply
 * @throws UserError (exit 2) for a file that can't be read, or contains no certificate
 */
export function trustedCertificates(env: NodeJS.ProcessEnv = process.env): string[] | undefined {
  const bundle = env.AWS_CA_BUNDLE;
  if (!bundle) return undefined;
  // Node's default list, which `ca` replaces, consists of its own certificates and these.
  const more = env.NODE_EXTRA_CA_CERTS ? read(env.NODE_EXTRA_CA_CERTS) : undefined;
  const certificates = read(bundle);
  if (certificates === undefined || !certificates.includes(CERTIFICATE)) {
    throw new UserError(
      `AWS_CA_BUNDLE names ${bundle}, which ${certificates === undefined ? "can't be read" : "has no certificate in it"}`,
      {
        why: "Without it, AWS's certificate can't be verified.",
        next: ["use a file with certificates in PEM form, or unset AWS_CA_BUNDLE"],
        exitCode: EXIT.wrong,
      },
    );
  }
  return [...nodeTrusts(), certificates, ...(more === undefined ? [] : [more])];
}

/** From Node.js 22.15 on including the system's own, if NODE_USE_SYSTEM_CA or --use-system-ca requests them. */
function nodeTrusts(): readonly string[] {
  const { getCACertificates } = tls as { getCACertificates?: (type: "default") => string[] };
  return getCACertificates?.("default") ?? tls.rootCertificates;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

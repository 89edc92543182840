import { quote } from "../../roster/redact.ts";
import type { CustomDomain, PrefixDomain } from "../domain.ts";
import type { PoolSettings } from "../settings.ts";
import { isReference } from "../terraform-text.ts";
import * as limits from "./cognito-limits.ts";
import { tierOf } from "./factors.ts";
import { refused, type SettingProblem, wrong } from "./problem.ts";

const BY_THEN = `${refused("CreateUserPoolDomain")} The pool and its people would already exist.`;

/** Where Cognito looks for certificates of custom domains, whatever the pool's region (developer guide). */
const CERTIFICATE_REGION = "us-east-1";

/** What is wrong with the domain of the sign-in pages. */
export function* domainProblems(pool: PoolSettings): Generator<SettingProblem> {
  const { domainPrefix, domain } = pool;
  if (domainPrefix !== undefined) yield* prefixProblems("pool.domainPrefix", domainPrefix);
  if (domain === undefined) return;
  const setting = "pool.domain";
  if (domainPrefix !== undefined) {
    yield wrong({
      setting,
      message: "domainPrefix sets one too",
      why: "It is the short form of this setting, so it isn't clear which one is meant.",
      next: "Delete pool.domainPrefix, and keep its prefix here: pool.domain.prefix. It is the same domain, so nothing changes.",
    });
  }
  const { prefix, custom, certificateArn }: Partial<PrefixDomain & CustomDomain> = domain;
  if ((prefix === undefined) === (custom === undefined)) {
    yield wrong({
      setting,
      message: prefix === undefined ? "it names none" : "it has both a prefix and a custom domain",
      why: "A pool has one domain: a prefix of Cognito's, or a custom one with a certificate.",
      next: 'Write { prefix: "acme-login" }, or { custom: "login.example.com", certificateArn: "arn:aws:acm:us-east-1:…" }.',
    });
    return;
  }
  if (prefix !== undefined) yield* prefixProblems(`${setting}.prefix`, prefix);
  if (custom !== undefined) yield* customProblems(setting, custom, certificateArn);
  else if (certificateArn !== undefined) {
    yield wrong({
      setting: `${setting}.certificateArn`,
      message: "it is for a custom domain, and this is a prefix",
      why: "A prefix uses Cognito's domain and certificate.",
      next: "Delete it.",
    });
  }
  if (domain.managedLogin === 2 && tierOf(pool) === "LITE") {
    yield wrong({
      setting: `${setting}.managedLogin`,
      message: 'it needs the tier "ESSENTIALS" or "PLUS", and pool.tier is "LITE"',
      why: refused("CreateUserPoolDomain, FeatureUnavailableInTierException"),
      next: 'Write pool.tier: "ESSENTIALS", or managedLogin: 1.',
    });
  }
}

function* prefixProblems(setting: string, prefix: string): Generator<SettingProblem> {
  if (!limits.DOMAIN_PREFIX.test(prefix)) {
    yield wrong({
      setting,
      message: `${quote(prefix)} is not a domain prefix`,
      why: BY_THEN,
      next: "Use 1–63 lowercase letters, digits and hyphens, with no hyphen at the start or end, and no dots.",
    });
  }
  const word = limits.DOMAIN_RESERVED.find((reserved) => prefix.includes(reserved));
  if (word !== undefined) {
    yield wrong({
      setting,
      message: `${quote(prefix)} contains the reserved word ${quote(word)}`,
      why: BY_THEN,
      next: `Leave ${limits.DOMAIN_RESERVED.join(", ")} out of it.`,
    });
  }
}

function* customProblems(
  setting: string,
  custom: string,
  certificateArn: string | undefined,
): Generator<SettingProblem> {
  if (!limits.CUSTOM_DOMAIN.test(custom)) {
    yield wrong({
      setting: `${setting}.custom`,
      message: `${quote(custom)} isn't a domain that Cognito accepts`,
      why: BY_THEN,
      next: 'Write it like "login.example.com": lowercase, at most 63 characters, no https://, no path.',
    });
  }
  const where = `${setting}.certificateArn`;
  if (certificateArn === undefined) {
    yield wrong({
      setting: where,
      message: "it is required",
      why: "A custom domain needs a certificate for its name.",
      next: `Request one from AWS Certificate Manager in ${CERTIFICATE_REGION} for ${custom}, and add its ARN.`,
    });
    return;
  }
  if (isReference(certificateArn)) return;
  const region = limits.CERTIFICATE.exec(certificateArn)?.[1];
  if (region === undefined) {
    yield wrong({
      setting: where,
      message: `${quote(certificateArn)} is not the ARN of a certificate`,
      why: BY_THEN,
      next: `Write arn:aws:acm:${CERTIFICATE_REGION}:ACCOUNT:certificate/ID, as \`aws acm list-certificates\` prints it.`,
    });
  } else if (region !== CERTIFICATE_REGION) {
    yield wrong({
      setting: where,
      message: `the certificate is in ${region}`,
      why: `Cognito serves its pages through CloudFront, which only accepts certificates from ${CERTIFICATE_REGION}, whatever the pool's region.`,
      next: `Request the same certificate in ${CERTIFICATE_REGION}, and use its ARN.`,
    });
  }
}

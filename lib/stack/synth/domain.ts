import { CognitoUserPoolDomain } from "@cdktf/provider-aws/lib/cognito-user-pool-domain/index.js";
import { Construct } from "constructs";
import { domainNameOf } from "../domain.ts";
import type { PoolSettings } from "../settings.ts";
import { isReference, plainText } from "../terraform-text.ts";

export interface PoolDomainProps extends Pick<PoolSettings, "domainPrefix" | "domain"> {
  readonly userPoolId: string;
}

/** `aws_cognito_user_pool_domain.domain`: where the sign-in pages are, if there are any. */
export class PoolDomain extends Construct {
  /** For your own domain name: the host that its DNS should point to. */
  readonly target: string | undefined;
  /** Its prefix, or its full name; undefined if there is none. */
  readonly name: string | undefined;

  constructor(scope: Construct, id: string, { userPoolId, ...said }: PoolDomainProps) {
    super(scope, id);
    const name = domainNameOf(said);
    if (name === undefined) return;
    const certificateArn = said.domain && "custom" in said.domain ? said.domain.certificateArn : undefined;
    // If it isn't set, the pages stay as they are: an adopted domain has its own (reported by lib/deploy/kept-settings.ts).
    const { managedLogin } = said.domain ?? {};
    const domain = new CognitoUserPoolDomain(this, "domain", {
      domain: name,
      userPoolId,
      ...(certificateArn !== undefined && {
        certificateArn: isReference(certificateArn) ? certificateArn : plainText(certificateArn),
      }),
      ...(managedLogin !== undefined && { managedLoginVersion: managedLogin }),
    });
    domain.overrideLogicalId("domain");
    this.name = domain.domain;
    this.target = certificateArn === undefined ? undefined : domain.cloudfrontDistribution;
  }
}

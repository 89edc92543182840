/** Cognito's sign-in pages: 1 is the classic hosted UI, 2 managed login, which shows nothing until the client has a style. */
export type ManagedLogin = 1 | 2;

/** `<prefix>.auth.<region>.amazoncognito.com` (in GovCloud `auth-fips`). */
export interface PrefixDomain {
  /** Unique in its region. Changing it creates another domain, so apps have to change their URLs. */
  readonly prefix: string;
  /** 2 needs the tier ESSENTIALS. @default Cognito's: 1 */
  readonly managedLogin?: ManagedLogin;
}

/**
 * Your own domain name. Its DNS needs an alias to the output `user_pool_domain_target`, and its parent domain an A record
 * beforehand.
 */
export interface CustomDomain {
  /** Such as "login.example.com". Changing it creates another domain, so apps have to change their URLs. */
  readonly custom: string;
  /** The ARN of an AWS Certificate Manager certificate for that name, in us-east-1 whatever the pool's region. */
  readonly certificateArn: string;
  /** As for a {@link PrefixDomain}. */
  readonly managedLogin?: ManagedLogin;
}

export type DomainSettings = PrefixDomain | CustomDomain;

/** The full form of either kind, or the prefix alone. */
interface Said {
  readonly domainPrefix?: string | undefined;
  readonly domain?: DomainSettings | undefined;
}

/** The domain's name in Cognito: the prefix, or the full name. @returns undefined if there is none */
export function domainNameOf({ domainPrefix, domain }: Said): string | undefined {
  if (domain === undefined) return domainPrefix;
  return "custom" in domain ? domain.custom : domain.prefix;
}

/**
 * What Amazon Cognito takes, as its API reference publishes it (CreateUserPool, CreateUserPoolClient, CreateUserPoolDomain);
 * the name of the type in it stands beside each. Cognito's patterns know the ASCII white space only, unlike JavaScript's `\s`.
 */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** UserPoolNameType, ClientNameType */
export const NAME = /^[\w \t\n\v\f\r+=,.@-]{1,128}$/;

/** PasswordPolicyMinLengthType */
export const PASSWORD_LENGTH: Range = { min: 6, max: 99 };

/** NIST SP 800-63B, 5.1.1.1: a password that a person chooses has 8 characters at least. */
export const PASSWORD_LENGTH_ADVISED = 8;

/** TemporaryPasswordValidityDaysType; Cognito takes its 0 for the default, 7, which every plan would then change to 0. */
export const TEMPORARY_PASSWORD_DAYS: Range = { min: 1, max: 365 };

/** SchemaAttributesListType; developer guide, "Quotas": custom attributes per user pool */
export const CUSTOM_ATTRIBUTES_MAX = 50;

/** StringAttributeConstraintsType: at most 2,048 (developer guide, "Custom attributes") */
export const ATTRIBUTE_LENGTH: Range = { min: 0, max: 2_048 };

/** NumberAttributeConstraintsType: digits; CreateUserPool refuses a sign ("Invalid NumberAttributeConstraints"). */
export const ATTRIBUTE_NUMBER: Range = { min: 0, max: Number.MAX_SAFE_INTEGER };

/** DomainType, for a prefix */
export const DOMAIN_PREFIX = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** InvalidParameterException "Domain cannot contain reserved word: …"; the plan knows nothing of it. */
export const DOMAIN_RESERVED = ["aws", "amazon", "cognito"];

/** EmailVerificationSubjectType, also for invitations */
export const EMAIL_SUBJECT: Range = { min: 1, max: 140 };

/** EmailInviteMessageType, EmailVerificationMessageType */
export const EMAIL_MESSAGE: Range = { min: 6, max: 20_000 };

/** SmsInviteMessageType, SmsVerificationMessageType */
export const SMS_MESSAGE: Range = { min: 6, max: 140 };

/** The same types' characters, for e-mail: no control or format ones, and no space other than the ASCII ones. */
export const EMAIL_CHARACTER = /^[\p{L}\p{M}\p{S}\p{N}\p{P} \t\n\v\f\r]$/u;

/** UserPoolTagsType, TagKeysType, TagValueType; keys of `aws:` are AWS's own ("Tag naming limits and requirements"). */
export const TAGS_MAX = 50;
export const TAG_KEY: Range = { min: 1, max: 128 };
export const TAG_VALUE: Range = { min: 0, max: 256 };
export const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** AccessTokenValidityType, IdTokenValidityType (86,400 s); 5 minutes at least: developer guide, "Quotas", token validity. */
export const TOKEN_MINUTES: Range = { min: 5, max: 24 * 60 };

/** RefreshTokenValidityType (315,360,000 s); 60 minutes at least: developer guide, "Quotas". */
export const REFRESH_TOKEN_MINUTES: Range = { min: 60, max: 3650 * 24 * 60 };

/** RetryGracePeriodSecondsType */
export const GRACE_PERIOD_SECONDS: Range = { min: 0, max: 60 };

/** AuthSessionValidityType, in minutes */
export const SESSION_MINUTES: Range = { min: 3, max: 15 };

/** CallbackURLsListType, LogoutURLsListType */
export const URLS_MAX = 100;

/** RedirectUrlType: no white space, no control characters. */
export const REDIRECT_URL = /^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,1024}$/u;

/** Hosts that never leave this machine: the only ones that may be called back over http (CreateUserPoolClient, CallbackURLs). */
export const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** ScopeListType */
export const SCOPES_MAX = 50;

/** ScopeType: printable ASCII without space, `"` and `\` */
export const SCOPE = /^[\x21\x23-\x5B\x5D-\x7E]{1,256}$/;

/** Developer guide, "Scopes, M2M, and resource servers": every other one is `<resource server>/<scope>`. */
export const STANDARD_SCOPES = ["openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"];

/** ProviderNameType */
export const IDENTITY_PROVIDER = /^[\p{L}\p{M}\p{S}\p{N}\p{P}\p{Z}]{1,32}$/u;

/** DescriptionType; an empty one would be none, which leaving it out says. */
export const GROUP_DESCRIPTION: Range = { min: 1, max: 2_048 };

/** PrecedenceType, and CreateGroup's text: at most 2^31-1 */
export const GROUP_PRECEDENCE: Range = { min: 0, max: 2_147_483_647 };

/** ArnType */
export const ARN_MAX = 2_048;

/** Of any partition (aws, aws-cn, aws-us-gov, …); path and name as IAM's API reference has them (CreateRole). */
export const ROLE_ARN = /^arn:aws(?:-[a-z0-9-]+)?:iam::\d{12}:role\/(?:[\x21-\x7e]+\/)?[\w+=,.@-]{1,64}$/;

/** EmailConfigurationType.SourceArn, of any partition: an identity of Amazon SES, a domain or an address. */
export const SES_IDENTITY = /^arn:aws(?:-[a-z0-9-]+)?:ses:[a-z0-9-]+:\d{12}:identity\/([\x21-\x7e]+)$/;

/** SESConfigurationSet */
export const SES_CONFIGURATION_SET = /^[\w-]{1,64}$/;

/** STS AssumeRole, ExternalId */
export const EXTERNAL_ID = /^[\w+=,.@:/-]{2,1224}$/;

/** RegionCodeType: 5–32 characters; as all regions are named. */
export const REGION = /^[a-z]{2}(?:-[a-z]+)+-\d{1,2}$/;

/** Messages a day of Cognito's own sender, for all pools of an account (developer guide, "Email settings for user pools"). */
export const DEFAULT_SENDER_PER_DAY = 50;

/** Who sends a pool's e-mail: Cognito's own sender, with that limit, or the team's (Amazon SES, or a Lambda function). */
export type MailSender = "cognito" | "own";

/**
 * @param account EmailSendingAccountType of the pool: "DEVELOPER" is Amazon SES
 * @param customSender the pool's CustomEmailSender trigger, if it has one
 */
export function mailSender(account: string | undefined, customSender: unknown): MailSender {
  return account === "DEVELOPER" || (customSender !== undefined && customSender !== null) ? "own" : "cognito";
}

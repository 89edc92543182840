/**
 * What Amazon Cognito accepts, as published in its API reference (CreateUserPool, CreateUserPoolClient, CreateUserPoolDomain);
 * each has the name of its type there beside it. Unlike JavaScript's `\s`, Cognito's patterns only match ASCII white space.
 */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** UserPoolNameType, ClientNameType */
export const NAME = /^[\w \t\n\v\f\r+=,.@-]{1,128}$/;

/** PasswordPolicyMinLengthType */
export const PASSWORD_LENGTH: Range = { min: 6, max: 99 };

/** NIST SP 800-63B, 5.1.1.1: a password chosen by a person has at least 8 characters. */
export const PASSWORD_LENGTH_ADVISED = 8;

/** TemporaryPasswordValidityDaysType; Cognito treats 0 as the default, 7, which every plan would then change to 0. */
export const TEMPORARY_PASSWORD_DAYS: Range = { min: 1, max: 365 };

/** SchemaAttributesListType; developer guide, "Quotas": custom attributes per user pool */
export const CUSTOM_ATTRIBUTES_MAX = 50;

/** StringAttributeConstraintsType: at most 2,048 (developer guide, "Custom attributes") */
export const ATTRIBUTE_LENGTH: Range = { min: 0, max: 2_048 };

/** NumberAttributeConstraintsType: digits; CreateUserPool refuses a sign ("Invalid NumberAttributeConstraints"). */
export const ATTRIBUTE_NUMBER: Range = { min: 0, max: Number.MAX_SAFE_INTEGER };

/** DomainType, for a prefix */
export const DOMAIN_PREFIX = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** InvalidParameterException "Domain cannot contain reserved word: …"; the plan doesn't show it. */
export const DOMAIN_RESERVED = ["aws", "amazon", "cognito"];

/** EmailVerificationSubjectType, also for invitations */
export const EMAIL_SUBJECT: Range = { min: 1, max: 140 };

/** EmailInviteMessageType, EmailVerificationMessageType */
export const EMAIL_MESSAGE: Range = { min: 6, max: 20_000 };

/** SmsInviteMessageType, SmsVerificationMessageType */
export const SMS_MESSAGE: Range = { min: 6, max: 140 };

/** The same types' characters, for e-mail: no control or format characters, and no spaces other than ASCII ones. */
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

/** Schemes that no app has: a browser runs them, or shows a file. */
export const NO_APP: ReadonlySet<string> = new Set([
  "javascript:",
  "data:",
  "vbscript:",
  "file:",
  "blob:",
  "about:",
]);

/** Hosts that never leave this machine: the only ones allowed over http (CreateUserPoolClient, CallbackURLs). */
export const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** ScopeListType */
export const SCOPES_MAX = 50;

/** ScopeType: printable ASCII without space, `"` and `\` */
export const SCOPE = /^[\x21\x23-\x5B\x5D-\x7E]{1,256}$/;

/** Developer guide, "Scopes, M2M, and resource servers": every other one is `<resource server>/<scope>`. */
export const STANDARD_SCOPES = ["openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"];

/** ResourceServerIdentifierType; without "|", on which Terraform's import splits its id. */
export const RESOURCE_SERVER = /^[\x21\x23-\x5B\x5D-\x7B\x7D\x7E]{1,256}$/;

/** ResourceServerNameType */
export const RESOURCE_SERVER_NAME = /^[\w \t\n\v\f\r+=,.@-]{1,256}$/;

/** ResourceServerScopeNameType: a scope's without "/" */
export const RESOURCE_SERVER_SCOPE = /^[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]{1,256}$/;

/** ResourceServerScopeDescriptionType */
export const SCOPE_DESCRIPTION: Range = { min: 1, max: 256 };

/** Developer guide, "Quotas": resource servers per user pool; ResourceServerScopeListType */
export const RESOURCE_SERVERS_MAX = 25;
export const RESOURCE_SERVER_SCOPES_MAX = 100;

/** DomainType: 1–63 characters; for your own domain name, the labels of a host name. */
export const CUSTOM_DOMAIN =
  /^(?=.{1,63}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/;

/** CustomDomainConfigType.CertificateArn, of any partition; contains its region. */
export const CERTIFICATE = /^arn:aws(?:-[a-z0-9-]+)?:acm:([a-z0-9-]+):\d{12}:certificate\/[\w-]+$/;

/** ProviderNameType of CreateIdentityProvider; without ":", on which Terraform's import splits its id. */
export const NEW_PROVIDER = /^(?=.{3,32}$)(?!.*[:\p{C}])[^_\p{Z}][\p{L}\p{M}\p{S}\p{N}\p{P}][^_\p{Z}]+$/u;

/** IdpIdentifiersListType, IdpIdentifierType */
export const PROVIDER_IDENTIFIERS_MAX = 50;
export const PROVIDER_IDENTIFIER = /^[\w \t+=.@-]{1,40}$/;

/** Developer guide, "Quotas": identity providers per user pool */
export const PROVIDERS_MAX = 300;

/** ProviderNameType */
export const IDENTITY_PROVIDER = /^[\p{L}\p{M}\p{S}\p{N}\p{P}\p{Z}]{1,32}$/u;

/** DescriptionType; an empty one would mean none, so leave it out instead. */
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

/** Messages a day from Cognito's own sender, for all pools of an account (developer guide, "Email settings for user pools"). */
export const DEFAULT_SENDER_PER_DAY = 50;

/** Who sends a pool's e-mail: Cognito's own sender, with that limit, or your own (Amazon SES, or a Lambda function). */
export type MailSender = "cognito" | "own";

/**
 * @param account the pool's EmailSendingAccountType: "DEVELOPER" is Amazon SES
 * @param customSender the pool's CustomEmailSender trigger, if it has one
 */
export function mailSender(account: string | undefined, customSender: unknown): MailSender {
  return account === "DEVELOPER" || (customSender !== undefined && customSender !== null) ? "own" : "cognito";
}

/** Source: PutParameter, Name. */
export const SSM_NAME = /^(?!\/?(?:aws|ssm)(?:[/.]|$))(?:\/[\w.-]+)+$|^(?!(?:aws|ssm))[\w.-]+$/i;

/** Source: CreateSecret, Name. */
export const SECRET_NAME = /^[\w/+=.@-]{1,512}$/;

/** CreateIdentityPool, `IdentityPoolName`. */
export const IDENTITY_POOL_NAME = /^[\w\s+=,.@-]{1,128}$/;
/** SetIdentityPoolRoles, `RulesConfiguration.Rules`: 25 is the quota without a request to AWS. */
export const ROLE_RULES_MAX = 25;
/** STS, session tags of one session. */
export const PRINCIPAL_TAGS_MAX = 50;

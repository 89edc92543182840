/** Who sends the pool's e-mail. */
export interface EmailSettings {
  /** Amazon SES, with its own quota, in place of Cognito's own sender and its 50 messages a day. */
  readonly ses: SesSender;
}

/** A verified identity of Amazon SES, out of its sandbox; what SES asks of it: docs/settings.md. */
export interface SesSender {
  /** The identity's ARN: `arn:aws:ses:eu-west-1:123456789012:identity/example.com`, a domain or an address. */
  readonly sourceArn: string;
  /** What people see as the sender: `people@example.com`, or `Team <people@example.com>`. */
  readonly from: string;
  /** Where answers go. @default to `from` */
  readonly replyTo?: string;
  /** The SES configuration set that counts and reports what is sent. @default none */
  readonly configurationSet?: string;
}

/**
 * Through which IAM role Cognito sends SMS by Amazon SNS: one that there is (`snsCallerArn`), or one that is created with the
 * pool (`createRole`). What a pool has of it can't be taken out again: docs/settings.md.
 */
export interface SmsSettings {
  /** A role that `cognito-idp.amazonaws.com` may assume with this `externalId`, and that may `sns:Publish`. */
  readonly snsCallerArn?: string;
  /** Creates that role, under the path `/cognito-roster/`: the deploy then needs rights on IAM (docs/security.md). */
  readonly createRole?: true;
  /** What Cognito says to assume the role, so that nobody else's pool can: 2–1,224 letters, digits and `_ + = , . @ : / -` */
  readonly externalId: string;
  /** The region of Amazon SNS, where the pool's own has none. @default the pool's */
  readonly region?: string;
}

/** Who sends the pool's e-mail. */
export interface EmailSettings {
  /** Amazon SES with its own quota, instead of Cognito's own sender and its 50 messages a day. */
  readonly ses: SesSender;
}

/** A verified identity in Amazon SES, out of the sandbox; for what SES requires, see docs/settings.md. */
export interface SesSender {
  /** The identity's ARN: `arn:aws:ses:eu-west-1:123456789012:identity/example.com`, a domain or an address. */
  readonly sourceArn: string;
  /** What people see as the sender: `people@example.com`, or `Team <people@example.com>`. */
  readonly from: string;
  /** Where replies go. @default to `from` */
  readonly replyTo?: string;
  /** The SES configuration set that counts and reports what is sent. @default none */
  readonly configurationSet?: string;
}

/**
 * The IAM role through which Cognito sends SMS with Amazon SNS: an existing one (`snsCallerArn`), or one created with the pool
 * (`createRole`). Once a pool has it, it can't be removed: docs/settings.md.
 */
export interface SmsSettings {
  /** A role that `cognito-idp.amazonaws.com` may assume with this `externalId`, and that may `sns:Publish`. */
  readonly snsCallerArn?: string;
  /** Creates that role, under the path `/cognito-roster/`: the deploy then needs IAM permissions (docs/security.md). */
  readonly createRole?: true;
  /**
   * What Cognito sends when it assumes the role, so that no other account's pool can: 2–1,224 letters, digits and `_ + = , . @
   * : / -`
   */
  readonly externalId: string;
  /** The region of Amazon SNS, if the pool's own has none. @default the pool's */
  readonly region?: string;
}

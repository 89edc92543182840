/**
 * Lambda functions that Cognito calls, each by its ARN, with a version or alias if you like; in the pool's region. Each gets an
 * `aws_lambda_permission` that lets this pool, and no other, call it. For the events, see developer guide, "Customizing user
 * pool workflows with Lambda triggers".
 */
export interface TriggerSettings {
  /** Before a person signs up, and before an account from the roster is created: refuses, confirms, or verifies. */
  readonly preSignUp?: string;
  /** After a person has confirmed a sign-up, or set a new password for a forgotten one. */
  readonly postConfirmation?: string;
  /** Before each sign-in: may refuse it. */
  readonly preAuthentication?: string;
  /** After each sign-in. */
  readonly postAuthentication?: string;
  /** If no one has that name, at sign-in and forgotten passwords: creates the account, which is then not in the roster. */
  readonly userMigration?: string;
  /** Before a token is issued: adds and removes claims, groups and, from V2_0 on, scopes. */
  readonly preTokenGeneration?: TokenTrigger;
  /** Before a message is sent: changes its text. */
  readonly customMessage?: string;
  /** Sign-in by your own challenges (CUSTOM_AUTH), all three together: they decide which challenge is next, and who gets in. */
  readonly defineAuthChallenge?: string;
  readonly createAuthChallenge?: string;
  readonly verifyAuthChallengeResponse?: string;
  /** Sends e-mail in Cognito's place, with codes and temporary passwords, which it decrypts. Needs `kmsKeyArn`. */
  readonly customEmailSender?: string;
  /** Likewise sends SMS in Cognito's place. */
  readonly customSmsSender?: string;
  /** The symmetric KMS key that Cognito encrypts codes with for both custom senders, which need permission to decrypt. */
  readonly kmsKeyArn?: string;
}

/**
 * Versions of the event for a function that runs before a token is issued: V2_0 adds the access token, V3_0 also machines'
 * tokens.
 */
export const TOKEN_EVENTS = ["V1_0", "V2_0", "V3_0"] as const;
export type TokenEvent = (typeof TOKEN_EVENTS)[number];

export interface TokenTrigger {
  readonly arn: string;
  /** "V1_0" changes the ID token alone; "V2_0" and "V3_0" also the access token, and they need the tier ESSENTIALS or PLUS. */
  readonly version: TokenEvent;
}

/** Who a trigger affects, for the review. */
type Power = "entry" | "token" | "codes" | "none";

export interface Trigger {
  readonly setting: Exclude<keyof TriggerSettings, "kmsKeyArn">;
  /** The provider's name for it within `lambda_config` (5.100.0). */
  readonly argument: string;
  readonly power: Power;
  /** What the function does, as words that follow "it". */
  readonly does: string;
}

/** All of Cognito's triggers (LambdaConfigType) that can be set, except inbound federation, which the provider lacks. */
export const TRIGGERS: readonly Trigger[] = [
  {
    setting: "preSignUp",
    argument: "pre_sign_up",
    power: "entry",
    does: "decides who may sign up, and can confirm them automatically",
  },
  {
    setting: "postConfirmation",
    argument: "post_confirmation",
    power: "none",
    does: "runs after a sign-up is confirmed",
  },
  {
    setting: "preAuthentication",
    argument: "pre_authentication",
    power: "entry",
    does: "can refuse any sign-in",
  },
  {
    setting: "postAuthentication",
    argument: "post_authentication",
    power: "none",
    does: "runs after each sign-in",
  },
  {
    setting: "userMigration",
    argument: "user_migration",
    power: "entry",
    does: "can let anyone in: it creates accounts that aren't in the roster, and sees their passwords",
  },
  {
    setting: "preTokenGeneration",
    argument: "pre_token_generation",
    power: "token",
    does: "changes tokens: it can add groups, roles and scopes",
  },
  {
    setting: "customMessage",
    argument: "custom_message",
    power: "none",
    does: "writes the texts of messages",
  },
  {
    setting: "defineAuthChallenge",
    argument: "define_auth_challenge",
    power: "entry",
    does: "decides when a CUSTOM_AUTH sign-in is complete, even without a password",
  },
  {
    setting: "createAuthChallenge",
    argument: "create_auth_challenge",
    power: "entry",
    does: "creates the challenges of CUSTOM_AUTH",
  },
  {
    setting: "verifyAuthChallengeResponse",
    argument: "verify_auth_challenge_response",
    power: "entry",
    does: "decides whether an answer to a challenge of CUSTOM_AUTH is right",
  },
  {
    setting: "customEmailSender",
    argument: "custom_email_sender",
    power: "codes",
    does: "sends Cognito's e-mail: it sees every code and temporary password",
  },
  {
    setting: "customSmsSender",
    argument: "custom_sms_sender",
    power: "codes",
    does: "sends Cognito's SMS: it sees every code and temporary password",
  },
];

/** The trigger's setting, from the provider's name, such as `lambda_config.pre_token_generation_config.lambda_arn`. */
export function triggerOf(name: string): Trigger | undefined {
  const argument = name.split(".")[1]?.replace(/_config$/, "");
  return TRIGGERS.find((trigger) => trigger.argument === argument);
}

/** The Terraform name of a trigger's permission; with `aws_lambda_permission.` in front, its address. */
export const permissionName = ({ argument }: Pick<Trigger, "argument">): string => `trigger_${argument}`;

/** The trigger whose permission has this address, if it is one of ours. */
export function triggerAt(address: string): Trigger | undefined {
  return TRIGGERS.find((trigger) => address === `aws_lambda_permission.${permissionName(trigger)}`);
}

/** The function's ARN, whatever the trigger. */
export function functionOf(triggers: TriggerSettings, { setting }: Trigger): string | undefined {
  const said = triggers[setting];
  return typeof said === "object" ? said.arn : said;
}

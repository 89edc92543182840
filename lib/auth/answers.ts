import type { PasswordPolicy } from "../stack/settings.ts";

export interface NewPasswordQuestion {
  /** Unknown when the ids were given by hand; Cognito then reports what the password lacks. */
  readonly policy: PasswordPolicy | undefined;
  /** The rules that the previous password broke, in words; empty the first time. */
  readonly refused: readonly string[];
}

export interface CodeQuestion {
  /** Where the code comes from: an authenticator app, or a message just sent. */
  readonly medium: "app" | "sms" | "email";
  /** Masked by Cognito, as `+*******1234`; the device's name for an app. */
  readonly destination: string | undefined;
  /** True when the previous code was wrong. */
  readonly refused: boolean;
}

export interface AuthenticatorSetup {
  /** Base32, to type into an authenticator app. Anyone who has it can generate codes forever. */
  readonly secret: string;
  /** The same as an `otpauth://` URI, which a QR code carries. */
  readonly uri: string;
}

/** Progress worth reporting: a step that Ctrl-C can't undo, or one that needs a remark. */
export type Progress = "new-password-set" | "session-restarted" | "srp-not-allowed" | "code-sent";

/** The source of answers to Cognito's questions: a terminal, lines of standard input, a rehearsal, a test. */
export interface Answers {
  newPassword(question: NewPasswordQuestion): Promise<string>;
  /** @param name as Cognito names it: `name`, `phone_number`, `custom:team` */
  attribute(name: string): Promise<string>;
  code(question: CodeQuestion): Promise<string>;
  /** Shows the secret to its owner. Absent where no one could see it: no authenticator app is then set up. */
  authenticator?(setup: AuthenticatorSetup): Promise<void>;
  /** @param options Cognito's names, as SMS_MFA and SOFTWARE_TOKEN_MFA. Absent: a choice is refused. */
  choose?(options: readonly string[]): Promise<string>;
  onProgress?(progress: Progress): void;
}

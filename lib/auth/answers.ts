import type { PasswordPolicy } from "../stack/settings.ts";

export interface NewPasswordQuestion {
  /** Unknown when the ids were given by hand: then Cognito's own answer explains. */
  readonly policy: PasswordPolicy | undefined;
  /** What the password given before must do, in words; empty the first time. */
  readonly refused: readonly string[];
}

export interface CodeQuestion {
  /** Where the code comes from: an authenticator app, or a message just sent. */
  readonly medium: "app" | "sms" | "email";
  /** Masked by Cognito, as `+*******1234`; the device's name for an app. */
  readonly destination: string | undefined;
  /** True when the code given before was wrong. */
  readonly refused: boolean;
}

export interface AuthenticatorSetup {
  /** Base32, to type into an authenticator app. Whoever has it can make the codes for ever. */
  readonly secret: string;
  /** The same as an `otpauth://` URI, which a QR code carries. */
  readonly uri: string;
}

/** What a person did so far that a Ctrl-C no longer undoes, or that takes a word. */
export type Progress = "new-password-set" | "session-restarted" | "srp-not-allowed" | "code-sent";

/** Whoever answers Cognito's questions: a person at a terminal, lines of standard input, a rehearsal, a test. */
export interface Answers {
  newPassword(question: NewPasswordQuestion): Promise<string>;
  /** @param name as Cognito names it: `name`, `phone_number`, `custom:team` */
  attribute(name: string): Promise<string>;
  code(question: CodeQuestion): Promise<string>;
  /** Shows the secret to its owner, for an authenticator app. Absent where nobody could see it: then none is made. */
  authenticator?(setup: AuthenticatorSetup): Promise<void>;
  /** @param options Cognito's names, as SMS_MFA and SOFTWARE_TOKEN_MFA. Absent: a choice is refused. */
  choose?(options: readonly string[]): Promise<string>;
  onProgress?(progress: Progress): void;
}

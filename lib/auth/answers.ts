import type { PasswordPolicy } from "../stack/password-policy.ts";

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

/** What a person did so far that a Ctrl-C no longer undoes, or that takes a word. */
export type Progress = "new-password-set" | "session-restarted";

/** Whoever answers Cognito's questions: a person at a terminal, lines of standard input, a rehearsal, a test. */
export interface Answers {
  newPassword(question: NewPasswordQuestion): Promise<string>;
  /** @param name as Cognito names it: `name`, `phone_number`, `custom:team` */
  attribute(name: string): Promise<string>;
  code(question: CodeQuestion): Promise<string>;
  onProgress?(progress: Progress): void;
}

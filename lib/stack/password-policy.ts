/** The rules for a new password, in Cognito's terms; also handed out as a Terraform output, for the scripts. */
export interface PasswordPolicy {
  /** Characters, 6–99 (Cognito); below 8 with a warning. */
  readonly minimumLength: number;
  readonly requireLowercase: boolean;
  readonly requireUppercase: boolean;
  readonly requireNumbers: boolean;
  readonly requireSymbols: boolean;
  /** Days until a temporary password that was not used expires, 1–365 (Cognito). */
  readonly temporaryPasswordValidityDays: number;
}

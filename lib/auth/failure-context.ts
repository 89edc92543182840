import type { AppClient } from "./app-client.ts";
import { shellWord } from "./shell-word.ts";

/** What the words of a failure may name: none of it but the secret, which only matters for being known. */
export interface FailureContext extends AppClient {
  readonly command:
    | "first-login"
    | "sign-in"
    | "refresh"
    | "change-password"
    | "forgot-password"
    | "sign-out";
  readonly username: string;
}

export const invitationAgain = ({ username }: FailureContext) =>
  `whoever runs the user pool sends a new invitation: npm run invite -- ${shellWord(username)}`;

export const clientFix = (setting: string) => [
  setting,
  "or name another app client: --client-id ID, or COGNITO_CLIENT_ID",
];

import { setTimeout as sleep } from "node:timers/promises";
import type { AppClient } from "../auth/app-client.ts";
import { changePassword } from "../auth/change-password.ts";
import type { FlowName } from "../auth/choose-flow.ts";
import type { CognitoClient } from "../auth/client.ts";
import { firstLogin } from "../auth/first-login.ts";
import { generatePassword } from "../auth/password-policy.ts";
import { preparedAnswers } from "../auth/prepared-answers.ts";
import { refresh } from "../auth/refresh.ts";
import { signIn } from "../auth/sign-in.ts";
import { signOutEverywhere } from "../auth/sign-out.ts";
import { claimedUsername } from "../auth/tokens.ts";
import { verifyTokens } from "../auth/verify-tokens.ts";
import { UserError } from "../errors.ts";
import type { PasswordPolicy } from "../stack/password-policy.ts";

export type CanaryStepName =
  | "create"
  | "first login"
  | "sign-in"
  | "refresh"
  | "change password"
  | "sign-out"
  | "delete";

export interface CanaryWalk {
  readonly app: AppClient;
  readonly username: string;
  readonly temporaryPassword: string;
  readonly policy: PasswordPolicy;
  /** @default as `chooseFlow` does */
  readonly flow?: FlowName | undefined;
  /** Where the last request went: an emulator's tokens are verified there. */
  readonly endpoint: () => string | undefined;
  /** Called with the seconds until the authenticator app's next code, where the pool requires one. */
  readonly onWait: (seconds: number) => void;
  readonly signal: AbortSignal;
  /** Does one step and notes how it ended. */
  readonly step: <Result>(name: CanaryStepName, work: () => Promise<Result>) => Promise<Result>;
}

/**
 * Every flow that a person meets, one after the other, each with what the one before yielded. The tokens are verified too.
 * @throws what the step that failed threw; a UserError in words for everything that a person can mend
 */
export async function walkCanary(client: CognitoClient, walk: CanaryWalk): Promise<void> {
  const { app, username, temporaryPassword, policy, flow, endpoint, onWait, signal } = walk;
  const step: CanaryWalk["step"] = (name, work) => {
    signal.throwIfAborted();
    return walk.step(name, work);
  };
  const password = generatePassword(policy);
  const clock = { now: Date.now, sleep: (ms: number) => sleep(ms, undefined, { signal }) };
  const answers = preparedAnswers({
    newPassword: password,
    attribute: (name) => {
      // The pool's description named what it requires, and the canary was made with it.
      throw new UserError(`The user pool requires the attribute ${name}, which it did not say before`);
    },
    authenticator: { onWait, clock },
  });
  const person = { ...app, username, answers, flow, policy };

  await step("first login", () => firstLogin(client, { ...person, temporaryPassword }));
  const signedIn = await step("sign-in", async () => {
    const { tokens } = await signIn(client, { ...person, password });
    await verifyTokens(tokens, { ...app, endpoint: endpoint() });
    return tokens;
  });
  const { accessToken } = await step("refresh", async () => {
    const { refreshToken = "" } = signedIn;
    const options = { ...app, username, refreshToken, ownUsername: claimedUsername(signedIn) };
    const { tokens } = await refresh(client, options);
    await verifyTokens(tokens, { ...app, endpoint: endpoint() });
    return tokens;
  });
  const another = { ...answers, newPassword: async () => generatePassword(policy) };
  await step("change password", () =>
    changePassword(client, { ...person, answers: another, accessToken, presentPassword: password }),
  );
  await step("sign-out", () => signOutEverywhere(client, { ...app, username, accessToken }));
}

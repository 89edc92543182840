import type { AppClient } from "../auth/app-client.ts";
import { explainFailure } from "../auth/failure.ts";
import { UserError } from "../errors.ts";
import type { CanaryReport, CanaryStep } from "./canary.ts";
import { CANARY_LIVES_MS } from "./canary-person.ts";
import { explainPoolFailure } from "./failure.ts";

/**
 * The first step that failed, in words: what people would meet now, and what to do. The advice that the flows give to a
 * person is kept, but for what names the canary: that account is gone.
 * @returns undefined when every step went well; the error itself, with its stack, when it is none that a person can mend
 */
export function canaryFailure(report: CanaryReport, app: AppClient): unknown {
  const { username, steps, timedOut } = report;
  const failed = steps.filter(({ failure }) => failure !== undefined);
  const [first] = failed;
  const left = failed.some(({ name }) => name === "delete") ? deleteByHand(username, app) : [];
  if (timedOut) {
    return new UserError("The canary was stopped: it took longer than four minutes", {
      why: "It ends by itself before another run would take it for a leftover.",
      next: [
        "look at the network and at what else calls Cognito in this account, then run it again",
        ...left,
      ],
    });
  }
  if (first?.failure === undefined) return undefined;
  // Creating and deleting are an administrator's; what else can happen to them happens to a person's requests too.
  const asAdministrator = explainPoolFailure(first.failure.error, app);
  const explained = explainFailure(asAdministrator, { ...app, username, command: "first-login" });
  if (!(explained instanceof UserError)) return explained;
  return new UserError(`The canary failed at its step "${first.name}": ${explained.message}`, {
    why: [explained.why, meaning(first)].filter(Boolean).join(" "),
    next: [
      ...explained.next.filter((advice) => !advice.includes(username)),
      ...generalAdvice(first),
      ...left,
    ],
    cause: explained,
  });
}

function meaning({ name }: CanaryStep): string {
  if (name === "create" || name === "delete") return "";
  return "Whatever it met there, people who sign in through this app client may meet too.";
}

function generalAdvice({ name }: CanaryStep): readonly string[] {
  if (name === "create" || name === "delete") return [];
  return [
    "what the last deploy changed in the pool, its app client or its Lambda triggers is the first place to look",
  ];
}

function deleteByHand(username: string, { userPoolId }: AppClient): readonly string[] {
  return [
    `the throwaway person could not be deleted; npm run canary does it from ${CANARY_LIVES_MS / 60_000} minutes after its creation on, or now: aws cognito-idp admin-delete-user --user-pool-id ${userPoolId} --username ${username}`,
  ];
}

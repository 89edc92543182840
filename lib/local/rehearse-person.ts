import { AdminGetUserCommand, AdminSetUserPasswordCommand } from "@aws-sdk/client-cognito-identity-provider";
import { generatePassword } from "../auth/new-password.ts";
import { preparedAnswers } from "../auth/scripted-answers.ts";
import { firstLogin, signIn } from "../auth/sign-in.ts";
import type { CognitoClient } from "../cognito/client.ts";
import { UserError } from "../errors.ts";
import type { Person } from "../roster/roster.ts";
import type { Deployment } from "../terraform/deployment.ts";
import type { Inbox } from "./cognito-local.ts";

/** What one person reached. */
export interface RehearsedPerson {
  readonly username: string;
  /** How the temporary password came: by invitation, set by an administrator, or not at all. */
  readonly invitation: "email" | "sms" | "issued" | "none";
  /** `skipped`: disabled or leaving, so no login is expected. */
  readonly outcome: "signed-in" | "skipped" | "failed";
  /** Cognito's UserStatus at the end. */
  readonly status: string;
  readonly enabled: boolean;
  readonly problem?: string;
}

export interface WalkContext {
  readonly deployment: Deployment;
  /** Reaches the emulator, with any credentials. */
  readonly client: CognitoClient;
  /** The new password everyone chooses. */
  readonly password: string;
  /** Where the emulator shows what it sent; without one, an administrator sets everyone's temporary password. */
  readonly inbox: Inbox | undefined;
}

/** Takes one person from the invitation to a sign-in with the new password, through the same functions the commands use. */
export async function walkPerson(person: Person, context: WalkContext): Promise<RehearsedPerson> {
  const { deployment, client, password } = context;
  const { username } = person;
  let invitation: RehearsedPerson["invitation"] = "none";
  let outcome: RehearsedPerson["outcome"] = "skipped";
  let problem: string | undefined;
  if (person.enabled && !person.leaving) {
    try {
      const given = await temporaryPasswordOf(person, context);
      invitation = given.invitation;
      const answers = preparedAnswers({
        newPassword: password,
        attribute: () => "rehearsal",
        authenticator: { onWait: () => {}, clock: IMPATIENT },
      });
      const { passwordPolicy: policy } = deployment;
      // cognito-local has no SRP, and moto's accepts any password.
      const walker = { ...deployment, username, answers, policy, flow: "password" as const };
      await firstLogin(client, { ...walker, temporaryPassword: given.password });
      await signIn(client, { ...walker, password });
      outcome = "signed-in";
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      outcome = "failed";
      problem = error.message;
    }
  }
  const end = await client.send(
    new AdminGetUserCommand({ UserPoolId: deployment.userPoolId, Username: username }),
  );
  return {
    username,
    invitation,
    outcome,
    status: end.UserStatus ?? "unknown",
    enabled: end.Enabled ?? false,
    ...(problem === undefined ? {} : { problem }),
  };
}

async function temporaryPasswordOf(person: Person, { deployment, client, inbox }: WalkContext) {
  if (inbox !== undefined && person.invite !== "none") {
    const address = (person.invite === "sms" ? person.phone : person.email) ?? "";
    const password = inbox.temporaryPassword(address);
    if (password === undefined) throw new UserError(`No invitation has arrived at ${address}`);
    return { invitation: person.invite, password };
  }
  const password = generatePassword(deployment.passwordPolicy);
  await client.send(
    new AdminSetUserPasswordCommand({
      UserPoolId: deployment.userPoolId,
      Username: person.username,
      Password: password,
      Permanent: false,
    }),
  );
  return { invitation: "issued" as const, password };
}

/** Cognito accepts each code once; no emulator checks that, so there is no half-minute wait for the next. */
const IMPATIENT = { now: Date.now, sleep: async () => {} };

import { createSrpSession, signSrpSession } from "cognito-srp-helper";
import { UserError } from "../errors.ts";
import type { AppClient } from "./app-client.ts";
import type { CognitoClient } from "./client.ts";
import { conversation } from "./conversation.ts";
import type { Flow, Step } from "./flow.ts";
import { isSessionEnded, SessionEnded } from "./refusals.ts";

/**
 * USER_SRP_AUTH: the password never leaves this machine. Cognito sends a salt and a key (PASSWORD_VERIFIER), and gets a
 * signature that only the password's knower can make.
 */
export function srpFlow(client: CognitoClient, app: AppClient, username: string): Flow {
  const { initiate, respond } = conversation(client, app, username);
  let session: ReturnType<typeof createSrpSession>;

  const prove = async (step: Step): Promise<Step> => {
    if (!("challenge" in step) || step.challenge.name !== "PASSWORD_VERIFIER") return step;
    const { challenge } = step;
    // Signs with USER_ID_FOR_SRP, which is not always the name that the answer carries.
    const proof = signSrpSession(session, { ChallengeParameters: { ...challenge.parameters } });
    const responses = {
      PASSWORD_CLAIM_SECRET_BLOCK: proof.secret,
      PASSWORD_CLAIM_SIGNATURE: proof.passwordSignature,
      TIMESTAMP: proof.timestamp,
    };
    try {
      return await respond(challenge, { responses });
    } catch (error) {
      // An answer that was lost on its way has used the session up.
      throw isSessionEnded(error) ? new SessionEnded(error) : error;
    }
  };

  return {
    async begin(password) {
      session = createSrpSession(username, password, app.userPoolId, false);
      return prove(await initiate("USER_SRP_AUTH", { SRP_A: session.largeA }));
    },
    async respond(challenge, reply) {
      if (reply.responses.PASSWORD === undefined) return prove(await respond(challenge, reply));
      // SELECT_CHALLENGE answered with the password: whoever chose this flow does not want it sent.
      if (!challenge.offered?.includes("PASSWORD_SRP")) throw onlyInTheOpen();
      const responses = { ANSWER: "PASSWORD_SRP", SRP_A: session.largeA };
      return prove(await respond(challenge, { ...reply, responses }));
    },
  };
}

function onlyInTheOpen(): UserError {
  return new UserError("Cognito would take the password only as it is, not by SRP", {
    next: ["send it over TLS instead: --flow password"],
  });
}

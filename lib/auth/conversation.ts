import {
  AdminInitiateAuthCommand,
  AdminRespondToAuthChallengeCommand,
  type AuthFlowType,
  type ChallengeNameType,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { type AppClient, secretHash } from "./app-client.ts";
import type { CognitoClient } from "./client.ts";
import { type Challenge, type Reply, type Step, stepOf } from "./flow.ts";

/** One sign-in as Cognito sees it: it is begun, then every challenge is answered under the right name. */
export interface Conversation {
  initiate(flow: AuthFlowType, parameters: Readonly<Record<string, string>>): Promise<Step>;
  respond(challenge: Challenge, reply: Reply): Promise<Step>;
}

/**
 * @param as a person's operations are unsigned; an administrator's are signed with AWS credentials
 */
export function conversation(
  client: CognitoClient,
  app: AppClient,
  username: string,
  as: "person" | "administrator" = "person",
): Conversation {
  // In an e-mail-username pool Cognito's own name for the person is the sub: once it said so, both the name and the
  // secret hash must be that one, also in answers to later challenges that do not repeat it.
  let name = username;
  const heard = (step: Step): Step => {
    if ("challenge" in step) {
      const { USERNAME, USER_ID_FOR_SRP } = step.challenge.parameters;
      name = USERNAME ?? USER_ID_FOR_SRP ?? name;
    }
    return step;
  };
  const named = () => ({ USERNAME: name, ...secretHash(app, name) });
  const { clientId: ClientId, userPoolId: UserPoolId } = app;
  return {
    async initiate(AuthFlow, parameters) {
      name = username;
      const request = { ClientId, AuthFlow, AuthParameters: { ...named(), ...parameters } };
      if (as === "person") return heard(stepOf(await client.send(new InitiateAuthCommand(request))));
      return heard(stepOf(await client.send(new AdminInitiateAuthCommand({ ...request, UserPoolId }))));
    },
    async respond(challenge, reply) {
      const request = {
        ClientId,
        ChallengeName: challenge.name as ChallengeNameType,
        Session: reply.session ?? challenge.session,
        ChallengeResponses: { ...reply.responses, ...named() },
      };
      if (as === "person")
        return heard(stepOf(await client.send(new RespondToAuthChallengeCommand(request))));
      return heard(
        stepOf(await client.send(new AdminRespondToAuthChallengeCommand({ ...request, UserPoolId }))),
      );
    },
  };
}

import {
  type ChallengeNameType,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import type { CognitoClient } from "./client.ts";
import { type Flow, stepOf } from "./flow.ts";

/** USER_PASSWORD_AUTH: the password goes to Cognito itself, over TLS. The app client must allow the flow. */
export function passwordFlow(
  client: CognitoClient,
  { clientId, username }: { clientId: string; username: string },
): Flow {
  return {
    async begin(password) {
      return stepOf(
        await client.send(
          new InitiateAuthCommand({
            ClientId: clientId,
            AuthFlow: "USER_PASSWORD_AUTH",
            AuthParameters: { USERNAME: username, PASSWORD: password },
          }),
        ),
      );
    },
    async respond(challenge, reply) {
      return stepOf(
        await client.send(
          new RespondToAuthChallengeCommand({
            ClientId: clientId,
            ChallengeName: challenge.name as ChallengeNameType,
            Session: reply.session ?? challenge.session,
            // In an e-mail-username pool Cognito's own name for the person is the sub: it says so where it matters.
            ChallengeResponses: { ...reply.responses, USERNAME: challenge.parameters.USERNAME ?? username },
          }),
        ),
      );
    },
  };
}

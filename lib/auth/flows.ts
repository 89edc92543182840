import {
  AdminInitiateAuthCommand,
  AdminRespondToAuthChallengeCommand,
  type AuthFlowType,
  type ChallengeNameType,
  InitiateAuthCommand,
  type InitiateAuthCommandOutput,
  RespondToAuthChallengeCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { createSrpSession, signSrpSession } from "cognito-srp-helper";
import type { CognitoClient } from "../cognito/client.ts";
import { UserError } from "../errors.ts";
import type { SignInFlow } from "../stack/settings.ts";
import type { Answers } from "./answers.ts";
import { isSessionEnded, isSrpRefused, SessionEnded } from "./classify-error.ts";
import { type AppClient, secretHash } from "./secret-hash.ts";
import { type Tokens, tokensOf } from "./tokens.ts";

/** A question of Cognito's that stands between the person and the tokens. */
export interface Challenge {
  readonly name: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly session: string | undefined;
  /** The ways to go on that SELECT_CHALLENGE leaves to choose from. */
  readonly offered?: readonly string[];
}

/** The answer to a challenge: the fields of ChallengeResponses, except the username, which the flow adds. */
export interface Reply {
  readonly responses: Readonly<Record<string, string>>;
  /** Instead of the challenge's own session, where answering took calls that gave a newer one. */
  readonly session?: string;
}

/** What Cognito answers at every turn: the tokens, or one more challenge. */
export type Step = { readonly tokens: Tokens } | { readonly challenge: Challenge };

/** One way to sign in: how it begins, and how its challenges are answered. */
export interface Flow {
  begin(password: string): Promise<Step>;
  respond(challenge: Challenge, reply: Reply): Promise<Step>;
}

/**
 * Reads the answer of (Admin)InitiateAuth or (Admin)RespondToAuthChallenge.
 * @throws Error when it is neither tokens nor a challenge (moto answers so to challenges that it does not know)
 */
export function stepOf(
  output: Pick<
    InitiateAuthCommandOutput,
    "AuthenticationResult" | "ChallengeName" | "ChallengeParameters" | "Session"
  > & { AvailableChallenges?: readonly string[] | undefined },
): Step {
  if (output.ChallengeName !== undefined) {
    return {
      challenge: {
        name: output.ChallengeName,
        parameters: output.ChallengeParameters ?? {},
        session: output.Session,
        ...(output.AvailableChallenges === undefined ? {} : { offered: output.AvailableChallenges }),
      },
    };
  }
  return { tokens: tokensOf(output.AuthenticationResult) };
}

/** One sign-in as Cognito sees it: it is begun, then every challenge is answered under the right name. */
export interface Conversation {
  initiate(flow: AuthFlowType, parameters: Readonly<Record<string, string>>): Promise<Step>;
  respond(challenge: Challenge, reply: Reply): Promise<Step>;
}

/**
 * @param as a person's operations are unsigned; an administrator's are signed with AWS credentials
 */
function authRequests(
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

/** USER_PASSWORD_AUTH: the password goes to Cognito itself, over TLS. The app client must allow the flow. */
export function passwordFlow(client: CognitoClient, app: AppClient, username: string): Flow {
  const { initiate, respond } = authRequests(client, app, username);
  return { begin: (password) => initiate("USER_PASSWORD_AUTH", { PASSWORD: password }), respond };
}

/**
 * ADMIN_USER_PASSWORD_AUTH: as above, but signed with AWS credentials that may cognito-idp:AdminInitiateAuth and
 * cognito-idp:AdminRespondToAuthChallenge. For servers, and for app clients that people cannot use by themselves.
 */
function adminFlow(client: CognitoClient, app: AppClient, username: string): Flow {
  const { initiate, respond } = authRequests(client, app, username, "administrator");
  return { begin: (password) => initiate("ADMIN_USER_PASSWORD_AUTH", { PASSWORD: password }), respond };
}

/**
 * USER_SRP_AUTH: the password never leaves this machine. Cognito sends a salt and a key (PASSWORD_VERIFIER), and gets a
 * signature that only the password's knower can make.
 */
function srpFlow(client: CognitoClient, app: AppClient, username: string): Flow {
  const { initiate, respond } = authRequests(client, app, username);
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

const FLOWS: Readonly<Record<SignInFlow, typeof srpFlow>> = {
  srp: srpFlow,
  password: passwordFlow,
  admin: adminFlow,
};

/**
 * @param name @default "srp", then "password" where the app client does not allow SRP, which `onProgress` hears
 */
export function chooseFlow(
  client: CognitoClient,
  app: AppClient,
  username: string,
  name: SignInFlow | undefined,
  onProgress: Answers["onProgress"],
): Flow {
  if (name !== undefined) return FLOWS[name](client, app, username);
  const srp = srpFlow(client, app, username);
  let current = srp;
  return {
    async begin(password) {
      try {
        return await current.begin(password);
      } catch (error) {
        if (current !== srp || !isSrpRefused(error)) throw error;
        onProgress?.("srp-not-allowed");
        current = passwordFlow(client, app, username);
        return current.begin(password);
      }
    },
    respond: (challenge, reply) => current.respond(challenge, reply),
  };
}

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

/** A question that Cognito asks before it issues tokens. */
export interface Challenge {
  readonly name: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly session: string | undefined;
  /** The options that SELECT_CHALLENGE offers. */
  readonly offered?: readonly string[];
}

/** The answer to a challenge: the fields of ChallengeResponses, except the username, which the flow adds. */
export interface Reply {
  readonly responses: Readonly<Record<string, string>>;
  /** Replaces the challenge's session when answering took calls that returned a newer one. */
  readonly session?: string;
}

/** Each response from Cognito: the tokens, or another challenge. */
export type Step = { readonly tokens: Tokens } | { readonly challenge: Challenge };

/** One way to sign in: how it begins, and how its challenges are answered. */
export interface Flow {
  begin(password: string): Promise<Step>;
  respond(challenge: Challenge, reply: Reply): Promise<Step>;
}

/**
 * Reads the response of (Admin)InitiateAuth or (Admin)RespondToAuthChallenge.
 * @throws Error when it has neither tokens nor a challenge (moto responds so to challenges that it doesn't know)
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

/** The app client, and the remembered device that signs in to it, if any. */
export interface ClientAtDevice extends AppClient {
  readonly device?: { readonly key: string } | undefined;
}

/** One sign-in, as Cognito sees it: begin, then answer every challenge under the right name. */
export interface Conversation {
  initiate(flow: AuthFlowType, parameters: Readonly<Record<string, string>>): Promise<Step>;
  respond(challenge: Challenge, reply: Reply): Promise<Step>;
}

/**
 * @param as a person's operations are unsigned; an administrator's are signed with AWS credentials
 */
function authRequests(
  client: CognitoClient,
  app: ClientAtDevice,
  username: string,
  as: "person" | "administrator" = "person",
): Conversation {
  // In an e-mail-username pool, Cognito's own username is the sub. Once it has returned the sub, the username and the secret
  // hash must both use it, also in answers to later challenges that don't repeat it.
  let name = username;
  const heard = (step: Step): Step => {
    if ("challenge" in step) {
      const { USERNAME, USER_ID_FOR_SRP } = step.challenge.parameters;
      name = USERNAME ?? USER_ID_FOR_SRP ?? name;
    }
    return step;
  };
  const device = app.device && { DEVICE_KEY: app.device.key };
  const named = () => ({ USERNAME: name, ...secretHash(app, name), ...device });
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

/** USER_PASSWORD_AUTH: sends the password to Cognito over TLS. The app client must allow the flow. */
export function passwordFlow(client: CognitoClient, app: ClientAtDevice, username: string): Flow {
  const { initiate, respond } = authRequests(client, app, username);
  return { begin: (password) => initiate("USER_PASSWORD_AUTH", { PASSWORD: password }), respond };
}

/**
 * ADMIN_USER_PASSWORD_AUTH: as above, but signed with AWS credentials that allow cognito-idp:AdminInitiateAuth and
 * cognito-idp:AdminRespondToAuthChallenge. For servers, and for app clients that people can't use themselves.
 */
function adminFlow(client: CognitoClient, app: ClientAtDevice, username: string): Flow {
  const { initiate, respond } = authRequests(client, app, username, "administrator");
  return { begin: (password) => initiate("ADMIN_USER_PASSWORD_AUTH", { PASSWORD: password }), respond };
}

/** Proves a password by SRP, in any flow that asks for it. */
function srpProof(app: AppClient, username: string, respond: Conversation["respond"]) {
  let session: ReturnType<typeof createSrpSession> | undefined;
  return {
    /** @returns SRP_A, which begins the proof of this password */
    begin(password: string): string {
      session = createSrpSession(username, password, app.userPoolId, false);
      return session.largeA;
    },
    /** Answers PASSWORD_VERIFIER; returns any other step unchanged. */
    async prove(step: Step): Promise<Step> {
      if (session === undefined || !("challenge" in step) || step.challenge.name !== "PASSWORD_VERIFIER")
        return step;
      const { challenge } = step;
      // Signs with USER_ID_FOR_SRP, which can differ from the username in the answer.
      const proof = signSrpSession(session, { ChallengeParameters: { ...challenge.parameters } });
      const responses = {
        PASSWORD_CLAIM_SECRET_BLOCK: proof.secret,
        PASSWORD_CLAIM_SIGNATURE: proof.passwordSignature,
        TIMESTAMP: proof.timestamp,
      };
      try {
        return await respond(challenge, { responses });
      } catch (error) {
        // A response that got lost has used up the session.
        throw isSessionEnded(error) ? new SessionEnded(error) : error;
      }
    },
  };
}

/**
 * USER_SRP_AUTH: the password never leaves this machine. Cognito sends a salt and a key (PASSWORD_VERIFIER), and receives a
 * signature that requires the password.
 */
function srpFlow(client: CognitoClient, app: ClientAtDevice, username: string): Flow {
  const { initiate, respond } = authRequests(client, app, username);
  const srp = srpProof(app, username, respond);
  let largeA = "";
  return {
    async begin(password) {
      largeA = srp.begin(password);
      return srp.prove(await initiate("USER_SRP_AUTH", { SRP_A: largeA }));
    },
    async respond(challenge, reply) {
      if (reply.responses.PASSWORD === undefined) return srp.prove(await respond(challenge, reply));
      // Answering SELECT_CHALLENGE with the password would send it, which this flow promises not to do.
      if (!challenge.offered?.includes("PASSWORD_SRP")) throw onlyInTheOpen();
      const responses = { ANSWER: "PASSWORD_SRP", SRP_A: largeA };
      return srp.prove(await respond(challenge, { ...reply, responses }));
    },
  };
}

/**
 * USER_AUTH: Cognito offers what the pool and the account allow, and the person chooses. The password stays on this machine
 * wherever SRP is offered.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flows-selection-sdk.html
 */
function choiceFlow(client: CognitoClient, app: ClientAtDevice, username: string): Flow {
  const { initiate, respond } = authRequests(client, app, username);
  const srp = srpProof(app, username, respond);
  return {
    // The password is asked for once the person has chosen it.
    begin: () => initiate("USER_AUTH", {}),
    async respond(challenge, reply) {
      const { PASSWORD, ...others } = reply.responses;
      const bySrp =
        challenge.name === "PASSWORD_SRP" ||
        (challenge.name === "SELECT_CHALLENGE" && waysOf(challenge).includes("PASSWORD_SRP"));
      if (PASSWORD === undefined || !bySrp) return srp.prove(await respond(challenge, reply));
      const responses = {
        ...others,
        ...(challenge.name === "SELECT_CHALLENGE" && { ANSWER: "PASSWORD_SRP" }),
        SRP_A: srp.begin(PASSWORD),
      };
      return srp.prove(await respond(challenge, { ...reply, responses }));
    },
  };
}

/** The options of SELECT_CHALLENGE: beside the challenge, or among its parameters. */
export const waysOf = (challenge: Challenge): readonly string[] =>
  challenge.offered ?? listIn(challenge, "AVAILABLE_CHALLENGES");

/** The names in one of the challenge's JSON lists; moto sends a list instead of JSON text. */
export function listIn({ parameters }: Challenge, name: string): string[] {
  const value: unknown = parameters[name];
  const list: unknown = typeof value === "string" && value !== "" ? JSON.parse(value) : (value ?? []);
  return Array.isArray(list) ? list.filter((entry) => typeof entry === "string") : [];
}

function onlyInTheOpen(): UserError {
  return new UserError("The app client doesn't allow SRP, which keeps the password on this machine", {
    next: ["send it over TLS instead: --flow password"],
  });
}

const FLOWS: Readonly<Record<SignInFlow, typeof srpFlow>> = {
  srp: srpFlow,
  password: passwordFlow,
  admin: adminFlow,
  choice: choiceFlow,
};

/** @param name @default "srp", then "password" where the app client doesn't allow SRP, which `onProgress` reports */
export function chooseFlow(
  client: CognitoClient,
  app: ClientAtDevice,
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

import { secretHash } from "../../lib/auth/secret-hash.ts";
import type { CognitoClient } from "../../lib/cognito/client.ts";
import { srpServer } from "../support/srp-server.ts";
import { cognitoException, type SentCommand } from "./recorded-cognito.ts";

export interface SrpPool {
  readonly userPoolId: string;
  readonly clientId: string;
  readonly clientSecret?: string;
  /** What people type; and what Cognito calls them. */
  readonly alias: string;
  readonly username: string;
  readonly userId: string;
  password: string;
  temporary?: boolean;
  /** What USER_AUTH offers. @default it is no flow of this client */
  readonly offers?: readonly string[];
}

/** As Java's `EEE MMM d HH:mm:ss z yyyy` in UTC, which is what Cognito reads. */
const TIMESTAMP =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [1-9]\d? ([01]\d|2[0-3]):[0-5]\d:[0-5]\d UTC \d{4}$/;

/** A Cognito that knows one person, and their password only as an SRP verifier; it judges names and secret hashes as strictly. */
export function srpCognito(pool: SrpPool): { client: CognitoClient; sent: SentCommand[] } {
  const sent: SentCommand[] = [];
  let server: ReturnType<typeof srpServer> | undefined;

  const requireName = (given: Record<string, string>, name: string) => {
    if (given.USERNAME !== name)
      throw cognitoException("NotAuthorizedException", "Incorrect username or password.");
    if (given.SECRET_HASH !== secretHash(pool, name).SECRET_HASH)
      throw cognitoException("NotAuthorizedException", "Unable to verify secret hash for client x");
  };
  const tokens = {
    AuthenticationResult: { AccessToken: "access", IdToken: "id", RefreshToken: "refresh" },
  };

  const answer = (operation: string, input: Record<string, unknown>) => {
    const responses = (input.ChallengeResponses ?? {}) as Record<string, string>;
    const challengeBySrp = (srpA = "0") => {
      const poolName = pool.userPoolId.split("_")[1] ?? "";
      server = srpServer({ ...pool, poolName }, srpA);
      return {
        ChallengeName: "PASSWORD_VERIFIER",
        ChallengeParameters: { ...server.parameters, USERNAME: pool.username },
      };
    };
    if (operation === "InitiateAuth") {
      const parameters = input.AuthParameters as Record<string, string>;
      requireName(parameters, pool.alias);
      if (input.AuthFlow !== "USER_AUTH") return challengeBySrp(parameters.SRP_A);
      if (pool.offers === undefined)
        throw cognitoException("InvalidParameterException", "USER_AUTH is not enabled for the client.");
      return {
        ChallengeName: "SELECT_CHALLENGE",
        Session: "s1",
        AvailableChallenges: pool.offers,
        ChallengeParameters: { USERNAME: pool.username },
      };
    }
    requireName(responses, pool.username);
    if (input.ChallengeName === "SELECT_CHALLENGE") {
      const { ANSWER = "" } = responses;
      if (input.Session !== "s1" || !pool.offers?.includes(ANSWER))
        throw cognitoException("InvalidParameterException", "challenge");
      if (ANSWER === "PASSWORD_SRP") return challengeBySrp(responses.SRP_A);
      if (ANSWER === "PASSWORD" && responses.PASSWORD === pool.password) return tokens;
      if (ANSWER === "PASSWORD")
        throw cognitoException("NotAuthorizedException", "Incorrect username or password.");
      const CODE_DELIVERY_DESTINATION = ANSWER === "SMS_OTP" ? "+*******1234" : "h***@e***";
      return { ChallengeName: ANSWER, Session: "s2", ChallengeParameters: { CODE_DELIVERY_DESTINATION } };
    }
    if (input.ChallengeName === "EMAIL_OTP" || input.ChallengeName === "SMS_OTP") {
      if (responses[`${input.ChallengeName}_CODE`] !== "123456" || input.Session !== "s2")
        throw cognitoException("CodeMismatchException", "Invalid code");
      return tokens;
    }
    if (input.ChallengeName === "PASSWORD_VERIFIER") {
      const { TIMESTAMP: timestamp = "", PASSWORD_CLAIM_SIGNATURE: claim } = responses;
      if (!TIMESTAMP.test(timestamp)) throw cognitoException("InvalidParameterException", "TIMESTAMP");
      if (!server?.accepts(claim, timestamp))
        throw cognitoException("NotAuthorizedException", "Incorrect username or password.");
      if (!pool.temporary) return tokens;
      // As Cognito does: the next challenge repeats neither name.
      return { ChallengeName: "NEW_PASSWORD_REQUIRED", Session: "s2", ChallengeParameters: {} };
    }
    if (input.ChallengeName !== "NEW_PASSWORD_REQUIRED" || input.Session !== "s2")
      throw cognitoException("InvalidParameterException", "challenge");
    pool.password = responses.NEW_PASSWORD ?? "";
    pool.temporary = false;
    return tokens;
  };
  const send = async ({
    constructor: { name },
    input,
  }: {
    constructor: { name: string };
    input: Record<string, unknown>;
  }) => {
    const operation = name.replace(/Command$/, "");
    sent.push({ operation, input });
    return answer(operation, input);
  };
  return { client: { send } as unknown as CognitoClient, sent };
}

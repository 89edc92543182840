import { z } from "zod";
import {
  ALL_AUTH_FLOWS,
  type ClientCredentialsSettings,
  type ClientSettings,
  FLOW_NAMES,
  type OAuthSettings,
  type RefreshTokenRotation,
  type TokenValidity,
} from "../settings.ts";
import { asIs, duration, section, texts } from "./shape-parts.ts";

export const client = section<ClientSettings>(
  {
    name: z.string(),
    authFlows: z.array(z.enum(ALL_AUTH_FLOWS)),
    signInFlow: z.enum(FLOW_NAMES),
    secret: z.boolean(),
    secretStore: z.union([
      z.strictObject({ ssm: z.string() }),
      z.strictObject({ secretsManager: z.string() }),
    ]),
    oauth: section<OAuthSettings>(
      {
        flows: z.array(z.enum(["code", "implicit"])),
        scopes: texts,
        callbackUrls: texts,
        logoutUrls: texts,
      },
      ["callbackUrls"],
    ),
    clientCredentials: section<ClientCredentialsSettings>({ scopes: texts }, ["scopes"]),
    readAttributes: texts,
    writeAttributes: texts,
    identityProviders: texts,
    tokenValidity: section<TokenValidity>({
      accessToken: duration,
      idToken: duration,
      refreshToken: duration,
    }),
    refreshTokenRotation: section<RefreshTokenRotation>({ gracePeriodSeconds: z.int() }),
    sessionValidityMinutes: z.int(),
    asIs: asIs<NonNullable<ClientSettings["asIs"]>>(),
  },
  ["name"],
);

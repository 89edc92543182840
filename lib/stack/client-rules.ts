import { quote } from "../roster/problem.ts";
import { authFlowsOf, SIGN_IN_FLOWS } from "./auth-flows.ts";
import type { ClientSettings, TokenValidity } from "./client-settings.ts";
import * as limits from "./cognito-limits.ts";
import { TOKEN_VALIDITY } from "./defaults.ts";
import { minutesOf } from "./duration.ts";
import { oauthProblems } from "./oauth-rules.ts";
import { badName } from "./pool-rules.ts";
import { doubtful, type SettingProblem, wrong } from "./setting-problem.ts";
import { outOfRange, refused } from "./setting-words.ts";

/** What is wrong or doubtful about the app client's settings. */
export function* clientProblems(client: ClientSettings): Generator<SettingProblem> {
  if (!limits.NAME.test(client.name)) yield badName("client.name", client.name);
  yield* flowProblems(client);
  yield* tokenProblems({ ...TOKEN_VALIDITY, ...client.tokenValidity });
  const { refreshTokenRotation: rotation, sessionValidityMinutes } = client;
  yield* outOfRange(
    "client.refreshTokenRotation.gracePeriodSeconds",
    rotation?.gracePeriodSeconds,
    limits.GRACE_PERIOD_SECONDS,
    "seconds",
  );
  yield* outOfRange(
    "client.sessionValidityMinutes",
    sessionValidityMinutes,
    limits.SESSION_MINUTES,
    "minutes",
  );
  for (const [index, provider] of (client.identityProviders ?? []).entries()) {
    if (limits.IDENTITY_PROVIDER.test(provider)) continue;
    yield wrong({
      setting: `client.identityProviders[${index}]`,
      message: `${quote(provider)} is not the name of an identity provider`,
      why: refused("CreateUserPoolClient"),
      next: 'Write "COGNITO", "Google" or the name that you gave yours, 1–32 characters.',
    });
  }
  if (client.oauth !== undefined) yield* oauthProblems(client.oauth);
}

function* flowProblems(client: ClientSettings): Generator<SettingProblem> {
  const setting = "client.authFlows";
  const flows = authFlowsOf(client);
  const refreshes = flows.includes("ALLOW_REFRESH_TOKEN_AUTH");
  if (flows.length === 0) {
    yield wrong({
      setting,
      message: "it is empty",
      why: "Cognito would take its own default instead, and every plan would empty it again.",
      next: "Name the flows, or leave it out.",
    });
    return;
  }
  const { signInFlow, refreshTokenRotation } = client;
  if (signInFlow !== undefined && !flows.includes(SIGN_IN_FLOWS[signInFlow])) {
    yield wrong({
      setting: "client.signInFlow",
      message: `people are to sign in with the flow ${quote(signInFlow)}, which the client does not allow`,
      why: "Cognito would refuse every sign-in of the commands.",
      next: `Add "${SIGN_IN_FLOWS[signInFlow]}" to client.authFlows, or choose another flow.`,
    });
  }
  if (refreshTokenRotation !== undefined && refreshes) {
    yield wrong({
      setting,
      message: "ALLOW_REFRESH_TOKEN_AUTH stands beside refreshTokenRotation",
      why: "Cognito takes one of both: REFRESH_TOKEN_AUTH can't hand out the new refresh token.",
      next: 'Delete "ALLOW_REFRESH_TOKEN_AUTH" (apps then call GetTokensFromRefreshToken), or refreshTokenRotation.',
    });
  }
  if (refreshTokenRotation === undefined && !refreshes) {
    yield doubtful({
      setting,
      message: "ALLOW_REFRESH_TOKEN_AUTH is not among them",
      why: "People have to sign in again whenever their access token ends, and Cognito may refuse such a client.",
      next: 'Add "ALLOW_REFRESH_TOKEN_AUTH", or turn refreshTokenRotation on.',
    });
  }
}

function* tokenProblems(validity: Required<TokenValidity>): Generator<SettingProblem> {
  const { TOKEN_MINUTES, REFRESH_TOKEN_MINUTES } = limits;
  const setting = (token: keyof TokenValidity) => `client.tokenValidity.${token}`;
  const refresh = minutesOf(validity.refreshToken);
  yield* outOfRange(
    setting("refreshToken"),
    refresh,
    REFRESH_TOKEN_MINUTES,
    "minutes",
    validity.refreshToken,
  );
  for (const token of ["accessToken", "idToken"] as const) {
    const minutes = minutesOf(validity[token]);
    yield* outOfRange(setting(token), minutes, TOKEN_MINUTES, "minutes", validity[token]);
    // Outside its range one of the two is told already.
    if (minutes > refresh && minutes <= TOKEN_MINUTES.max && refresh >= REFRESH_TOKEN_MINUTES.min) {
      yield wrong({
        setting: setting(token),
        message: `${validity[token]} is longer than the refresh token's ${validity.refreshToken}`,
        why: refused("CreateUserPoolClient"),
        next: "Shorten it, or lengthen refreshToken.",
      });
    }
  }
}

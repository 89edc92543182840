import { quote } from "../../roster/redact.ts";
import { authFlowsOf, OAUTH, TOKEN_VALIDITY } from "../defaults.ts";
import {
  type ClientSettings,
  minutesOf,
  type OAuthSettings,
  SIGN_IN_FLOWS,
  type TokenValidity,
} from "../settings.ts";
import * as limits from "./cognito-limits.ts";
import { badName, doubtful, outOfRange, refused, type SettingProblem, tooMany, wrong } from "./problem.ts";

/** What is wrong or doubtful about sign-in on Cognito's own pages. */
function* oauthProblems(oauth: OAuthSettings): Generator<SettingProblem> {
  const { flows, scopes, callbackUrls, logoutUrls } = { ...OAUTH, ...oauth };
  if (flows.length === 0) {
    yield wrong({
      setting: "client.oauth.flows",
      message: "it is empty",
      why: "Without a flow the sign-in pages can't hand anything to the app.",
      next: 'Write ["code"], or delete client.oauth.',
    });
  }
  if (flows.includes("implicit")) {
    yield doubtful({
      setting: "client.oauth.flows",
      message: "the implicit grant is allowed",
      why: "It puts tokens into the address bar, so into histories, logs and referrers; OAuth 2.1 dropped it.",
      next: 'Write ["code"] as soon as no app needs it: "code" with PKCE works without a secret too.',
    });
  }
  if (callbackUrls.length === 0) {
    yield wrong({
      setting: "client.oauth.callbackUrls",
      message: `there is none, but the ${flows.join(" and ") || "sign-in"} flow ends at one`,
      why: "After sign-in Cognito only sends the browser, and the code with it, to an address in this list.",
      next: 'Write the app\'s address, such as ["https://app.example.com/callback"].',
    });
  }
  yield* scopeProblems(scopes);
  yield* urlProblems("client.oauth.callbackUrls", callbackUrls);
  yield* urlProblems("client.oauth.logoutUrls", logoutUrls);
}

function* scopeProblems(scopes: readonly string[]): Generator<SettingProblem> {
  const setting = "client.oauth.scopes";
  yield* tooMany(setting, scopes.length, limits.SCOPES_MAX);
  if (scopes.length === 0) {
    yield wrong({
      setting,
      message: "it is empty",
      why: "A token that is good for nothing is of no use to the app.",
      next: 'Write at least ["openid"].',
    });
  }
  for (const [index, scope] of scopes.entries()) {
    if (limits.SCOPE.test(scope)) continue;
    yield wrong({
      setting: `${setting}[${index}]`,
      message: `${quote(scope)} is not a scope`,
      why: refused("CreateUserPoolClient"),
      next: "Write one scope an entry: printable ASCII, no spaces.",
    });
  }
}

function* urlProblems(setting: string, urls: readonly string[]): Generator<SettingProblem> {
  yield* tooMany(setting, urls.length, limits.URLS_MAX);
  for (const [index, url] of urls.entries()) {
    const words = explainUrl(url);
    if (words)
      yield wrong({ setting: `${setting}[${index}]`, why: refused("CreateUserPoolClient"), ...words });
  }
}

/** Source: CreateUserPoolClient, CallbackURLs. */
function explainUrl(text: string): { message: string; next: string } | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !limits.REDIRECT_URL.test(text)) {
    return {
      message: `${quote(text)} is not an absolute address`,
      next: 'Write it whole, without spaces: "https://app.example.com/callback" (1,024 characters at most).',
    };
  }
  if (text.includes("#")) {
    return { message: `${quote(text)} has a fragment (#)`, next: "Delete the # and what follows it." };
  }
  if (url.protocol === "http:" && !limits.LOOPBACK.has(url.hostname)) {
    return {
      message: `${quote(text)} is http, which would show the code to the network`,
      next: "Write https; http is only for localhost.",
    };
  }
  return undefined;
}

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
    // One that is outside its range is reported already.
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

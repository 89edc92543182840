import { quote } from "../../roster/redact.ts";
import { type DeclaredClient, signsPeopleIn } from "../clients.ts";
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
function* oauthProblems(section: string, oauth: OAuthSettings): Generator<SettingProblem> {
  const { flows, scopes, callbackUrls, logoutUrls } = { ...OAUTH, ...oauth };
  if (flows.length === 0) {
    yield wrong({
      setting: `${section}.oauth.flows`,
      message: "it is empty",
      why: "Without a flow, the sign-in pages can't return anything to the app.",
      next: `Write ["code"], or delete ${section}.oauth.`,
    });
  }
  if (flows.includes("implicit")) {
    yield doubtful({
      setting: `${section}.oauth.flows`,
      message: "the implicit grant is allowed",
      why: "It puts tokens into the address bar, and so into histories, logs and referrers. OAuth 2.1 dropped it.",
      next: 'Use ["code"] once no app needs it: "code" with PKCE works without a secret.',
    });
  }
  if (callbackUrls.length === 0) {
    yield wrong({
      setting: `${section}.oauth.callbackUrls`,
      message: `the ${flows.join(" and ") || "sign-in"} flow needs one, and there is none`,
      why: "After sign-in, Cognito only redirects to an address in this list.",
      next: 'Write the app\'s address, such as ["https://app.example.com/callback"].',
    });
  }
  yield* scopeProblems(`${section}.oauth.scopes`, scopes, 'Use at least ["openid"].');
  yield* urlProblems(`${section}.oauth.callbackUrls`, callbackUrls);
  yield* urlProblems(`${section}.oauth.logoutUrls`, logoutUrls);
}

function* scopeProblems(
  setting: string,
  scopes: readonly string[],
  least: string,
): Generator<SettingProblem> {
  yield* tooMany(setting, scopes.length, limits.SCOPES_MAX);
  if (scopes.length === 0) {
    yield wrong({
      setting,
      message: "it is empty",
      why: "A token without scopes is of no use to the app.",
      next: least,
    });
  }
  for (const [index, scope] of scopes.entries()) {
    if (limits.SCOPE.test(scope)) continue;
    yield wrong({
      setting: `${setting}[${index}]`,
      message: `${quote(scope)} is not a scope`,
      why: refused("CreateUserPoolClient"),
      next: "Write one scope per entry: printable ASCII, no spaces.",
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
function explainUrl(text: string): { message: string; why?: string; next: string } | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !limits.REDIRECT_URL.test(text)) {
    return {
      message: `${quote(text)} is not an absolute address`,
      next: 'Use a full address without spaces: "https://app.example.com/callback" (1,024 characters at most).',
    };
  }
  if (text.includes("#")) {
    return { message: `${quote(text)} has a fragment (#)`, next: "Delete the # and everything after it." };
  }
  if (limits.NO_APP.has(url.protocol)) {
    return {
      message: `${quote(text)} is opened by the browser itself, not by your app`,
      why: "Whatever opens there would get the code or the tokens.",
      next: "Use https, or a scheme that only your app has registered: myapp://callback.",
    };
  }
  if (url.protocol === "http:" && !limits.LOOPBACK.has(url.hostname)) {
    return {
      message: `${quote(text)} uses http, which would expose the code on the network`,
      next: "Use https; http is only for localhost.",
    };
  }
  return undefined;
}

/**
 * What is wrong or doubtful about an app client's settings.
 * @param declared from `clientsOf`: problems name its section
 */
export function* clientProblems({
  section,
  settings: client,
}: Pick<DeclaredClient, "section" | "settings">): Generator<SettingProblem> {
  if (!limits.NAME.test(client.name)) yield badName(`${section}.name`, client.name);
  yield* flowProblems(section, client);
  yield* tokenProblems(section, { ...TOKEN_VALIDITY, ...client.tokenValidity });
  const { refreshTokenRotation: rotation, sessionValidityMinutes } = client;
  yield* outOfRange(
    `${section}.refreshTokenRotation.gracePeriodSeconds`,
    rotation?.gracePeriodSeconds,
    limits.GRACE_PERIOD_SECONDS,
    "seconds",
  );
  yield* outOfRange(
    `${section}.sessionValidityMinutes`,
    sessionValidityMinutes,
    limits.SESSION_MINUTES,
    "minutes",
  );
  for (const [index, provider] of (client.identityProviders ?? []).entries()) {
    if (limits.IDENTITY_PROVIDER.test(provider)) continue;
    yield wrong({
      setting: `${section}.identityProviders[${index}]`,
      message: `${quote(provider)} is not the name of an identity provider`,
      why: refused("CreateUserPoolClient"),
      next: 'Use "COGNITO", "Google" or the name you gave yours, 1–32 characters.',
    });
  }
  if (client.oauth !== undefined) yield* oauthProblems(section, client.oauth);
  yield* machineProblems(section, client);
  yield* storeProblems(section, client);
}

/** Source: CreateUserPoolClient, AllowedOAuthFlows and GenerateSecret; developer guide, "App client OAuth 2.0 grants". */
function* machineProblems(section: string, client: ClientSettings): Generator<SettingProblem> {
  const { clientCredentials, oauth, secret, signInFlow } = client;
  if (clientCredentials === undefined) return;
  const setting = `${section}.clientCredentials`;
  yield* scopeProblems(
    `${setting}.scopes`,
    clientCredentials.scopes,
    'Add a scope of a resource server, such as ["https://api.example.com/read"].',
  );
  for (const [index, scope] of clientCredentials.scopes.entries()) {
    if (!limits.STANDARD_SCOPES.includes(scope)) continue;
    yield wrong({
      setting: `${setting}.scopes[${index}]`,
      message: `${quote(scope)} is about people, and this client is for a machine`,
      why: refused("CreateUserPoolClient, InvalidOAuthFlowException"),
      next: "Use scopes of a resource server.",
    });
  }
  if (oauth !== undefined) {
    yield wrong({
      setting,
      message: "it can't be used together with oauth",
      why: refused("CreateUserPoolClient, InvalidOAuthFlowException"),
      next: "Use two clients, one for people and one for the machine.",
    });
  }
  if (secret !== true) {
    yield wrong({
      setting,
      message: "the client has no secret, which the machine needs",
      why: refused("CreateUserPoolClient, InvalidOAuthFlowException"),
      next: "Write secret: true.",
    });
  }
  if (signInFlow !== undefined) {
    yield wrong({
      setting: `${section}.signInFlow`,
      message: "people can't sign in through a client_credentials client",
      why: "It gives tokens to a machine.",
      next: "Delete it, or clientCredentials.",
    });
  }
}

/** Sources: PutParameter, Name; CreateSecret, Name. */
function* storeProblems(section: string, { secretStore, secret }: ClientSettings): Generator<SettingProblem> {
  if (secretStore === undefined) return;
  const setting = `${section}.secretStore`;
  if (secret !== true) {
    yield wrong({
      setting,
      message: "the client has no secret to store",
      why: "Cognito only creates a secret together with the client.",
      next: "Set secret: true, or delete secretStore. A client without a secret can't get one later; it would be replaced.",
    });
  }
  const [kind, name] =
    "ssm" in secretStore ? ["ssm", secretStore.ssm] : ["secretsManager", secretStore.secretsManager];
  const valid = kind === "ssm" ? limits.SSM_NAME : limits.SECRET_NAME;
  if (valid.test(name)) return;
  yield wrong({
    setting: `${setting}.${kind}`,
    message: `${quote(name)} isn't a valid name for it`,
    why: `AWS would refuse it halfway through the deploy (${kind === "ssm" ? "PutParameter" : "CreateSecret"}).`,
    next:
      kind === "ssm"
        ? 'Use letters, digits and . _ - /, starting with "/" if it has one, and not with "aws" or "ssm": "/people/web/client-secret".'
        : "Use at most 512 letters, digits and / _ + = . @ -.",
  });
}

function* flowProblems(section: string, client: ClientSettings): Generator<SettingProblem> {
  const setting = `${section}.authFlows`;
  const flows = authFlowsOf(client);
  const refreshes = flows.includes("ALLOW_REFRESH_TOKEN_AUTH");
  if (flows.length === 0) {
    yield wrong({
      setting,
      message: "it is empty",
      why: "Cognito would use its own default instead, and every plan would empty it again.",
      next: "List the flows, or leave it out.",
    });
    return;
  }
  const { signInFlow, refreshTokenRotation } = client;
  if (signInFlow !== undefined && !flows.includes(SIGN_IN_FLOWS[signInFlow])) {
    yield wrong({
      setting: `${section}.signInFlow`,
      message: `the client doesn't allow the flow ${quote(signInFlow)}`,
      why: "Cognito would refuse every sign-in from the commands.",
      next: `Add "${SIGN_IN_FLOWS[signInFlow]}" to ${section}.authFlows, or choose another flow.`,
    });
  }
  if (refreshTokenRotation !== undefined && refreshes) {
    yield wrong({
      setting,
      message: "ALLOW_REFRESH_TOKEN_AUTH can't be used together with refreshTokenRotation",
      why: "REFRESH_TOKEN_AUTH can't return the new refresh token.",
      next: 'Delete "ALLOW_REFRESH_TOKEN_AUTH" (apps then call GetTokensFromRefreshToken), or refreshTokenRotation.',
    });
  }
  if (refreshTokenRotation === undefined && !refreshes && signsPeopleIn(client)) {
    yield doubtful({
      setting,
      message: "ALLOW_REFRESH_TOKEN_AUTH is missing",
      why: "People must sign in again whenever their access token expires, and Cognito may refuse such a client.",
      next: 'Add "ALLOW_REFRESH_TOKEN_AUTH", or turn refreshTokenRotation on.',
    });
  }
}

function* tokenProblems(section: string, validity: Required<TokenValidity>): Generator<SettingProblem> {
  const { TOKEN_MINUTES, REFRESH_TOKEN_MINUTES } = limits;
  const setting = (token: keyof TokenValidity) => `${section}.tokenValidity.${token}`;
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

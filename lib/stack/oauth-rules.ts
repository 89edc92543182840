import { quote } from "../roster/problem.ts";
import type { OAuthSettings } from "./client-settings.ts";
import * as limits from "./cognito-limits.ts";
import { OAUTH } from "./defaults.ts";
import { doubtful, type SettingProblem, wrong } from "./setting-problem.ts";
import { refused, tooMany } from "./setting-words.ts";

/** What is wrong or doubtful about sign-in on Cognito's own pages. */
export function* oauthProblems(oauth: OAuthSettings): Generator<SettingProblem> {
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

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

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
  if (url.protocol === "http:" && !LOOPBACK.includes(url.hostname)) {
    return {
      message: `${quote(text)} is http, which would show the code to the network`,
      next: "Write https; http is only for localhost.",
    };
  }
  return undefined;
}

import * as oauth from "oauth4webapi";
import { issuerOf } from "../cognito/pool-id.ts";
import { EXIT, UserError } from "../errors.ts";
import { ProxyError } from "../network/agents.ts";
import { postForm } from "../network/post.ts";
import { LOOPBACK } from "../stack/rules/cognito-limits.ts";
import type { AppClient } from "./secret-hash.ts";
import type { Tokens } from "./tokens.ts";

/*
 * Cognito's own pages (managed login): the authorization code grant with PKCE, state and nonce, by oauth4webapi.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/managed-login-endpoints.html
 */

/** The pages of a user pool, and the app client that people sign in to there. */
export interface HostedPages extends AppClient {
  /** As `https://acme-people.auth.eu-west-1.amazoncognito.com`. */
  readonly origin: string;
  /** The pool's issuer, as its tokens name it. */
  readonly issuer: string;
}

/** A DNS label, like `pool.domainPrefix`. */
const PREFIX = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * @param domain the prefix of an Amazon domain, a custom domain, or either as an https address; http only on loopback, for an
 *   emulator
 * @param region of the pool; required for a prefix
 * @throws UserError (exit 2) when the domain can't have sign-in pages
 */
export function hostedPages(app: AppClient, domain: string, region: string | undefined): HostedPages {
  const origin = originOf(domain, region);
  // An emulator on this machine is its own issuer; see `verifyTokens`.
  const issuer = isLoopback(origin) ? `${origin}/${app.userPoolId}` : issuerOf(app.userPoolId, region);
  const { userPoolId, clientId, clientSecret } = app;
  return { userPoolId, clientId, clientSecret, origin, issuer };
}

function originOf(domain: string, region: string | undefined): string {
  if (PREFIX.test(domain)) {
    // GovCloud has only FIPS endpoints: docs/operations.md.
    const auth = region?.startsWith("us-gov-") ? "auth-fips" : "auth";
    if (region !== undefined) return `https://${domain}.${auth}.${region}.amazoncognito.com`;
    throw new UserError("The domain's region is unknown: a prefix alone doesn't say", {
      next: ["set AWS_REGION, or give the whole domain: --domain PREFIX.auth.eu-west-1.amazoncognito.com"],
      exitCode: EXIT.wrong,
    });
  }
  const url = parsed(domain.includes("://") ? domain : `https://${domain}`);
  const whole =
    url !== undefined && url.pathname === "/" && !url.search && !url.hash && !url.username && !url.password;
  if (whole && (url.protocol === "https:" || isLoopback(url.origin))) return url.origin;
  throw new UserError("That isn't a domain of sign-in pages", {
    why: "Passwords are typed there, so it must be https; http is for an emulator on this machine.",
    next: [
      "pass the prefix (--domain acme-people) or the domain (--domain login.example.com), as AWS shows it for the user pool",
    ],
    exitCode: EXIT.wrong,
  });
}

/** Whether the address never leaves this machine. */
export function isLoopback(origin: string): boolean {
  const url = parsed(origin);
  return url?.protocol === "http:" && LOOPBACK.has(url.hostname);
}

/** `URL.parse`, which Node lacks before version 22. */
const parsed = (text: string) => (URL.canParse(text) ? new URL(text) : undefined);

/** The default callback address. Cognito compares it character by character with what the client allows. */
export const USUAL_CALLBACK = "http://localhost:8765/callback";

export interface WantedCallback {
  /** The address from an option. @default the first allowed one on this machine */
  readonly asked?: string | undefined;
  /** What the app client allows, according to config.ts. @default unknown: Cognito's page reports a mismatch */
  readonly allowed?: readonly string[] | undefined;
  /** The setting that lists them, such as `client.oauth.callbackUrls`. */
  readonly setting: string;
  /** The option, such as `--callback`. */
  readonly option: string;
}

/**
 * The address on this machine that the browser returns to, spelled as the app client allows it.
 * @throws UserError (exit 2) when it is on another machine, or the app client doesn't allow it
 */
export function loopbackAddress({ asked, allowed, setting, option }: WantedCallback): string {
  const isOurs = (url: string) => isLoopback(url) && parsed(url)?.hash === "";
  if (asked !== undefined && !isOurs(asked)) {
    throw new UserError(`${option} takes an address on this machine`, {
      why: "The command waits for the browser there.",
      next: [`use an address such as ${USUAL_CALLBACK} that the app client allows`],
      exitCode: EXIT.wrong,
    });
  }
  const found = asked ?? (allowed === undefined ? USUAL_CALLBACK : allowed.find(isOurs));
  if (found !== undefined && (allowed === undefined || allowed.includes(found))) return found;
  throw new UserError(`The app client doesn't allow a redirect to ${found ?? "this machine"}`, {
    why: `Cognito only redirects to an address listed exactly in ${setting} of config.ts.`,
    next: [
      `add "${found ?? USUAL_CALLBACK}" to ${setting}, deploy, then run the command again`,
      ...(asked === undefined ? [] : [`or leave out ${option} to use one that is allowed`]),
    ],
    exitCode: EXIT.wrong,
  });
}

export interface HostedSignIn {
  /** For the browser. It contains no secret. */
  readonly url: string;
  /** Whether this is the answer to this very sign-in. */
  isAnswer(callback: URL): boolean;
  /**
   * Exchanges the code of an answer for tokens, which must still be verified.
   * @throws UserError when the person or Cognito refused, or the code is invalid
   */
  finish(callback: URL): Promise<Tokens>;
}

/**
 * Begins a sign-in on Cognito's pages. Scopes are omitted: Cognito then grants all that the app client allows.
 * @param redirectUri on this machine, as the app client allows it
 * @param loginHint the username that managed login fills in
 */
export async function beginHostedSignIn(
  pages: HostedPages,
  { redirectUri, loginHint }: { readonly redirectUri: string; readonly loginHint?: string | undefined },
): Promise<HostedSignIn> {
  const { origin, clientId, clientSecret, issuer } = pages;
  const state = oauth.generateRandomState();
  const nonce = oauth.generateRandomNonce();
  const verifier = oauth.generateRandomCodeVerifier();
  const url = new URL("/oauth2/authorize", origin);
  url.search = new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    redirect_uri: redirectUri,
    state,
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    ...(loginHint === undefined ? {} : { login_hint: loginHint }),
  }).toString();
  const server = { issuer, token_endpoint: `${origin}/oauth2/token` };
  const client = { client_id: clientId };
  return {
    url: url.href,
    isAnswer: (callback) => callback.searchParams.get("state") === state,
    async finish(callback) {
      try {
        const answer = oauth.validateAuthResponse(server, client, callback, state);
        const response = await oauth.authorizationCodeGrantRequest(
          server,
          client,
          clientSecret === undefined ? oauth.None() : oauth.ClientSecretBasic(clientSecret),
          answer,
          redirectUri,
          verifier,
          { [oauth.customFetch]: ourFetch, [oauth.allowInsecureRequests]: isLoopback(origin) },
        );
        const given = await oauth.processAuthorizationCodeResponse(server, client, response, {
          expectedNonce: nonce,
          requireIdToken: true,
        });
        return {
          accessToken: given.access_token,
          idToken: given.id_token,
          refreshToken: given.refresh_token,
          expiresIn: given.expires_in,
        };
      } catch (error) {
        throw explain(error, pages);
      }
    },
  };
}

/** `fetch` ignores proxies on some of the Node versions that we support. */
const ourFetch = (
  url: string,
  { headers, body }: oauth.CustomFetchOptions<"POST", URLSearchParams>,
): Promise<Response> => postForm(url, { headers, body: body.toString() });

/**
 * The address that ends the browser's session with Cognito's pages.
 * @param logoutUri on this machine, as the app client allows it
 */
export function hostedSignOutUrl({ origin, clientId }: HostedPages, logoutUri: string): string {
  const url = new URL("/logout", origin);
  url.search = new URLSearchParams({ client_id: clientId, logout_uri: logoutUri }).toString();
  return url.href;
}

/** Cognito's errors at the callback, explained. Its description comes from the network and is not passed on. */
const REFUSED: Readonly<Record<string, readonly [message: string, ...next: string[]]>> = {
  access_denied: [
    "Sign-in was refused or cancelled on the page",
    "run the command again, and sign in on the page",
  ],
  invalid_scope: [
    "Cognito refused the app client's scopes",
    "add openid to client.oauth.scopes in config.ts, and deploy",
  ],
  unauthorized_client: [
    "The app client doesn't allow the authorization code flow on Cognito's pages",
    'add "code" to client.oauth.flows in config.ts, and deploy',
  ],
};

const AGAIN = "run the command again: each sign-in gets a new code";

function explain(error: unknown, { origin, clientId }: HostedPages): unknown {
  if (error instanceof oauth.AuthorizationResponseError) {
    const [message, ...next] = REFUSED[error.error] ?? [
      `Cognito's page ended without a sign-in (${known(error.error)})`,
      "run the command again; if it fails again, check the user pool's Lambda triggers and identity providers",
    ];
    return new UserError(message, { next, cause: error });
  }
  if (error instanceof oauth.ResponseBodyError && error.error === "invalid_grant") {
    return new UserError("Cognito refused the code: it expired or was already used", {
      why: "A code works once, for 5 minutes. You are not signed in. If someone else used it, they may be.",
      next: [AGAIN],
      cause: error,
    });
  }
  if (error instanceof oauth.ResponseBodyError || error instanceof oauth.WWWAuthenticateChallengeError) {
    const code = error instanceof oauth.ResponseBodyError ? known(error.error) : "invalid_client";
    return new UserError(`Cognito refused to give tokens to the app client ${clientId} (${code})`, {
      next: [
        "if the client has a secret, put it in COGNITO_CLIENT_SECRET; never on the command line",
        "check --client-id, and that --domain belongs to this user pool",
      ],
      cause: error,
    });
  }
  if (error instanceof oauth.OperationProcessingError || error instanceof oauth.UnsupportedOperationError) {
    return new UserError("The response doesn't belong to this sign-in, or isn't from Cognito", {
      why: `${sentence(error.message)}. No tokens were accepted.`,
      next: [
        AGAIN,
        "the app client must allow the scope openid",
        `check that ${origin} is this user pool's domain`,
      ],
      cause: error,
    });
  }
  if (error instanceof ProxyError) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  return new UserError(`Could not get tokens from ${origin} (${code})`, {
    next: ["check the network, then sign in again"],
    cause: error,
  });
}

/** An error code as in RFC 6749; anything else could be text that someone put into the address. */
const known = (code: string) => (/^[a-z_]{1,40}$/.test(code) ? code : "no reason given");

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

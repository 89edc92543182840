import { generateKeyPairSync } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Provider, { type Configuration } from "oidc-provider";

export interface HostedProviderOptions {
  readonly userPoolId: string;
  readonly clientId: string;
  /** @default a public client */
  readonly clientSecret?: string;
  readonly callbackUrls: readonly string[];
  readonly logoutUrls: readonly string[];
  /** By the name that is typed on the page. */
  readonly people: Readonly<Record<string, { readonly sub: string; readonly email: string }>>;
}

export interface HostedProvider {
  readonly origin: string;
  /** Addresses of the pages that were asked for, in order. */
  readonly visited: readonly URL[];
  /** How many sessions browsers have with it. */
  readonly sessions: () => number;
  stop(): Promise<void>;
}

/**
 * A real OpenID provider on loopback (oidc-provider), set up as Cognito's endpoints are: their paths, their claims, all the
 * client's scopes where none is asked for, PKCE only by S256, a callback compared letter by letter, `logout_uri`, no consent.
 * Its sign-in page takes any password, and "Cancel". What Cognito's pages look like it doesn't know.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/managed-login-endpoints.html
 */
export async function startHostedProvider(options: HostedProviderOptions): Promise<HostedProvider> {
  const { userPoolId, clientId, clientSecret, callbackUrls, logoutUrls, people } = options;
  const visited: URL[] = [];
  const open = new Set<string>();
  const server = createServer((incoming, outgoing) => handle(incoming, outgoing));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const nameOf = (sub: string) => Object.keys(people).find((name) => people[name]?.sub === sub) ?? "";

  const configuration: Configuration = {
    clients: [
      {
        client_id: clientId,
        ...(clientSecret === undefined ? {} : { client_secret: clientSecret }),
        token_endpoint_auth_method: clientSecret === undefined ? "none" : "client_secret_basic",
        redirect_uris: [...callbackUrls],
        post_logout_redirect_uris: [...logoutUrls],
        grant_types: ["authorization_code", "refresh_token"],
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: "1", alg: "RS256", use: "sig" }] },
    cookies: { keys: ["of this test alone"] },
    routes: {
      authorization: "/oauth2/authorize",
      token: "/oauth2/token",
      end_session: "/logout",
      jwks: `/${userPoolId}/.well-known/jwks.json`,
    },
    pkce: { required: () => true },
    scopes: ["openid", "email"],
    claims: { openid: ["sub", "cognito:username", "token_use", "email"], email: ["email"] },
    conformIdTokenClaims: false,
    findAccount: (_, sub) => ({
      accountId: sub,
      claims: () => ({
        sub,
        email: people[nameOf(sub)]?.email,
        "cognito:username": nameOf(sub),
        token_use: "id",
      }),
    }),
    extraTokenClaims: (_, token) => ({
      token_use: "access",
      username: nameOf("accountId" in token ? String(token.accountId) : ""),
    }),
    issueRefreshToken: () => true,
    ttl: { Session: 600, Interaction: 600, Grant: 600, AccessToken: 600, IdToken: 600, RefreshToken: 600 },
    // Cognito never asks for consent.
    async loadExistingGrant(ctx) {
      const { session, client } = ctx.oidc;
      const grant = new provider.Grant({
        ...(client && { clientId: client.clientId }),
        ...(session?.accountId && { accountId: session.accountId }),
      });
      grant.addOIDCScope("openid email");
      grant.addResourceScope(origin, "openid email");
      await grant.save();
      return grant;
    },
    interactions: { url: (_, { uid }) => `/login?uid=${uid}` },
    features: {
      devInteractions: { enabled: false },
      // Without a resource its access tokens are no JWTs.
      resourceIndicators: {
        enabled: true,
        defaultResource: () => origin,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({ scope: "openid email", accessTokenFormat: "jwt" }),
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource(ctx, form) {
          ctx.body = `<!doctype html><body>${form}<script>
            const form = document.forms[0];
            form.insertAdjacentHTML("beforeend", '<input type="hidden" name="logout" value="yes">');
            form.submit();
          </script>`;
        },
      },
    },
  };
  const provider = new Provider(`${origin}/${userPoolId}`, configuration);
  provider.on("session.saved", ({ jti, accountId }) => accountId && open.add(jti));
  provider.on("session.destroyed", ({ jti }) => open.delete(jti));
  const serve = provider.callback();

  function handle(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const url = new URL(incoming.url ?? "/", origin);
    visited.push(url);
    if (url.pathname === "/login") {
      login(incoming, outgoing).catch((error: unknown) => outgoing.writeHead(500).end(String(error)));
      return;
    }
    if (url.pathname === "/oauth2/authorize" && !url.searchParams.has("scope"))
      url.searchParams.set("scope", "openid email");
    const logoutUri = url.searchParams.get("logout_uri");
    if (logoutUri !== null) url.searchParams.set("post_logout_redirect_uri", logoutUri);
    incoming.url = url.pathname + url.search;
    serve(incoming, outgoing);
  }

  async function login(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    if (incoming.method === "GET") {
      outgoing.writeHead(200, { "content-type": "text/html" });
      outgoing.end(`<!doctype html><title>Sign in</title><form method="post">
        <input name="username"><input name="password" type="password"><button>Sign in</button>
        <button name="cancel" value="yes">Cancel</button></form>`);
      return;
    }
    let body = "";
    for await (const chunk of incoming) body += chunk;
    const form = new URLSearchParams(body);
    const person = people[form.get("username") ?? ""];
    await provider.interactionFinished(
      incoming,
      outgoing,
      form.has("cancel") || person === undefined
        ? { error: form.has("cancel") ? "access_denied" : "server_error" }
        : { login: { accountId: person.sub } },
    );
  }

  return {
    origin,
    visited,
    sessions: () => open.size,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

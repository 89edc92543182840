import { execa } from "execa";
import {
  beginHostedSignIn,
  type HostedPages,
  hostedPages,
  hostedSignOutUrl,
  isLoopback,
  loopbackAddress,
} from "../../lib/auth/hosted-pages.ts";
import { awaitCallback } from "../../lib/auth/loopback-callback.ts";
import { namesOf, type Tokens, verifyTokens } from "../../lib/auth/tokens.ts";
import { EXIT, UserError } from "../../lib/errors.ts";
import { OAUTH } from "../../lib/stack/defaults.ts";
import { domainNameOf } from "../../lib/stack/domain.ts";
import { escapeControls, wrapIndented } from "../../lib/text/terminal.ts";
import type { PersonAtWork } from "./person.ts";
import { config } from "./settings.ts";
import { chosenClient, nameOf } from "./target.ts";

export interface BrowserSignIn {
  /** The work in progress: with the person who signed in, and where the token keys are. */
  readonly work: PersonAtWork;
  readonly tokens: Tokens;
}

/**
 * Signs a person in on Cognito's own pages, in the browser.
 * @throws UserError in words for everything the user can fix, including a sign-in by another person than the named one
 */
export async function signInByBrowser(work: PersonAtWork): Promise<BrowserSignIn> {
  const { person, options } = work;
  const pages = pagesOf(work);
  const redirectUri = loopbackAddress({
    asked: options.callback,
    allowed: oauthOf(work)?.callbackUrls,
    setting: "client.oauth.callbackUrls",
    option: "--callback",
  });
  const asked = person.username === "" ? undefined : person.username;
  const signIn = await beginHostedSignIn(pages, { redirectUri, loginHint: asked });
  const tokens = await awaitCallback(redirectUri, {
    done: "You are signed in.",
    isAnswer: signIn.isAnswer,
    take: signIn.finish,
    onReady: () => visit("Sign in", signIn.url, options.printUrl),
    onStranger: refusedStranger,
  });
  const endpoint = isLoopback(pages.origin) ? pages.origin : undefined;
  await verifyTokens(tokens, { ...person, endpoint });
  const username = ownerOf(tokens, asked);
  return { work: { ...work, person: { ...person, username }, endpoint: () => endpoint }, tokens };
}

/** Ends the browser's session with Cognito's pages. */
export async function signOutByBrowser(work: PersonAtWork): Promise<void> {
  const { options } = work;
  const logoutUri = loopbackAddress({
    asked: options.callback,
    allowed: oauthOf(work) && (oauthOf(work)?.logoutUrls ?? OAUTH.logoutUrls),
    setting: "client.oauth.logoutUrls",
    option: "--callback",
  });
  const url = hostedSignOutUrl(pagesOf(work), logoutUri);
  await awaitCallback(logoutUri, {
    done: "You are signed out in this browser.",
    isAnswer: () => true,
    take: async () => {},
    onReady: () => visit("Sign out", url, options.printUrl),
    onStranger: refusedStranger,
  });
}

/** The settings of config.ts's app client; those of another one are unknown here. */
function oauthOf({ options }: PersonAtWork) {
  if (nameOf(options, process.env).name === undefined) return undefined;
  const { section, settings } = chosenClient(options);
  if (settings.oauth !== undefined) return settings.oauth;
  throw new UserError("The app client isn't set up for Cognito's sign-in pages", {
    why: `config.ts has no ${section}.oauth, and so the client allows no browser to come back.`,
    next: [
      `add ${section}.oauth: { callbackUrls: ["http://localhost:8765/callback"] } and pool.domainPrefix to config.ts, and deploy`,
      "or sign in here: leave out --browser",
    ],
    exitCode: EXIT.wrong,
  });
}

function pagesOf({ person, options, pool }: PersonAtWork): HostedPages {
  const own = nameOf(options, process.env).name === undefined ? undefined : domainNameOf(config.pool);
  const domain = options.domain ?? own;
  if (domain !== undefined) return hostedPages(person, domain, pool.region ?? undefined);
  throw new UserError("The domain of the sign-in pages is unknown", {
    why: "config.ts doesn't set it (pool.domainPrefix), or you passed the ids of another pool.",
    next: ["pass --domain PREFIX, or --domain login.example.com"],
    exitCode: EXIT.wrong,
  });
}

/**
 * @param asked the person named on the command line
 * @returns the person's name here: the one given, else the one in the token
 */
function ownerOf(tokens: Tokens, asked: string | undefined): string {
  const names = namesOf(tokens);
  const same = (name: string) => name.toLowerCase() === asked?.toLowerCase();
  if (asked === undefined) return names[0] ?? "";
  if (names.some(same)) return asked;
  throw new UserError(
    `Someone else signed in: ${escapeControls(names[0] ?? "someone without a name")}, not ${asked}`,
    {
      why: "The browser may have reused an earlier session. The tokens are neither shown nor saved.",
      next: [
        "end that session: npm run sign-out -- --browser",
        "then run the command again, or leave out USERNAME to accept anyone",
      ],
    },
  );
}

const say = (line: string) =>
  void process.stderr.write(`${wrapIndented("", line, process.stderr.columns).join("\n")}\n`);

const refusedStranger = () => say("Ignored a response to another sign-in. Still waiting for this one …");

/** Opens the page, and prints its address in any case: a closed window can be opened again. */
function visit(what: string, url: string, printOnly = false): void {
  say(printOnly ? `${what} here, in a browser of this machine:` : `${what} in the browser. If none opens:`);
  // On a separate line, not wrapped: it is meant to be copied.
  process.stderr.write(`${url}\n`);
  say("Waiting for the browser. Press Ctrl-C to stop.");
  process.once("SIGINT", () => {
    say("\nStopped: no one was signed in or out.");
    process.exit(EXIT.interrupted);
  });
  if (!printOnly) openBrowser(url);
}

/** Never through a shell, for which a URL is full of special characters. */
function openBrowser(url: string): void {
  const [file, ...args] = OPENERS[process.platform] ?? ["xdg-open"];
  // It may run as long as the browser does: nothing waits for it, and it keeps nothing of ours open.
  const opening = execa(file, [...args, url], { stdio: "ignore", detached: true, cleanup: false });
  opening.unref();
  opening.catch(() => say("Could not open a browser: open the address above yourself."));
}

const OPENERS: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ["open"],
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

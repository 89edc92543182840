import { deviceOf, rememberDevice } from "../../lib/auth/device.ts";
import { refresh } from "../../lib/auth/session.ts";
import { signIn } from "../../lib/auth/sign-in.ts";
import { readTokens, savedBefore } from "../../lib/auth/token-file.ts";
import { claimedUsername, deviceKeyOf, type Tokens } from "../../lib/auth/tokens.ts";
import { type BrowserSignIn, signInByBrowser } from "./hosted.ts";
import { type PersonAtWork, refreshTokenOf } from "./person.ts";

/** Signs the person in as the options say: in the browser, or with a password or code here. */
export async function signInAsAsked(work: PersonAtWork): Promise<BrowserSignIn> {
  return work.options.browser ? signInByBrowser(work) : signInHere(work);
}

async function signInHere(work: PersonAtWork): Promise<BrowserSignIn> {
  const { client, secrets, options } = work;
  const before = options.save === undefined ? undefined : await savedBefore(options.save, work.person);
  const person = { ...work.person, device: before && deviceOf(before) };
  const ask = () => secrets.password(`Password of ${person.username}`);
  // A person who chooses a code has no password to type.
  const password = person.flow === "choice" ? ask : await ask();
  const { tokens } = await signIn(client, { ...person, password });
  // A device without stored keys would only fill the pool's list.
  return { work, tokens: options.save === undefined ? tokens : await rememberDevice(client, person, tokens) };
}

export interface Refreshed {
  readonly tokens: Tokens;
  /** The app client replaces refresh tokens: the old one has ended. */
  readonly rotated: boolean;
}

/** New tokens for the refresh token in `--tokens FILE`; without the option the person is asked for it. */
export async function refreshAsAsked({ person, options, client, secrets }: PersonAtWork): Promise<Refreshed> {
  const saved = options.tokens === undefined ? undefined : await readTokens(options.tokens, person);
  const { tokens, rotated } = await refresh(client, {
    ...person,
    refreshToken: await refreshTokenOf(saved, person.username, secrets),
    ownUsername: saved && claimedUsername(saved),
    deviceKey: saved && deviceKeyOf(saved),
  });
  return { tokens: saved?.device ? { ...tokens, device: saved.device } : tokens, rotated };
}

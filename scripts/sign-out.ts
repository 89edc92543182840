import { revokeToken, signOutEverywhere } from "../lib/auth/session.ts";
import { signIn } from "../lib/auth/sign-in.ts";
import { readTokens } from "../lib/auth/token-file.ts";
import { signOutByBrowser } from "./frame/hosted.ts";
import { main } from "./frame/main.ts";
import { finish, refreshTokenOf, withPerson } from "./frame/person.ts";

main(() =>
  withPerson(
    {
      name: "sign-out",
      description: "Revokes a refresh token and its access tokens, or signs the person out everywhere.",
      stdin: {
        "--token-stdin": "the refresh token",
        "--password-stdin": "with --everywhere and no --tokens: the password, then a line for each code",
      },
      options: [
        "--tokens <file>",
        "--everywhere",
        "--flow <name>",
        "--totp-secret-stdin",
        "--browser",
        "--print-url",
        "--domain <name>",
        "--callback <url>",
      ],
    },
    async (work) => {
      const { person, options, client, secrets } = work;
      const { username } = person;
      const saved = options.tokens === undefined ? undefined : await readTokens(options.tokens, person);
      if (options.browser) {
        await signOutByBrowser(work);
        if (!saved && !options.everywhere && !options.tokenStdin) {
          return finish(
            work,
            "signed-out-browser",
            "Signed out in the browser: its session with Cognito's pages ended.",
          );
        }
      }
      if (!options.everywhere) {
        const refreshToken = await refreshTokenOf(saved, username, secrets);
        await revokeToken(client, { ...person, refreshToken });
        return finish(work, "signed-out", `${username} is signed out here: the refresh token is revoked.`);
      }
      const password = saved ? "" : await secrets.password(`Password of ${username}`);
      const { accessToken } = saved ?? (await signIn(client, { ...person, password })).tokens;
      await signOutEverywhere(client, { ...person, accessToken });
      finish(work, "signed-out-everywhere", `${username} is signed out everywhere.`);
    },
  ),
);

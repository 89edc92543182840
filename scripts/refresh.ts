import { refresh } from "../lib/auth/refresh.ts";
import { readTokens } from "../lib/auth/token-file.ts";
import { claimedUsername } from "../lib/auth/tokens.ts";
import { main } from "./support/entry.ts";
import { refreshTokenOf } from "./support/refresh-token.ts";
import { checkSave, finishSignIn } from "./support/sign-in-result.ts";
import { withPerson } from "./support/with-person.ts";

main(() =>
  withPerson(
    {
      name: "refresh",
      description: "Gets new tokens for a refresh token, without a password.",
      stdin: { "--token-stdin": "the refresh token" },
      options: ["--tokens <file>", "--show-tokens", "--save <file>"],
    },
    async (work) => {
      const { person, options, client, secrets } = work;
      await checkSave(options);
      const saved = options.tokens === undefined ? undefined : await readTokens(options.tokens, person);
      const { tokens, rotated } = await refresh(client, {
        ...person,
        refreshToken: await refreshTokenOf(saved, person.username, secrets),
        ownUsername: saved && claimedUsername(saved),
      });
      if (rotated && options.save === undefined && !options.json && !options.showTokens) {
        process.stderr.write(
          "The app client replaces refresh tokens at every use: the one that was given ends now, and the new one is not kept. --save FILE keeps it.\n",
        );
      }
      await finishSignIn(work, "refreshed", tokens);
    },
  ),
);

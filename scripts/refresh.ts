import { refresh } from "../lib/auth/session.ts";
import { readTokens } from "../lib/auth/token-file.ts";
import { claimedUsername, deviceKeyOf } from "../lib/auth/tokens.ts";
import { main } from "./frame/main.ts";
import { checkSave, finishSignIn, refreshTokenOf, withPerson } from "./frame/person.ts";

main(() =>
  withPerson(
    {
      name: "refresh",
      description: "Gets new tokens for a refresh token, without a password.",
      readOnly: true,
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
        deviceKey: saved && deviceKeyOf(saved),
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

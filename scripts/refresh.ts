import { main } from "./frame/main.ts";
import { checkSave, finishSignIn, withPerson } from "./frame/person.ts";
import { refreshAsAsked } from "./frame/sign-in.ts";

main(() =>
  withPerson(
    {
      name: "refresh",
      description: "Gets new tokens with a refresh token, without a password.",
      readOnly: true,
      stdin: { "--token-stdin": "the refresh token" },
      options: ["--tokens <file>", "--show-tokens", "--save <file>"],
    },
    async (work) => {
      const { options } = work;
      await checkSave(options);
      const { tokens, rotated } = await refreshAsAsked(work);
      if (rotated && options.save === undefined && !options.json && !options.showTokens) {
        process.stderr.write(
          "The app client replaces refresh tokens on every use: yours is now invalid, and the new one was not saved. Use --save FILE.\n",
        );
      }
      await finishSignIn(work, "refreshed", tokens);
    },
  ),
);

import { firstLogin } from "../lib/auth/sign-in.ts";
import { main } from "./frame/main.ts";
import { checkSave, finishSignIn, withPerson } from "./frame/person.ts";

main(() =>
  withPerson(
    {
      name: "first-login",
      description: "Completes an invited person's first login: the temporary password, then a new one.",
      stdin: {
        "--password-stdin":
          "the temporary password, the new password, then a line for each attribute or code that Cognito asks for",
      },
      options: ["--flow <name>", "--device-name <name>", "--show-tokens", "--save <file>"],
    },
    async (work) => {
      const { person, options, client, secrets } = work;
      await checkSave(options);
      const temporaryPassword = await secrets.password(`Temporary password of ${person.username}`);
      const { outcome, tokens } = await firstLogin(client, { ...person, temporaryPassword });
      const wanted = outcome === "confirmed" || options.save !== undefined;
      await finishSignIn(work, outcome, wanted ? tokens : undefined);
    },
  ),
);

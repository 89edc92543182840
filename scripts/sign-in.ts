import { enrolMfa, signIn } from "../lib/auth/sign-in.ts";
import { main } from "./frame/main.ts";
import { checkSave, finishSignIn, withPerson } from "./frame/person.ts";

main(() =>
  withPerson(
    {
      name: "sign-in",
      description: "Signs a person in whose first login is finished.",
      readOnly: true,
      stdin: { "--password-stdin": "the password, then a line for each code that Cognito asks for" },
      options: [
        "--flow <name>",
        "--totp-secret-stdin",
        "--mfa-enroll",
        "--device-name <name>",
        "--show-tokens",
        "--save <file>",
      ],
    },
    async (work) => {
      const { person, options, client, secrets } = work;
      await checkSave(options);
      const password = await secrets.password(`Password of ${person.username}`);
      const { tokens } = await signIn(client, { ...person, password });
      if (options.mfaEnroll) await enrolMfa(client, { ...person, accessToken: tokens.accessToken });
      await finishSignIn(work, options.mfaEnroll ? "enrolled" : "signed-in", tokens);
    },
  ),
);

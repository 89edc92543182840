import { forgotPassword } from "../lib/auth/passwords.ts";
import { main } from "./frame/main.ts";
import { finish, withPerson } from "./frame/person.ts";

main(() =>
  withPerson(
    {
      name: "forgot-password",
      description: "Sends a code to the person's verified address, and sets a new password with it.",
      stdin: { "--code-stdin": "the code once it has arrived, then the new password" },
      options: ["--have-code"],
    },
    async (work) => {
      const { person, options, client } = work;
      await forgotPassword(client, { ...person, haveCode: options.haveCode });
      finish(work, "password-reset", `${person.username} has a new password. Sign in with npm run sign-in.`);
    },
  ),
);

import { resendCode } from "../lib/auth/sign-up.ts";
import { commandLine } from "../lib/shell.ts";
import { main } from "./frame/main.ts";
import { describeCode, finish, withPerson } from "./frame/person.ts";

main(() =>
  withPerson(
    {
      name: "resend-code",
      description: "Sends a new code to a person who signed up but hasn't confirmed the account.",
      stdin: {},
    },
    async (work) => {
      const { person, client } = work;
      const code = await resendCode(client, person);
      const sent = code === undefined ? "A new code was sent" : describeCode(code);
      finish(work, "code-sent", `${sent}: ${commandLine`npm run confirm-sign-up -- ${person.username}`}`);
    },
  ),
);

import { confirmSignUp } from "../lib/auth/sign-up.ts";
import { commandLine } from "../lib/shell.ts";
import { main } from "./frame/main.ts";
import { finish, withPerson } from "./frame/person.ts";

main(() =>
  withPerson(
    {
      name: "confirm-sign-up",
      description: "Confirms a new account with the code that Cognito sent.",
      stdin: { "--code-stdin": "the code" },
    },
    async (work) => {
      const { person, client } = work;
      const { username } = person;
      await confirmSignUp(client, person);
      finish(
        work,
        "confirmed",
        `The account of ${username} is confirmed: ${commandLine`npm run sign-in -- ${username}`}`,
      );
    },
  ),
);

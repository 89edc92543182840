import { changePassword } from "../lib/auth/passwords.ts";
import { signIn } from "../lib/auth/sign-in.ts";
import { readTokens } from "../lib/auth/token-file.ts";
import { main } from "./frame/main.ts";
import { finish, withPerson } from "./frame/person.ts";

main(() =>
  withPerson(
    {
      name: "change-password",
      description: "Changes the password of a person who knows the current one.",
      stdin: {
        "--password-stdin":
          "the current password, a line for each code that Cognito asks for, then the new password",
      },
      options: ["--tokens <file>", "--flow <name>", "--totp-secret-stdin"],
    },
    async (work) => {
      const { person, options, client, secrets } = work;
      const saved = options.tokens === undefined ? undefined : await readTokens(options.tokens, person);
      const presentPassword = await secrets.password(`Current password of ${person.username}`);
      const { accessToken } =
        saved ?? (await signIn(client, { ...person, password: presentPassword })).tokens;
      await changePassword(client, { ...person, accessToken, presentPassword });
      finish(work, "password-changed", `The password of ${person.username} was changed.`);
    },
  ),
);

import { signIn } from "../lib/auth/sign-in.ts";
import { main } from "./support/entry.ts";
import { printSignIn } from "./support/sign-in-result.ts";
import { withPerson } from "./support/with-person.ts";

const text = {
  name: "sign-in",
  description: "Signs a person in whose first login is finished.",
  lines: "the password, then a line for each code that Cognito asks for",
};

main(() =>
  withPerson(text, async ({ username, options, target, client, secrets }) => {
    const { tokens } = await signIn(client, {
      clientId: target.clientId,
      userPoolId: target.userPoolId,
      username,
      password: await secrets.password(`Password of ${username}`),
      answers: secrets,
    });
    printSignIn({ username, outcome: "signed-in", tokens }, options);
  }),
);

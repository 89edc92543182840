import { firstLogin } from "../lib/auth/first-login.ts";
import { main } from "./support/entry.ts";
import { printSignIn } from "./support/sign-in-result.ts";
import { withPerson } from "./support/with-person.ts";

const text = {
  name: "first-login",
  description: "Walks an invited person's first login: the temporary password, a new password, signed in.",
  lines:
    "the temporary password, the new password, then a line for each attribute or code that Cognito asks for",
};

main(() =>
  withPerson(text, async ({ username, options, target, client, secrets }) => {
    const { outcome, tokens } = await firstLogin(client, {
      clientId: target.clientId,
      userPoolId: target.userPoolId,
      policy: target.passwordPolicy,
      username,
      temporaryPassword: await secrets.password(`Temporary password of ${username}`),
      answers: secrets,
    });
    printSignIn({ username, outcome, ...(outcome === "confirmed" ? { tokens } : {}) }, options);
  }),
);

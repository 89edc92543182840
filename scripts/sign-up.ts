import { signUp } from "../lib/auth/sign-up.ts";
import { UserError } from "../lib/errors.ts";
import { commandLine } from "../lib/shell.ts";
import { POOL } from "../lib/stack/defaults.ts";
import { main } from "./frame/main.ts";
import { describeCode, finish, type PersonAtWork, withPerson } from "./frame/person.ts";
import { config } from "./frame/settings.ts";
import { nameOf } from "./frame/target.ts";

main(() =>
  withPerson(
    {
      name: "sign-up",
      description: "Signs a person up, if the user pool allows it.",
      stdin: { "--password-stdin": "the password, then a line for each attribute that is asked for" },
    },
    async (work) => {
      const { person, client } = work;
      const { username } = person;
      const { confirmed, code } = await signUp(client, { ...person, attributes: attributesOf(work) });
      const next = confirmed
        ? commandLine`It is confirmed: npm run sign-in -- ${username}`
        : code === undefined
          ? "No code was sent, because there is no address to verify. The pool's administrator must confirm the account."
          : `${describeCode(code)}: ${commandLine`npm run confirm-sign-up -- ${username}`}`;
      finish(work, confirmed ? "confirmed" : "signed-up", `${username} has an account. ${next}`);
    },
  ),
);

/**
 * What to ask for besides the password: codes are sent to an address. Only config.ts's own pool is known well enough.
 * @throws UserError before a password is typed, if that pool doesn't allow sign-up
 */
function attributesOf({ person, options }: PersonAtWork): readonly string[] {
  if (nameOf(options, process.env).name === undefined) return [];
  const { selfSignUp, signInWith, autoVerify } = { ...POOL, ...config.pool };
  if (!selfSignUp) {
    throw new UserError(`The user pool ${config.pool.name} doesn't allow sign-up`, {
      why: "pool.selfSignUp is false in config.ts: the roster decides who exists.",
      next: [
        `add ${person.username} to the roster and deploy: Cognito then sends an invitation`,
        "or set selfSignUp: true in config.ts, and deploy",
      ],
    });
  }
  return signInWith === "username" ? autoVerify : [];
}

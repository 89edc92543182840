// npm run reset-mfa -- USERNAME: for a lost phone.

import { findOnBoard, refuseAll } from "../lib/directory/accounts/find-people.ts";
import { movedOn } from "../lib/directory/accounts/moved-on.ts";
import { type MfaReset, resetMfa } from "../lib/directory/accounts/reset-mfa.ts";
import { EXIT, UserError } from "../lib/errors.ts";
import { commandLine } from "../lib/shell.ts";
import { main, newCommand } from "./frame/main.ts";
import { confirmed, type PoolOptions, withPool, withPoolOption } from "./frame/pool.ts";
import { paintFor } from "./screen.ts";

interface Options extends PoolOptions {
  readonly yes: boolean;
  readonly json: boolean;
}

main(async () => {
  const command = withPoolOption(
    newCommand(
      "reset-mfa",
      "Takes somebody's authenticator app from them, so that another can be set up: for a lost phone.",
    )
      .argument("[username]", "the person, as named in the roster")
      .option("--yes", "don't ask", false)
      .option("--json", "one machine-readable document on stdout", false),
  ).parse();
  const { yes, json, ...options } = command.opts<Options>();
  const [typed] = command.args;
  if (typed === undefined) {
    throw new UserError("Whose? Nobody is named", {
      next: ["npm run reset-mfa -- USERNAME"],
      exitCode: EXIT.wrong,
    });
  }
  return withPool(options, async ({ client, userPoolId, names, status, announce, signal }) => {
    const { board, pool } = await status();
    const identity = announce(pool);
    const [person] = findOnBoard(board, [typed], names);
    if (person === undefined) return EXIT.failed;
    const { username, live } = person;
    if (live.status === "EXTERNAL_PROVIDER") {
      const reason = "signs in through an external identity provider, which asks for its own second factor";
      refuseAll("Nothing was changed.", [{ username, reason, next: "reset it there" }]);
    }
    const question = `Take the authenticator app of ${username} away? Be sure that it is they who ask`;
    if (!yes && !(await confirmed(question, { command: "npm run reset-mfa", signal }))) {
      process.stderr.write("Nothing was changed.\n");
      return EXIT.failed;
    }
    const moved = await movedOn(client, userPoolId, live);
    if (moved !== undefined) {
      throw new UserError(`${username} ${moved}`, {
        why: "Whom you were asked about may be somebody else by now. Nothing was changed.",
        next: ["look again: npm run status"],
      });
    }
    const outcome = await resetMfa(client, { userPoolId, username: live.username });
    const required = pool.MfaConfiguration === "ON";
    process.stdout.write(
      json
        ? `${JSON.stringify({ username, outcome, mfaRequired: required, pool: identity }, null, 2)}\n`
        : textOf(outcome, username, { required, userPoolId, id: live.username }),
    );
    return EXIT.ok;
  });
});

const WORDS: Readonly<Record<MfaReset, string>> = {
  deleted: "has no authenticator app any more",
  none: "had no authenticator app",
  "turned-off": "is not asked for codes of the authenticator app any more; this endpoint cannot delete it",
};

interface Place {
  readonly required: boolean;
  readonly userPoolId: string;
  readonly id: string;
}

function textOf(outcome: MfaReset, username: string, { required, userPoolId, id }: Place): string {
  const paint = paintFor(process.stdout);
  const steps = [
    required
      ? `the next sign-in sets up another: ${commandLine`npm run sign-in -- ${username}`}`
      : `to set up another: ${commandLine`npm run sign-in -- ${username} --mfa-enroll`}`,
    `who has the lost phone may be signed in there: ${commandLine`aws cognito-idp admin-user-global-sign-out --user-pool-id ${userPoolId} --username ${id}`}`,
  ];
  return [
    `${paint.green("✔")} ${username} ${WORDS[outcome]}`,
    ...steps.map((step) => `  ${paint.yellow("→")} ${step}`),
    "",
  ].join("\n");
}

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
      "Removes a person's authenticator app, for example after a lost phone, so that they can set up another.",
      { changes: true },
    )
      .argument("[username]", "the person, as named in the roster")
      .option("--yes", "don't ask", false)
      .option("--json", "print one JSON document", false),
  ).parse();
  const { yes, json, ...options } = command.opts<Options>();
  const [typed] = command.args;
  if (typed === undefined) {
    throw new UserError("Missing argument: USERNAME", {
      next: ["npm run reset-mfa -- USERNAME"],
      exitCode: EXIT.wrong,
    });
  }
  return withPool(options, async ({ client, userPoolId, names, status, announce, signal }) => {
    const { board, pool } = await status();
    const identity = await announce(pool);
    const [person] = findOnBoard(board, [typed], names);
    if (person === undefined) return EXIT.failed;
    const { username, live } = person;
    if (live.status === "EXTERNAL_PROVIDER") {
      const reason = "signs in through an external identity provider, which has its own second factor";
      refuseAll("Nothing was changed.", [{ username, reason, next: "reset it there" }]);
    }
    const question = `Remove the authenticator app of ${username}? Make sure that they are the one asking`;
    if (!yes && !(await confirmed(question, { command: "npm run reset-mfa", signal }))) {
      process.stderr.write("Nothing was changed.\n");
      return EXIT.failed;
    }
    const moved = await movedOn(client, userPoolId, live);
    if (moved !== undefined) {
      throw new UserError(`${username} ${moved}`, {
        why: "The account may now belong to someone else. Nothing was changed.",
        next: ["check again: npm run status"],
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
  deleted: "no longer has an authenticator app",
  none: "had no authenticator app",
  "turned-off": "is no longer asked for the authenticator app's codes; this endpoint can't delete it",
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
    `anyone with the lost phone may still be signed in. To sign them out: ${commandLine`aws cognito-idp admin-user-global-sign-out --user-pool-id ${userPoolId} --username ${id}`}`,
  ];
  return [
    `${paint.green("✔")} ${username} ${WORDS[outcome]}`,
    ...steps.map((step) => `  ${paint.yellow("→")} ${step}`),
    "",
  ].join("\n");
}

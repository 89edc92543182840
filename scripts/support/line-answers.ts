import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { UserError } from "../../lib/errors.ts";
import type { Secrets } from "./secrets.ts";

/**
 * Reads each answer from the next line, when it is needed: a program may write the code after it was sent.
 * CRLF is taken like LF. A refused answer is an error: nobody is there to correct it.
 */
export function answersFromLines(input: Readable): Secrets {
  const reader = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  const lines = reader[Symbol.asyncIterator]();
  let count = 0;
  const next = async (what: string): Promise<string> => {
    const { value, done } = await lines.next();
    count++;
    // Windows shells put a byte order mark before the first line.
    const line = count === 1 ? value?.replace(/^\uFEFF/, "") : value;
    if (!done && line) return line;
    throw new UserError(
      `Standard input ${done ? "ended before" : "has an empty line as"} line ${count}: the ${what}`,
      {
        next: ["give one secret a line; --help says in which order"],
        exitCode: 2,
      },
    );
  };
  return {
    password: (label) => next(label.charAt(0).toLowerCase() + label.slice(1)),
    async newPassword({ refused }) {
      if (refused.length === 0) return next("new password");
      throw new UserError("The new password was refused", {
        why: `It must ${refused.join(", and ")}. The one before stays valid.`,
        next: ["run the command again with another new password"],
        exitCode: 2,
      });
    },
    attribute: (name) => next(`attribute ${name}, which the user pool requires`),
    async code({ refused }) {
      if (!refused) return next("one-time code");
      throw new UserError("The one-time code was wrong", {
        next: ["run the command again with the newest code"],
      });
    },
    async choose(options) {
      const choice = await next(`choice between ${options.join(", ")}`);
      if (options.includes(choice)) return choice;
      throw new UserError(`Line ${count} of standard input must be one of ${options.join(", ")}`, {
        next: ["write one of these names as it stands here"],
        exitCode: 2,
      });
    },
    close() {
      reader.close();
      input.destroy();
    },
  };
}

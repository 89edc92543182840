import { Command, type CommanderError } from "commander";
import { UserError } from "../../lib/errors.ts";

/**
 * A command as all of ours are: wrong usage is an error in our own words, which `main` tells.
 * @param name as in `npm run NAME`
 */
export function newCommand(name: string, description: string): Command {
  return (
    new Command(`npm run ${name} --`)
      .description(description)
      .exitOverride()
      // commander would quote the argument that it does not understand
      .configureOutput({ outputError: () => {} })
  );
}

const COMPLAINTS: Readonly<Record<string, string>> = {
  "commander.optionMissingArgument": "An option lacks its value",
  "commander.invalidArgument": "An option has a value that it cannot have",
  "commander.conflictingOption": "Two of the options contradict each other",
  "commander.excessArguments": "There are more arguments than this command takes",
};

/** Words for wrong usage. They never quote it: an argument in the wrong place may be a password. */
export function explainUsage({ code, message }: CommanderError): UserError {
  const hint = /Allowed choices are .*$|Write a .*$/.exec(message)?.[0];
  return new UserError(COMPLAINTS[code] ?? "There is an option that this command does not have", {
    why: [hint, "What was given is not repeated here, in case it is a password."].filter(Boolean).join(" "),
    next: ["--help lists the options"],
    exitCode: 2,
  });
}

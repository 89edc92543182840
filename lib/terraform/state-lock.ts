import type { UserErrorDetails } from "../errors.ts";
import type { Diagnostic } from "./events.ts";

/**
 * A state that another run holds, in words: who has held it since when, how to look, and what to do. Terraform tells all of
 * that as "Lock Info" in the diagnostic, except when the other run let go in the very moment.
 * @param directory the stack's, for the command that breaks the lock
 * @returns undefined when this is another diagnostic
 */
export function lockedState(
  { summary, detail = "" }: Diagnostic,
  directory: string,
): (UserErrorDetails & { readonly message: string }) | undefined {
  if (summary !== "Error acquiring the state lock") return undefined;
  const info = (field: string) => new RegExp(`^\\s*${field}:[ \\t]+(\\S.*?)\\s*$`, "m").exec(detail)?.[1];
  const id = info("ID");
  const path = info("Path");
  if (
    id === undefined &&
    !/PreconditionFailed|ConditionalRequestConflict|already locked|resource temporarily unavailable/.test(
      detail,
    )
  ) {
    return undefined; // not held by anybody: the place of the lock cannot be written, and the detail says why
  }
  const who = info("Who") ?? "Another run";
  const since = info("Created")?.replace(/^(\S+ [\d:]+)\S* .*$/, "$1 UTC");
  const operation = info("Operation")
    ?.replace(/^OperationType/, "")
    .toLowerCase();
  return {
    message: `The state${path === undefined ? "" : ` ${path}`} is locked: ${who} has been working on it${since === undefined ? "" : ` since ${since}`}${operation === undefined ? "" : ` (${operation})`}`,
    why: "Only one run at a time may change it: two at once would create people twice. This one has changed nothing.",
    next: [
      "Wait until the other run has finished, then run the command again",
      `Only when it surely does not run any more (it was killed, its machine is gone): (cd ${directory} && terraform force-unlock ${id ?? "ID"})`,
    ],
  };
}

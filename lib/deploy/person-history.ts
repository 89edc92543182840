import { eventsOf, type HistoryEvent } from "../review/person-events.ts";
import { rosterLog, versionsOf } from "../review/roster-log.ts";
import type { DeployRecord } from "./deploy-record.ts";

/** An event, with the first known deploy that included it. */
export interface DatedEvent extends HistoryEvent {
  readonly deployed?: {
    /** When that deploy ended. */
    readonly at: string;
    /** It is the oldest record: an earlier deploy may have included the event. */
    readonly orBefore?: true;
  };
}

/** A person's history in git. */
export interface PersonHistory {
  /** The given name, and those that `formerly` leads to. */
  readonly names: readonly string[];
  /** Oldest first; empty if no commit has the name. */
  readonly events: readonly DatedEvent[];
  /** What couldn't be seen, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Who added a person to the roster, changed their line and removed it, by which commit, and when that was deployed.
 * @param root the directory of config.ts
 * @param patterns the roster's files, by name or pattern
 * @param deploys from the outputs, newest first
 * @throws UserError (exit 1) without git, or outside a clone
 */
export async function personHistory(
  root: string,
  patterns: readonly string[],
  name: string,
  deploys: readonly DeployRecord[],
): Promise<PersonHistory> {
  const log = await rosterLog(root, patterns);
  const { versions, names } = await versionsOf(root, log, name);
  const { events, unread } = eventsOf(versions, log.shallow);
  return {
    names,
    events: events.map((event) => ({ ...event, ...deployOf(event.id, log.branch, deploys) })),
    notes: [
      ...(log.shallow
        ? ["This clone is shallow, so older commits are missing: git fetch --unshallow brings them."]
        : []),
      ...unread.map(
        ({ id }) =>
          `The roster could not be read as it was in ${id.slice(0, 10)}, so that commit was skipped.`,
      ),
    ],
  };
}

/** A deploy includes a commit if it was made from it, or from a later one on the branch. */
function deployOf(
  id: string,
  branch: readonly string[],
  deploys: readonly DeployRecord[],
): Pick<DatedEvent, "deployed"> {
  const place = branch.indexOf(id);
  const having = deploys.filter(({ commit }) => {
    const at = commit === undefined ? -1 : branch.indexOf(commit);
    return at >= 0 && at <= place;
  });
  const first = having.at(-1);
  if (first === undefined) return {};
  return { deployed: { at: first.at, ...(first === deploys.at(-1) && { orBefore: true }) } };
}

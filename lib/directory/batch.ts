import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import PQueue from "p-queue";
import { PRIVATE, withPath } from "../files.ts";

/** Who is done, kept on disk: an interrupted or killed run resumes where it stopped. */
export interface Journal {
  /** Usernames that an earlier run completed. */
  readonly done: ReadonlySet<string>;
  /** When that run last completed someone; undefined if there was none. */
  readonly since: Date | undefined;
  /** Records a username immediately. */
  readonly record: (username: string) => void;
  /** Called when everyone is done, or to start over. */
  readonly remove: () => void;
}

/**
 * Opens the journal of one piece of work: one username a line, nothing else, readable only by its owner. The file's name must
 * identify the work (command, pool, people), so that no other work resumes it.
 *
 * A line is written in one piece after the person's job. If a kill leaves half a line or none, only that person's job is
 * repeated.
 * @param path under `.cache/`, which git ignores. The file is created with the first person
 * @throws the system's error when the disk fails (fileFailure, lib/files.ts, explains it)
 */
export function openJournal(path: string): Journal {
  const text = readIfThere(path);
  // Appending to half a line would lose the next one too.
  let torn = text !== "" && !text.endsWith("\n");
  return {
    done: new Set(text.split("\n").flatMap(usernameIn)),
    since: text === "" ? undefined : statSync(path).mtime,
    record(username) {
      mkdirSync(dirname(path), { recursive: true });
      try {
        appendFileSync(path, `${torn ? "\n" : ""}${JSON.stringify(username)}\n`, { mode: PRIVATE });
      } catch (error) {
        throw withPath(error, path);
      }
      torn = false;
    },
    remove: () => rmSync(path, { force: true }),
  };
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

/** Half a line isn't JSON: the closing quotation mark comes last. */
function usernameIn(line: string): string[] {
  try {
    const username: unknown = JSON.parse(line);
    return typeof username === "string" ? [username] : [];
  } catch {
    return [];
  }
}

/** The outcome of one person's job. */
export type Outcome<Result> =
  | { readonly username: string; readonly state: "done"; readonly result: Result }
  /** Completed by an earlier run, according to the journal. */
  | { readonly username: string; readonly state: "done-before" }
  /** With the error that the job threw; the caller explains it. */
  | { readonly username: string; readonly state: "failed"; readonly error: unknown }
  /** Skipped because the account changed since the work was decided on; the reason ends a sentence that begins with the name. */
  | { readonly username: string; readonly state: "skipped"; readonly reason: string }
  /** The work was aborted before this job finished, or before it started. */
  | { readonly username: string; readonly state: "left" };

export interface BatchProgress {
  /** In this run and the one it resumes. */
  readonly done: number;
  readonly total: number;
  /** An estimate, after the first second. */
  readonly secondsLeft?: number;
}

export interface ForEveryoneOptions<Person> {
  readonly people: readonly Person[];
  /**
   * Checked before each person's job, because the list may be out of date: why to skip this person, as the end of a sentence
   * that begins with the name. `undefined` for work that takes nothing from anyone.
   */
  readonly look: ((person: Person) => Promise<string | undefined>) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after each person. */
  readonly onProgress?: ((howFar: BatchProgress) => void) | undefined;
  /** People in it are skipped, and completed ones are added; removed once everyone is done. @default none */
  readonly journal?: Journal | undefined;
}

/** States that need no repetition. */
const ENDED: ReadonlySet<string> = new Set(["done", "done-before", "skipped"]);

/** The SDK's number of connections (maxSockets): the quotas set the pace, not this number. */
const AT_ONCE = 50;

/**
 * Does a job for each of many people, in parallel; the client's queues (lib/cognito/rate-limit.ts) keep its requests within
 * the quotas. Only people whose account changed are skipped: jobs that were throttled beyond the SDK's retries are repeated
 * after the others, as long as each such round completes someone.
 *
 * After an interruption, the next run should do only the rest. Either a listing beforehand shows who is done (a walk skips
 * CONFIRMED accounts), or nothing in the pool shows it (a repeated invitation), and a journal does.
 * @param job for one person. It may be repeated: after throttling, and for people in progress when a run was killed
 * @returns in the order of `people`. Never rejects for a job's error, nor for an abort: then it returns as soon as the
 *   running jobs have ended, and the caller calls `signal.throwIfAborted()`
 * @throws the system's error when the journal can't be written, once the running jobs have ended
 */
export async function runBatch<Person extends { readonly username: string }, Result>(
  { people, look, signal, onProgress, journal }: ForEveryoneOptions<Person>,
  job: (person: Person) => Promise<Result>,
): Promise<readonly Outcome<Result>[]> {
  const began = performance.now();
  const before = people.filter(({ username }) => journal?.done.has(username)).length;
  const outcomes = people.map(
    ({ username }): Outcome<Result> => ({
      username,
      state: journal?.done.has(username) ? "done-before" : "left",
    }),
  );

  // Without its journal a run couldn't be resumed, so no more jobs are started.
  let unwritten: { readonly error: unknown } | undefined;
  const record = (username: string) => {
    try {
      journal?.record(username);
    } catch (error) {
      unwritten ??= { error };
    }
  };
  const attempt = async (person: Person): Promise<Outcome<Result>> => {
    const { username } = person;
    if (signal?.aborted || unwritten !== undefined) return { username, state: "left" };
    try {
      const reason = await look?.(person);
      if (reason !== undefined) return { username, state: "skipped", reason };
      const result = await job(person);
      record(username);
      return { username, state: "done", result };
    } catch (error) {
      return signal?.aborted ? { username, state: "left" } : { username, state: "failed", error };
    }
  };
  let ended = 0;
  const round = async (indices: readonly number[]): Promise<void> => {
    ended -= indices.filter((index) => outcomes[index]?.state === "failed").length;
    const queue = new PQueue({ concurrency: AT_ONCE });
    await queue.addAll(
      indices.map((index) => async () => {
        const outcome = await attempt(people[index] as Person);
        outcomes[index] = outcome;
        if (outcome.state === "left") return;
        ended += 1;
        const elapsed = (performance.now() - began) / 1_000;
        onProgress?.(estimate({ before, ended, total: people.length, elapsed }));
      }),
    );
  };

  let todo = indicesWhere(outcomes, ({ state }) => state === "left");
  for (let last = Number.POSITIVE_INFINITY; todo.length > 0 && !signal?.aborted; ) {
    await round(todo);
    const throttled = indicesWhere(
      outcomes,
      (outcome) => outcome.state === "failed" && isThrottled(outcome.error),
    );
    todo = throttled.length < last ? throttled : [];
    last = throttled.length;
  }
  if (unwritten !== undefined) throw unwritten.error;
  if (outcomes.every(({ state }) => ENDED.has(state))) journal?.remove();
  return outcomes;
}

function indicesWhere<T>(items: readonly T[], wanted: (item: T) => boolean): number[] {
  return items.flatMap((item, index) => (wanted(item) ? [index] : []));
}

/** The SDK's exception, or an error with it as its cause. */
function isThrottled(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return /^(TooManyRequests|Throttling)Exception$/.test(error.name) || isThrottled(error.cause);
}

interface Course {
  /** Completed by an earlier run. */
  readonly before: number;
  readonly ended: number;
  readonly total: number;
  /** Seconds since this run began. */
  readonly elapsed: number;
}

/** Assumes that the rest takes as long per person as this run so far. */
export function estimate({ before, ended, total, elapsed }: Course): BatchProgress {
  const done = before + ended;
  if (elapsed < 1 || ended === 0) return { done, total };
  return { done, total, secondsLeft: Math.ceil((elapsed / ended) * (total - done)) };
}

export interface Work {
  /** As in `npm run NAME`. */
  readonly command: string;
  readonly userPoolId: string;
  /** The people and options: a word for a whole group, or everything that distinguishes this piece of work. */
  readonly subject: string | readonly string[];
}

/** The name of a journal: the same for the same piece of work, different for any other. */
export function workFile(directory: string, { command, userPoolId, subject }: Work): string {
  const name =
    typeof subject === "string"
      ? subject
      : createHash("sha256").update(JSON.stringify(subject)).digest("hex").slice(0, 16);
  return join(directory, `${command}.${userPoolId}.${name}.done`);
}

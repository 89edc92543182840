import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import PQueue from "p-queue";
import { PRIVATE, withPath } from "../files.ts";

/** Who is done, on the disk: a run that is interrupted, or killed, is taken up where it stopped. */
export interface Journal {
  /** Usernames that an earlier run got done. */
  readonly done: ReadonlySet<string>;
  /** When that run last got somebody done; undefined when there was none. */
  readonly since: Date | undefined;
  /** Writes one down, at once. */
  readonly record: (username: string) => void;
  /** Everyone is done, or the work is to begin anew. */
  readonly remove: () => void;
}

/**
 * Opens the journal of one piece of work: usernames, a line for each, nothing else, readable by its owner alone. The work
 * belongs into the file's name (command, pool, whom it was asked for), for another piece of work must not take it up.
 *
 * A line is written after the person's job and in one piece. What a kill leaves between the two, or half a line, means that
 * this one person's job is done again.
 * @param path under `.cache/`, which git ignores. The file is made with the first person
 * @throws the system's error for a disk that does not do what it should (fileFailure, lib/files.ts, has the words)
 */
export function openJournal(path: string): Journal {
  const text = readIfThere(path);
  // After half a line the next one would be lost as well.
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

/** Half a line is no JSON: the closing quotation mark comes last. */
function usernameIn(line: string): string[] {
  try {
    const username: unknown = JSON.parse(line);
    return typeof username === "string" ? [username] : [];
  } catch {
    return [];
  }
}

/** How one person's job ended. */
export type Outcome<Result> =
  | { readonly username: string; readonly state: "done"; readonly result: Result }
  /** By the earlier run that the journal is of. */
  | { readonly username: string; readonly state: "done-before" }
  /** With whatever the job threw; the caller has the words. */
  | { readonly username: string; readonly state: "failed"; readonly error: unknown }
  /** Not as they were when the work was decided on, and so left alone: why, as the end of a sentence that begins with the name. */
  | { readonly username: string; readonly state: "skipped"; readonly reason: string }
  /** The work was aborted before this one was finished, and perhaps before it began. */
  | { readonly username: string; readonly state: "left" };

export interface BatchProgress {
  /** Of this run, and of the one it takes up. */
  readonly done: number;
  readonly total: number;
  /** An estimate, from the second second on. */
  readonly secondsLeft?: number;
}

export interface ForEveryoneOptions<Person> {
  readonly people: readonly Person[];
  /**
   * Asked before each person's job, for the list may be old by then: why to leave this one alone, as the end of a sentence that
   * begins with the name. `undefined` in place of it for work that takes nothing from anybody.
   */
  readonly look: ((person: Person) => Promise<string | undefined>) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after each person. */
  readonly onProgress?: ((howFar: BatchProgress) => void) | undefined;
  /** Who is in it is left out, and who gets done is written into it; once everyone is done, it is removed. @default none */
  readonly journal?: Journal | undefined;
}

/** Nothing is to be done again. */
const ENDED: ReadonlySet<string> = new Set(["done", "done-before", "skipped"]);

/** As many as the SDK has connections open (maxSockets): the quotas, not this number, set the pace. */
const AT_ONCE = 50;

/**
 * Does a job for each of many people, many at a time; the client's buckets (lib/cognito/rate-limit.ts) keep its requests below the
 * quotas. Nobody is passed over but who has moved on: who was throttled beyond the SDK's patience gets another go after the others, for as long as
 * such a round gets somebody done.
 *
 * Interrupted, the next run should do only the rest. Either the pool shows who is done, by one listing beforehand (a walk
 * leaves out who is CONFIRMED), or nothing in the pool shows it (an invitation that was sent again) and a journal does.
 * @param job for one person. It may be repeated: after a throttled go, and for whoever was under way when a run was killed
 * @returns in the order of `people`. Never rejects for what a job threw, nor for an abort: then it returns as soon as the
 * jobs under way have ended, and `signal.throwIfAborted()` is the caller's
 * @throws the system's error when the journal can't be written, once the jobs under way have ended
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

  // Without its journal a run could not be taken up: it begins nobody else.
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

/** The SDK's exception, or words for it that name it as their cause. */
function isThrottled(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return /^(TooManyRequests|Throttling)Exception$/.test(error.name) || isThrottled(error.cause);
}

interface Course {
  /** Done by an earlier run. */
  readonly before: number;
  readonly ended: number;
  readonly total: number;
  /** Seconds of this run. */
  readonly elapsed: number;
}

/** The rest takes as long, person for person, as this run has taken so far. */
export function estimate({ before, ended, total, elapsed }: Course): BatchProgress {
  const done = before + ended;
  if (elapsed < 1 || ended === 0) return { done, total };
  return { done, total, secondsLeft: Math.ceil((elapsed / ended) * (total - done)) };
}

export interface Work {
  /** As in `npm run NAME`. */
  readonly command: string;
  readonly userPoolId: string;
  /** Whom, and how: a word for a whole group of people, or everything that sets this piece of work apart. */
  readonly subject: string | readonly string[];
}

/** The name of a piece of work's journal: another piece of work has another, and one that is typed again has the same. */
export function workFile(directory: string, { command, userPoolId, subject }: Work): string {
  const name =
    typeof subject === "string"
      ? subject
      : createHash("sha256").update(JSON.stringify(subject)).digest("hex").slice(0, 16);
  return join(directory, `${command}.${userPoolId}.${name}.done`);
}

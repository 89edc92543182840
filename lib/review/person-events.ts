import { isDeepStrictEqual } from "node:util";

/** A commit of the examined branch. */
export interface Commit {
  readonly id: string;
  readonly author: string;
  /** ISO 8601, the commit date. */
  readonly date: string;
  readonly subject: string;
}

/** A person's line in a commit; `unread` if the file wasn't a readable roster then. */
export type LineThen = Readonly<Record<string, unknown>> | "absent" | "unread";

/** What one commit did to a person. */
export interface HistoryEvent extends Commit {
  /** From its subject: `… (#12)`, or `Merge pull request #12 from …`. */
  readonly pullRequest?: number;
  /** In words, without attribute values. */
  readonly what: readonly string[];
}

/** The pull request's number in a subject, as GitHub writes it for a squash or a merge. */
export function pullRequestIn(subject: string): number | undefined {
  const found = /^Merge pull request #(\d+)\b/.exec(subject) ?? /\(#(\d+)\)\s*$/.exec(subject);
  return found === null ? undefined : Number(found[1]);
}

/** One version of the roster, as far as it concerns a person. */
export interface Version {
  readonly commit: Commit;
  /** Under whichever of their names the line was. */
  readonly name: string;
  readonly line: LineThen;
}

/**
 * What happened to a person, from the first commit to the last. An unreadable version is skipped: the next one is compared with
 * the one before it.
 * @param versions oldest first
 * @param cut whether there are older ones that this clone does not have
 */
export function eventsOf(
  versions: readonly Version[],
  cut: boolean,
): { readonly events: readonly HistoryEvent[]; readonly unread: readonly Commit[] } {
  const events: HistoryEvent[] = [];
  const unread: Commit[] = [];
  let before: Version | undefined;
  for (const [index, version] of versions.entries()) {
    const { commit, line } = version;
    if (line === "unread") {
      unread.push(commit);
      continue;
    }
    const what =
      cut && index === 0 && line !== "absent"
        ? ["is already in the roster; older commits aren't in this clone"]
        : changed(before, version);
    before = version;
    if (what.length === 0) continue;
    const pullRequest = pullRequestIn(commit.subject);
    events.push({ ...commit, ...(pullRequest !== undefined && { pullRequest }), what });
  }
  return { events, unread };
}

function changed(before: Version | undefined, { line, name }: Version): string[] {
  const was = before?.line;
  if (was === undefined || was === "absent" || was === "unread") {
    if (typeof line === "string") return [];
    return ["joined", ...given(line)];
  }
  if (typeof line === "string") return ["left: the line is gone"];
  const renamed =
    before !== undefined && before.name !== name ? [`got another name: ${before.name} → ${name}`] : [];
  return [...renamed, ...differences(was, line)];
}

type Line = Readonly<Record<string, unknown>>;

const given = (line: Line): string[] => {
  const groups = groupsOf(line);
  return [
    ...(groups.size > 0 ? [`into ${[...groups].map(untilIts).join(", ")}`] : []),
    ...(line.until === undefined ? [] : [`access until ${line.until}`]),
    ...(line.enabled === false ? ["disabled"] : []),
    ...(line.leaving === true ? ["leaving"] : []),
  ];
};

function differences(was: Line, is: Line): string[] {
  const [before, now] = [groupsOf(was), groupsOf(is)];
  const into = [...now].filter(([group]) => !before.has(group)).map(untilIts);
  const out = [...before.keys()].filter((group) => !now.has(group));
  const ends = [...now].filter(([group, until]) => before.has(group) && before.get(group) !== until);
  const attributes = differing(Object(was.attributes), Object(is.attributes));
  const told = new Set(["groups", "attributes", "leaving", "enabled", "formerly", "until"]);
  const fields = differing(was, is).filter((name) => !told.has(name));
  const left = was.leaving === true;
  return [
    ...(is.leaving === true && !left ? ["leaving"] : []),
    ...(left && is.leaving !== true ? ["returned"] : []),
    ...(is.enabled === false && was.enabled !== false ? ["disabled"] : []),
    ...(was.enabled === false && is.enabled !== false ? ["enabled"] : []),
    ...(into.length > 0 ? [`into ${into.join(", ")}`] : []),
    ...(out.length > 0 ? [`out of ${out.join(", ")}`] : []),
    ...ends.map(([group, until]) => `in ${group} ${endOf(until)}`),
    ...(was.until === is.until ? [] : [`access ${endOf(is.until)}`]),
    ...(attributes.length > 0 ? [`attributes changed: ${attributes.join(", ")}`] : []),
    ...(fields.length > 0 ? [`changed: ${fields.join(", ")}`] : []),
  ];
}

const endOf = (until: unknown) => (until === undefined ? "without an end" : `until ${until}`);

const untilIts = ([group, until]: readonly [string, unknown]) =>
  until === undefined ? group : `${group} until ${until}`;

const differing = (was: Line, is: Line): string[] =>
  [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .filter((name) => !isDeepStrictEqual(was[name], is[name]))
    .sort();

/** The last day of each membership, by group; undefined where it has none. */
function groupsOf({ groups }: Line): Map<string, unknown> {
  if (!Array.isArray(groups)) return new Map();
  return new Map(
    groups.flatMap((one: unknown): [string, unknown][] => {
      if (typeof one === "string") return [[one, undefined]];
      return typeof one === "object" && one !== null
        ? Object.entries(one).map(([group, ends]) => [group, Object(ends).until])
        : [];
    }),
  );
}

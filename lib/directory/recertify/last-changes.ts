import { basename, dirname } from "node:path";
import { execa } from "execa";
import { parseJson } from "../../roster/json-errors.ts";
import { entriesOf, sourceOf, TreeIndex } from "../../roster/json-text.ts";
import type { RosterText } from "../../roster/parse.ts";

/** The newest commit that changed a person's lines in the roster. */
export interface LastChange {
  /** The day of the commit, in UTC. */
  readonly day: string;
  /** The beginning of its hash. */
  readonly commit: string;
}

interface Line extends LastChange {
  readonly time: number;
}

/**
 * When each person's lines were last changed, by `git blame`. Omits people whose lines aren't committed, or everyone if git
 * is unavailable.
 * @param path of the file
 */
export async function lastChanges(
  { text, file }: RosterText,
  path: string,
): Promise<Map<string, LastChange>> {
  const found = new Map<string, LastChange>();
  const { stdout, exitCode } = await execa("git", ["blame", "--line-porcelain", "--", basename(path)], {
    cwd: dirname(path),
    env: { LC_ALL: "C" },
    reject: false,
  });
  const source = sourceOf(text, file);
  const { root } = parseJson(source);
  if (exitCode !== 0 || root === undefined) return found;
  const lines = blamed(stdout);
  const tree = new TreeIndex(root);
  for (const { name, key, value } of entriesOf(tree.entry(root, "users")?.value)) {
    const [first, last] = [key.offset, value.offset + value.length - 1].map((at) => source.locate(at).line);
    const newest = lines
      .slice((first ?? 1) - 1, last)
      .reduce<Line | undefined>(
        (best, line) => (line && (!best || line.time > best.time) ? line : best),
        undefined,
      );
    if (newest !== undefined) found.set(name, { day: newest.day, commit: newest.commit });
  }
  return found;
}

/** Each line's commit; undefined if not committed. */
function blamed(porcelain: string): (Line | undefined)[] {
  return porcelain.split(/^\t.*$/m).flatMap((header) => {
    const [, commit] = /^([0-9a-f]{40,64}) \d+ \d+/m.exec(header) ?? [];
    const [, seconds] = /^committer-time (\d+)$/m.exec(header) ?? [];
    if (commit === undefined || seconds === undefined) return [];
    if (/^0+$/.test(commit)) return [undefined];
    const time = Number(seconds);
    return [{ time, day: new Date(time * 1000).toISOString().slice(0, 10), commit: commit.slice(0, 10) }];
  });
}

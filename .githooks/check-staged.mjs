// The roster as it is staged, not as it lies in the working copy. Needs git and Node, nothing else: see pre-commit.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve, sep } from "node:path";
import { lostSince, problemsOf } from "./small-check.mjs";

/** @returns what git prints; undefined when it refuses */
function git(...args) {
  const { status, stdout } = spawnSync("git", args, { encoding: "utf8", maxBuffer: 2 ** 28 });
  return status === 0 ? stdout : undefined;
}

/** What config.ts calls the roster, in the index ("") or in a commit. */
const rosterIn = (tree) =>
  /(?:^|[{,])\s*roster:\s*["']([^"']+)["']/m.exec(git("show", `${tree}:config.ts`) ?? "")?.[1] ??
  "users.json";

/**
 * What may be deployed already: where the branch left the remote's main, so that a person who was added by mistake can be
 * taken out again before anybody else saw it. Without a remote the last commit; in a merge without one, neither side.
 */
function base() {
  const merging = git("rev-parse", "--verify", "--quiet", "MERGE_HEAD") !== undefined;
  const main = git("merge-base", merging ? "MERGE_HEAD" : "HEAD", "refs/remotes/origin/HEAD")?.trim();
  return main ?? (merging ? undefined : git("rev-parse", "--verify", "--quiet", "HEAD")?.trim());
}

/**
 * `npm run check` on a copy of what is staged, with the installed dependencies.
 * @returns its exit code; undefined when it could not be run
 */
function checkWhole() {
  if (!existsSync("node_modules/.package-lock.json")) return undefined;
  const copy = mkdtempSync(join(tmpdir(), "staged-roster-"));
  try {
    git("checkout-index", "--all", `--prefix=${copy}${sep}`);
    symlinkSync(resolve("node_modules"), join(copy, "node_modules"), "junction");
    const { status } = spawnSync(process.execPath, ["scripts/run.mjs", "check"], {
      cwd: copy,
      stdio: ["ignore", 2, 2],
    });
    return status === 0 || status === 2 ? status : undefined;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function placeOf(file, text, offset) {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/);
  return `${file}:${before.length}:${before.at(-1).length + 1}`;
}

const tell = (place, { message, hint }) => process.stderr.write(`${place} ✖ ${message}\n    → ${hint}\n`);

// Ctrl-C ends what runs, and then this, which still removes the copy.
process.on("SIGINT", () => {});
const roster = rosterIn("");
if (git("diff", "--cached", "--quiet", "--", roster, "config.ts") !== undefined) process.exit(0);

const text = git("show", `:${roster}`)?.replace(/^\ufeff/, "");
if (text === undefined) {
  tell(roster, {
    message: "it is not in the commit",
    hint: `git add ${roster}, or name another one in config.ts.`,
  });
  process.exit(1);
}
const whole = checkWhole();
const problems = whole === undefined ? problemsOf(text) : [];
for (const problem of problems) tell(placeOf(roster, text, problem.offset), problem);
const since = base();
const lost =
  problems.length > 0 || whole === 2 || since === undefined
    ? []
    : lostSince(git("show", `${since}:${rosterIn(since)}`) ?? "", text);
for (const loss of lost) tell(roster, loss);

if (problems.length > 0 || lost.length > 0 || whole === 2) {
  process.stderr.write("Nothing was committed. To commit all the same: git commit --no-verify\n");
  process.exit(1);
}
if (whole === undefined) {
  process.stderr.write(
    `${roster}: it is JSON, no name stands twice, no password, nobody is lost. The rest of check needs npm ci.\n`,
  );
}

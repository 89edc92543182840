// npm run recertify: one list for each owner, to be ticked off in a pull request.

import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { replaceAll } from "../lib/directory/import/import.ts";
import { type LastChange, lastChanges } from "../lib/directory/recertify/last-changes.ts";
import { lastSignIns } from "../lib/directory/recertify/last-sign-ins.ts";
import { folderFor, type Known, recertificationLists } from "../lib/directory/recertify/lists.ts";
import { inText, STATES } from "../lib/directory/status/states.ts";
import { EXIT, UserError } from "../lib/errors.ts";
import { readRosterFiles } from "../lib/roster/load.ts";
import { dayOfRun, rosterOn } from "../lib/roster/until.ts";
import { rosterRules } from "../lib/stack/settings.ts";
import { wrapped } from "../lib/text/terminal.ts";
import { counted } from "../lib/text/words.ts";
import { main, newCommand, ROOT } from "./frame/main.ts";
import { withPool, withPoolOption } from "./frame/pool.ts";
import { config, environment } from "./frame/settings.ts";

interface Options {
  readonly offline: boolean;
  readonly replace: boolean;
  readonly json: boolean;
  readonly on?: string;
  readonly userPoolId?: string;
}

main(async () => {
  const options = withPoolOption(
    newCommand(
      "recertify",
      "Writes one list for each owner, with each person's groups, last change and status, below recertification/. The pull request that ticks them off is the evidence that the access was confirmed.",
    ),
  )
    .option("--offline", "from the roster and git alone, without a look at the user pool", false)
    .option("--on <date>", "the day of the lists, such as 2026-12-31 (default: ROSTER_DAY, else today)")
    .option("--replace", "overwrite that day's lists, even if boxes are ticked in them", false)
    .option("--json", "print one JSON document", false)
    .parse()
    .opts<Options>();
  const { roster: written, texts } = readRosterFiles({
    root: ROOT,
    roster: config.roster,
    rules: rosterRules(config),
    display: (path) => relative("", path),
  });
  const day = dayOfRun(config, { env: process.env, on: options.on });
  const { people } = rosterOn(written, day);
  const changes = new Map<string, LastChange>();
  for (const text of texts)
    for (const [name, change] of await lastChanges(text, resolve(ROOT, text.name))) changes.set(name, change);

  const write = (known: Known) => {
    const folder = `${folderFor(environment)}/${day}`;
    const lists = recertificationLists(people, day, known);
    const files = lists.map(({ name, text }) => ({ path: join(ROOT, folder, name), text }));
    const kept = files.filter(
      ({ path, text }) => existsSync(path) && readFileSync(path, "utf8") !== text && !options.replace,
    );
    if (kept.length > 0) {
      throw new UserError(`${relative("", kept[0]?.path ?? folder)} already exists with other contents`, {
        why: "What is ticked in it would be lost. Nothing was written.",
        next: ["keep it, or overwrite it: --replace"],
        exitCode: EXIT.wrong,
      });
    }
    mkdirSync(join(ROOT, folder), { recursive: true });
    replaceAll(files);
    if (options.json) {
      const listed = lists.map(({ name, owner, people }) => ({
        file: `${folder}/${name}`,
        owner: owner ?? null,
        people: people.map(({ username }) => username),
      }));
      process.stdout.write(`${JSON.stringify({ day, files: listed }, null, 2)}\n`);
    } else {
      const count = lists.reduce((sum, list) => sum + list.people.length, 0);
      process.stdout.write(
        [
          ...lists.map(
            ({ name, people }) => `${folder}/${name}: ${counted(people.length, "person", "people")}`,
          ),
          ...wrapped(
            `${counted(count, "person", "people")} in ${counted(lists.length, "list", "lists")}. Next: commit, and open a pull request in which each owner ticks theirs.`,
            process.stdout.columns ?? Number.POSITIVE_INFINITY,
          ),
          "",
        ].join("\n"),
      );
    }
    return EXIT.ok;
  };
  if (options.offline) return write({ changes });
  const { userPoolId: named } = options;
  return withPool({ ...(named !== undefined && { userPoolId: named }) }, async (pool) => {
    const { board } = await pool.status();
    const labelOf = new Map<string, string>(STATES.map(({ id, label }) => [id, inText(label)]));
    const states = new Map<string, string>();
    const live = new Map<string, string>();
    for (const { person, live: account, state } of board.entries) {
      if (person === undefined) continue;
      states.set(person.username, labelOf.get(state) ?? state);
      if (account !== undefined) live.set(person.username, account.username);
    }
    if (config.pool.tier !== "PLUS") return write({ changes, states });
    pool.shown.say("Reading when people signed in last");
    const days = await lastSignIns(pool.client, pool.userPoolId, [...live.values()], pool.signal);
    pool.shown.stop();
    const signIns = new Map(
      [...live].flatMap(([username, own]) => {
        const last = days.get(own);
        return last === undefined ? [] : [[username, last] as const];
      }),
    );
    return write({ changes, states, signIns });
  });
});

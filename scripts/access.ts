// npm run access [-- PERSON | --group NAME | --role ARN | --scope NAME]: who can do what.

import { InvalidArgumentError } from "commander";
import { type LiveAccess, liveDifferences, readLiveAccess } from "../lib/deploy/live-access.ts";
import { EXIT, UserError } from "../lib/errors.ts";
import { writeOutput } from "../lib/output-file.ts";
import { isPage, renderPage } from "../lib/page/render.ts";
import {
  type AccessQuery,
  answering,
  declaredScopes,
  entitlementsOf,
  knownNames,
  roleNotes,
} from "../lib/review/entitlements.ts";
import {
  type AccessReport,
  accessDocument,
  accessPage,
  accessText,
  PEOPLE_A_PAGE,
} from "../lib/review/render/entitlements.ts";
import { readRosterFiles } from "../lib/roster/load.ts";
import { closest } from "../lib/roster/problem.ts";
import { quote } from "../lib/roster/redact.ts";
import { dayOfRun, rosterOn } from "../lib/roster/until.ts";
import { rosterRules } from "../lib/stack/settings.ts";
import { main, newCommand, ROOT, wholeNumber } from "./frame/main.ts";
import { outputAt, REPLACE, requireAllWritable } from "./frame/output.ts";
import { type PoolOptions, withPool, withPoolOption } from "./frame/pool.ts";
import { config } from "./frame/settings.ts";
import { screenOf } from "./screen.ts";

interface Options extends PoolOptions, Omit<AccessQuery, "person"> {
  readonly live: boolean;
  readonly json: boolean;
  readonly html?: string;
  readonly replace: boolean;
  readonly page: number;
}

const WHERE = {
  person: "the roster has no",
  group: "neither config.ts nor the roster has a group",
  role: "no group of config.ts gives the role",
  scope: "no app client of config.ts has the scope",
} as const;

main(async () => {
  const command = withPoolOption(
    newCommand(
      "access",
      "Shows who can do what: groups, IAM roles, app clients and scopes, from the roster and config.ts alone. " +
        "Changes nothing, and never contacts AWS without --live.",
    ).argument("[person]", "only this person, in full (default: everybody in the roster)"),
  )
    .option("--group <name>", "only the people in this group")
    .option("--role <arn>", "only the people who can take on this IAM role")
    .option("--scope <name>", "only the people and machines whose tokens can have this scope")
    .option("--live", "also read the user pool, and show where it differs; not billed", false)
    .option("--page <number>", `on a terminal, which ${PEOPLE_A_PAGE} people to show`, pageNumber, 1)
    .option("--json", "print one JSON document, with everybody", false)
    .option("--html <file>", "also write it as one page that opens from disk")
    .option(...REPLACE, false)
    .parse();
  const { group, role, scope, ...options } = command.opts<Options>();
  const query: AccessQuery = { person: command.args[0], group, role, scope };
  refuseSeveral(query);
  const page = outputAt(options.html, isPage, options.replace);
  requireAllWritable([page]);
  const { roster } = readRosterFiles({ root: ROOT, roster: config.roster, rules: rosterRules(config) });
  // What has ended by itself is no access, whether or not it is written down already.
  const { people } = rosterOn(roster, dayOfRun(config, { env: process.env }));
  const all = entitlementsOf(config, people);
  if (!options.live) requireKnown(query, knownNames(all, config));
  const show = (live?: AccessReport["live"]): number => {
    const report: AccessReport = {
      ...answering(all, query),
      query,
      all: all.people.length,
      live,
      notes: roleNotes(config),
    };
    if (page !== undefined) writeOutput(page, renderPage(accessPage(report)));
    const pages = Math.max(1, Math.ceil(report.people.length / PEOPLE_A_PAGE));
    if (!options.json && options.page > pages) throw noSuchPage(options.page, pages);
    process.stdout.write(
      options.json
        ? `${JSON.stringify(accessDocument(report), null, 2)}\n`
        : accessText(report, screenOf(process.stdout), options.page),
    );
    return EXIT.ok;
  };
  if (!options.live) return show();
  return withPool(options, async ({ client, userPoolId, names, shown, signal }) => {
    const live: LiveAccess = await readLiveAccess(client, {
      userPoolId,
      names,
      onProgress: shown.say,
      signal,
    });
    shown.stop();
    const known = knownNames(all, config);
    requireKnown(query, {
      ...known,
      person: [...known.person, ...live.people.map(({ username }) => username)],
      group: [...known.group, ...live.groups.map(({ name }) => name)],
      role: [...known.role, ...live.groups.flatMap(({ roleArn }) => roleArn ?? [])],
      scope: [...known.scope, ...live.clients.flatMap(({ scopes }) => scopes)],
    });
    const declared = { groups: config.groups, scopes: declaredScopes(config), names, only: query.person };
    return show({ userPoolId, differences: liveDifferences(all, live, declared) });
  });
});

function pageNumber(text: string): number {
  const page = wholeNumber(text);
  if (page < 1) throw new InvalidArgumentError("Pages begin at 1.");
  return page;
}

function noSuchPage(page: number, pages: number): UserError {
  return new UserError(`There is no page ${page}`, {
    why:
      pages === 1 ? "Everyone is on one page." : `There are ${pages} pages, of ${PEOPLE_A_PAGE} people each.`,
    next: [
      pages === 1 ? "leave out --page" : `choose one from 1 to ${pages}: --page NUMBER`,
      "or see everybody: --html FILE, or --json",
    ],
    exitCode: EXIT.wrong,
  });
}

/** @throws UserError (exit 2) for more than one question */
function refuseSeveral({ person, group, role, scope }: AccessQuery): void {
  const asked = [person && "PERSON", group && "--group", role && "--role", scope && "--scope"].filter(
    Boolean,
  );
  if (asked.length < 2) return;
  throw new UserError(`${asked.join(" and ")} can't be combined`, {
    next: ["run the command once for each"],
    exitCode: EXIT.wrong,
  });
}

/** @throws UserError (exit 2) for an unknown name: an empty answer would look like "no one" */
function requireKnown(query: AccessQuery, known: ReturnType<typeof knownNames>): void {
  for (const about of ["person", "group", "role", "scope"] as const) {
    const name = query[about];
    if (name === undefined || known[about].includes(name)) continue;
    const near = closest(name, known[about]);
    throw new UserError(`${WHERE[about].charAt(0).toUpperCase()}${WHERE[about].slice(1)} ${quote(name)}`, {
      why:
        about === "person"
          ? "An empty answer would look as if they had no access."
          : "An empty list would look as if no one had it.",
      next: [near === undefined ? "see everyone and everything: npm run access" : `did you mean ${near}?`],
      exitCode: EXIT.wrong,
    });
  }
}

import type { Page } from "../../page/report.ts";
import { quote } from "../../roster/redact.ts";
import { commandLine } from "../../shell.ts";
import { escapeControls, type Screen, table, widthOf, wrapIndented, wrapped } from "../../text/terminal.ts";
import { counted } from "../../text/words.ts";
import type { AccessQuery, AccessStatus, ClientAccess, Entitlements, PersonAccess } from "../entitlements.ts";

/** Access in the pool that comes from neither roster nor config.ts; undefined if it wasn't checked. */
export interface LiveAnswer {
  readonly userPoolId: string;
  /** One sentence each. */
  readonly differences: readonly string[];
}

/** Who can do what, as asked. */
export interface AccessReport extends Entitlements {
  readonly query: AccessQuery;
  /** How many people the roster has. */
  readonly all: number;
  readonly live?: LiveAnswer | undefined;
  /** What roster and config.ts can't answer, from `roleNotes`. @default nothing */
  readonly notes?: readonly string[];
}

/** `npm run access -- --json`: documented in docs/operations.md. */
export function accessDocument({ query, people, machines, all, live, notes = [] }: AccessReport) {
  return {
    format: 1,
    query: Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)),
    inRoster: all,
    people,
    machines,
    ...(live && { live }),
    ...(notes.length > 0 && { notes }),
  };
}

const LIMITS =
  "From the roster and config.ts alone: what a role may do is up to IAM, and what a scope means is up to each app.";

const WAYS = { pages: "Cognito's pages", api: "the API", machine: "the client's secret" } as const;

const STATUS: Readonly<Record<AccessStatus, string>> = {
  active: "",
  disabled: "disabled: can't sign in",
  leaving: "leaving: can't sign in",
};

/** What the list contains, and how many. */
function headlineOf({ query, people, machines, all }: AccessReport): string {
  const { person, group, role, scope } = query;
  if (person !== undefined) return `What ${quote(person)} can do`;
  const active = people.filter(({ status }) => status === "active").length;
  const off = people.length - active;
  const who = `${counted(active, "person", "people")}${off > 0 ? `, and ${off} who can't sign in` : ""}`;
  if (group !== undefined) return `In the group ${quote(group)}: ${who}`;
  if (role !== undefined) return `With the role ${quote(role)}: ${who}`;
  const also =
    machines.length > 0 ? `; ${counted(machines.length, "machine client", "machine clients")}` : "";
  if (scope !== undefined) return `With the scope ${quote(scope)}: ${who}${also}`;
  return `${counted(all, "person", "people")} in the roster: ${active} can sign in${also}`;
}

/** People on one page of the terminal: a screen or two. */
export const PEOPLE_A_PAGE = 50;

/**
 * Who can do what, for a terminal.
 * @param page which page of people, from 1. @default the first
 */
export function accessText(report: AccessReport, screen: Screen, page = 1): string {
  const { paint, columns = Number.POSITIVE_INFINITY } = screen;
  const { query, people, machines, live, notes = [] } = report;
  const [only] = people;
  const shown = people.slice((page - 1) * PEOPLE_A_PAGE, page * PEOPLE_A_PAGE);
  const body =
    query.person !== undefined && only !== undefined
      ? onePerson(only, screen)
      : [
          ...(shown.length === 0 ? [] : ["", peopleTable(shown, screen)]),
          ...(people.length > shown.length ? ["", pageLine(page, people.length, query)] : []),
          ...(people[0] === undefined || query.scope !== undefined
            ? []
            : clientSection(people[0].clients, screen)),
          ...(machines.length === 0
            ? []
            : ["", paint.bold("App clients of machines"), clientTable(machines, screen)]),
        ];
  return [
    ...wrapped(headlineOf(report), columns).map(paint.bold),
    ...body,
    ...(live === undefined ? [] : liveSection(live, screen)),
    ...(notes.length > 0 ? [""] : []),
    ...notes.flatMap((one) => wrapIndented(`  ${paint.yellow("!")} `, escapeControls(one), columns)),
    "",
    ...wrapped(LIMITS, columns).map(paint.dim),
    "",
  ].join("\n");
}

function pageLine(page: number, count: number, query: AccessQuery): string {
  const pages = Math.ceil(count / PEOPLE_A_PAGE);
  const first = (page - 1) * PEOPLE_A_PAGE + 1;
  const here = `Page ${page} of ${pages}: ${first}–${Math.min(count, page * PEOPLE_A_PAGE)} of ${count}.`;
  if (page >= pages) return here;
  const { group, role, scope } = query;
  const options = { "--group": group, "--role": role, "--scope": scope, "--page": String(page + 1) };
  return `${here} The next: ${commandLine`npm run access -- ${options}`}`;
}

function onePerson({ status, groups, roles, clients }: PersonAccess, screen: Screen): string[] {
  const { paint } = screen;
  const section = (title: string, rows: readonly (readonly string[])[], nothing: string) => [
    "",
    paint.bold(title),
    rows.length === 0 ? `  ${nothing}` : table([], rows, screen, "  "),
  ];
  return [
    ...(status === "active"
      ? []
      : ["", `${paint.yellow("!")} ${STATUS[status]}. What the account would have:`]),
    ...section(
      "Groups",
      groups.map(({ name, precedence, roleArn }) => [
        escapeControls(name),
        precedence === undefined ? "no precedence" : `precedence ${precedence}`,
        roleArn === undefined ? "" : `gives ${escapeControls(roleArn)}`,
      ]),
      "none",
    ),
    ...section("IAM roles, through an identity pool", roles.map(roleCells), "none"),
    ...section("App clients, and their scopes", clients.map(clientCells), "none"),
  ];
}

const roleCells = ({ arn, groups, preferred }: PersonAccess["roles"][number]) => [
  escapeControls(arn),
  groups.length === 0 ? "by signing in" : `by ${groups.map(escapeControls).join(", ")}`,
  preferred ? "preferred" : "",
];

const clientCells = ({ client, by, scopes }: ClientAccess) => [
  client,
  `by ${by.map((way) => WAYS[way]).join(" and ")}`,
  scopes.map(escapeControls).join(" "),
];

const clientTable = (clients: readonly ClientAccess[], screen: Screen) =>
  table([], clients.map(clientCells), screen, "  ");

const clientSection = (clients: readonly ClientAccess[], screen: Screen): string[] =>
  clients.length === 0
    ? []
    : [
        "",
        screen.paint.bold("App clients that everyone can sign in to, and their scopes"),
        clientTable(clients, screen),
      ];

/** In columns, or where these are too wide for the window, below each person, with what each is. */
function peopleTable(people: readonly PersonAccess[], screen: Screen): string {
  const rows = people.map(({ username, groups, roles, status }) => ({
    who: escapeControls(username),
    groups: groups.map(({ name }) => escapeControls(name)).join(", "),
    roles: roles
      .map(
        ({ arn, preferred }) => escapeControls(arn) + (preferred && roles.length > 1 ? " (preferred)" : ""),
      )
      .join(", "),
    status: STATUS[status],
  }));
  const { columns = Number.POSITIVE_INFINITY } = screen;
  // A name that alone is too wide is below its row anyway.
  const fitting = rows.filter(({ who }) => widthOf(who) + 2 <= columns);
  const widest = (column: "who" | "groups" | "roles") =>
    fitting.reduce((width, row) => Math.max(width, widthOf(row[column])), 0);
  if (widest("who") + widest("groups") + widest("roles") + ROOM_BETWEEN <= columns) {
    const cells = rows.map(({ who, groups, roles, status }) => [who, groups || "–", roles || "–", status]);
    return table(["person", "groups", "IAM roles", ""], cells, screen, "  ");
  }
  return rows
    .flatMap(({ who, groups, roles, status }) => [
      ...wrapIndented("  ", who, columns),
      ...(groups ? wrapIndented("      groups: ", groups, columns) : []),
      ...(roles ? wrapIndented("      IAM roles: ", roles, columns) : []),
      ...(status ? wrapIndented("      ", status, columns) : []),
    ])
    .join("\n");
}

/** The indentation, and what is between three columns. */
const ROOM_BETWEEN = 6;

function liveSection({ userPoolId, differences }: LiveAnswer, { paint, columns }: Screen): string[] {
  if (differences.length === 0)
    return [
      "",
      ...wrapIndented(
        `${paint.green("✔")} `,
        `The user pool ${userPoolId} has the same people, groups and roles`,
        columns,
      ),
    ];
  return [
    "",
    ...wrapped(
      `Different in the user pool ${userPoolId} (${differences.length})`,
      columns ?? Number.POSITIVE_INFINITY,
    ).map(paint.bold),
    ...differences.flatMap((one) => wrapIndented("  ≠ ", escapeControls(one), columns)),
  ];
}

/** Who can do what, as a page; `renderPage` (lib/page) makes HTML of it. */
export function accessPage(report: AccessReport): Page {
  const { people, machines, live, all, notes = [] } = report;
  const count = (status: AccessStatus) => people.filter((one) => one.status === status).length;
  return {
    title: "Who can do what",
    heading: "Who can do what",
    verdict: { text: headlineOf(report), tone: live && live.differences.length > 0 ? "warn" : "info" },
    facts: [
      { label: "In the roster", value: String(all) },
      ...(live ? [{ label: "Compared with", value: live.userPoolId }] : []),
    ],
    bar: [
      { label: "can sign in", count: count("active"), tone: "good" },
      { label: "disabled", count: count("disabled"), tone: "quiet" },
      { label: "leaving", count: count("leaving"), tone: "warn" },
    ],
    kinds: [
      { id: "active", label: "Can sign in", tone: "good" },
      { id: "disabled", label: "Disabled", tone: "quiet" },
      { id: "leaving", label: "Leaving", tone: "warn" },
      { id: "machine", label: "Machines", tone: "info" },
      { id: "live", label: "Different in the pool", tone: "warn" },
    ],
    rows: [
      ...people.map(({ username, status, groups, roles, clients }) => ({
        kind: status,
        who: username,
        what: [
          `groups: ${groups.map(({ name, precedence }) => (precedence === undefined ? name : `${name} (precedence ${precedence})`)).join(", ") || "none"}`,
          ...roles.map(({ arn, preferred }) => `role ${arn}${preferred ? " (preferred)" : ""}`),
          ...(status === "active"
            ? clients.map(({ client, scopes }) => `signs in at ${client}: ${scopes.join(" ")}`)
            : []),
        ],
      })),
      ...machines.map(({ client, scopes }) => ({
        kind: "machine",
        who: client,
        what: [`scopes: ${scopes.join(" ")}`],
      })),
      ...(live?.differences ?? []).map((one) => ({ kind: "live", who: "user pool", what: [one] })),
    ],
    notes: [...notes, LIMITS],
  };
}

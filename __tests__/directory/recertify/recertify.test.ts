import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { lastChanges } from "../../../lib/directory/recertify/last-changes.ts";
import { lastSignIns } from "../../../lib/directory/recertify/last-sign-ins.ts";
import {
  readEvidence,
  recertificationLists,
  recertificationWarnings,
} from "../../../lib/directory/recertify/lists.ts";
import { person } from "../../support/people.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "roster-recertify-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const PEOPLE = [
  person("mika@example.com", { owner: "Night shift", groups: ["ops"] }),
  person("hanako@example.com", {
    owner: "Night shift",
    groups: ["admins", "ops"],
    groupsUntil: { admins: "2026-12-31" },
  }),
  person("a--><b>@example.com", { enabled: false }),
  person("taro@example.com", { leaving: true, owner: "Night shift" }),
];
const changes = new Map([["hanako@example.com", { day: "2026-03-01", commit: "abcdef1234" }]]);

describe("lists to tick off", () => {
  test("are one for each owner and one for people without; who is leaving is in none", () => {
    const lists = recertificationLists(PEOPLE, "2026-11-26", { changes });
    expect(lists.map(({ owner, people }) => [owner, people.map(({ username }) => username)])).toEqual([
      ["Night shift", ["hanako@example.com", "mika@example.com"]],
      [undefined, ["a--><b>@example.com"]],
    ]);
    expect(lists.map(({ name }) => name)).toEqual([
      expect.stringMatching(/^night-shift-\w{6}\.md$/),
      "without-owner.md",
    ]);
  });

  test("say groups, last change, status and last sign-in, the same way every time", () => {
    const states = new Map([["hanako@example.com", "MFA set up"]]);
    const signIns = new Map([["hanako@example.com", "2026-11-20"]]);
    const make = () => recertificationLists(PEOPLE, "2026-11-26", { changes, states, signIns });
    const [shift] = make();
    expect(shift?.text).toContain(
      "- [ ] <code>hanako@example.com</code>: groups: <code>admins</code> until 2026-12-31, <code>ops</code>; last change 2026-03-01 in <code>abcdef1234</code>; MFA set up; last sign-in: 2026-11-20",
    );
    expect(shift?.text).toContain("not committed yet; enabled in the roster; last sign-in: none recorded");
    expect(make()).toEqual(make());
    expect(recertificationLists(PEOPLE.toReversed(), "2026-11-26", { changes, states, signIns })).toEqual(
      make(),
    );
  });
});

describe("the evidence", () => {
  const keep = (day: string, ticks: readonly string[], environment?: string) => {
    const folder = join(root, "recertification", ...(environment ? [environment] : []), day);
    mkdirSync(folder, { recursive: true });
    for (const { name, text } of recertificationLists(PEOPLE, day, { changes })) {
      const ticked = text.replace(/^- \[ \] .*$/gm, (line) =>
        ticks.some((one) => line.startsWith(`- [ ] <code>${one}`)) ? line.replace("[ ]", "[x]") : line,
      );
      writeFileSync(join(folder, name), ticked);
    }
  };
  const due = (day: string, people = PEOPLE) =>
    recertificationWarnings(people, readEvidence(root), { every: 90, day, file: "users.json" }).map(
      ({ message }) => message.split(": ")[1],
    );

  test("is the newest list that ticks somebody off, and it lasts as long as config.ts says", () => {
    keep("2026-06-01", ["hanako", "mika", "a--"]);
    expect(due("2026-08-30")).toEqual([]);
    expect(due("2026-08-31")).toEqual(["mika@example.com, hanako@example.com, a--><b>@example.com"]);
    keep("2026-08-01", ["mika"]);
    expect(due("2026-08-31")).toEqual(["hanako@example.com, a--><b>@example.com"]);
  });

  test("is missing of everybody where there is no list; newcomers are due with the next one", () => {
    expect(due("2026-08-31")).toEqual([expect.stringContaining("mika@example.com")]);
    keep("2026-08-01", ["hanako", "mika", "a--"]);
    const newcomer = person("new@example.com");
    expect(due("2026-08-31", [...PEOPLE, newcomer])).toEqual([]);
    expect(due("2026-12-31", [newcomer])).toEqual(["new@example.com"]);
  });

  test("of one environment is none of another, and a file that is no list of ours is none at all", () => {
    keep("2026-08-01", ["hanako", "mika", "a--"], "prod");
    expect(readEvidence(root).ticked.size).toBe(0);
    expect(readEvidence(root, "prod").ticked.size).toBe(3);
    mkdirSync(join(root, "recertification", "2026-08-02"));
    writeFileSync(
      join(root, "recertification", "2026-08-02", "x.md"),
      '- [x] me <!-- "mika@example.com" -->\n',
    );
    expect(readEvidence(root).ticked.size).toBe(0);
  });
});

test("the last change is the newest commit of a person's own lines", async () => {
  const git = (day: string, ...args: string[]) =>
    execFileSync("git", ["-c", "user.name=x", "-c", "user.email=x@example.com", ...args], {
      cwd: root,
      env: { ...process.env, GIT_COMMITTER_DATE: `${day}T12:00:00Z`, GIT_AUTHOR_DATE: `${day}T12:00:00Z` },
    });
  const file = join(root, "users.json");
  const text = (groups: string) =>
    `{\n  "users": {\n    "a@example.com": {\n      "groups": [${groups}]\n    },\n    "b@example.com": {}\n  }\n}\n`;
  git("2026-01-01", "init", "--quiet");
  writeFileSync(file, text('"ops"'));
  git("2026-01-01", "add", ".");
  git("2026-01-01", "commit", "--quiet", "-m", "first");
  writeFileSync(file, text('"ops", "eng"'));
  git("2026-02-01", "commit", "--quiet", "-am", "second");
  const uncommitted = text('"ops", "eng"').replace("{}\n", '{},\n    "c@example.com": {}\n');
  writeFileSync(file, uncommitted);
  const changes = await lastChanges({ text: uncommitted, file: "users.json", name: "users.json" }, file);
  expect([...changes].map(([name, { day }]) => [name, day])).toEqual([["a@example.com", "2026-02-01"]]);
});

test("the last sign-in is the newest that passed", async () => {
  const event = (day: string, EventType: string, EventResponse: string) => ({
    EventType,
    EventResponse,
    CreationDate: new Date(`${day}T12:00:00Z`),
  });
  const AuthEvents = [
    event("2026-11-20", "SignIn", "Fail"),
    event("2026-11-19", "ForgotPassword", "Pass"),
    event("2026-11-18", "SignIn", "Pass"),
    event("2026-11-01", "SignIn", "Pass"),
  ];
  const asked: unknown[] = [];
  const send = async ({ input }: { input: { Username: string } }) => {
    asked.push(input);
    return input.Username === "sub-a" ? { AuthEvents } : {};
  };
  expect(await lastSignIns({ send } as never, "us-east-1_x", ["sub-a", "sub-b"])).toEqual(
    new Map([["sub-a", "2026-11-18"]]),
  );
  expect(asked).toHaveLength(2);
});

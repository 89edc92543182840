import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execaSync } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { deployRecord, deploysIn, withDeploy } from "../../lib/deploy/deploy-record.ts";
import { personHistory } from "../../lib/deploy/person-history.ts";
import { pullRequestIn } from "../../lib/review/person-events.ts";

let root: string;
const git = (...args: string[]) =>
  execaSync(
    "git",
    ["-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-c", "commit.gpgsign=false", ...args],
    { cwd: root },
  ).stdout;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "history-"));
  git("init", "-q", "-b", "main");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function commit(subject: string, users: object | string, file = "users.json"): string {
  writeFileSync(join(root, file), typeof users === "string" ? users : JSON.stringify({ users }, null, 2));
  git("add", "-A");
  git("commit", "-qm", subject);
  return git("rev-parse", "HEAD");
}
const what = async (name: string, patterns = ["users.json"]) =>
  (await personHistory(root, patterns, name, [])).events.map((event) => event.what.join("; "));
const H = "hanako@example.com";

test("from joining to leaving, by commit, author and pull request, without a value", async () => {
  const first = commit("Hanako joins (#1)", {
    [H]: { attributes: { name: "Secret Name" }, groups: ["ops"] },
    b: {},
  });
  commit("Somebody else", { [H]: { attributes: { name: "Secret Name" }, groups: ["ops"] }, b: {}, c: {} });
  commit("Change (#3)", { [H]: { attributes: { name: "Other" }, groups: ["admins"] }, b: {} });
  commit("Leaves", { [H]: { attributes: { name: "Other" }, groups: ["admins"], leaving: true }, b: {} });
  commit("Comes back", { [H]: { attributes: { name: "Other" }, groups: ["admins"] }, b: {} });
  commit("Gone", { b: {} });
  const { events } = await personHistory(root, ["users.json"], H, []);
  expect(events.map((event) => event.what)).toEqual([
    ["joined", "into ops"],
    ["into admins", "out of ops", "attributes changed: name"],
    ["leaving"],
    ["returned"],
    ["left: the line is gone"],
  ]);
  expect(events[0]).toMatchObject({ id: first, author: "Ann", pullRequest: 1 });
  expect(JSON.stringify(events)).not.toMatch(/Secret|Other/);
});

test("another name is the same person, whichever of both is asked for", async () => {
  commit("one", { "old@example.com": {} });
  commit("two", { "new@example.com": { formerly: "old@example.com" } });
  for (const name of ["old@example.com", "new@example.com"])
    expect(await what(name)).toEqual(["joined", "got another name: old@example.com → new@example.com"]);
});

test("a broken file is said, and passed over", async () => {
  commit("one", { [H]: {} });
  commit("conflict", "<<<<<<< HEAD");
  commit("mended", { [H]: { groups: ["ops"] } });
  const { events, notes } = await personHistory(root, ["users.json"], H, []);
  expect(events.map((event) => event.what.join("; "))).toEqual(["joined", "into ops"]);
  expect(notes).toEqual([expect.stringContaining("could not be read")]);
});

test("files that move, comments, and many files", async () => {
  commit("one", `{ "users": { // people\n "${H}": {} } }`);
  mkdirSync(join(root, "people"));
  renameSync(join(root, "users.json"), join(root, "people/a.jsonc"));
  git("add", "-A");
  git("commit", "-qm", "moved");
  commit("two", { b: { groups: ["ops"] } }, "people/b.jsonc");
  expect(await what(H, ["people/*.jsonc"])).toEqual(["joined"]);
  expect(await what("b", ["people/*.jsonc"])).toEqual(["joined; into ops"]);
});

test("a merge is one change, with its pull request's number", async () => {
  commit("one", { b: {} });
  git("switch", "-qc", "topic");
  commit("wip", { b: {}, [H]: {} });
  commit("done", { b: {}, [H]: { groups: ["ops"] } });
  git("switch", "-q", "main");
  git("merge", "-q", "--no-ff", "-m", "Merge pull request #12 from team/topic", "topic");
  const { events } = await personHistory(root, ["users.json"], H, []);
  expect(events).toMatchObject([{ what: ["joined", "into ops"], pullRequest: 12 }]);
});

test("a group of the same name, and a key named like the person, are not the person", async () => {
  commit("one", { users: { groups: [{ attributes: { until: "2027-01-01" } }] } });
  expect(await what("attributes")).toEqual([]);
  expect(await what("users")).toEqual(["joined; into attributes until 2027-01-01"]);
});

test("when access ends is part of the story: a first day, another one, none any more", async () => {
  const written = (until?: string, all?: string) => ({
    mika: {
      ...(all && { until: all }),
      groups: ["ops", until === undefined ? "admins" : { admins: { until } }],
    },
  });
  commit("one", written("2026-12-31"));
  commit("two", written("2027-01-31", "2027-03-31"));
  commit("three", written());
  expect(await what("mika")).toEqual([
    "joined; into ops, admins until 2026-12-31",
    "in admins until 2027-01-31; access until 2027-03-31",
    "in admins without an end; access without an end",
  ]);
});

test("a shallow clone says that older commits are missing", async () => {
  commit("one", { [H]: {} });
  commit("two", { [H]: { groups: ["ops"] } });
  const origin = root;
  root = mkdtempSync(join(tmpdir(), "history-"));
  git("clone", "-q", "--depth", "1", `file://${origin}`, ".");
  const { events, notes } = await personHistory(root, ["users.json"], H, []);
  rmSync(origin, { recursive: true });
  expect(events.map((event) => event.what)).toEqual([[expect.stringContaining("already in the roster")]]);
  expect(notes).toEqual([expect.stringContaining("shallow")]);
});

test("no clone is an error in words, exit 1", async () => {
  rmSync(join(root, ".git"), { recursive: true });
  await expect(personHistory(root, ["users.json"], H, [])).rejects.toMatchObject({ exitCode: 1 });
});

test("an event was deployed by the first deploy of its commit or a later one", async () => {
  const [one, two, three] = [
    commit("1", { [H]: {} }),
    commit("2", { [H]: { groups: ["a"] } }),
    commit("3", { [H]: {} }),
  ];
  const of = (at: string, id: string) => ({ at, commit: id, digest: "d", done: {} });
  const { events } = await personHistory(root, ["users.json"], H, [of("T2", two ?? ""), of("T1", one ?? "")]);
  expect(events.map(({ id, deployed }) => [id, deployed])).toEqual([
    [one, { at: "T1", orBefore: true }],
    [two, { at: "T2" }],
    [three, undefined],
  ]);
});

test.each([
  ["Hanako joins (#12)", 12],
  ["Merge pull request #7 from a/b", 7],
  ["Fixes (#3) and more", undefined],
])("%s", (subject, number) => expect(pullRequestIn(subject)).toBe(number));

test("a deploy's record counts, names nobody, and the last twenty are kept", () => {
  const entries = [
    { about: "person", what: "joins", username: H },
    { about: "membership", what: "in", username: H },
    { about: "client", what: "changed" },
  ] as unknown as Parameters<typeof deployRecord>[0]["entries"];
  const record = deployRecord({ entries }, { digest: "abc", checkedOut: { commit: "c" }, at: new Date(0) });
  expect(record).toEqual({
    at: "1970-01-01T00:00:00Z",
    commit: "c",
    digest: "abc",
    done: { joins: 1, memberships: 1, settings: 1 },
  });
  let deploys = "";
  for (let time = 0; time < 25; time++)
    deploys = withDeploy({ deploys }, { ...record, digest: String(time) });
  expect(deploysIn({ deploys }).map(({ digest }) => digest)).toEqual(
    Array.from({ length: 20 }, (_, n) => String(24 - n)),
  );
  expect(deploys).not.toContain(H);
});

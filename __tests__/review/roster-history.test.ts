import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { UserError } from "../../lib/errors.ts";
import { changesSince, problemsAgainst } from "../../lib/review/roster-history.ts";
import { loadRoster, readRosterFiles } from "../../lib/roster/load.ts";

const directory = mkdtempSync(join(tmpdir(), "earlier-roster-"));
afterAll(() => rmSync(directory, { recursive: true }));
const file = join(directory, "users.json");
const write = (text: string) => writeFileSync(file, text);
function git(...args: string[]) {
  const who = ["-c", "user.name=t", "-c", "user.email=t@example.com"];
  const { status, stderr } = spawnSync("git", [...who, ...args], { cwd: directory, encoding: "utf8" });
  expect(status, stderr).toBe(0);
}
const against = (ref: string) => problemsAgainst(ref, loadRoster(file), {});

git("init", "--quiet");
git("commit", "--quiet", "--allow-empty", "-m", "nobody");
git("tag", "before");
write(
  '{ "users": { "a@example.com": {},\n  "b@example.com": {},\n  "c@example.com": { "leaving": true } } }',
);
git("add", "users.json");
git("commit", "--quiet", "-m", "three");
git("tag", "three");
write("{ broken");
git("commit", "--quiet", "-am", "broken");
git("tag", "broken");
write(
  '{ "users": { "a@example.com": { "emial": "x" }, "a@example.com": {},\n  "b@example.com": {}\n  "c@example.com": { "leaving": true } } }',
);
git("commit", "--quiet", "-am", "readable, in parts");
git("tag", "faulty");
write('{ "users": { "a@example.com": { "groups": ["old"] } } }');
git("commit", "--quiet", "-am", "in a group");
git("tag", "grouped");
write('{ "users": { "a@example.com": { "groups": ["x/y"] }, "a/b@example.com": {} } }');
git("commit", "--quiet", "-am", "names with a slash");
git("tag", "slashed");
write('{ "users": { "a@example.com": {} } }');

test("a line that is gone is told where it stood; one that was leaving may go", async () => {
  expect(await against("three")).toEqual([
    {
      location: { file, line: 2, column: 3 },
      message: `"b@example.com" was deleted from ${file} without leaving first (line 2 in three)`,
      hint: expect.stringContaining('"leaving": true'),
    },
  ]);
});

test("an earlier roster may have names that are refused today: the change that mends it can be compared with it", async () => {
  expect(await against("slashed")).toEqual([
    expect.objectContaining({ message: expect.stringContaining('"a/b@example.com" was deleted from') }),
  ]);
  expect(await changesSince("slashed", loadRoster(file), {})).toMatchObject({
    gone: ["a/b@example.com"],
    changes: ["a@example.com"],
  });
});

test("a commit before there was a roster has nobody to lose", async () => {
  expect(await against("before")).toEqual([]);
});

test("whoever can be read in an earlier text that is no roster still counts: it can be mended, and nobody lost with it", async () => {
  expect(await against("faulty")).toEqual([
    expect.objectContaining({ location: { file, line: 2, column: 3 } }),
  ]);
  expect(await against("broken")).toEqual([]);
});

test.each(["no-such-branch", "--output=x", ""])("the ref %j is refused in words", async (ref) => {
  const refusal = against(ref);
  await expect(refusal).rejects.toThrow(UserError);
  await expect(refusal).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining("There is no commit"),
  });
});

describe("what a roster changes since a commit", () => {
  const since = (ref: string, users: Record<string, object>) => {
    write(JSON.stringify({ users }));
    return changesSince(ref, loadRoster(file), {});
  };
  const none = { joins: [], leaves: [], returns: [], changes: [], remarks: [], gone: [] };

  test("is told by kind, each person once", async () => {
    const users = {
      "c@example.com": { phone: "+819012345678" },
      "new@example.com": {},
      "a@example.com": { leaving: true, groups: ["ops"] },
    };
    expect(await since("three", users)).toEqual({
      ...none,
      joins: ["new@example.com"],
      returns: ["c@example.com"],
      leaves: ["a@example.com"],
      gone: ["b@example.com"],
    });
  });

  test("is a change for whoever has another address; taken out later, formerly is none", async () => {
    const same = { "a@example.com": {}, "c@example.com": { leaving: true } };
    const renamed = { ...same, "new@example.com": { formerly: "b@example.com" } };
    expect(await since("three", renamed)).toEqual({ ...none, changes: ["new@example.com"] });
    expect(await against("three")).toEqual([]);

    const kept = { ...same, "b@example.com": { formerly: "earlier@example.com" } };
    expect(await since("three", kept)).toEqual(none);
  });

  test("is a change only where the person is another: a default that is written out is none", async () => {
    const same = { "c@example.com": { leaving: true }, "b@example.com": { enabled: true } };
    expect(await since("three", { ...same, "a@example.com": {} })).toEqual(none);
    expect(await since("three", { ...same, "a@example.com": { enabled: false } })).toEqual({
      ...none,
      changes: ["a@example.com"],
    });
  });

  test("is told apart where only the note or the owner is another, which no deploy changes", async () => {
    const same = { "c@example.com": { leaving: true }, "b@example.com": {} };
    expect(await since("three", { ...same, "a@example.com": { note: "Until May", owner: "Sato" } })).toEqual({
      ...none,
      remarks: ["a@example.com"],
    });
  });

  test("is told of a text that names a group which was declared then, and is not any more", async () => {
    const was = (ref: string) => changesSince(ref, loadRoster(file), { groups: [] });
    write('{ "users": { "a@example.com": {} } }');
    expect(await was("grouped")).toMatchObject({ changes: ["a@example.com"], gone: [] });
  });

  test("is that everybody joins, where there was none", async () => {
    expect(await since("before", { "a@example.com": {} })).toEqual({ ...none, joins: ["a@example.com"] });
  });

  test("can't be told of a text that is no roster", async () => {
    await expect(since("broken", { "a@example.com": {} })).rejects.toThrow(/broken:.*users\.json/);
  });
});

describe("a roster in several files", () => {
  const root = mkdtempSync(join(tmpdir(), "earlier-rosters-"));
  afterAll(() => rmSync(root, { recursive: true }));
  const put = (name: string, text: string) => writeFileSync(join(root, "people", name), text);
  const gitThere = (...args: string[]) => {
    const who = ["-c", "user.name=t", "-c", "user.email=t@example.com"];
    expect(spawnSync("git", [...who, ...args], { cwd: root }).status).toBe(0);
  };
  mkdirSync(join(root, "people"));
  put("a.json", '{ "users": { "a@example.com": {} } }');
  put("b.json", '{ "users": {\n"b@example.com": {}, "c@example.com": { "groups": ["ops"] } } }');
  put("note.txt", "no roster");
  gitThere("init", "--quiet");
  gitThere("add", ".");
  gitThere("commit", "--quiet", "-m", "three");
  const now = () => readRosterFiles({ root, roster: "people/*.json" }).roster;

  test("is compared as a whole: who moved to another file is the same, also where the former file is gone", async () => {
    rmSync(join(root, "people", "b.json"));
    put(
      "a.json",
      '{ "users": { "a@example.com": {}, "c@example.com": { "groups": ["ops"] }, "b@example.com": {} } }',
    );
    expect(await problemsAgainst("HEAD", now(), {})).toEqual([]);
    expect(await changesSince("HEAD", now(), {})).toMatchObject({ joins: [], changes: [], gone: [] });
  });

  test("a line that is gone is told where it stood, in its file", async () => {
    put("a.json", '{ "users": { "a@example.com": {}, "c@example.com": {} } }');
    const [problem, ...more] = await problemsAgainst("HEAD", now(), {});
    expect(more).toEqual([]);
    expect(problem?.location).toMatchObject({ file: expect.stringMatching(/b\.json$/), line: 2, column: 1 });
    expect(problem?.message).toContain('"b@example.com" was deleted from people/*.json');
    expect(await changesSince("HEAD", now(), {})).toMatchObject({
      changes: ["c@example.com"],
      gone: ["b@example.com"],
    });
  });
});

import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openJournal, runBatch } from "../../lib/directory/batch.ts";
import { fileFailure } from "../../lib/files.ts";

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "journal-"));
  path = join(directory, "cache", "invite.done");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe("a journal", () => {
  test("is no file before somebody is done, then one that only its owner reads, with usernames alone", () => {
    const journal = openJournal(path);
    expect(existsSync(path)).toBe(false);
    expect(journal.since).toBeUndefined();
    journal.record("hanako@example.com");
    journal.record('a "b"\nc');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, "utf8")).toBe('"hanako@example.com"\n"a \\"b\\"\\nc"\n');
    const next = openJournal(path);
    expect([...next.done]).toEqual(["hanako@example.com", 'a "b"\nc']);
    expect(next.since).toEqual(statSync(path).mtime);
  });

  test("of a process that was killed while it wrote loses that one person, and nobody after", () => {
    openJournal(path).record("a");
    appendFileSync(path, '"hana');
    const journal = openJournal(path);
    expect([...journal.done]).toEqual(["a"]);
    journal.record("b");
    journal.record("c");
    expect([...openJournal(path).done]).toEqual(["a", "b", "c"]);
  });

  test("that cannot be read or written is told in words", () => {
    writeFileSync(join(directory, "cache"), "");
    const failure = (() => {
      try {
        openJournal(path);
      } catch (error) {
        return fileFailure(error);
      }
    })();
    expect(failure?.message).toContain(path);
  });
});

describe("an interrupted run", () => {
  const people = ["a", "b", "c", "d"].map((username) => ({ username }));

  test("is taken up: only the rest is done, and once everyone is, the journal is gone", async () => {
    const controller = new AbortController();
    const first: string[] = [];
    await runBatch(
      { people, look: undefined, signal: controller.signal, journal: openJournal(path) },
      async ({ username }) => {
        if (username === "c") controller.abort();
        if (username > "b") throw new Error("interrupted");
        first.push(username);
      },
    );
    expect(first).toEqual(["a", "b"]);

    const second: string[] = [];
    const outcomes = await runBatch(
      { people, look: undefined, journal: openJournal(path) },
      async ({ username }) => {
        second.push(username);
      },
    );
    expect(second).toEqual(["c", "d"]);
    expect(outcomes.map(({ state }) => state)).toEqual(["done-before", "done-before", "done", "done"]);
    expect(existsSync(path)).toBe(false);
  });

  test("whose failures are mended does only those who failed", async () => {
    const failing = async ({ username }: { username: string }) => {
      if (username === "b") throw new Error("no such address");
    };
    await runBatch({ people, look: undefined, journal: openJournal(path) }, failing);
    const second: string[] = [];
    await runBatch({ people, look: undefined, journal: openJournal(path) }, async ({ username }) => {
      second.push(username);
    });
    expect(second).toEqual(["b"]);
  });

  test("that cannot write its journal begins nobody else, and says so", async () => {
    const full = new Error("no space left on device");
    const journal = {
      ...openJournal(path),
      record: () => {
        throw full;
      },
    };
    const begun: string[] = [];
    const many = Array.from({ length: 120 }, (_, index) => ({ username: `p${index}` }));
    const run = runBatch({ people: many, look: undefined, journal }, async ({ username }) => {
      begun.push(username);
      await sleep(5);
    });
    await expect(run).rejects.toBe(full);
    expect(begun).toHaveLength(50);
  });
});

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { holdWorkingCopy } from "../../lib/terraform/deploy-lock.ts";

const MODULE = fileURLToPath(new URL("../../lib/terraform/deploy-lock.ts", import.meta.url));
const ANOTHER = /Another plan or deploy is running/;

/** Tries at each message, tells whether it has the lock, and lets go at the next one. */
const WORKER = (directory: string) => `
  const { holdWorkingCopy } = await import(${JSON.stringify(MODULE)});
  let release;
  process.on("message", async () => {
    if (release) {
      release();
      release = undefined;
      return process.send("free");
    }
    release = await holdWorkingCopy(${JSON.stringify(directory)}).catch((error) => {
      if (!${ANOTHER}.test(error.message)) throw error;
    });
    process.send(release ? "holds" : "refused");
  });
  process.send("ready");
`;

let directory: string;
const workers: ChildProcess[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "roster-copy-"));
});
afterEach(async () => {
  for (const worker of workers.splice(0)) if (worker.signalCode === null) await kill(worker);
  rmSync(directory, { recursive: true, force: true });
});

const ask = async (worker: ChildProcess) => {
  const answer = once(worker, "message");
  worker.send("go");
  return (await answer)[0];
};
const kill = async (worker: ChildProcess) => {
  const ended = once(worker, "exit");
  worker.kill("SIGKILL");
  await ended;
};
/** A process of its own. */
const startWorker = async (env: NodeJS.ProcessEnv = {}) => {
  const worker = spawn(
    process.execPath,
    ["--import", "tsx", "--input-type=module", "-e", WORKER(directory)],
    {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      env: { ...process.env, ...env },
    },
  );
  workers.push(worker);
  await once(worker, "message");
  return worker;
};

test("one at a time: the second is told so, and comes in once the first has let go", async () => {
  const release = await holdWorkingCopy(directory);
  await expect(holdWorkingCopy(directory)).rejects.toThrow(ANOTHER);
  release();
  (await holdWorkingCopy(directory))();
});

test("another directory is nobody's concern", async () => {
  const other = mkdtempSync(join(tmpdir(), "roster-copy-"));
  const releases = [await holdWorkingCopy(directory), await holdWorkingCopy(other)];
  for (const release of releases) release();
  rmSync(other, { recursive: true });
});

test("it lies in the working copy: a shell with another TMPDIR meets it, and every user may ask", async () => {
  const release = await holdWorkingCopy(directory);
  const elsewhere = await startWorker({ TMPDIR: mkdtempSync(join(directory, "tmp-")) });
  expect(await ask(elsewhere)).toBe("refused");
  const [name = ""] = readdirSync(join(directory, ".cache/lock"));
  expect(statSync(join(directory, ".cache/lock", name)).mode & 0o666).toBe(0o666);
  release();
  expect(await ask(elsewhere)).toBe("holds");
});

test("who was killed while holding it keeps nobody out", async () => {
  const worker = await startWorker();
  expect(await ask(worker)).toBe("holds");
  await expect(holdWorkingCopy(directory)).rejects.toThrow(ANOTHER);
  await kill(worker);
  expect(readdirSync(join(directory, ".cache/lock"))).toHaveLength(1);
  (await holdWorkingCopy(directory))();
});

test("of six that start at once over the lock of a dead one, exactly one has it: a hundred times", async () => {
  const six = await Promise.all(Array.from({ length: 6 }, () => startWorker()));
  for (let round = 1; round <= 100; round++) {
    const answers = await Promise.all(six.map(ask));
    expect(
      answers.filter((answer) => answer === "holds"),
      `round ${round}: ${answers}`,
    ).toHaveLength(1);
    const holder = six[answers.indexOf("holds")];
    // Every twentieth is killed; the others let go, and leave a socket behind that nobody listens to, too.
    if (holder !== undefined && round % 20 === 0) {
      await kill(holder);
      six[answers.indexOf("holds")] = await startWorker();
    } else if (holder !== undefined) await ask(holder);
  }
  // What the hundred left behind is not there any more.
  expect(readdirSync(join(directory, ".cache/lock"))).toHaveLength(1);
}, 60_000);

test.skipIf(process.platform === "win32")(
  "a path that is too long for a socket: it lies among the temporary files",
  async () => {
    const deep = join(directory, "d".repeat(100), "e".repeat(100));
    mkdirSync(deep, { recursive: true });
    const release = await holdWorkingCopy(deep);
    await expect(holdWorkingCopy(deep)).rejects.toThrow(ANOTHER);
    release();
    (await holdWorkingCopy(deep))();
  },
);

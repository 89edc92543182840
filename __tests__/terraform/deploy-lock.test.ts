import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { holdWorkingCopy } from "../../lib/terraform/deploy-lock.ts";

const MODULE = fileURLToPath(new URL("../../lib/terraform/deploy-lock.ts", import.meta.url));
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "roster-copy-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test("one at a time: the second is told so, and comes in once the first has let go", async () => {
  const release = await holdWorkingCopy(directory);
  await expect(holdWorkingCopy(directory)).rejects.toThrow(/Another plan or deploy is running/);
  release();
  (await holdWorkingCopy(directory))();
});

test("another directory is nobody's concern", async () => {
  const other = mkdtempSync(join(tmpdir(), "roster-copy-"));
  const releases = [await holdWorkingCopy(directory), await holdWorkingCopy(other)];
  for (const release of releases) release();
  rmSync(other, { recursive: true });
});

test("who was killed while holding it keeps nobody out", async () => {
  const script = `import(${JSON.stringify(MODULE)}).then(async ({ holdWorkingCopy }) => {
    await holdWorkingCopy(${JSON.stringify(directory)});
    console.log("held");
    setInterval(() => {}, 1000);
  })`;
  const child = execa(process.execPath, ["--import", "tsx", "-e", script], { reject: false });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  await expect(holdWorkingCopy(directory)).rejects.toThrow(/Another plan or deploy is running/);
  child.kill("SIGKILL");
  await child;
  (await holdWorkingCopy(directory))();
});

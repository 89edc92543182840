import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { rehearse } from "../../lib/local/rehearsal.ts";

afterEach(() => vi.unstubAllEnvs());

test.skipIf(process.platform === "win32").each([
  ["is not there", join(import.meta.dirname, "nowhere")],
  ["is a file", import.meta.filename],
])("a TMPDIR that %s is named in words, and nothing is started", async (_, TMPDIR) => {
  vi.stubEnv("TMPDIR", TMPDIR);
  const steps: string[] = [];
  const rehearsal = rehearse(
    {
      settings: { stack: "team", roster: "users.json", pool: { name: "people" }, client: { name: "app" } },
      roster: { file: "users.json", people: [] },
      cacheDirectory: "nowhere",
      signal: AbortSignal.timeout(10_000),
      onProgress: (step) => steps.push(step),
    },
    async () => {},
  );
  await expect(rehearsal).rejects.toMatchObject({
    message: `TMPDIR names ${TMPDIR}, which isn't a writable directory`,
    next: ["set TMPDIR to a writable directory, or unset it"],
    exitCode: 1,
  });
  expect(steps).toEqual([]);
});

import { existsSync, statSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { withSavedPlan } from "../../lib/terraform/plan.ts";
import { pullState } from "../../lib/terraform/state.ts";
import { fakeTerraform } from "./fakes.ts";

const PLANNING = 'echo "$@" >> log; case "$1" in plan) echo secret > deploy.tfplan;; show) echo "{}";; esac';

test("the plan is its owner's alone, even where an earlier run left one open to all, and gone afterwards", async () => {
  using fake = fakeTerraform(PLANNING);
  writeFileSync(fake.file("deploy.tfplan"), "old", { mode: 0o644 });
  const mode = await withSavedPlan(fake.context, { refresh: false }, async ({ file, json }) => {
    expect(json).toEqual({});
    return statSync(fake.file(file)).mode & 0o777;
  });
  expect(mode).toBe(0o600);
  expect(existsSync(fake.file("deploy.tfplan"))).toBe(false);
  expect(fake.read("log").split("\n")[0]).toContain("-refresh=false");
});

test.each([
  ["planning", "echo secret > deploy.tfplan; exit 1", async () => {}],
  ["showing", 'case "$1" in plan) echo secret > deploy.tfplan;; show) exit 1;; esac', async () => {}],
  ["what it was made for", PLANNING, async () => Promise.reject(new Error("no"))],
])("it is gone also when %s fails", async (_, script, use) => {
  using fake = fakeTerraform(script);
  await expect(withSavedPlan(fake.context, { refresh: false }, use)).rejects.toThrow();
  expect(existsSync(fake.file("deploy.tfplan"))).toBe(false);
});

test("the state is pulled, not shown: no provider starts; before the first deploy it is empty", async () => {
  using fake = fakeTerraform('echo "$@" >> log');
  expect(await pullState(fake.context)).toEqual({ text: "", instances: [], outputs: {} });
  expect(fake.read("log")).toBe("state pull");
});

test("a pulled state has the values of the outputs, whatever their types; an older one has none", async () => {
  const state = (more: object) => JSON.stringify({ version: 4, resources: [], ...more });
  using fake = fakeTerraform("cat state");
  writeFileSync(
    fake.file("state"),
    state({ outputs: { guards: { value: { destroyable: true }, type: ["object", {}] } } }),
  );
  expect((await pullState(fake.context)).outputs).toEqual({ guards: { destroyable: true } });
  writeFileSync(fake.file("state"), state({}));
  expect((await pullState(fake.context)).outputs).toEqual({});
});

test("a state of an unknown form is refused, for it protects people", async () => {
  using fake = fakeTerraform(`echo '{"version":5,"resources":[]}'`);
  await expect(pullState(fake.context)).rejects.toThrow("a form that this version does not know");
});

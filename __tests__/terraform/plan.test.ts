import { readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { applySavedPlan, withSavedPlan } from "../../lib/terraform/plan.ts";
import { pullState } from "../../lib/terraform/state.ts";
import { fakeTerraform } from "./fakes.ts";

/** Writes its plan where `-out=` says. */
const WRITE = 'for last in "$@"; do :; done; echo secret > "${last#-out=}"';
const PLANNING = `echo "$@" >> log; case "$1" in plan) ${WRITE};; show) echo "{}";; esac`;
const LEFT = "deploy-00000000-0000-4000-8000-000000000000.tfplan";
const plansIn = (directory: string) => readdirSync(directory).filter((name) => name.endsWith(".tfplan"));

test("the plan is its owner's alone, and gone afterwards, as is the one that a killed run left behind", async () => {
  using fake = fakeTerraform(PLANNING);
  writeFileSync(fake.file(LEFT), "old", { mode: 0o644 });
  utimesSync(fake.file(LEFT), 1, 1);
  const mode = await withSavedPlan(fake.context, { refresh: false }, async ({ file, json }) => {
    expect(json).toEqual({});
    expect(plansIn(fake.context.directory)).toEqual([file]);
    return statSync(fake.file(file)).mode & 0o777;
  });
  expect(mode).toBe(0o600);
  expect(plansIn(fake.context.directory)).toEqual([]);
  expect(fake.read("log").split("\n")[0]).toContain("-refresh=false");
});

test("each has a name of its own, and one that is made meanwhile is not removed", async () => {
  using fake = fakeTerraform(PLANNING);
  await withSavedPlan(fake.context, { refresh: false }, async (one) => {
    await withSavedPlan(fake.context, { refresh: false }, async (other) => {
      expect(plansIn(fake.context.directory).sort()).toEqual([one.file, other.file].sort());
      expect(one.file).not.toBe(other.file);
    });
    expect(plansIn(fake.context.directory)).toEqual([one.file]);
  });
});

test("only what was shown is applied: another plan in its place is refused, and Terraform is not run", async () => {
  using fake = fakeTerraform(PLANNING);
  const pace = { parallelism: 10, onEvent: () => {} };
  await withSavedPlan(fake.context, { refresh: false }, async (saved) => {
    await applySavedPlan(fake.context, saved, pace);
    writeFileSync(fake.file(saved.file), "another");
    await expect(applySavedPlan(fake.context, saved, pace)).rejects.toMatchObject({ exitCode: 3 });
  });
  expect(fake.read("log").match(/^apply/gm)).toHaveLength(1);
});

test.each([
  ["planning", `${WRITE}; exit 1`, async () => {}],
  ["showing", `case "$1" in plan) ${WRITE};; show) exit 1;; esac`, async () => {}],
  ["what it was made for", PLANNING, async () => Promise.reject(new Error("no"))],
])("it is gone also when %s fails", async (_, script, use) => {
  using fake = fakeTerraform(script);
  await expect(withSavedPlan(fake.context, { refresh: false }, use)).rejects.toThrow();
  expect(plansIn(fake.context.directory)).toEqual([]);
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
  await expect(pullState(fake.context)).rejects.toThrow("a format that this version doesn't support");
});

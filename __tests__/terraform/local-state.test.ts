import fs, {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { keepLocalState } from "../../lib/terraform/local-state.ts";
import { terraform } from "../../lib/terraform/run.ts";
import { realTerraform } from "./fakes.ts";

const state = (serial: number) => JSON.stringify({ version: 4, lineage: "1-2", serial, resources: [] });

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "local-state-"));
  path = join(directory, "terraform.team.tfstate");
});
afterEach(() => rmSync(directory, { recursive: true }));

const given = (files: Record<string, string>) => {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
};
const STATE = "terraform.team.tfstate";
const LAST = `${STATE}.last`;
const BACKUP = `${STATE}.backup`;
const keep = (lookOnly = false) => keepLocalState(path, { settleMs: 1, lookOnly });
const read = (name: string) => readFileSync(join(directory, name), "utf8");

test("a sound state is copied beside itself; it and its copies are their owner's alone", () => {
  for (const name of [path, `${path}.backup`]) {
    writeFileSync(name, state(7));
    chmodSync(name, 0o644);
  }
  expect(keep()).toBe("kept");
  expect(read(LAST)).toBe(state(7));
  for (const name of [STATE, LAST, BACKUP]) {
    expect(statSync(join(directory, name)).mode & 0o777, name).toBe(0o600);
  }
  rmSync(join(directory, BACKUP));
  expect(readdirSync(directory).sort()).toEqual([STATE, LAST]);
});

test("a plan looks only: a sound state is not even copied", () => {
  writeFileSync(path, state(7), { mode: 0o644 });
  expect(keep(true)).toBe("kept");
  expect(readdirSync(directory)).toEqual([STATE]);
  expect(statSync(path).mode & 0o777).toBe(0o644);
});

test("where modes can't be set, such as on a Windows disk under Linux, a state is kept all the same", () => {
  writeFileSync(path, state(7));
  chmodSync(path, 0o644);
  const refused = vi.spyOn(fs, "chmodSync").mockImplementation(() => {
    throw Object.assign(new Error("EPERM: operation not permitted, chmod"), { code: "EPERM" });
  });
  syncBuiltinESMExports();
  try {
    expect(keep()).toBe("kept");
    expect(refused).toHaveBeenCalledOnce();
    expect(read(LAST)).toBe(state(7));
  } finally {
    refused.mockRestore();
    syncBuiltinESMExports();
  }
});

test("before the first deploy there is nothing to do, nor when Terraform has only just locked it", () => {
  expect(keep()).toBe("none");
  given({ [STATE]: "" });
  expect(keep()).toBe("none");
  expect(readdirSync(directory)).toEqual([STATE]);
});

describe("a state that a killed run left broken", () => {
  test.each([
    ["empty", "", { [LAST]: state(8) }, 8],
    ["cut off", state(9).slice(0, 20), { [LAST]: state(8) }, 8],
    ["empty, with Terraform's own copy newer", "", { [LAST]: state(7), [BACKUP]: state(8) }, 8],
    ["empty, with Terraform's own copy older", "", { [LAST]: state(8), [BACKUP]: state(7) }, 8],
    ["empty, with Terraform's own copy broken too", "", { [LAST]: state(8), [BACKUP]: "" }, 8],
    ["empty, with only Terraform's own copy", "", { [BACKUP]: state(8) }, 8],
  ])("%s: the newest sound copy takes its place", (_, text, copies, serial) => {
    given({ [STATE]: text, ...copies });
    expect(keep()).toBe("restored");
    expect(read(STATE)).toBe(state(serial));
    expect(keep()).toBe("kept");
  });

  test.each(["{", '{"serial":1}'])("without a sound copy %j is told, and left as it is", (text) => {
    given({ [STATE]: text });
    expect(keep).toThrow("is damaged, and there is no sound copy beside it");
    expect(read(STATE)).toBe(text);
  });
});

test("a state that is gone is not taken for a first deploy, as long as its copy is there", () => {
  given({ [LAST]: state(8) });
  expect(keep).toThrow("is missing");
  expect(existsSync(path)).toBe(false);
});

test("the real Terraform takes an empty state for none at all, and the restored one for what it was", async () => {
  using real = await realTerraform({
    terraform: { backend: { local: { path: STATE } } },
    resource: { terraform_data: { pool: { input: "everyone" } } },
  });
  path = join(real.context.directory, STATE);
  await terraform(real.context, ["init", "-input=false"]);
  await terraform(real.context, ["apply", "-auto-approve", "-input=false"]);
  expect(keep()).toBe("kept");
  const plan = async () => (await terraform(real.context, ["plan", "-input=false"])).stdout;

  writeFileSync(path, "");
  expect(await plan()).toContain("1 to add");
  expect(keep()).toBe("restored");
  expect(await plan()).toContain("No changes.");
});

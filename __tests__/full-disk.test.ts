/** @module-tag isolated */

import fs, { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { saveTokens } from "../lib/auth/token-file.ts";
import { beginApply } from "../lib/deploy/adoption-proof.ts";
import { keptPasswords } from "../lib/directory/accounts/password-file.ts";
import { openJournal } from "../lib/directory/batch.ts";
import { type PoolImport, writeImport } from "../lib/directory/import/import.ts";
import { UserError } from "../lib/errors.ts";
import { fileFailure } from "../lib/files.ts";
import { writeOutput } from "../lib/output-file.ts";
import { parseRoster } from "../lib/roster/parse.ts";
import { synthesize } from "../lib/stack/synth/roster-stack.ts";
import { keepLocalState } from "../lib/terraform/local-state.ts";
import { lockProvider } from "../lib/terraform/provider-mirror.ts";
import { keepAnswer } from "../lib/terraform/schema-filter.mjs";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "roster-full-disk-"));
});
afterEach(() => {
  emptyDisk();
  rmSync(directory, { recursive: true });
});
const at = (name: string) => join(directory, name);

/** From now on every write gets half of its bytes down, in cdktf's code, too. */
function fillDisk(): void {
  const halfOf = (data: unknown) => {
    const bytes = Buffer.from(data as string);
    return bytes.subarray(0, bytes.length / 2);
  };
  // As Node has it: of a file that is open already, no path.
  const full = () =>
    Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC", syscall: "write" });
  const { writeFileSync, appendFileSync } = fs;
  vi.spyOn(fs, "writeFileSync").mockImplementation((file, data, options) => {
    writeFileSync(file, halfOf(data), options);
    throw full();
  });
  vi.spyOn(fs, "appendFileSync").mockImplementation((file, data, options) => {
    appendFileSync(file, halfOf(data), options);
    throw full();
  });
  syncBuiltinESMExports();
}

function emptyDisk(): void {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
}

const contents = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(directory, { recursive: true, encoding: "utf8" })
      .filter((name) => statSync(at(name)).isFile())
      .map((name) => [name, readFileSync(at(name), "utf8")]),
  );

const STATE = JSON.stringify({ version: 4, serial: 3, lineage: "1-2", resources: [] });
const OWNER = { username: "taro", userPoolId: "eu-west-1_x", clientId: "c" };
const TOKENS = { accessToken: "a", idToken: "i", refreshToken: "r" };

const imported: PoolImport = {
  roster: {
    text: "{}",
    people: ["a@example.com"],
    groups: [],
    memberships: 0,
    leftOut: [],
    leftOutGroups: [],
    unsaidPhones: [],
    unsaidEmails: [],
  },
  settings: { stack: "team", roster: "users.json", pool: { name: "people" }, client: { name: "app" } },
  adoption: { userPoolId: "eu-west-1_x", people: ["a@example.com"], groups: [] },
  notes: [],
};

interface Write {
  /** What is there before the disk is full. */
  readonly before?: () => unknown;
  readonly write: () => unknown;
  /** The file that the words name. */
  readonly names: string;
}

const WRITES: Readonly<Record<string, Write>> = {
  "a page, a comment or a plan, where there is none": {
    write: () => writeOutput({ file: at("plan.html"), isOurs: () => true }, "<!doctype html>"),
    names: "plan.html",
  },
  "a page, a comment or a plan, over an older one": {
    before: () => writeFileSync(at("plan.html"), "an older one"),
    write: () => writeOutput({ file: at("plan.html"), isOurs: () => true }, "<!doctype html>"),
    names: "plan.html",
  },
  "tokens, over older ones": {
    before: () => saveTokens(at("taro.tokens.json"), OWNER, TOKENS),
    write: () => saveTokens(at("taro.tokens.json"), OWNER, { ...TOKENS, accessToken: "b" }),
    names: "taro.tokens.json",
  },
  "passwords, before the first is set": {
    write: () =>
      keptPasswords(at("bots.passwords"), false).take(["bot"], () => [
        { username: "bot", password: "Pa55-word" },
      ]),
    names: "bots.passwords",
  },
  "the copy of the state": {
    before: () => writeFileSync(at("terraform.team.tfstate"), STATE, { mode: 0o600 }),
    write: () => keepLocalState(at("terraform.team.tfstate"), { settleMs: 0 }),
    names: "terraform.team.tfstate.last",
  },
  "the state, from its copy": {
    before: () => {
      writeFileSync(at("terraform.team.tfstate"), STATE.slice(0, 20));
      writeFileSync(at("terraform.team.tfstate.last"), STATE);
    },
    write: () => keepLocalState(at("terraform.team.tfstate"), { settleMs: 0 }),
    names: "terraform.team.tfstate",
  },
  "the provider's lock": {
    before: () => writeFileSync(at(".terraform.lock.hcl"), "# the team's\n"),
    write: () => lockProvider(directory, { source: "hashicorp/aws", version: "5.100.0" }),
    names: ".terraform.lock.hcl",
  },
  "whom an apply is about to create": {
    before: () => beginApply(directory, "team", ["a@example.com"]),
    write: () => beginApply(directory, "team", ["b@example.com"]),
    names: "applying.team.json",
  },
  "an imported pool's files": {
    before: () => writeFileSync(at("adopt.json"), "an older one"),
    write: () => writeImport(imported, { directory }),
    names: "config.proposal.ts",
  },
};

const failureOf = async (work: () => unknown): Promise<unknown> => {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error("It should have failed");
};

describe("a full disk, when this is written", () => {
  test.each(Object.entries(WRITES))("%s: words, exit code 1, and nothing is half-written", async (_, one) => {
    await one.before?.();
    const before = contents();
    fillDisk();
    const thrown = await failureOf(one.write);
    emptyDisk();
    const error = thrown instanceof UserError ? thrown : fileFailure(thrown);
    expect(error?.message).toMatch(/cannot be written: the disk is full \(ENOSPC\)$/);
    expect(error?.message).toContain(at(one.names));
    expect(error?.exitCode).toBe(1);
    expect(contents()).toEqual(before);
    // With room again the same command goes through.
    await one.write();
    expect(contents()).not.toEqual(before);
  });

  test("what Terraform is to run: words, exit code 1, and no half of it is left for a later command", () => {
    const { roster } = parseRoster('{ "users": { "a@example.com": {} } }', "users.json");
    if (roster === undefined) throw new Error("The roster should be readable");
    const write = () => synthesize({ settings: imported.settings, roster, outdir: at("cdktf.out") });
    const whole = join(write(), "cdk.tf.json");
    expect(JSON.parse(readFileSync(whole, "utf8"))).toHaveProperty("resource");
    fillDisk();
    expect(write).toThrow(expect.toSatisfy((error) => fileFailure(error)?.exitCode === 1));
    emptyDisk();
    expect(Object.keys(contents())).toEqual(["cdktf.out/manifest.json"]);
    expect(readFileSync(join(write(), "cdk.tf.json"), "utf8")).toContain("aws_cognito_user_pool");
  });

  test("who is done: words, and the next run knows everyone but the last", async () => {
    const path = at("invite.done");
    openJournal(path).record("a@example.com");
    fillDisk();
    const error = fileFailure(await failureOf(() => openJournal(path).record("b@example.com")));
    emptyDisk();
    expect(error?.message).toBe(`${path} cannot be written: the disk is full (ENOSPC)`);
    openJournal(path).record("c@example.com");
    expect([...openJournal(path).done]).toEqual(["a@example.com", "c@example.com"]);
  });

  test("the provider's schemas: they are not kept, and nothing is left of them, nor of a run that was killed", () => {
    const keep = () => keepAnswer({ file: at("provider-schemas"), key: "5.100.0\n" }, Buffer.from("schemas"));
    writeFileSync(at("provider-schemas.1.part"), "a half");
    fillDisk();
    keep();
    emptyDisk();
    expect(contents()).toEqual({});
    vi.spyOn(fs, "statfsSync").mockReturnValue({ ...fs.statfsSync(directory), bavail: 1_000, bsize: 4_096 });
    syncBuiltinESMExports();
    keep();
    expect(contents(), "with 4 MB left").toEqual({});
    emptyDisk();
    keep();
    expect(contents()).toEqual({ "provider-schemas": "5.100.0\nschemas" });
  });
});

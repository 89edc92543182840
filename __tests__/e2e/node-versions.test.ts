/** @module-tag nodes */
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project, type RunOptions } from "../support/project.ts";

/** The CLI's own bundle looks for a browser's storage, which Node 25 and later report. Nothing here runs before it. */
const OF_CDKTF_CLI = /ExperimentalWarning: localStorage is not available/;

/** What Node itself warns about, deprecated and experimental features above all. cdktf repeats those of our process. */
const warningsIn = (printed: string) =>
  stripVTControlCharacters(printed)
    .split("\n")
    .filter((line) => /\(node:\d+\)/.test(line));

/**
 * The main way, short enough to run on each Node that we support: `.ci/nodes` installs them and runs this file under each.
 * The tests of a pool's life go on where the one before stopped.
 */
describe.skipIf(!inject("moto"))(`on Node ${process.versions.node}`, () => {
  const TEMPORARY = "Temporary-Password-1!";
  const NEW = "New-Secure-Password-1!";
  const HANAKO = "hanako@example.com";
  let moto: RunningEmulator;
  let project: Project;

  beforeAll(async () => {
    project = new Project();
    moto = await startMoto();
  });
  afterAll(async () => {
    project?.remove();
    await moto?.stop();
  });

  /** @returns the words that it printed, once it has ended well and without a warning that we could prevent */
  async function succeeding(command: string, options: RunOptions = {}): Promise<string> {
    const { exitCode, all, words } = await project.run(command, options);
    expect(exitCode, all).toBe(0);
    const tolerated = (line: string) => command.startsWith("npx cdktf") && OF_CDKTF_CLI.test(line);
    expect(warningsIn(all).filter((line) => !tolerated(line))).toEqual([]);
    return words;
  }
  const onMoto = (command: string, options: RunOptions = {}) =>
    succeeding(command, { ...options, env: { ...emulatorEnvironment(moto.endpoint), ...options.env } });

  test("the rehearsal signs everybody in", async () => {
    expect(await succeeding("npm run --silent local")).toMatch(
      /\d+ people: [1-9]\d* signed in, \d+ not expected to, 0 failed/,
    );
  });

  test("plain cdktf deploys a pool, and then has nothing to do", async () => {
    project.configure('stack: "cognito-roster"', 'stack: "cognito-roster", destroyable: true');
    project.writeRoster({ [HANAKO]: { groups: ["ops"] } });
    const temporary = { env: { TF_VAR_temporary_passwords: JSON.stringify({ [HANAKO]: TEMPORARY }) } };
    expect(await onMoto("npx cdktf deploy --auto-approve", temporary)).toMatch(
      /Resources: [1-9]\d* added, 0 changed, 0 destroyed/,
    );
    expect(await onMoto("npx cdktf diff", temporary)).toContain("No changes.");
  });

  test("somebody signs in", async () => {
    const how = `${HANAKO} --password-stdin --flow password --json`;
    const input = { input: `${TEMPORARY}\n${NEW}\n` };
    expect(await onMoto(`npm run --silent first-login -- ${how}`, input)).toContain('"confirmed"');
    await onMoto(`npm run --silent sign-in -- ${how}`, { input: `${NEW}\n` });
  });

  test("npm run deploy adds somebody, and cdktf destroys it all", async () => {
    project.writeRoster({ [HANAKO]: { groups: ["ops"] }, "taro@example.com": {} });
    expect(await onMoto("npm run --silent deploy -- --yes")).toContain("taro@example.com");
    await onMoto("npx cdktf destroy --auto-approve");
    expect(JSON.parse(project.read("terraform.cognito-roster.tfstate")).resources).toEqual([]);
  });
});

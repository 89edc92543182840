import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type RunningEmulator, startMoto } from "../../lib/local/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";

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
describe(`on Node ${process.versions.node}`, () => {
  let project: Project;

  beforeAll(() => {
    project = new Project();
  });
  afterAll(() => project?.remove());

  test("the rehearsal signs everybody in, without a warning", async () => {
    const { exitCode, all, stdout } = await project.run("npm run --silent local");
    expect(exitCode, all).toBe(0);
    expect(stdout).toMatch(/\d+ people: [1-9]\d* signed in, \d+ not expected to, 0 failed/);
    expect(warningsIn(all)).toEqual([]);
  });

  describe.skipIf(!inject("moto"))("a pool on moto", () => {
    const TEMPORARY = "Temporary-Password-1!";
    const NEW = "New-Secure-Password-1!";
    const HANAKO = "hanako@example.com";
    let moto: RunningEmulator;

    beforeAll(async () => {
      moto = await startMoto();
      project.configure('stack: "cognito-roster"', 'stack: "cognito-roster", destroyable: true');
      project.writeRoster({ [HANAKO]: { groups: ["ops"] } });
    });
    afterAll(() => moto?.stop());

    /** @returns the words that it printed, once it has ended well and without a warning that we could prevent */
    async function succeeding(command: string, { input = "", env = {} } = {}): Promise<string> {
      const options = { input, env: { ...emulatorEnvironment(moto.endpoint), ...env } };
      const { exitCode, all, words } = await project.run(command, options);
      expect(exitCode, all).toBe(0);
      const ours = warningsIn(all).filter((line) => !(command.startsWith("npx") && OF_CDKTF_CLI.test(line)));
      expect(ours).toEqual([]);
      return words;
    }

    test("plain cdktf deploys it, and then has nothing to do", async () => {
      const temporary = { env: { TF_VAR_temporary_passwords: JSON.stringify({ [HANAKO]: TEMPORARY }) } };
      expect(await succeeding("npx cdktf deploy --auto-approve", temporary)).toMatch(
        /Resources: [1-9]\d* added, 0 changed, 0 destroyed/,
      );
      expect(await succeeding("npx cdktf diff", temporary)).toContain("No changes.");
    });

    test("somebody signs in", async () => {
      await succeeding(`npm run --silent first-login -- ${HANAKO} --password-stdin --flow password`, {
        input: `${TEMPORARY}\n${NEW}\n`,
      });
      const signedIn = await succeeding(
        `npm run --silent sign-in -- ${HANAKO} --password-stdin --flow password --json`,
        {
          input: `${NEW}\n`,
        },
      );
      expect(signedIn).toContain('"outcome"');
    });

    test("npm run deploy adds somebody, and cdktf destroys it all", async () => {
      project.writeRoster({ [HANAKO]: { groups: ["ops"] }, "taro@example.com": {} });
      expect(await succeeding("npm run --silent deploy -- --yes")).toContain("taro@example.com");
      expect(await succeeding("npm run --silent status")).toContain("taro@example.com");
      await succeeding("npx cdktf destroy --auto-approve");
      expect(JSON.parse(project.read("terraform.cognito-roster.tfstate")).resources).toEqual([]);
    });
  });
});

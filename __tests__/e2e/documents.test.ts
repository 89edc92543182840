/** @module-tag full */

import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { PAGES } from "../docs/pages.ts";
import { INSTALLS, originalOf, shellBlocksOf } from "../docs/shell-blocks.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";

/** A translation has its original's blocks: __tests__/docs/shell-blocks.test.ts. */
const PAGES_TO_RUN = PAGES.filter((page) => originalOf(page) === undefined)
  .map((page) => ({ file: page.file, blocks: shellBlocksOf(page).filter(({ script }) => script !== "") }))
  .filter(({ blocks }) => blocks.length > 0);

/**
 * The shell blocks of the documents, as somebody would paste them: those of a page one after the other, in a fresh copy of the
 * repository, or in one for all pages that was deployed before. moto is trusted for storing what a deploy writes.
 */
describe.skipIf(!inject("moto"))("what the documents tell to run", () => {
  let moto: RunningEmulator;
  let env: NodeJS.ProcessEnv;
  const projects = new Map<string, Project>();

  beforeAll(async () => {
    moto = await startMoto();
    env = { ...emulatorEnvironment(moto.endpoint), NO_COLOR: "1" };
  });
  afterAll(async () => {
    for (const project of projects.values()) project.remove();
    await moto?.stop();
  });

  function paste(project: Project, script: string, typed = "") {
    if (INSTALLS.test(script)) throw new Error("It would install into the dependencies that all tests share");
    return execa("bash", ["-euo", "pipefail", "-c", script], {
      cwd: project.directory,
      env,
      input: typed === "" ? "" : `${typed}\n`,
      reject: false,
      all: true,
    });
  }

  async function projectFor(file: string, deployed: boolean): Promise<Project> {
    const key = deployed ? "deployed" : file;
    const known = projects.get(key);
    if (known !== undefined) return known;
    const project = new Project();
    projects.set(key, project);
    if (deployed) {
      const { exitCode, all } = await paste(project, "npm run --silent deploy -- --yes");
      expect(exitCode, all).toBe(0);
    }
    return project;
  }

  describe.each(PAGES_TO_RUN)("$file", ({ file, blocks }) => {
    test.each(blocks)("line $line: $script", async ({ script, deployed, typed }) => {
      const { exitCode, all } = await paste(await projectFor(file, deployed), script, typed);
      expect(exitCode, all).toBe(0);
    });
  });
});

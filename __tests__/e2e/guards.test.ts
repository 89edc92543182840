/** @module-tag full */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { listenOnLoopback } from "../support/loopback.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";

/** What one edit must not do, or nobody could look for. Real Terraform and provider on moto, trusted for what it stores. */
describe.skipIf(!inject("moto"))("guards", () => {
  const USERS = {
    "root@example.com": { invite: "none", groups: ["admins"] },
    "taro@example.com": { invite: "none", groups: ["admins"] },
    "mei@example.com": { invite: "none" },
    "ann@example.com": { invite: "none" },
  };
  const PRIVILEGED = "groups: { admins: { privileged: true } }";
  let moto: RunningEmulator;
  let project: Project;
  let config: string;

  const command = async (line: string) => {
    const run = await project.run(`node scripts/run.mjs ${line} --json`);
    return { ...run, document: JSON.parse(run.stdout || "{}") };
  };
  /** config.ts as it was deployed, with another line. */
  const configure = (piece: string, replacement: string) => {
    writeFileSync(join(project.directory, "config.ts"), config);
    project.configure(piece, replacement);
  };

  beforeAll(async () => {
    moto = await startMoto();
    project = await Project.withProvider(emulatorEnvironment(moto.endpoint));
    project.writeRoster(USERS);
    project.configure(
      'pool: { name: "people"',
      `${PRIVILEGED}, guards: { required: ["root@example.com"] }, pool: { domainPrefix: "first-prefix", name: "people"`,
    );
    config = project.read("config.ts");
  });
  afterAll(async () => {
    project?.remove();
    await moto?.stop();
  });

  test.each([429, 503])(
    "a first deploy is refused while ListUserPools answers %i: it could not look",
    async (status) => {
      const proxy = await listenOnLoopback(async (incoming, outgoing) => {
        const asked = String(incoming.headers["x-amz-target"]);
        const refused = asked.endsWith(".ListUserPools");
        outgoing.writeHead(refused ? status : 404).end("{}");
      });
      const run = await project.run("node scripts/run.mjs plan --json", {
        env: { AWS_ENDPOINT_URL: proxy.endpoint },
      });
      await proxy.stop();
      expect(run.exitCode, run.all).toBe(3);
      expect(JSON.parse(run.stdout).summary).toMatch(
        /^REFUSED: could not check whether a user pool "people"/,
      );
    },
  );

  test("after a deploy, the plan has nothing to do", async () => {
    const deployed = await command("deploy --yes");
    expect(deployed.exitCode, deployed.all).toBe(0);
    expect((await command("plan")).document).toMatchObject({
      summary: "Nothing to do: everything is as declared",
      applyable: false,
      notices: [],
    });
  });

  test("a pool that was deployed without handing on its guards still has nothing to do", async () => {
    const file = "terraform.cognito-roster.tfstate";
    const handedOn = project.read(file);
    const { outputs, ...state } = JSON.parse(handedOn);
    const { guards, ...others } = outputs;
    expect(guards.value).toMatchObject({ required: ["root@example.com"], privileged: ["admins"] });
    writeFileSync(join(project.directory, file), JSON.stringify({ ...state, outputs: others }, null, 2));
    const before = project.read(file);
    const plan = await command("plan");
    expect(plan.exitCode, plan.all).toBe(0);
    expect(plan.document).toMatchObject({
      summary: "Nothing to do: everything is as declared",
      terraform: { import: 0, add: 0, change: 0, destroy: 0 },
      notices: [],
    });
    expect(project.read(file)).toBe(before);
    writeFileSync(join(project.directory, file), handedOn);
  });

  test("another domain is refused, unless it is named by its address", async () => {
    configure('"first-prefix"', '"second-prefix"');
    const refused = await command("plan");
    expect(refused.exitCode, refused.all).toBe(3);
    expect(refused.document.refused).toEqual([
      {
        message: expect.stringMatching(/^aws_cognito_user_pool_domain\.domain would be replaced/),
        hint: expect.stringContaining("--allow-replace aws_cognito_user_pool_domain.domain"),
      },
    ]);
    const named = await command("plan --allow-replace aws_cognito_user_pool_domain.domain");
    expect(named.exitCode, named.all).toBe(0);
  });

  test("destroyable and two deleted lines in one edit are refused; deployed alone, it is only told", async () => {
    configure('stack: "cognito-roster"', 'stack: "cognito-roster", destroyable: true');
    const { "mei@example.com": _, "ann@example.com": __, ...rest } = USERS;
    project.writeRoster(rest);
    const refused = await command("plan");
    expect(refused.exitCode, refused.all).toBe(3);
    expect(refused.document.refused).toHaveLength(2);
    expect(refused.document.refused[0].hint).toContain("deploy that by itself first");

    project.writeRoster(USERS);
    const loosening = await command("plan");
    expect(loosening.exitCode, loosening.all).toBe(0);
    expect(loosening.document.notices).toEqual([expect.stringContaining("loosens guards: destroyable")]);
  });

  test("a required person stays in a privileged group, also when config.ts calls it privileged no more", async () => {
    configure(PRIVILEGED, "groups: { admins: {} }");
    project.writeRoster({ ...USERS, "root@example.com": { invite: "none" } });
    const refused = await command("plan");
    expect(refused.exitCode, refused.all).toBe(3);
    expect(refused.document.refused).toEqual([
      {
        message: expect.stringContaining('would be removed from the privileged group "admins"'),
        hint: expect.stringContaining("deploy that first"),
      },
    ]);
  });
});

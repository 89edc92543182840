/** @module-tag full */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import {
  AdminAddUserToGroupCommand,
  AdminGetUserCommand,
  AdminListGroupsForUserCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { emulatorClient } from "../support/live-people.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";

const HANAKO = "hanako@example.com";
const CONTRACTOR = "contractor@example.com";
const ADMIN_ROLE = "arn:aws:iam::123456789012:role/Admin";
/** Access of both ends on that day, which no test lives to see, or ended long ago. */
const roster = (until: string) => ({
  [HANAKO]: { owner: "Platform", groups: ["ops", { admins: { until } }] },
  [CONTRACTOR]: { owner: "Platform", until, groups: ["ops"] },
});
const FAR = "2099-12-31";
const DAY_AFTER = "2100-01-01";

/**
 * Access that ends by itself, and who had it, by real deploys from a git clone. moto is trusted for keeping groups and whether people are
 * disabled. Each test goes on where the one before it stopped.
 */
describe.skipIf(!inject("moto"))("access that ends, and who gave it", () => {
  let moto: RunningEmulator;
  let project: Project;
  const run = (line: string) => project.run(`node scripts/run.mjs ${line}`);
  const document = async (line: string, exitCode = 0) => {
    const result = await run(`${line} --json`);
    expect(result.exitCode, result.all).toBe(exitCode);
    return JSON.parse(result.stdout);
  };
  const git = (...args: string[]) => execa("git", args, { cwd: project.directory });
  const commit = async (message: string, author: string) => {
    await git("add", "config.ts", "users.json", ".gitignore");
    await git("commit", "--quiet", "--message", message, `--author=${author} <${author}@example.com>`);
    return (await git("rev-parse", "HEAD")).stdout;
  };
  const cognito = () => emulatorClient(moto.endpoint);
  const live = async (Username: string) => {
    const { outputs } = JSON.parse(project.read("terraform.cognito-roster.tfstate"));
    const person = { UserPoolId: outputs.user_pool_id.value, Username };
    const { Enabled } = await cognito().send(new AdminGetUserCommand(person));
    const { Groups = [] } = await cognito().send(new AdminListGroupsForUserCommand(person));
    return { enabled: Enabled, groups: Groups.map(({ GroupName }) => GroupName).sort() };
  };

  beforeAll(async () => {
    moto = await startMoto();
    project = await Project.withProvider(emulatorEnvironment(moto.endpoint));
    project.configure(
      'client: { name: "app" }',
      `client: { name: "app" }, groups: { ops: {}, admins: { roleArn: "${ADMIN_ROLE}" } }`,
    );
    for (const args of [
      ["init", "--quiet"],
      ["config", "user.name", "Team"],
      ["config", "user.email", "team@example.com"],
    ])
      await git(...args);
  });
  afterAll(async () => {
    project?.remove();
    await moto?.stop();
  });

  test("until their last day both have what the roster says, and a plan for the day after says who loses what", async () => {
    project.writeRoster(roster(FAR));
    await commit("Merge pull request #7 from acme/contractor", "mei");
    await document("deploy --yes");
    expect(await live(HANAKO)).toEqual({ enabled: true, groups: ["admins", "ops"] });
    expect(await live(CONTRACTOR)).toEqual({ enabled: true, groups: ["ops"] });
    expect((await document("plan")).summary).toMatch(/^Nothing to do/);

    const ahead = await document(`plan --on ${DAY_AFTER}`);
    expect(ahead.entries).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ about: "membership", what: "out", username: HANAKO }),
        expect.objectContaining({ about: "person", username: CONTRACTOR }),
      ]),
    );
    const refused = await run(`deploy --yes --on ${DAY_AFTER}`);
    expect(refused.exitCode, refused.all).not.toBe(0);
  });

  test("access says what each can do, by person and by role, and --live what was changed by hand", async () => {
    const { people } = await document(`access ${HANAKO}`);
    expect(people).toEqual([
      expect.objectContaining({
        username: HANAKO,
        roles: [expect.objectContaining({ arn: ADMIN_ROLE, groups: ["admins"] })],
      }),
    ]);
    const byRole = await document(`access --role ${ADMIN_ROLE} --live`);
    expect(byRole.people.map(({ username }: { username: string }) => username)).toEqual([HANAKO]);
    expect(byRole.live.differences).toEqual([]);

    const { outputs } = JSON.parse(project.read("terraform.cognito-roster.tfstate"));
    const UserPoolId = outputs.user_pool_id.value;
    await cognito().send(
      new AdminAddUserToGroupCommand({ UserPoolId, Username: CONTRACTOR, GroupName: "admins" }),
    );
    const { live: found } = await document(`access --group admins --live`);
    expect(found.differences).toEqual([expect.stringContaining(CONTRACTOR)]);
    const unknown = await run("access --group admin");
    expect(unknown.exitCode).toBe(2);
    expect(unknown.words).toContain("did you mean admins?");
  });

  test("when the day has passed, the deploy takes the membership and disables the contractor, and plain cdktf agrees", async () => {
    project.writeRoster(roster("2020-12-31"));
    const id = await commit("Access of last year ends (#8)", "ren");
    await document("deploy --yes");
    expect(await live(HANAKO)).toEqual({ enabled: true, groups: ["ops"] });
    expect((await live(CONTRACTOR)).enabled).toBe(false);
    expect((await document("access --group admins")).people).toEqual([]);
    expect((await document(`access ${CONTRACTOR}`)).people).toEqual([
      expect.objectContaining({ status: "leaving" }),
    ]);
    const diff = await project.run("npx cdktf diff");
    expect(diff.words, diff.all).toContain("No changes.");

    const { events } = await document(`history ${HANAKO}`);
    expect(events).toHaveLength(2);
    expect(events[0]).toMatchObject({ author: "mei", pullRequest: 7, deployed: { at: expect.any(String) } });
    expect(events[1]).toMatchObject({
      id,
      author: "ren",
      what: ["in admins until 2020-12-31"],
      pullRequest: 8,
      deployed: { at: expect.any(String) },
    });
  });

  test("what has ended is written down, and the plan stays empty", async () => {
    await run("ended --write");
    expect(JSON.parse(project.read("users.json")).users).toEqual({
      [HANAKO]: { owner: "Platform", groups: ["ops"] },
      [CONTRACTOR]: { owner: "Platform", leaving: true, groups: ["ops"] },
    });
    expect((await document("plan")).summary).toMatch(/^Nothing to do/);
  });

  test("recertify lists each owner's people with their status in the pool; ticks are kept, and check asks those who are not ticked", async () => {
    project.configure("groups: {", 'guards: { recertifyEvery: "90 days" }, groups: {');
    const before = await run("check");
    expect(before.words).toContain("recertify");
    const { files } = await document("recertify");
    expect(files).toEqual([
      {
        file: expect.stringMatching(/^recertification\/\d{4}-\d\d-\d\d\/platform-\w+\.md$/),
        owner: "Platform",
        people: [HANAKO],
      },
    ]);
    const [{ file }] = files;
    expect(project.read(file)).toMatch(/- \[ \] .*hanako@example\.com.*ops.*invited/);
    project.replace(file, "- [ ]", "- [x]");
    const again = await run("recertify");
    expect(again.exitCode).toBe(2);
    expect(project.read(file)).toContain("- [x]");
    await git("add", "recertification");
    await commit("Access confirmed", "mei");
    const after = await run("check");
    expect(after.words).not.toContain("nobody has confirmed");
    expect(readdirSync(join(project.directory, "recertification"))).toHaveLength(1);
  });
});

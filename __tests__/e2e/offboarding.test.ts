/** @module-tag full */

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  AdminSetUserPasswordCommand,
  GetUserCommand,
  InitiateAuthCommand,
  ListUsersInGroupCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { emulatorClient, livePeople } from "../support/live-people.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";
import { CTRL_C, openTerminal } from "../support/terminal.ts";

/** People leave and come back through our own deploy, on real Terraform and moto. Each test goes on where the last one stopped. */
describe.skipIf(!inject("moto"))("leaving, in two steps", () => {
  const TARO = "taro@example.com";
  const USERS = {
    "hanako@example.com": { attributes: { name: "Hanako" }, groups: ["ops"] },
    [TARO]: { attributes: { name: "Taro" }, groups: ["ops"] },
    "ci-bot@example.com": { invite: "none", groups: ["ops", "robots"] },
  };
  const PASSWORD = "Correct-horse-77!";
  const { [TARO]: _, ...WITHOUT_TARO } = USERS;
  const { "ci-bot@example.com": __, ...WITHOUT_BOT } = USERS;
  let moto: RunningEmulator;
  let project: Project;
  let pool: { userPoolId: string; clientId: string };
  let sub: string | undefined;
  let oldSession: GetUserCommand;

  const deploy = (options = "") => project.run(`node scripts/run.mjs deploy --yes ${options}`.trim());
  const live = async (email: string) =>
    (await livePeople(emulatorClient(moto.endpoint), pool.userPoolId)).find((one) => one.email === email);
  const session = async () => {
    const { AuthenticationResult } = await emulatorClient(moto.endpoint).send(
      new InitiateAuthCommand({
        AuthFlow: "USER_PASSWORD_AUTH",
        ClientId: pool.clientId,
        AuthParameters: { USERNAME: TARO, PASSWORD },
      }),
    );
    return new GetUserCommand({ AccessToken: AuthenticationResult?.AccessToken });
  };

  beforeAll(async () => {
    moto = await startMoto();
    project = await Project.withProvider(emulatorEnvironment(moto.endpoint));
    project.writeRoster(USERS);
    const git = (...args: string[]) => execa("git", args, { cwd: project.directory });
    await git("init", "--quiet");
    await git("add", "users.json");
    await git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "-m", "everyone");
  });
  afterAll(async () => {
    project?.remove();
    await moto?.stop();
  });

  test("a deploy without a terminal asks for --yes, and plans nothing", async () => {
    const refused = await project.run("node scripts/run.mjs deploy");
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain("--yes");
  });

  test("everyone joins; the report says who was invited, and the plan is not left behind", async () => {
    const deployed = await deploy("--json");
    expect(deployed.exitCode, deployed.all).toBe(0);
    const document = JSON.parse(deployed.stdout);
    expect(document.summary).toBe("3 people join, 4 other changes — nothing irreversible");
    expect(document.entries).toContainEqual(
      expect.objectContaining({ username: "ci-bot@example.com", what: "joins", invitation: "none" }),
    );
    pool = document.deployment;
    sub = (await live(TARO))?.sub;
    const { stdout } = await execa("find", [project.directory, "-name", "*.tfplan"]);
    expect(stdout).toBe("");
  });

  test("a line that is simply deleted is refused in the roster's words before Terraform plans, and by check --against", async () => {
    project.writeRoster(WITHOUT_TARO);
    const refused = await deploy("--json");
    expect(refused.exitCode, refused.all).toBe(3);
    expect(refused.stderr).toContain('"taro@example.com" was deleted from');
    expect(refused.stderr).toContain('"leaving": true');
    expect(refused.stderr).not.toContain("Terraform: planning");
    expect(JSON.parse(refused.stdout).refused).toHaveLength(1);

    const checked = await project.run("node scripts/run.mjs check --against HEAD");
    expect(checked.exitCode).toBe(2);
    expect(checked.stdout).toContain('users.json:11:5 ✖ "taro@example.com" was deleted from users.json');
  });

  test("a key in other letters is explained as what it is: a deletion, and a newcomer", async () => {
    project.writeRoster({ ...WITHOUT_TARO, "Taro@example.com": {} });
    const refused = await project.run("node scripts/run.mjs plan");
    expect(refused.exitCode, refused.all).toBe(3);
    expect(refused.words).toContain(
      'this would delete "taro@example.com" and create "Taro@example.com" with a new sub',
    );
  });

  test("at a terminal it asks first; Ctrl-C then leaves neither a change nor the plan behind", async () => {
    project.writeRoster({ ...USERS, "jiro@example.com": {} });
    const env = {
      PATH: process.env.PATH ?? "",
      ...(emulatorEnvironment(moto.endpoint) as Record<string, string>),
    };
    const terminal = openTerminal(["scripts/run.mjs", "deploy"], env, [], project.directory);
    await terminal.shows("joins, invited by e-mail");
    await terminal.shows("Deploy this?");
    const stack = join(project.directory, "cdktf.out", "stacks", "cognito-roster");
    const plans = () => readdirSync(stack).filter((name) => name.endsWith(".tfplan"));
    expect(plans().map((name) => statSync(join(stack, name)).mode & 0o777)).toEqual([0o600]);
    terminal.press(CTRL_C);
    expect(await terminal.ended).toBe(130);
    expect(plans()).toEqual([]);
    expect(await live("jiro@example.com")).toBeUndefined();
  });

  test("leaving: the same account, disabled, its sessions ended, still in its group", async () => {
    const client = emulatorClient(moto.endpoint);
    const password = { UserPoolId: pool.userPoolId, Username: TARO, Password: PASSWORD, Permanent: true };
    await client.send(new AdminSetUserPasswordCommand(password));
    oldSession = await session();
    await client.send(oldSession);

    project.writeRoster({
      ...USERS,
      [TARO]: { ...USERS[TARO], leaving: true },
      "ci-bot@example.com": { ...USERS["ci-bot@example.com"], leaving: true },
    });
    const deployed = await deploy();
    expect(deployed.exitCode, deployed.all).toBe(0);
    expect(deployed.words).toContain("2 people leave — nothing irreversible");
    expect(deployed.words).toContain("signed out everywhere: taro@example.com, ci-bot@example.com");
    expect(await live(TARO)).toMatchObject({ sub, enabled: false, status: "CONFIRMED" });
    await expect(client.send(oldSession)).rejects.toThrow();
    const ops = new ListUsersInGroupCommand({ UserPoolId: pool.userPoolId, GroupName: "ops" });
    expect((await client.send(ops)).Users).toHaveLength(3);
  });

  test("a guard refuses more removals than it is set to", async () => {
    project.configure('roster: "users.json",', 'roster: "users.json", guards: { maxRemovals: 0 },');
    project.writeRoster(WITHOUT_BOT);
    const refused = await deploy();
    expect(refused.exitCode, refused.all).toBe(3);
    expect(refused.words).toContain("REFUSED: 1 person would be deleted (limit 0)");
    expect(await live("ci-bot@example.com")).toBeDefined();
  });

  test("one comes back, the same account, enabled; the other's line is gone, and so are account and memberships", async () => {
    const deployed = await deploy("--allow-removals 1");
    expect(deployed.exitCode, deployed.all).toBe(0);
    expect(deployed.words).toContain("1 person returns, 1 is deleted, 1 other change — 1 irreversible");
    expect(await live("ci-bot@example.com")).toBeUndefined();
    expect(await live(TARO)).toMatchObject({ sub, enabled: true, status: "CONFIRMED" });
    // moto refuses a disabled person's session anyway; that the old one stays refused shows that it was ended.
    const client = emulatorClient(moto.endpoint);
    await client.send(await session());
    await expect(client.send(oldSession)).rejects.toThrow();
  });
});

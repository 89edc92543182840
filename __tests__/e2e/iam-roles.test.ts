/** @module-tag full */
/** @module-tag long */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminUserGlobalSignOutCommand,
  DeleteUserPoolCommand,
  UpdateUserPoolCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { readDeployment } from "../../lib/terraform/deployment.ts";
import { config } from "../as-cloned/config.ts";
import { CLIENT, FIRST, POOL, SECOND, THIRD } from "../support/all-that-a-deploy-does.ts";
import { type IamGate, startIamGate } from "../support/iam-gate.ts";
import { allowedActions, type IamPolicy, policyOf, type Role, together } from "../support/iam-policy.ts";
import { emulatorClient, livePeople } from "../support/live-people.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { NEW, TEMPORARY } from "../support/moto-pool.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";

const BUCKET = "team-states";
/** moto 5.2.1 has none of these: that they are asked for is what counts here. */
const LACKING = [
  "cognito-idp:DeleteResourceServer",
  "cognito-idp:TagResource",
  "cognito-idp:UntagResource",
  "cognito-idp:UpdateResourceServer",
];
/** What the third config.ts has not any more. */
const GONE = [
  "aws_cognito_user_pool_domain.domain",
  'aws_cognito_resource_server.servers["jobs"]',
  "aws_cognito_identity_provider.CorpAD",
]
  .map((address) => `--allow-replace ${address}`)
  .join(" ");

/**
 * The commands of each role that docs/iam has a policy for, each behind a gate that decides as IAM does; on moto, which is
 * trusted for answering what it is asked. What Terraform's provider asks AWS and not an emulator is GetCallerIdentity alone, for
 * which nobody needs a right (lib/stack/synth/roster-stack.ts, backend.ts). Each test goes on where the one before it stopped.
 */
describe.skipIf(!inject("moto"))("the IAM policies of docs/iam", () => {
  const gates = new Map<Role, IamGate[]>();
  let moto: RunningEmulator;
  let project: Project;
  let POOL_ID = "*";

  const gateOf = async (role: Role, policy: IamPolicy = policyOf(role, { POOL_ID, BUCKET })) => {
    const gate = await startIamGate(moto.endpoint, policy, { lacking: LACKING });
    gates.set(role, [...(gates.get(role) ?? []), gate]);
    return gate;
  };
  const run = async (
    gate: IamGate,
    command: string,
    { exitCode = 0, env = {} as NodeJS.ProcessEnv } = {},
  ) => {
    const result = await project.run(`node scripts/run.mjs ${command}`, {
      env: { ...emulatorEnvironment(gate.endpoint), ...env },
    });
    expect(result.exitCode, `${command}: ${result.all}`).toBe(exitCode);
    return result;
  };
  let written = { pool: POOL, client: CLIENT };
  const write = ({ people, ...config }: typeof FIRST | typeof SECOND | typeof THIRD) => {
    project.configure(written.pool, config.pool);
    project.configure(written.client, config.client);
    written = config;
    project.writeRoster(people);
  };
  const expectRefused = async (
    gate: IamGate,
    attempts: (cognito: ReturnType<typeof emulatorClient>) => readonly Promise<unknown>[],
  ) => {
    const outcomes = await Promise.allSettled(attempts(emulatorClient(gate.endpoint)));
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ reason: { name: "AccessDeniedException" } });
  };
  /** What all runs of a role were refused, and what its policy allows and none of them asked for. */
  const verdict = (role: Role) => {
    const of = gates.get(role) ?? [];
    const made = new Set(of.flatMap(({ allowed }) => [...allowed]));
    const unused = [...allowedActions(policyOf(role, { POOL_ID, BUCKET }))].filter(
      (action) => !made.has(action),
    );
    return { refused: of.flatMap(({ refused }) => [...refused]), unused };
  };
  const headcount = async () => (await livePeople(emulatorClient(moto.endpoint), POOL_ID)).length;

  beforeAll(async () => {
    moto = await startMoto();
    expect((await fetch(`${moto.endpoint}/${BUCKET}`, { method: "PUT" })).status).toBe(200);
    project = new Project();
    project.configure(POOL, `${POOL},\n  backend: { type: "s3", bucket: "${BUCKET}" }`);
  });
  afterAll(async () => {
    project?.remove();
    for (const gate of [...gates.values()].flat()) await gate.stop();
    await moto?.stop();
  });

  test("the planner plans a first deploy, and sees whether there is such a pool already", async () => {
    write(FIRST);
    const planner = await gateOf("planner");
    const planned = await run(planner, "plan");
    expect(planned.words).toContain("created by this deploy");
  });

  test("the deployer makes a pool with all that there can be, before the pool's id is known", async () => {
    const deployer = await gateOf("deployer");
    await run(deployer, "deploy --yes");
    const { userPoolId } = await readDeployment({
      projectDirectory: project.directory,
      settings: { ...config, backend: { type: "s3", bucket: BUCKET } },
      env: { ...process.env, ...emulatorEnvironment(moto.endpoint) },
    });
    POOL_ID = userPoolId;
  });

  test("the deployer changes it with rights on this one pool alone, and its canaries walk", async () => {
    write(SECOND);
    const deployer = await gateOf("deployer");
    const refused = await run(deployer, "deploy --yes", { exitCode: 3 });
    expect(refused.words).toContain("REFUSED: the app client would be replaced");
    await run(deployer, "deploy --yes --allow-replace aws_cognito_user_pool_client.client");
    await run(deployer, "canary --flow password");
    await run(deployer, "canary --flow admin");
  });

  test("the planner plans, an adoption too; checks, shows the status, and reads the pool for a backup and an import", async () => {
    await emulatorClient(moto.endpoint).send(
      new AdminCreateUserCommand({
        UserPoolId: POOL_ID,
        Username: "sachiko",
        MessageAction: "SUPPRESS",
        UserAttributes: [{ Name: "email", Value: "sachiko@example.com" }],
      }),
    );
    write(THIRD);
    const planner = await gateOf("planner");
    const planned = await run(planner, `plan --adopt sachiko ${GONE}`);
    expect(planned.words).toContain("1 to import");
    await run(planner, "check");
    await run(planner, "status");
    await run(planner, "export-users --out saved.json");
    await run(planner, `import-users --user-pool-id ${POOL_ID}`);
  });

  test("the planner cannot change anything", async () => {
    const planner = await startIamGate(moto.endpoint, policyOf("planner", { POOL_ID, BUCKET }));
    const UserPoolId = POOL_ID;
    await expectRefused(planner, (cognito) => [
      cognito.send(new AdminDisableUserCommand({ UserPoolId, Username: "robot" })),
      cognito.send(new UpdateUserPoolCommand({ UserPoolId })),
    ]);
    const deploy = await run(planner, `deploy --yes --adopt sachiko ${GONE}`, { exitCode: 1 });
    expect(deploy.words).toContain("not authorized to perform: s3:PutObject");
    await planner.stop();
  });

  test("the deployer adopts, deletes, and takes away what is not written any more", async () => {
    const deployer = await gateOf("deployer");
    await run(deployer, `deploy --yes --adopt sachiko ${GONE}`);
  });

  test("whoever walks accounts needs the right to list them, such as the planner", async () => {
    const file = join(project.directory, "team.passwords");
    const Username = "walker";
    const admin = emulatorClient(moto.endpoint);
    const person = { UserPoolId: POOL_ID, Username };
    await admin.send(
      new AdminCreateUserCommand({ ...person, TemporaryPassword: TEMPORARY, MessageAction: "SUPPRESS" }),
    );
    const line = { username: Username, temporaryPassword: TEMPORARY, newPassword: NEW };
    writeFileSync(file, JSON.stringify(line), { mode: 0o600 });
    const planner = await gateOf("planner");
    await run(planner, "walk team.passwords --flow password");
    await admin.send(new AdminDeleteUserCommand(person));
  });

  test("the helpdesk issues a password, takes an authenticator app away, and ends the sessions of the lost phone", async () => {
    const helpdesk = await gateOf("helpdesk");
    const env = { COGNITO_USER_POOL_ID: POOL_ID };
    await run(helpdesk, "issue-password robot --permanent --yes --out robot.passwords", { env });
    expect(readFileSync(join(project.directory, "robot.passwords"), "utf8")).toContain('"robot"');
    expect((await run(helpdesk, "status --mfa --json", { env })).stdout).toContain('"robot"');
    const reset = await run(helpdesk, "reset-mfa robot --yes", { env });
    const advised = /aws cognito-idp admin-user-global-sign-out --user-pool-id (\S+) --username (\S+)/.exec(
      reset.words,
    );
    const [UserPoolId, Username] = advised?.slice(1) ?? [];
    await emulatorClient(helpdesk.endpoint).send(new AdminUserGlobalSignOutCommand({ UserPoolId, Username }));
  });

  test("the helpdesk cannot create or delete anybody, or touch the pool", async () => {
    const helpdesk = await startIamGate(moto.endpoint, policyOf("helpdesk", { POOL_ID, BUCKET }));
    const [before, UserPoolId] = [await headcount(), POOL_ID];
    await expectRefused(helpdesk, (cognito) => [
      cognito.send(new AdminCreateUserCommand({ UserPoolId, Username: "mallory" })),
      cognito.send(new AdminDeleteUserCommand({ UserPoolId, Username: "robot" })),
      cognito.send(new AdminDisableUserCommand({ UserPoolId, Username: "robot" })),
      cognito.send(new UpdateUserPoolCommand({ UserPoolId })),
      cognito.send(new DeleteUserPoolCommand({ UserPoolId })),
    ]);
    const invited = await run(helpdesk, "invite hanako", {
      exitCode: 1,
      env: { COGNITO_USER_POOL_ID: POOL_ID },
    });
    expect(invited.words).toContain("AdminCreateUser");
    expect(await headcount()).toBe(before);
    await helpdesk.stop();
  });

  test("the helpdesk with helpdesk-invite besides sends invitations again", async () => {
    const both = together(policyOf("helpdesk", { POOL_ID }), policyOf("helpdesk-invite", { POOL_ID }));
    const gate = await gateOf("helpdesk-invite", both);
    const invited = await run(gate, "invite hanako", { env: { COGNITO_USER_POOL_ID: POOL_ID } });
    expect(invited.words).toContain("1 invitation sent");
  });

  test.each(["planner", "deployer", "helpdesk", "helpdesk-invite"] as const)(
    "%s: all that its commands asked for is allowed, and what is allowed was asked for",
    (role) => {
      expect(verdict(role)).toEqual({ refused: [], unused: [] });
    },
  );
});

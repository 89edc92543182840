/** @module-tag full */
/** @module-tag long */

import { join } from "node:path";
import {
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminUpdateUserAttributesCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { readDeployment } from "../../lib/terraform/deployment.ts";
import { config } from "../as-cloned/config.ts";
import { expectClearError } from "../support/damage.ts";
import { type FaultyProxy, startFaultyProxy } from "../support/faulty-proxy.ts";
import { emulatorClient, livePeople } from "../support/live-people.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { killMarked } from "../support/processes.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";

const DEPLOY = "node scripts/run.mjs deploy --yes";
const BUCKET = "team-states";
const KEY = "cognito-roster.tfstate";

/**
 * The state in a bucket, with Terraform's own lock file, on moto's S3: it implements the conditional write that the lock
 * is made of. Two copies of the repository stand for two machines. Each test goes on where the one before it stopped.
 */
describe.skipIf(!inject("moto"))("a state in S3", () => {
  const people = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`person-${index}@example.com`, {}]));
  let moto: RunningEmulator;
  let slow: FaultyProxy;
  let one: Project;
  let other: Project;

  const useBucket = (project: Project, bucket = BUCKET) =>
    project.configure(
      'name: "people" },',
      `name: "people" },\n  backend: { type: "s3", bucket: "${bucket}" },`,
    );
  /** Any signature will do for moto, but without one the object is private. */
  const stored = (key: string) =>
    fetch(`${moto.endpoint}/${BUCKET}/${key}`, {
      headers: { authorization: "AWS4-HMAC-SHA256 Credential=test/20250101/us-east-1/s3/aws4_request" },
    });
  /** While this is unresolved Cognito does not answer; S3 does. So an apply can be met in the middle. */
  let held: Promise<void> | undefined;
  let letGo = () => {};
  let onCreate = () => {};
  const slowly = () => ({
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: slow.endpoint,
    AWS_ENDPOINT_URL_S3: moto.endpoint,
  });
  const begin = (project: Project, env: NodeJS.ProcessEnv) => {
    const [file = "", ...args] = DEPLOY.split(" ");
    const run = execa(file, args, {
      cwd: project.directory,
      env: { ...emulatorEnvironment(moto.endpoint), ...env },
      reject: false,
      all: true,
    });
    const applying = new Promise<void>((resolve, reject) => {
      onCreate = () => {
        held ??= new Promise((release) => {
          letGo = release;
        });
        resolve();
      };
      void run.then((result) => reject(new Error(`It never came to apply: ${result.all}`)));
    });
    return { run, applying };
  };
  /** The command in the words, as a person would type it, answering what it asks. */
  const named = (words: string, command: RegExp, answer: string) =>
    `${command.exec(words)?.[0] ?? `echo 'no command in: ${words}'; false #`}${answer}`.replace(
      "terraform",
      process.env.TERRAFORM_BINARY_NAME ?? "terraform",
    );
  /** Everyone is once in the pool, and once in the state. */
  const expectEveryoneOnce = async (count: number) => {
    const names = Object.keys(people(count)).sort();
    const { userPoolId } = await readDeployment({
      projectDirectory: one.directory,
      settings: { ...config, backend: { type: "s3", bucket: BUCKET } },
      env: { ...process.env, ...emulatorEnvironment(moto.endpoint) },
    });
    const live = await livePeople(emulatorClient(moto.endpoint), userPoolId);
    expect(live.map(({ email }) => email)).toEqual(names);
    const state = (await (await stored(KEY)).json()) as {
      resources: { type: string; instances: { index_key?: string }[] }[];
    };
    const inState = state.resources
      .filter(({ type }) => type === "aws_cognito_user")
      .flatMap(({ instances }) => instances.map(({ index_key }) => index_key));
    expect(inState.sort()).toEqual(names);
  };

  beforeAll(async () => {
    moto = await startMoto();
    slow = await startFaultyProxy(moto.endpoint, {
      faults: { throttle: 0, drop: 0, delay: 1 },
      random: () => 0,
      onCall: (operation) => operation === "AdminCreateUser" && onCreate(),
      delay: async () => held,
    });
    expect((await fetch(`${moto.endpoint}/${BUCKET}`, { method: "PUT" })).status).toBe(200);
    one = new Project(emulatorEnvironment(moto.endpoint));
    one.writeRoster(people(2));
    const first = await one.run(DEPLOY);
    expect(first.exitCode, first.all).toBe(0);
  });
  afterAll(async () => {
    letGo();
    killMarked(`LOCK_TEST=${process.pid}`);
    one?.remove();
    other?.remove();
    await slow?.stop();
    await moto?.stop();
  });

  test("a bucket that does not exist is one clear error, and nothing was made", async () => {
    other = new Project(emulatorEnvironment(moto.endpoint));
    useBucket(other, "no-such-bucket");
    expectClearError(await other.run(DEPLOY), 1, "no-such-bucket");
    other.configure("no-such-bucket", BUCKET);
  });

  test("another backend in config.ts does not begin an empty state: the deploy names the command that moves it", async () => {
    useBucket(one);
    const refused = await one.run(DEPLOY);
    expect(refused.exitCode).toBe(1);
    const moved = await one.run("sh", {
      input: named(refused.words, /\(cd \S+ && terraform init -migrate-state/, " -force-copy)"),
    });
    expect(moved.exitCode, moved.all).toBe(0);

    const deployed = await one.run(DEPLOY);
    expect(deployed.exitCode, deployed.all).toBe(0);
    await expectEveryoneOnce(2);
    expect((await stored(KEY)).headers.get("x-amz-server-side-encryption")).toBe("AES256");
  });

  test("a plan and a refused deploy write nothing into the bucket, whatever has drifted", async () => {
    const before = await (await stored(KEY)).text();
    const { userPoolId } = JSON.parse((await one.run(`${DEPLOY} --json`)).stdout).deployment;
    expect(await (await stored(KEY)).text()).toBe(before);
    await emulatorClient(moto.endpoint).send(
      new AdminUpdateUserAttributesCommand({
        UserPoolId: userPoolId,
        Username: "person-0@example.com",
        UserAttributes: [{ Name: "email_verified", Value: "false" }],
      }),
    );
    const planned = await one.run("node scripts/run.mjs plan");
    expect(planned.exitCode, planned.all).toBe(0);
    expect(planned.words).toContain("email_verified");
    one.writeRoster({ "person-0@example.com": {} });
    const refused = await one.run(DEPLOY);
    expect(refused.exitCode, refused.all).toBe(3);
    expect(await (await stored(KEY)).text()).toBe(before);
  });

  test("what is taken out of config.ts is taken back, although the state is elsewhere", async () => {
    one.writeRoster(people(2));
    one.configure("client: {", "client: {\n    sessionValidityMinutes: 10,");
    const longer = await one.run(DEPLOY);
    expect(longer.exitCode, longer.all).toBe(0);
    one.configure("\n    sessionValidityMinutes: 10,", "");
    const back = await one.run(DEPLOY);
    expect(back.exitCode, back.all).toBe(0);
    expect(back.words).toContain("auth_session_validity: 10 → 3");
  });

  test("plain cdktf, in a clone that was never connected, refuses another account under a name, and forgets nobody", async () => {
    const client = emulatorClient(moto.endpoint);
    one.writeRoster(people(2));
    const { userPoolId } = JSON.parse((await one.run(`${DEPLOY} --json`)).stdout).deployment;
    const of = { UserPoolId: userPoolId, Username: "person-1@example.com" };
    await client.send(new AdminDeleteUserCommand(of));
    await client.send(new AdminCreateUserCommand({ ...of, MessageAction: "SUPPRESS" }));
    const before = await (await stored(KEY)).text();
    other.writeRoster(people(2));
    const plain = await other.run("npx cdktf deploy --auto-approve");
    expect(plain.exitCode, plain.all).not.toBe(0);
    expect(plain.words.slice(-2_000)).toContain("person-1@example.com: another account now has this name,");
    expect(await (await stored(KEY)).text()).toBe(before);

    const accepted = await one.run(`${DEPLOY} --allow-replace person-1@example.com`);
    expect(accepted.exitCode, accepted.all).toBe(0);
  });

  test("what was synthesized without a look at the state is refused by Terraform", async () => {
    const denied = { AWS_ENDPOINT_URL_S3: "http://127.0.0.1:9", AWS_MAX_ATTEMPTS: "1" };
    const synthesized = await other.run("node scripts/run.mjs ../main", { env: denied });
    expect(synthesized.exitCode, synthesized.all).toBe(0);
    expect(synthesized.stderr).toContain("The state could not be read");
    const stack = join(other.directory, "cdktf.out", "stacks", "cognito-roster");
    const planned = await other.run(`terraform -chdir=${stack} plan -input=false`);
    expect(planned.exitCode, planned.all).toBe(1);
    expect(planned.words).toContain("REFUSED: could not check who has which account");
  });

  test("of two deploys one wins; the other is told who holds the lock since when, and what to do", async () => {
    one.writeRoster(people(12));
    other.writeRoster(people(12));
    const winner = begin(one, slowly());
    await winner.applying;
    const loser = await other.run(DEPLOY);
    expect(loser.exitCode, loser.all).toBe(1);
    expect(loser.words).toMatch(
      new RegExp(
        `The state ${BUCKET}/${KEY} is locked: \\S+ has been working on it since 20[-\\d]+ [:\\d]+ UTC`,
      ),
    );
    expect(loser.words).toContain("Wait until the other run has finished");
    onCreate = () => {};
    letGo();
    held = undefined;
    const result = await winner.run;
    expect(result.exitCode, result.all).toBe(0);
    await expectEveryoneOnce(12);
  });

  test("a killed deploy leaves its lock in the bucket; the command that the next one names removes it", async () => {
    one.writeRoster(people(20));
    const marker = { LOCK_TEST: String(process.pid) };
    const killed = begin(one, { ...slowly(), ...marker });
    await killed.applying;
    killMarked(`LOCK_TEST=${process.pid}`);
    await killed.run;

    const refused = await one.run(DEPLOY);
    expect(refused.exitCode, refused.all).toBe(1);
    const unlocked = await one.run("sh", {
      input: named(
        refused.words,
        /\(cd \S+ && terraform force-unlock/,
        ` -force ${/force-unlock (\S+)\)/.exec(refused.words)?.[1]})`,
      ),
    });
    expect(unlocked.exitCode, unlocked.all).toBe(0);

    const again = await one.run(DEPLOY);
    expect(again.exitCode, again.all).toBe(0);
    await expectEveryoneOnce(20);
  });
});

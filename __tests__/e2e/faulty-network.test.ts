/** @module-tag full */
/** @module-tag long */

import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import { firstLogin, signIn } from "../../lib/auth/sign-in.ts";
import { cognitoClient } from "../../lib/cognito/client.ts";
import { UserError } from "../../lib/errors.ts";
import { type Deployment, readDeployment } from "../../lib/terraform/deployment.ts";
import { config } from "../as-cloned/config.ts";
import { type FaultyProxy, startFaultyProxy } from "../support/faulty-proxy.ts";
import { emulatorClient, livePeople } from "../support/live-people.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";
import { seededRandom, tellSeed } from "../support/random.ts";

const TEMPORARY = "Temporary-pass-1!";
const NEW = "Correct-horse-77!";
/** Runs of a command until it succeeds, as its own words advise. */
const MAX_RUNS = 4;
/** In milliseconds: the waits between the attempts of each run add up to minutes, by chance. */
const PATIENCE = { timeout: 900_000 };

/**
 * Between us and moto 30 % of the calls are throttled, of 10 % the answer is lost after the work was done, and 10 % are late.
 * moto is trusted for refusing wrong passwords and used sessions.
 */
describe.skipIf(!inject("moto"))("on a bad network", PATIENCE, () => {
  const names = Array.from(
    { length: 8 },
    (_, index) => `person-${String(index).padStart(2, "0")}@example.com`,
  );
  let moto: RunningEmulator;
  let proxy: FaultyProxy;
  let project: Project;
  let deployment: Deployment;

  const live = () => livePeople(emulatorClient(moto.endpoint), deployment.userPoolId);

  beforeAll(async () => {
    moto = await startMoto();
    proxy = await startFaultyProxy(moto.endpoint, {
      faults: { throttle: 0.3, drop: 0.1, delay: 0.1 },
      random: seededRandom(tellSeed("NETWORK_SEED")),
    });
    project = new Project(emulatorEnvironment(proxy.endpoint));
    project.writeRoster(
      Object.fromEntries(names.map((name, index) => [name, { groups: [`team-${index % 3}`] }])),
    );
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    project?.remove();
    await proxy?.stop();
    await moto?.stop();
  });

  test("a deploy gets everyone into the pool, once", async () => {
    const env = {
      TF_VAR_temporary_passwords: JSON.stringify(Object.fromEntries(names.map((name) => [name, TEMPORARY]))),
    };
    let runs = 0;
    let deployed: Awaited<ReturnType<Project["run"]>>;
    do {
      deployed = await project.run("node scripts/run.mjs deploy --yes", { env });
      runs += 1;
    } while (deployed.exitCode !== 0 && runs < MAX_RUNS);
    expect(deployed.exitCode, deployed.all).toBe(0);
    deployment = await readDeployment({ projectDirectory: project.directory, settings: config });
    const people = await live();
    expect(people.map(({ email }) => email)).toEqual(names);
    console.log(`${runs} ${runs === 1 ? "run" : "runs"} of deploy, ${JSON.stringify(proxy.counts)}`);
  });

  test("everyone gets through the first login and signs in with the new password", async () => {
    for (const [name, value] of Object.entries(emulatorEnvironment(proxy.endpoint))) vi.stubEnv(name, value);
    const { clientId, userPoolId, passwordPolicy: policy } = deployment;
    // moto does not verify SRP
    const flow = "password";
    const answers = { newPassword: async () => NEW, attribute: async () => "", code: async () => "" };
    let runs = 0;
    let sentOn = 0;
    /** Again, as long as the words are that Cognito was not reached or had too much to do. */
    const patiently = async <T>(work: () => Promise<T>): Promise<T> => {
      for (let run = 1; ; run++) {
        runs += 1;
        try {
          return await work();
        } catch (error) {
          if (
            run === MAX_RUNS ||
            !(error instanceof UserError) ||
            !/too many requests|reached|session expired twice/.test(error.message)
          )
            throw error;
        }
      }
    };
    for (const username of names) {
      const client = cognitoClient({ region: deployment.region });
      const person = { clientId, userPoolId, username, answers, policy, flow } as const;
      try {
        await patiently(() => firstLogin(client, { ...person, temporaryPassword: TEMPORARY }));
      } catch (error) {
        // A run that ended before the answer to the new password came: the next one names the way on, which is taken here.
        if (!(error instanceof UserError) || !error.next.some((step) => step.includes("npm run sign-in")))
          throw error;
        sentOn += 1;
      }
      await patiently(() => signIn(client, { ...person, password: NEW }));
    }
    const people = await live();
    expect(people.map(({ email, status }) => [email, status])).toEqual(
      names.map((name) => [name, "CONFIRMED"]),
    );
    console.log(
      `${runs} runs for ${2 * names.length} logins, ${sentOn} sent on to sign-in, ${JSON.stringify(proxy.counts)}`,
    );
  });
});

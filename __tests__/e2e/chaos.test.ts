/** @module-tag full */

import { setTimeout as sleep } from "node:timers/promises";
import {
  AdminSetUserPasswordCommand,
  type CognitoIdentityProviderClient,
} from "@aws-sdk/client-cognito-identity-provider";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { config } from "../../config.ts";
import { type RunningEmulator, startMoto } from "../../lib/local/moto.ts";
import { readDeployment } from "../../lib/terraform/deployment.ts";
import { type FaultyProxy, startFaultyProxy } from "../support/faulty-proxy.ts";
import { emulatorClient, type LivePerson, livePeople } from "../support/live-people.ts";
import { killMarked, processesMarked } from "../support/processes.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";
import { seededRandom, tellSeed } from "../support/random.ts";

/** Two in `npm test`; `npm run test:chaos` makes it 20. */
const ROUNDS = Number(process.env.CHAOS_ROUNDS || 2);
const DEPLOY = ["scripts/run.mjs", "deploy", "--yes"];

type Entry = { leaving?: true; groups?: string[]; attributes?: Record<string, string> };

/**
 * A power cut in the middle of a deploy, again and again, on the real Terraform and moto. Each round changes the roster,
 * kills every process of the deploy at a random moment, and deploys once more.
 */
describe.skipIf(!inject("moto"))("a deploy that is killed", () => {
  const marker = `ROSTER_CHAOS=${process.pid}`;
  const users = new Map<string, Entry>();
  /** Who has finished the first login. */
  const finished = new Set<string>();
  /** Called when the deploy begins to change somebody. */
  let onChange = () => {};
  let random: () => number;
  let joined = 0;
  let moto: RunningEmulator;
  let slow: FaultyProxy;
  let project: Project;
  let client: CognitoIdentityProviderClient;
  let userPoolId: string;

  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  const join = () => {
    joined += 1;
    users.set(`person-${joined}@example.com`, { groups: joined % 2 ? ["odd"] : ["even", "all"] });
  };
  const leavingNow = () => [...users].filter(([, entry]) => entry.leaving).map(([name]) => name);
  const activeNow = () => [...users].filter(([, entry]) => !entry.leaving).map(([name]) => name);

  /**
   * Some leave, some who were leaving go for good or come back, some join, some change. Nobody loses an attribute: moto
   * refuses to delete one that is gone already (Cognito answers 200: aws-amplify/amplify-js pull request 12128).
   */
  const change = (round: number) => {
    const [gone, ...back] = leavingNow();
    if (gone !== undefined) users.delete(gone);
    for (const name of back) {
      const { leaving: _, ...entry } = users.get(name) ?? {};
      users.set(name, entry);
    }
    for (const name of [pick(activeNow()), pick(activeNow())]) {
      if (name) users.set(name, { ...users.get(name), leaving: true });
    }
    for (const name of [pick(activeNow()), pick(activeNow()), pick(activeNow())]) {
      if (name) users.set(name, { attributes: { name: `In round ${round}` }, groups: [`round-${round}`] });
    }
    for (let count = 0; count < 5; count++) join();
  };

  /** Everyone has an operator's temporary password: the deploy must not throw anybody back to it. */
  const environment = () => ({
    ROSTER_CHAOS: String(process.pid),
    TF_VAR_temporary_passwords: JSON.stringify(
      Object.fromEntries(activeNow().map((name) => [name, "Temporary-pass-1!"])),
    ),
    NO_COLOR: "1",
  });
  const start = () =>
    execa("node", DEPLOY, {
      cwd: project.directory,
      env: { ...emulatorEnvironment(slow.endpoint), ...environment() },
      stdin: "ignore",
      reject: false,
      all: true,
    });

  const finishFirstLogins = async (people: readonly LivePerson[]) => {
    for (const { email } of people.filter(({ enabled }) => enabled && random() < 0.5)) {
      await client.send(
        new AdminSetUserPasswordCommand({
          UserPoolId: userPoolId,
          Username: email,
          Password: "Own-secret-pass-1!",
          Permanent: true,
        }),
      );
      finished.add(email);
    }
  };

  beforeAll(async () => {
    const seed = tellSeed("CHAOS_SEED");
    random = seededRandom(seed);
    moto = await startMoto();
    // Answers that are under way when the power goes are one hard case: moto alone answers at once. The state being written
    // is the other: so half of the answers do come at once.
    const late = seededRandom(seed + 1);
    slow = await startFaultyProxy(moto.endpoint, {
      faults: { throttle: 0, drop: 0, delay: 0.5 },
      random: late,
      onCall: (operation) => operation.startsWith("Admin") && onChange(),
      delay: () => sleep(late() * 400),
    });
    client = emulatorClient(moto.endpoint);
    project = new Project(emulatorEnvironment(moto.endpoint));
    for (let count = 0; count < 40; count++) join();
    project.writeRoster(Object.fromEntries(users));
    const first = await start();
    expect(first.exitCode, first.all).toBe(0);
    ({ userPoolId } = await readDeployment({ projectDirectory: project.directory, settings: config }));
    await finishFirstLogins(await livePeople(client, userPoolId));
  });
  afterAll(async () => {
    killMarked(marker);
    project?.remove();
    await slow?.stop();
    await moto?.stop();
  });

  test.each(Array.from({ length: ROUNDS }, (_, index) => index + 1))(
    "round %i: one plain re-run converges; everyone is there once, as who they were",
    async (round) => {
      change(round);
      project.writeRoster(Object.fromEntries(users));

      const killed = start();
      // Every other cut falls in the seconds of the apply, where most is at stake.
      if (round % 2 === 1) {
        await new Promise<void>((resolve) => {
          onChange = resolve;
          void killed.then(() => resolve());
        });
        await sleep(random() * 2_000);
      } else {
        await sleep(random() * 9_000);
      }
      killMarked(marker);
      const cut = await killed;
      expect(processesMarked(marker)).toEqual([]);
      const before = await livePeople(client, userPoolId);

      const again = await start();
      expect(again.exitCode, again.all).toBe(0);

      const after = await livePeople(client, userPoolId);
      expect(after.map(({ email }) => email)).toEqual([...users.keys()].sort());
      const subs = new Map(after.map(({ email, sub }) => [email, sub]));
      for (const { email, sub } of before) if (users.has(email)) expect(subs.get(email), email).toBe(sub);
      for (const { email, status, enabled } of after) {
        expect(status, email).toBe(finished.has(email) ? "CONFIRMED" : "FORCE_CHANGE_PASSWORD");
        expect(enabled, email).toBe(users.get(email)?.leaving !== true);
      }
      expect((await project.plan({ env: environment() })).summary).toBe("No changes.");
      const shown = (cut.all ?? "").trim().split("\n").at(-1);
      const adopted = again.all?.match(/is taken over as is/g)?.length ?? 0;
      const restored = again.all?.includes("it was restored") ? ", state restored" : "";
      const how = cut.signal === undefined ? `had finished (${cut.exitCode})` : "killed";
      console.log(`round ${round}: ${how} after "${shown}"; ${adopted} adopted${restored}`);
      await finishFirstLogins(after.filter(({ email }) => !finished.has(email)));
    },
  );
});

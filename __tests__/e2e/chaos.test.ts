/** @module-tag full */
/** @module-tag long */

import { setTimeout as sleep } from "node:timers/promises";
import {
  AdminSetUserPasswordCommand,
  type CognitoIdentityProviderClient,
} from "@aws-sdk/client-cognito-identity-provider";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { readDeployment } from "../../lib/terraform/deployment.ts";
import { config } from "../as-cloned/config.ts";
import { type FaultyProxy, startFaultyProxy } from "../support/faulty-proxy.ts";
import { emulatorClient, type LivePerson, livePeople } from "../support/live-people.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { killMarked, processesMarked } from "../support/processes.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";
import { seededRandom, tellSeed } from "../support/random.ts";

/** Two in `npm run test:all`; `npm run test:chaos` makes it 20. */
const ROUNDS = Number(process.env.CHAOS_ROUNDS || 2);
/** Of a deploy that is interrupted, at another call each. */
const INTERRUPTIONS = Math.ceil(ROUNDS * 1.5);
const DEPLOY = ["scripts/run.mjs", "deploy", "--yes"];

/** In every round's group, so that none loses its last member: that an adopted one is deleted would be refused. */
const STAYS = "person-1@example.com";

type Entry = { leaving?: true; groups?: string[]; attributes?: Record<string, string> };

/**
 * A power cut in the middle of a deploy, again and again, on the real Terraform and moto: each round changes the roster, kills
 * every process of the deploy at a random moment, and deploys once more. Then Ctrl-C likewise, at a call of each kind that a
 * deploy makes.
 */
describe.skipIf(!inject("moto"))("a deploy that is cut off", () => {
  const marker = `ROSTER_CHAOS=${process.pid}`;
  const users = new Map<string, Entry>();
  /** Who has finished the first login. */
  const finished = new Set<string>();
  /** Called with each operation that a deploy asks Cognito for. */
  let onCall = (_operation: string) => {};
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
    const group = `round-${round}`;
    users.set(STAYS, { groups: [...(users.get(STAYS)?.groups ?? []), group] });
    // Nobody who is just back: of the two one goes in the next round, and one comes back.
    const others = () => activeNow().filter((name) => name !== STAYS && !back.includes(name));
    for (let count = 0; count < 2; count++) {
      const name = pick(others());
      if (name) users.set(name, { ...users.get(name), leaving: true });
    }
    for (const name of [pick(others()), pick(others()), pick(others())]) {
      if (name) users.set(name, { attributes: { name: `In round ${round}` }, groups: [group] });
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
      onCall: (operation) => onCall(operation),
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

  /** One plain run makes good whatever was cut off: everyone is there once, as who they were, and nobody is in who is out. */
  const expectToConverge = async (before: readonly LivePerson[]) => {
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
    await finishFirstLogins(after.filter(({ email }) => !finished.has(email)));
    return again;
  };

  test.each(Array.from({ length: ROUNDS }, (_, index) => index + 1))(
    "killed, round %i: one plain re-run converges; everyone is there once, as who they were",
    async (round) => {
      change(round);
      project.writeRoster(Object.fromEntries(users));

      const killed = start();
      // Every other cut falls in the seconds of the apply, where most is at stake.
      if (round % 2 === 1) {
        await new Promise<void>((resolve) => {
          onCall = (operation) => operation.startsWith("Admin") && resolve();
          void killed.then(() => resolve());
        });
        await sleep(random() * 2_000);
      } else {
        await sleep(random() * 9_000);
      }
      killMarked(marker);
      const cut = await killed;
      expect(processesMarked(marker)).toEqual([]);

      const again = await expectToConverge(await livePeople(client, userPoolId));
      const shown = (cut.all ?? "").trim().split("\n").at(-1);
      const adopted = again.all?.match(/is adopted as is/g)?.length ?? 0;
      const restored = again.all?.includes("state. It was restored") ? ", state restored" : "";
      const how = cut.signal === undefined ? `had finished (${cut.exitCode})` : "killed";
      console.log(`round ${round}: ${how} after "${shown}"; ${adopted} adopted${restored}`);
    },
  );

  /** How often a whole deploy has asked for each operation. */
  const calls = new Map<string, number>();

  test("a deploy in which people join, leave, return, go and change makes calls of these kinds", async () => {
    onCall = (operation) => calls.set(operation, (calls.get(operation) ?? 0) + 1);
    change(ROUNDS + 1);
    project.writeRoster(Object.fromEntries(users));
    await expectToConverge(await livePeople(client, userPoolId));
    expect([...calls.keys()]).toEqual(
      expect.arrayContaining([
        "ListUsers",
        "ListUsersInGroup",
        "DescribeUserPool",
        "AdminCreateUser",
        "AdminGetUser",
        "AdminDisableUser",
        "AdminEnableUser",
        "AdminDeleteUser",
        "AdminUpdateUserAttributes",
        "AdminAddUserToGroup",
        "AdminRemoveUserFromGroup",
        "AdminUserGlobalSignOut",
      ]),
    );
  });

  test.each(Array.from({ length: INTERRUPTIONS }, (_, index) => index + 1))(
    "interrupted, round %i: what it says is true, and one plain re-run converges",
    async (round) => {
      const kinds = [...calls.keys()];
      // The seed decides where it begins, and then each kind has its turn.
      const operation = kinds[(Math.floor(random() * kinds.length) + round) % kinds.length] ?? "";
      const time = 1 + Math.floor(random() * (calls.get(operation) ?? 1));
      const signal = round % 2 ? "SIGINT" : "SIGTERM";
      change(ROUNDS + 1 + round);
      project.writeRoster(Object.fromEntries(users));
      const known = await livePeople(client, userPoolId);

      const interrupted = start();
      let count = 0;
      onCall = (called) => {
        if (called === operation && ++count === time) interrupted.kill(signal);
      };
      const cut = await interrupted;
      onCall = () => {};
      expect(processesMarked(marker)).toEqual([]);
      const said = (cut.all ?? "").replace(/\s+/g, " ");
      const live = new Map((await livePeople(client, userPoolId)).map((one) => [one.email, one]));
      if (cut.exitCode !== 0) {
        expect([130, 143], said).toContain(cut.exitCode);
        expect(said).toContain("Interrupted.");
        expect(said).not.toContain("at file:");
        const names = (pattern: RegExp) =>
          (pattern.exec(said)?.[1] ?? "").split(", ").filter((name) => users.has(name));
        for (const name of names(/changes? done: (.*?)(?:, and \d+ more)? (?:failed|still|It|Run)/)) {
          expect(live.get(name)?.enabled, `${name} is done`).toBe(users.get(name)?.leaving !== true);
        }
        for (const name of names(/not applied yet: (.*?)(?:, and \d+ more)? (?:It|Run)/)) {
          const before = known.find(({ email }) => email === name);
          expect(live.get(name)?.enabled, `${name} is not applied yet`).toBe(before?.enabled);
        }
      }
      await expectToConverge([...live.values()]);
      const [, how = ""] =
        /(All of it was applied[^.]*\.|\d+ of \d+ changes? done|Interrupted\.)/.exec(said) ?? [];
      console.log(`round ${round}: ${signal} at ${operation} ${time}: exit ${cut.exitCode}, ${how}`);
    },
  );
});

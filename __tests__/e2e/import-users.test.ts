/** @module-tag full */
/** @module-tag long */

import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  CreateUserPoolClientCommand,
  CreateUserPoolDomainCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { listMemberships, type Memberships } from "../../lib/directory/pool/groups.ts";
import { type DirectoryPerson, listPeople } from "../../lib/directory/pool/people.ts";
import { emailOf, type HandmadePool, makePoolByHand, OLD_PASSWORD } from "../support/handmade-pool.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";

const IMPORT = "node scripts/run.mjs import-users";
const PEOPLE = 250;

/** On moto, which is trusted for what it stores and for refusing wrong passwords; pages of 60, as Cognito's. */
describe.skipIf(!inject("moto"))("a pool that was made by hand", () => {
  let moto: RunningEmulator;
  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(() => moto?.stop());

  const takeProposal = (project: Project) =>
    renameSync(join(project.directory, "config.proposal.ts"), join(project.directory, "config.ts"));

  /** What the plain cdktf CLI plans. */
  const diff = async (project: Project) => {
    const { words } = await project.run("npx cdktf diff");
    return /Plan: [^.]*\./.exec(words)?.[0];
  };

  describe(`of ${PEOPLE} people who sign in by e-mail`, () => {
    let project: Project;
    let pool: HandmadePool;
    let before: ReadonlyMap<string, DirectoryPerson>;
    let memberships: Memberships["of"];
    const everyone = async () => {
      const people = await listPeople(pool.admin, { userPoolId: pool.userPoolId });
      return new Map(people.map((person) => [person.attributes.email ?? "", person]));
    };

    beforeAll(async () => {
      project = await Project.withProvider(emulatorEnvironment(moto.endpoint));
      pool = await makePoolByHand({ endpoint: moto.endpoint, people: PEOPLE });
      before = await everyone();
      memberships = (await listMemberships(pool.admin, { userPoolId: pool.userPoolId })).of;
      expect(before.size).toBe(PEOPLE);
    });
    afterAll(() => project?.remove());

    test("is shown, and nothing is written, without --write", async () => {
      const files = ["users.json", "config.ts"].map((file) => project.read(file));
      const shown = await project.run(`${IMPORT} --user-pool-id ${pool.userPoolId}`);
      expect(shown.exitCode, shown.all).toBe(0);
      expect(shown.words).toContain(`${PEOPLE} people, 2 groups, ${pool.memberships} memberships`);
      expect(shown.words).toContain('name: "made in the console"');
      expect(shown.words).toContain("Nothing was written");
      expect(["users.json", "config.ts"].map((file) => project.read(file))).toEqual(files);
      expect(() => project.read("adopt.json")).toThrow();
    });

    test("is one JSON document with --json", async () => {
      const shown = await project.run(`${IMPORT} --user-pool-id ${pool.userPoolId} --json`);
      const document = JSON.parse(shown.stdout);
      expect(document).toMatchObject({ people: PEOPLE, memberships: pool.memberships, written: [] });
      expect(Object.keys(document.roster.users)).toHaveLength(PEOPLE);
      expect(document.adoption).toMatchObject({ clientId: pool.clientId, groups: ["admins", "ops"] });
    });

    test("does not take the place of a roster that is there, unless that is said", async () => {
      const roster = project.read("users.json");
      const refused = await project.run(`${IMPORT} --user-pool-id ${pool.userPoolId} --write`);
      expect(refused.exitCode, refused.all).toBe(2);
      expect(refused.words).toContain("--replace");
      expect(project.read("users.json")).toBe(roster);
      expect(() => project.read("adopt.json")).toThrow();

      const written = await project.run(`${IMPORT} --user-pool-id ${pool.userPoolId} --write --replace`);
      expect(written.exitCode, written.all).toBe(0);
      takeProposal(project);
      expect(project.read("config.ts")).toMatch(/ {2}groups: \{\n {4}admins: \{/);
      const checked = await project.run("node scripts/run.mjs check");
      expect(checked.words).toContain(`users.json: ${PEOPLE} people, no problems`);
    });

    test("plans to import everything: nothing is added, changed or destroyed", async () => {
      const planned = await project.run("node scripts/run.mjs plan --json");
      expect(planned.exitCode, planned.all).toBe(0);
      const document = JSON.parse(planned.stdout);
      // The pool, its client and its two groups besides.
      expect(document.terraform).toEqual({ import: PEOPLE + 4, add: 0, change: 0, destroy: 0 });
      expect(new Set(document.entries.map(({ what }: { what: string }) => what))).toEqual(
        new Set(["adopted"]),
      );
      expect(planned.stderr.replace(/\s+/g, " ")).toContain(
        `${pool.memberships} group memberships exist already`,
      );
    });

    test("is deployed: everyone has their sub, status and attributes, and nobody was touched", async () => {
      const deployed = await project.run("node scripts/run.mjs deploy --yes");
      expect(deployed.exitCode, deployed.all).toBe(0);
      expect(deployed.words).toContain(`${PEOPLE} people are adopted`);
      expect(deployed.words).toContain(`Recording ${pool.memberships} group memberships that exist already`);
      expect(await everyone()).toEqual(before);
      expect((await listMemberships(pool.admin, { userPoolId: pool.userPoolId })).of).toEqual(memberships);
    });

    test("has nothing more to do after that, whether adopt.json stays or goes", async () => {
      expect((await project.plan()).summary).toBe("No changes.");
      rmSync(join(project.directory, "adopt.json"));
      expect((await project.plan()).summary).toBe("No changes.");
    });

    test("lets people sign in with the password that they had, and refuses those who are disabled", async () => {
      const signIn = (name: string) =>
        project.run(`npm run --silent sign-in -- ${name} --password-stdin`, { input: `${OLD_PASSWORD}\n` });
      const confirmed = await signIn(emailOf(0));
      expect(confirmed.exitCode, confirmed.all).toBe(0);
      const disabled = await signIn(emailOf(3));
      expect(disabled.exitCode).toBe(1);
      expect(disabled.words).toMatch(/disabled/);
    });
  });

  describe("whose people have usernames, and which has a domain and no groups", () => {
    let project: Project;
    beforeAll(async () => {
      project = await Project.withProvider(emulatorEnvironment(moto.endpoint));
    });
    afterAll(() => project?.remove());

    test("plans 0 to add, 0 to change, 0 to destroy", async () => {
      const pool = await makePoolByHand({ endpoint: moto.endpoint, people: 10, byEmail: false, groups: [] });
      await pool.admin.send(
        new CreateUserPoolDomainCommand({ UserPoolId: pool.userPoolId, Domain: "made-by-hand" }),
      );
      const written = await project.run(`${IMPORT} --user-pool-id ${pool.userPoolId} --write --replace`);
      expect(written.exitCode, written.all).toBe(0);
      takeProposal(project);
      expect(JSON.parse(project.read("users.json")).users.person3).toMatchObject({
        email: emailOf(3),
        enabled: false,
      });
      expect(await diff(project)).toBe("Plan: 13 to import, 0 to add, 0 to change, 0 to destroy.");
    });
  });

  describe("that can't be read", () => {
    let project: Project;
    beforeAll(async () => {
      project = await Project.withProvider(emulatorEnvironment(moto.endpoint));
    });
    afterAll(() => project?.remove());
    const nobody = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", AWS_CONFIG_FILE: "/nonexistent" };

    test.each<[string, string, NodeJS.ProcessEnv, number, RegExp]>([
      [
        "of another region",
        "--user-pool-id eu-west-1_AbCdEfGhI",
        {},
        1,
        /no user pool eu-west-1_AbCdEfGhI in eu-west-1/,
      ],
      ["without credentials", "--user-pool-id us-east-1_x", nobody, 2, /no AWS credentials/],
    ])("%s: one clear error, and nothing written", async (_, options, env, exitCode, words) => {
      const before = project.read("users.json");
      const failed = await project.run(`${IMPORT} ${options} --write --replace`, {
        env: { ...env, AWS_SHARED_CREDENTIALS_FILE: "/nonexistent" },
      });
      expect(failed.exitCode, failed.all).toBe(exitCode);
      expect(failed.words).toMatch(words);
      expect(failed.all).not.toMatch(/^\s+at /m);
      expect(project.read("users.json")).toBe(before);
      expect(() => project.read("adopt.json")).toThrow();
    });

    test("with several app clients, of which none is named: all of them are proposed", async () => {
      const made = await makePoolByHand({ endpoint: moto.endpoint, people: 1 });
      const { userPoolId, clientId, admin } = made;
      await admin.send(new CreateUserPoolClientCommand({ UserPoolId: userPoolId, ClientName: "another" }));
      const found = await project.run(`${IMPORT} --user-pool-id ${userPoolId} --json`);
      expect(found.exitCode, found.all).toBe(0);
      const { adoption, config } = JSON.parse(found.stdout);
      expect(adoption.clients).toEqual({ the_web_app: clientId, another: expect.any(String) });
      expect(config).toMatch(/clients: \{\s+the_web_app: \{\s+name: "the web app"/);
    });
  });
});

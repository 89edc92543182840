/** @module-tag full */
/** @module-tag long */

import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { MARKER } from "../../lib/review/render/markdown.ts";
import { type Entry, reviewPlan } from "../../lib/review/review.ts";
import { FIXTURES, fixture } from "../review/fixtures.ts";
import { realPlans } from "../review/real-plans.ts";
import { emulatorClient, livePeople } from "../support/live-people.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";

/** What each entry is, without the ids and times of a run. */
const kinds = (plan: object) =>
  reviewPlan(plan)
    .entries.map((entry: Entry) => {
      const { about, what, address } = entry;
      const settings = "settings" in entry ? entry.settings.map(({ name }) => name) : [];
      const more =
        about === "person"
          ? {
              attributes: entry.attributes,
              verify: entry.verify,
              password: entry.password,
              because: entry.because?.map(({ name }) => name),
            }
          : {};
      return JSON.stringify({ about, what, address, settings, ...more });
    })
    .sort();

/** moto is trusted for what it stores and answers; the plans are those of the real Terraform and the real provider. */
describe.skipIf(!inject("moto"))("plans of the real provider", () => {
  let moto: RunningEmulator;
  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(async () => await moto?.stop());

  test("made anew, they tell the same as the fixtures that the unit tests review", async () => {
    const made: string[] = [];
    for await (const { name, plan, summary } of realPlans(moto.endpoint)) {
      made.push(name);
      expect([name, summary]).toEqual([name, fixture(name).summary]);
      expect(kinds(plan), name).toEqual(kinds(fixture(name).plan));
    }
    expect(made.sort()).toEqual([...FIXTURES].sort());
  }, 480_000);
});

/** A plan that is made by one job and applied by another, through our own commands, on moto. Each test goes on where the last one stopped. */
describe.skipIf(!inject("moto"))("plan in one job, deploy in another", () => {
  const USERS = {
    "hanako@example.com": {
      email: "hanako@example.com",
      attributes: { name: "山田 花子", nickname: "Hana <b>" },
      groups: ["ops"],
    },
    "@octocat": { email: "octocat@example.com" },
  };
  let moto: RunningEmulator;
  let project: Project;
  const run = (command: string) => project.run(`node scripts/run.mjs ${command}`);
  const path = (file: string) => join(project.directory, file);
  const live = async () => {
    const { deployment } = JSON.parse(project.read("deployed.json"));
    return (await livePeople(emulatorClient(moto.endpoint), deployment.userPoolId)).map(({ email }) => email);
  };

  beforeAll(async () => {
    moto = await startMoto();
    project = await Project.withProvider(emulatorEnvironment(moto.endpoint));
    project.configure('name: "people"', 'name: "people", signInWith: "username"');
    project.writeRoster(USERS);
  });
  afterAll(async () => {
    project?.remove();
    await moto?.stop();
  });

  test("plan keeps the plan for its owner alone, and writes the review as a page and as a comment", async () => {
    const planned = await run("plan --out kept.tfplan --html plan.html --markdown plan.md");
    expect(planned.exitCode, planned.all).toBe(0);
    expect(planned.stdout).toContain("2 people join, 3 other changes — nothing irreversible");
    expect(planned.stdout).toContain("AWS account: 123456789012");
    expect(planned.stdout).toContain("Billed active users: 0 for this plan");
    expect(planned.stdout).toContain("Terraform: 0 to import, 6 to add, 0 to change, 0 to destroy");
    expect(statSync(path("kept.tfplan")).mode & 0o777).toBe(0o600);
    expect(project.read("plan.md").startsWith(MARKER)).toBe(true);
    expect(project.read("plan.md")).toContain("<code>@octocat</code>");
    expect(project.read("plan.html")).toContain("2 people join, 3 other changes");
    for (const told of [planned.all, project.read("plan.md"), project.read("plan.html")]) {
      expect(told).not.toContain("山田 花子");
    }
  });

  test("deploy refuses a plan that was made from another roster, with exit 3, before it asks AWS anything", async () => {
    const roster = project.read("users.json");
    project.writeRoster({ ...USERS, "jiro@example.com": { email: "jiro@example.com" } });
    const refused = await run("deploy --yes --plan kept.tfplan --json --markdown refused.md");
    expect(refused.exitCode, refused.all).toBe(3);
    expect(refused.stderr).toContain("was made from another roster or config.ts");
    expect(refused.stderr).not.toContain("Terraform: preparing");
    expect(JSON.parse(refused.stdout)).toMatchObject({ verdict: "refused" });
    expect(project.read("refused.md")).toContain("⛔");
    writeFileSync(path("users.json"), roster);
  });

  test("a roster that is edited while it is planned is not the one that was planned: refused, exit 3", async () => {
    const roster = project.read("users.json");
    const planning = run("plan --out mid.tfplan");
    // Terraform writes its plan there.
    const stack = path("cdktf.out/stacks/cognito-roster");
    while (!existsSync(stack) || !readdirSync(stack).some((name) => name.startsWith("deploy-")))
      await sleep(20);
    project.writeRoster({ ...USERS, "jiro@example.com": { email: "jiro@example.com" } });
    const planned = await planning;
    expect(planned.exitCode, planned.all).toBe(0);
    expect(planned.stdout).not.toContain("jiro@example.com");
    const refused = await run("deploy --yes --plan mid.tfplan");
    expect(refused.exitCode, refused.all).toBe(3);
    expect(refused.stderr).toContain("was made from another roster or config.ts");
    writeFileSync(path("users.json"), roster);
  });

  test("deploy applies exactly that plan, tells who was invited, and removes it", async () => {
    const other = readFileSync(path("kept.tfplan"));
    const deployed = await run("deploy --yes --plan kept.tfplan --json");
    expect(deployed.exitCode, deployed.all).toBe(0);
    writeFileSync(path("deployed.json"), deployed.stdout);
    expect(JSON.parse(deployed.stdout)).toMatchObject({
      terraform: { import: 0, add: 6, change: 0, destroy: 0 },
      preflight: { account: "123456789012", region: "us-east-1", invitations: { email: 2, sms: 0 } },
    });
    expect(await live()).toEqual(["hanako@example.com", "octocat@example.com"]);
    expect(existsSync(path("kept.tfplan"))).toBe(false);
    writeFileSync(path("stale.tfplan"), other, { mode: 0o600 });
  });

  test("a plan that somebody else's deploy made stale is refused in words, and nobody is created twice", async () => {
    const stale = await run("deploy --yes --plan stale.tfplan");
    expect(stale.exitCode, stale.all).not.toBe(0);
    expect(stale.stderr).toContain("The plan is out of date: someone has deployed since it was made");
    expect(stale.stderr).toContain("npm run plan -- --out stale.tfplan");
    expect(await live()).toHaveLength(2);
  });

  test("values are shown where they are asked for, to the owner of the file alone", async () => {
    const { "@octocat": octocat, "hanako@example.com": hanako } = USERS;
    project.writeRoster({
      "@octocat": octocat,
      "hanako@example.com": { ...hanako, attributes: { name: "Hanako" } },
    });
    const shown = await run("plan --show-values --markdown values.md");
    expect(shown.exitCode, shown.all).toBe(0);
    expect(shown.words).toContain("name: 山田 花子 → Hanako");
    expect(project.read("values.md")).toContain("Hana &lt;b&gt; → none");
    expect(statSync(path("values.md")).mode & 0o777).toBe(0o600);
    const hidden = await run("plan");
    expect(hidden.words).toContain("name: changed; nickname: removed");
    expect(hidden.all).not.toContain("花子");
  });

  test("a file that is no plan of ours is refused", async () => {
    const refused = await run("deploy --yes --plan users.json");
    expect(refused.exitCode, refused.all).toBe(2);
    expect(refused.stderr).toContain("users.json is not a plan saved by npm run plan -- --out");
  });
});

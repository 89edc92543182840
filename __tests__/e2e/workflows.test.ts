/** @module-tag full */
/** @module-tag long */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { AdminCreateUserCommand } from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { COMMENT_LIMIT, MARKER } from "../../lib/review/render/markdown.ts";
import { readDeployment } from "../../lib/terraform/deployment.ts";
import { config } from "../as-cloned/config.ts";
import { type CommentsApi, startCommentsApi } from "../support/comments-api.ts";
import { GithubTeam, PAGE } from "../support/github-team.ts";
import { type IamGate, startIamGate } from "../support/iam-gate.ts";
import { policyOf } from "../support/iam-policy.ts";
import { emulatorClient, livePeople } from "../support/live-people.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment } from "../support/project.ts";
import { PULL_REQUEST, REPOSITORY, TOKEN } from "../support/pull-request.ts";
import { COMMENT, hasRunnerTools } from "../support/workflow-run.ts";

const BUCKET = "team-states";

/**
 * The very steps of the workflows, on moto: it is trusted for Cognito's answers and S3's conditional writes. GitHub's part is
 * played by its own evaluator of expressions and by a server that keeps comments; that of AWS's roles by a gate that has the
 * policies of docs/iam. Each test goes on where the one before it stopped.
 */
describe.skipIf(!inject("moto") || !hasRunnerTools())("a roster's way through GitHub", () => {
  const [HANAKO, TARO, ROBOT] = [{ groups: ["ops"] }, {}, { invite: "none" }];
  const EVERYONE = { "hanako@example.com": HANAKO, "taro@example.com": TARO, "ci-bot@example.com": ROBOT };
  let moto: RunningEmulator;
  let planRole: IamGate;
  let deployRole: IamGate;
  let api: CommentsApi;
  let team: GithubTeam;

  const deployment = () =>
    readDeployment({
      projectDirectory: team.project.directory,
      settings: { ...config, backend: { type: "s3", bucket: BUCKET } },
      env: { ...process.env, ...emulatorEnvironment(moto.endpoint) },
    });
  /** E-mail addresses; in brackets, who is disabled. */
  const live = async () => {
    const { userPoolId } = await deployment();
    const people = await livePeople(emulatorClient(moto.endpoint), userPoolId);
    return people.map(({ email, enabled }) => (enabled ? email : `(${email})`));
  };
  const onlyComment = () => {
    expect(api.comments).toHaveLength(1);
    return api.comments[0]?.body ?? "";
  };

  beforeAll(async () => {
    moto = await startMoto();
    expect((await fetch(`${moto.endpoint}/${BUCKET}`, { method: "PUT" })).status).toBe(200);
    // The pool's id is not known before the first deploy.
    const values = { POOL_ID: "*", BUCKET };
    planRole = await startIamGate(moto.endpoint, policyOf("planner", values));
    deployRole = await startIamGate(moto.endpoint, policyOf("deployer", values));
    api = await startCommentsApi(REPOSITORY, PULL_REQUEST, TOKEN);
    team = new GithubTeam({ api, plan: planRole.endpoint, deploy: deployRole.endpoint });
    team.project.configure(
      'name: "people" },',
      `name: "people" },\n  backend: { type: "s3", bucket: "${BUCKET}" },`,
    );
    team.project.writeRoster({ "hanako@example.com": HANAKO });
    await team.commit("the first person");
  });
  afterAll(async () => {
    team?.remove();
    await api?.stop();
    await planRole?.stop();
    await deployRole?.stop();
    await moto?.stop();
  });

  test("a pull request is checked, and gets one comment that says who joins", async () => {
    await team.branch("two-join");
    team.project.writeRoster({ "hanako@example.com": HANAKO, "taro@example.com": TARO });
    const sha = await team.commit("Taro joins");
    const checked = await team.check();
    expect(checked.status, checked.output).toBe("success");

    const planned = await team.plan(sha);
    expect(planned.status, planned.output).toBe("success");
    const body = onlyComment();
    expect(body.startsWith(MARKER)).toBe(true);
    expect(body).toContain("2 people join");
    expect(body).toContain("<code>taro@example.com</code>");
    expect(body).toContain(`For ${sha}. [As a page](${PAGE}) [Log](https://github.example/${REPOSITORY}/`);
    expect(body.length).toBeLessThan(COMMENT_LIMIT);
    expect(planned.summary).toBe(body);
    expect(team.page).toContain("2 people join");
  });

  test("the next push updates that comment", async () => {
    team.project.writeRoster(EVERYONE);
    const sha = await team.commit("and a robot");
    const planned = await team.plan(sha);
    expect(planned.status, planned.output).toBe("success");
    expect(onlyComment()).toContain("3 people join");
    expect(onlyComment()).toContain(`For ${sha}.`);
  });

  test("the merge is deployed, and the canary walks", async () => {
    await team.merge("two-join");
    const deployed = await team.deploy();
    expect(deployed.status, deployed.output).toBe("success");
    expect(await live()).toEqual(["ci-bot@example.com", "hanako@example.com", "taro@example.com"]);
    expect(deployed.steps.Canary?.output).toMatch(/✔ sign-out [^✖]*✔ delete/);
    expect(deployed.summary).toContain("its canary included: success");
    expect(deployed.summary).toContain("3 people join");
  });

  test("a deleted line is marked by the check, and refused by the plan: the comment says so, the job fails", async () => {
    await team.branch("delete-taro");
    team.project.writeRoster({ "hanako@example.com": HANAKO, "ci-bot@example.com": ROBOT });
    const sha = await team.commit("Taro is deleted");
    const checked = await team.check();
    expect(checked.status).toBe("failure");
    expect(checked.output).toMatch(/^::error file=users\.json,line=\d+,col=\d+::.*taro@example\.com/m);

    const planned = await team.plan(sha);
    expect(planned.status).toBe("failure");
    expect(planned.steps.Plan?.exitCode, planned.output).toBe(3);
    expect(planned.steps[COMMENT]?.outcome).toBe("success");
    expect(onlyComment()).toContain("REFUSED");
    expect(onlyComment()).toContain("taro@example.com");
    expect(onlyComment()).toContain(`For ${sha}. [As a page](${PAGE})`);
  });

  test("where there is no plan, the comment does not go on showing an earlier one", async () => {
    const slip = '{"users":{"hanako@example.com":{"grops":["ops"]}}}';
    writeFileSync(join(team.project.directory, "users.json"), slip);
    const sha = await team.commit("a slip");
    const checked = await team.check();
    expect(checked.status).toBe("failure");
    expect(checked.output).toContain('::error file=users.json,line=1,col=33::unknown field "grops"');

    const planned = await team.plan(sha);
    expect(planned.status).toBe("failure");
    expect(planned.steps.Plan?.outcome).toBe("skipped");
    expect(onlyComment()).toContain("There is no plan");
    expect(onlyComment()).toContain(`For ${sha}. [Log](`);
    expect(onlyComment()).not.toMatch(/REFUSED|grops|\bat .*:\d+|\/tmp\//);
  });

  test("a plan that AWS does not answer is none either, and the comment tells nothing of the error", async () => {
    await team.branch("unreachable");
    team.project.configure(`"${BUCKET}"`, '"another-bucket"');
    const planned = await team.plan(await team.commit("a bucket that there is not"));
    expect(planned.status).toBe("failure");
    expect(planned.steps.Plan?.exitCode, planned.output).toBe(1);
    expect(onlyComment()).toContain("There is no plan");
    expect(onlyComment()).not.toContain("another-bucket");
  });

  test("a local state is refused before AWS is asked anything", async () => {
    await team.branch("local-state");
    team.project.configure(`\n  backend: { type: "s3", bucket: "${BUCKET}" },`, "");
    const asked = team.roles.length;
    const planned = await team.plan(await team.commit("no bucket"));
    expect(planned.status).toBe("failure");
    expect(planned.output).toContain("::error file=config.ts::In CI the state needs a place");
    expect(team.roles).toHaveLength(asked);
    expect(onlyComment()).toContain("There is no plan");
  });

  test("an earlier commit, run once more, does not bring back who has left since", async () => {
    await team.branch("taro-leaves");
    team.project.writeRoster({ ...EVERYONE, "taro@example.com": { leaving: true } });
    await team.commit("Taro leaves");
    await team.merge("taro-leaves");
    const deployed = await team.deploy();
    expect(deployed.status, deployed.output).toBe("success");

    await team.git("checkout", "--quiet", "HEAD~1");
    const again = await team.deploy();
    expect(again.status).toBe("failure");
    expect(again.output).toContain("the run of the newer one deploys it");
    expect(again.steps.Deploy?.outcome).toBe("skipped");
    expect(await live()).toEqual(["ci-bot@example.com", "hanako@example.com", "(taro@example.com)"]);
  });

  test("an account that exists already is taken over once somebody starts the deploy by hand, and names it", async () => {
    await team.git("checkout", "--quiet", "main");
    const { userPoolId } = await deployment();
    const email = "yuki@example.com";
    await emulatorClient(moto.endpoint).send(
      new AdminCreateUserCommand({
        UserPoolId: userPoolId,
        Username: email,
        MessageAction: "SUPPRESS",
        UserAttributes: [{ Name: "email", Value: email }],
      }),
    );
    team.project.writeRoster({ ...JSON.parse(team.project.read("users.json")).users, [email]: {} });
    await team.commit("Yuki joins");
    const refused = await team.deploy(["Deploy"]);
    expect(refused.steps.Deploy?.exitCode, refused.output).toBe(3);
    expect(refused.output).toContain(`--adopt ${email}`);
    const started = await team.deploy(["Deploy"], { adopt: `nobody@example.com ${email}` });
    expect(started.status, started.output).toBe("success");
    expect(await live()).toContain(email);
  });

  test("each job asked for its own role, whose policy in docs/iam sufficed; the plan's has nothing that writes", () => {
    expect(new Set(team.roles.map((inputs) => JSON.stringify(inputs))).size).toBe(2);
    // Of the bucket that there is not, nothing but its name was asked for.
    expect([planRole, deployRole].map(({ refused }) => [...refused])).toEqual([[], []]);
    const reads = /:(Describe|Get|List|AdminGet|AdminList)/;
    expect([...planRole.allowed].filter((action) => !reads.test(action))).toEqual([]);
    expect([...planRole.allowed]).toContain("s3:GetObject");
    expect([...deployRole.allowed]).toEqual(
      expect.arrayContaining(["s3:PutObject", "s3:DeleteObject", "cognito-idp:AdminCreateUser"]),
    );
  });
});

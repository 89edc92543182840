/** @module-tag full */
/** @module-tag long */

import { mkdirSync } from "node:fs";
import { join, relative } from "node:path";
import { AdminSetUserPasswordCommand } from "@aws-sdk/client-cognito-identity-provider";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { readDeployment } from "../../lib/terraform/deployment.ts";
import { config } from "../as-cloned/config.ts";
import { emulatorClient, livePeople } from "../support/live-people.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";
import { type Watch, watch } from "../support/watch.ts";
import { filesContaining } from "../support/written.ts";

/** Put together here, so that this file itself does not contain them. */
const secret = (name: string) => ["Recognisable", name, "Pass-1!"].join("-");
const TEMPORARY = secret("temporary");
const NEW = secret("new");
const NEXT = secret("next");
const WRONG = secret("wrong");
const WEAK = ["recognisable", "weak"].join("-");
const ALL = [TEMPORARY, NEW, NEXT, WRONG, WEAK];

const HANAKO = "hanako@example.com";

/** A whole life on moto, which refuses wrong and weak passwords as Cognito does; and a look at everything it wrote. */
describe.skipIf(!inject("moto"))("no password is left anywhere", () => {
  let moto: RunningEmulator;
  let project: Project;
  let watched: Watch;
  let printed: string[];

  beforeEach(async () => {
    // Each begins without a state: a pool of the same name that is there already would be refused.
    moto = await startMoto();
    printed = [];
    project = new Project(emulatorEnvironment(moto.endpoint));
    mkdirSync(join(project.directory, "tmp"));
    project.writeRoster({ [HANAKO]: { groups: ["ops"] }, "taro@example.com": {} });
    watched = watch(join(project.directory, "cdktf.out", "stacks", "cognito-roster"));
  });
  afterEach(async () => {
    watched?.stop();
    project?.remove();
    await moto?.stop();
  });

  /** Temporary files go where they are looked through afterwards. */
  const run = async (
    command: string,
    exitCode: number,
    lines: readonly string[] = [],
    env: NodeJS.ProcessEnv = {},
  ) => {
    const result = await project.run(`node scripts/run.mjs ${command}`, {
      input: lines.map((line) => `${line}\n`).join(""),
      env: { TMPDIR: join(project.directory, "tmp"), ...env },
    });
    expect(result.exitCode, `${command}: ${result.all}`).toBe(exitCode);
    printed.push(result.all ?? "");
  };

  /** @returns how many times each way a password can end was tried */
  const walkLogins = async () => {
    // moto does not verify SRP
    const login = `first-login ${HANAKO} --password-stdin --debug --flow password`;
    await run(login, 1, [WRONG, NEW]);
    await run(login, 2, [TEMPORARY, WEAK]);
    await run(login, 0, [TEMPORARY, NEW]);
    await run(login, 0, [NEW, NEXT]);
    await run(`${login} --json`, 1, [TEMPORARY, NEW]);
    const signIn = `sign-in ${HANAKO} --password-stdin --debug --flow password`;
    await run(signIn, 1, [WRONG]);
    await run(`${signIn} --json`, 0, [NEW]);
    await run(signIn, 1, [NEW], { AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: "http://127.0.0.1:1" });
    await run(signIn, 0, [NEW]);
  };

  /** Where any of the passwords is; the state counts as one place. */
  const placesOf = (secrets: readonly string[]) => {
    const found = secrets.flatMap((text) => filesContaining(project.directory, text));
    const files = found.map((file) => relative(project.directory, file).replace(/\.tfstate.*$/, ".tfstate"));
    const plans = [...watched.plans].filter(([, content]) => secrets.some((text) => content.includes(text)));
    const elsewhere = [
      ...[...watched.commandLines].filter((line) => secrets.some((text) => line.includes(text))),
      ...printed.filter((text) => secrets.some((one) => text.includes(one))),
    ];
    return { files: [...new Set(files)], plans: plans.map(([name]) => name), elsewhere };
  };

  test("when Cognito or an administrator gives the temporary passwords", async () => {
    await run("check", 0);
    await run("deploy --yes", 0);
    const { userPoolId } = await readDeployment({ projectDirectory: project.directory, settings: config });
    const client = emulatorClient(moto.endpoint);
    for (const { email } of await livePeople(client, userPoolId)) {
      await client.send(
        new AdminSetUserPasswordCommand({
          UserPoolId: userPoolId,
          Username: email,
          Password: TEMPORARY,
          Permanent: false,
        }),
      );
    }
    await walkLogins();
    project.writeRoster({ [HANAKO]: { groups: ["dev"] }, "taro@example.com": { leaving: true } });
    await run("deploy --yes", 0);
    project.writeRoster({ [HANAKO]: { password: TEMPORARY } });
    await run("check", 2);
    project.writeRoster({ [HANAKO]: {} });

    expect(watched.plans.size).toBeGreaterThan(0);
    expect([...watched.commandLines].some((line) => line.includes("first-login"))).toBe(true);
    expect(placesOf(ALL)).toEqual({ files: [], plans: [], elsewhere: [] });
  });

  test("when the operator chose them (temporary_passwords): then the state has those, and nothing else has", async () => {
    const chosen = { TF_VAR_temporary_passwords: JSON.stringify({ [HANAKO]: TEMPORARY }) };
    await run("deploy --yes", 0, [], chosen);
    await walkLogins();
    // A deploy that is refused, and one for somebody who is not in the roster.
    await run("deploy --yes", 1, [], {
      TF_VAR_temporary_passwords: JSON.stringify({ "nobody@example.com": WRONG }),
    });
    project.writeRoster({ [HANAKO]: { groups: ["ops", "dev"] }, "taro@example.com": {} });
    await run("deploy --yes", 0, [], chosen);

    const { files, elsewhere } = placesOf(ALL);
    expect(elsewhere).toEqual([]);
    // The plan is made of the same values, and is gone.
    expect(files).toEqual(["terraform.cognito-roster.tfstate"]);
    expect(placesOf([NEW, NEXT, WEAK])).toEqual({ files: [], plans: [], elsewhere: [] });
  });
});

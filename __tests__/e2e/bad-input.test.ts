import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { type RunningEmulator, startMoto } from "../../lib/local/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";
import { filesBelow } from "../support/written.ts";

const NOBODY = "http://127.0.0.1:1";
const STATE = "terraform.cognito-roster.tfstate";
const STACK = "cdktf.out/stacks/cognito-roster";
const POOL = "--user-pool-id us-east-1_Aaaaaaaaa";
const IDS = `${POOL} --client-id 1example23456789`;

/** Everything a command can be given that it cannot work with. Unless a test says so nobody is reached: a closed port. */
describe("what a command cannot work with ends in one clear error", () => {
  const project = new Project({ ...emulatorEnvironment(NOBODY), AWS_MAX_ATTEMPTS: "1" });
  const at = (path: string) => join(project.directory, path);
  const file = (path: string, text: string) => () => {
    mkdirSync(join(at(path), ".."), { recursive: true });
    writeFileSync(at(path), text);
  };
  const directory = (path: string) => () => {
    rmSync(at(path), { recursive: true, force: true });
    mkdirSync(at(path), { recursive: true });
  };
  const link = (path: string, target: string) => () => {
    mkdirSync(join(at(path), ".."), { recursive: true });
    rmSync(at(path), { force: true });
    symlinkSync(target, at(path));
  };
  const nothing = () => {};
  const kept = new Map(
    ["users.json", "config.ts", "users.schema.json"].map((name) => [name, project.read(name)]),
  );

  afterEach(() => {
    for (const entry of readdirSync(project.directory)) {
      if (entry.includes(".tfstate") || entry === "cdktf.out") rmSync(at(entry), { recursive: true });
    }
    for (const [name, text] of kept) {
      rmSync(at(name), { recursive: true, force: true });
      writeFileSync(at(name), text);
    }
  });
  let moto: RunningEmulator | undefined;
  const atMoto = () => ({ AWS_ENDPOINT_URL: moto?.endpoint });
  beforeAll(async () => {
    if (inject("moto")) moto = await startMoto();
  });
  afterAll(async () => {
    project.remove();
    await moto?.stop();
  });

  /** One error, not a stack, and nothing on stdout that a program could take for an answer. */
  const expectClear = (result: Awaited<ReturnType<Project["run"]>>, exitCode: number, words: string) => {
    expect(result.exitCode, result.all).toBe(exitCode);
    expect(result.words).toContain(words);
    expect(result.all).not.toMatch(/^\s+at .+:\d+|\bundefined\b|\[object/m);
    expect(result.stderr.match(/^(✖|error:)/gm) ?? [], result.all).toHaveLength(1);
    expect(result.stdout).toBe("");
  };
  /** Also where a command was stopped by a full disk. */
  const expectNothingHalfWritten = () => {
    const files = filesBelow(project.directory);
    expect(files.filter((path) => /\.(part|new|tmp|tfplan)$/.test(path))).toEqual([]);
    for (const path of files.filter((name) => name.endsWith("cdk.tf.json"))) {
      expect(() => JSON.parse(readFileSync(path, "utf8"))).not.toThrow();
    }
  };

  const ROSTERS: [string, () => void, string][] = [
    ["that is missing", () => rmSync(at("users.json")), "there is no such file"],
    ["that is a directory", directory("users.json"), "this is a directory, not a file"],
    ["that is empty", file("users.json", ""), "the file is empty"],
    ["that is cut off", file("users.json", '{"users":{"a@exam'), "users.json:1:11"],
    ["of another kind", file("users.json", '[{"Username":"a"}]'), "the file holds a list, not an object"],
    ["that links to nothing", link("users.json", "/nowhere"), "there is no such file"],
  ];
  describe("a roster", () => {
    test.each(ROSTERS)("%s: deploy", async (_, given, words) => {
      given();
      expectClear(await project.run("node scripts/run.mjs deploy --yes"), 2, words);
      expectNothingHalfWritten();
    });

    test.each([
      ["synth", "node --import tsx main.ts"],
      ["plan", "node scripts/run.mjs plan"],
      ["local", "node scripts/run.mjs local"],
    ])("that is cut off: %s", async (_, command) => {
      file("users.json", '{"users":{"a@exam')();
      expectClear(await project.run(command), 2, "users.json:1:11");
      expectNothingHalfWritten();
    });
  });

  describe("check", () => {
    test.each([
      ["a file that is missing", "nowhere.json", "there is no such file"],
      ["a directory", "lib", "this is a directory, not a file"],
      ["something that is no text", "/usr/bin/env", "the file is not UTF-8 from here on"],
      ["a device that never ends", "/dev/zero", "this is a device, not a file"],
    ])("%s", async (_, argument, words) => {
      const checked = await project.run(`node scripts/run.mjs check ${argument}`);
      expect(checked.exitCode, checked.all).toBe(2);
      expect(checked.words).toContain(words);
      expect(checked.all).not.toMatch(/^\s+at /m);
    });
  });

  describe("deploy", () => {
    test.each([
      ["cdktf.out is a file", file("cdktf.out", ""), {}, 1, "cdktf.out/stacks cannot be made"],
      ["cdktf.out cannot be written", link("cdktf.out", "/proc/self"), {}, 1, "cannot be made"],
      ["the disk is full", link(`${STACK}/cdk.tf.json`, "/dev/full"), {}, 1, "the disk is full"],
      ["a directory lies in the way", directory(`${STACK}/cdk.tf.json`), {}, 1, "it is a directory"],
      ["the state is a directory", directory(STATE), {}, 1, `${STATE} cannot be read: it is a directory`],
      ["the state is another file", file(STATE, "garbage"), {}, 1, "is damaged"],
      ["the state is foreign JSON", file(STATE, '{"serial":1}'), {}, 1, "is damaged"],
      [
        "the state is gone, and was there",
        file(`${STATE}.last`, '{"serial":1,"lineage":"x"}'),
        {},
        1,
        "is gone",
      ],
      [
        "Terraform is named, and is nowhere",
        nothing,
        { TERRAFORM_BINARY_NAME: "/nowhere" },
        2,
        "which cannot be run",
      ],
      [
        "what is named is not Terraform",
        nothing,
        { TERRAFORM_BINARY_NAME: "/bin/true" },
        1,
        "printed no JSON",
      ],
      ["what is named fails", nothing, { TERRAFORM_BINARY_NAME: "/bin/false" }, 1, "terraform init failed"],
      [
        "the mirror is nowhere",
        nothing,
        { TF_PLUGIN_MIRROR: "/nowhere" },
        2,
        "TF_PLUGIN_MIRROR does not hold",
      ],
    ] as const)("%s", async (_, given, env, exitCode, words) => {
      given();
      expectClear(await project.run("node scripts/run.mjs deploy --yes", { env }), exitCode, words);
      expectNothingHalfWritten();
    });
  });

  test.each(["plan", "deploy", "import-users", "local", "check"])(
    "%s with an option that it does not have",
    async (command) => {
      expectClear(
        await project.run(`node scripts/run.mjs ${command} --nonsense`),
        2,
        "unknown option '--nonsense'",
      );
    },
  );

  test("a backend that is misspelled is refused before anything is made", async () => {
    project.configure(
      'name: "people" },',
      'name: "people" },\n  backend: { type: "S3", bucket: "states" } as never,',
    );
    expectClear(await project.run("node scripts/run.mjs deploy --yes"), 2, 'there is no backend "S3"');
  });

  const FLOWS = [
    ["first-login", "--password-stdin"],
    ["sign-in", "--password-stdin"],
    ["change-password", "--password-stdin"],
    ["forgot-password", "--code-stdin"],
    ["refresh", "--token-stdin"],
    ["sign-out", "--token-stdin"],
  ];
  describe.each(FLOWS)("%s", (name, stdin) => {
    const run = (options: string, env: NodeJS.ProcessEnv = {}) =>
      project.run(`node scripts/run.mjs ${name} taro ${stdin} ${options}`.trim(), {
        env,
        input: "one\ntwo\nthree\n",
      });

    test("nothing was deployed", async () => {
      expectClear(await run(""), 1, "Nothing has been deployed");
    });

    test("nobody answers at the endpoint", async () => {
      expectClear(await run(IDS), 1, "Cognito cannot be reached at 127.0.0.1:1");
    });
  });

  describe("the ids", () => {
    const run = (options: string, env: NodeJS.ProcessEnv = {}) =>
      project.run(`node scripts/run.mjs sign-in taro --password-stdin ${options}`.trim(), {
        env,
        input: "one\n",
      });

    test.each([
      ["the manifest is a directory", directory("cdktf.out/manifest.json")],
      ["the manifest is cut off", file("cdktf.out/manifest.json", '{"stacks":')],
      ["the manifest is foreign JSON", file("cdktf.out/manifest.json", "[1]")],
    ])("%s", async (_, given) => {
      given();
      expectClear(await run(""), 1, "Nothing has been deployed");
    });

    test("the state holds another stack's outputs", async () => {
      const outputs = { user_pool_id: { value: "us-east-1_A", type: "string" } };
      file(
        STATE,
        JSON.stringify({
          version: 4,
          terraform_version: "1.11.4",
          serial: 1,
          lineage: "x",
          outputs,
          resources: [],
        }),
      )();
      file(
        `${STACK}/cdk.tf.json`,
        JSON.stringify({ terraform: { backend: { local: { path: `../../../${STATE}` } } } }),
      )();
      file(
        "cdktf.out/manifest.json",
        JSON.stringify({ stacks: { "cognito-roster": { workingDirectory: "stacks/cognito-roster" } } }),
      )();
      const initialised = await project.run(`${process.env.TERRAFORM_BINARY_NAME} -chdir=${STACK} init`);
      expect(initialised.exitCode, initialised.all).toBe(0);
      expectClear(
        await run(""),
        1,
        "lack what this command needs: user_pool_client_id, region, password_policy",
      );
    });

    test("the endpoint is no URL", async () => {
      expectClear(await run(IDS, { AWS_ENDPOINT_URL: "nonsense" }), 2, "is not a URL");
    });
  });

  test.each([
    ["refresh", "a token file that is missing", "--tokens nowhere.json", "cannot be read"],
    ["refresh", "a directory for a token file", "--tokens lib", "cannot be read"],
    ["refresh", "another JSON for a token file", "--tokens package.json", "holds no tokens"],
    ["sign-in", "a directory to save the tokens in", "--password-stdin --save lib", "is no token file"],
    [
      "sign-in",
      "another file to save the tokens in",
      "--password-stdin --save package.json",
      "is no token file",
    ],
    [
      "sign-in",
      "a place for the tokens that is none",
      "--password-stdin --save package.json/x",
      "cannot be saved",
    ],
  ])("%s with %s", async (name, _, options, words) => {
    const result = await project.run(`node scripts/run.mjs ${name} taro ${IDS} ${options}`, {
      input: "one\n",
    });
    expectClear(result, 2, words);
    expectNothingHalfWritten();
  });

  describe("import-users", () => {
    test.each([
      ["no pool", "", 2, "Its id is missing"],
      ["a pool id that is none", "--user-pool-id nonsense", 2, "nonsense"],
      ["nobody at the endpoint", POOL, 1, "cannot be reached"],
    ])("%s", async (_, options, exitCode, words) => {
      expectClear(await project.run(`node scripts/run.mjs import-users ${options}`.trim()), exitCode, words);
    });
  });

  test.each(["check", "check --json"])(
    "%s that cannot be printed, for the disk is full, is no success",
    async (command) => {
      const result = await project.run("sh", { input: `node scripts/run.mjs ${command} > /dev/full\n` });
      expectClear(result, 1, "the disk is full");
    },
  );

  describe.skipIf(!inject("moto"))("ids that a server (moto) does not know", () => {
    test.each([
      [
        "sign-in taro --password-stdin",
        "--user-pool-id eu-west-1_Bbbbbbbbb --client-id 1example23456789",
        "knows no app client",
      ],
      ["first-login taro --password-stdin", IDS, "knows no app client"],
      ["import-users", "--user-pool-id eu-west-1_Bbbbbbbbb", "eu-west-1_Bbbbbbbbb"],
    ])("%s %s", async (command, ids, words) => {
      const result = await project.run(`node scripts/run.mjs ${command} ${ids}`, {
        env: atMoto(),
        input: "one\ntwo\n",
      });
      expectClear(result, 1, words);
    });

    test("deploy with a bucket that does not exist", async () => {
      project.configure(
        'name: "people" },',
        'name: "people" },\n  backend: { type: "s3", bucket: "no-such-bucket" },',
      );
      const result = await project.run("node scripts/run.mjs deploy --yes", { env: atMoto() });
      expectClear(result, 1, "no-such-bucket");
    });
  });
});

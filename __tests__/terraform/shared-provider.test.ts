import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import type { Diagnostic } from "../../lib/terraform/events.ts";
import { applySavedPlan, withSavedPlan } from "../../lib/terraform/plan.ts";
import { type TerraformContext, terraform } from "../../lib/terraform/run.ts";
import { GUARD, keepProvider, sharingProvider } from "../../lib/terraform/shared-provider.ts";
import { fakeTerraform, isAlive } from "./fakes.ts";

const ADDRESS = "registry.terraform.io/hashicorp/aws";
const VERSION = "5.100.0";
const FILE = "terraform-provider-aws_v5.100.0_x5";

/** As the AWS provider does with -debug: listens, says where, and goes on. */
const PROVIDER = `#!${process.execPath}
const { appendFileSync } = require("node:fs");
const socket = process.env.TMPDIR + "/socket";
require("node:net").createServer().listen(socket, () => {
  appendFileSync(process.env.SEEN, process.pid + " " + process.argv.slice(2).join(" ") + "\\n");
  console.log("Provider started.\\n\\n\\tTF_REATTACH_PROVIDERS='" + JSON.stringify({
    elsewhere: { Protocol: "grpc", ProtocolVersion: 5, Pid: process.pid, Test: true, Addr: { Network: "unix", String: socket } },
  }) + "'");
});
`;

/** A stack whose `terraform init` has run; its Terraform keeps what it was told of a provider. */
function stack(script = 'echo "$1 $TF_REATTACH_PROVIDERS" >> log', provider = PROVIDER) {
  const fake = fakeTerraform(script);
  const at = join(fake.context.directory, ".terraform", "providers", ADDRESS, VERSION, "linux_amd64");
  mkdirSync(at, { recursive: true });
  const file = join(at, FILE);
  writeFileSync(file, provider);
  chmodSync(file, 0o755);
  writeFileSync(
    fake.file(".terraform.lock.hcl"),
    `provider "${ADDRESS}" {\n  version     = "${VERSION}"\n  constraints = "${VERSION}"\n}\n`,
  );
  writeFileSync(fake.file("cdk.tf.json"), "{}");
  const home = fake.file("home");
  mkdirSync(home);
  const temporary = fake.file("tmp");
  mkdirSync(temporary);
  const { TF_CLI_CONFIG_FILE: _, AWS_CA_BUNDLE: __, ...own } = process.env;
  const env = { ...own, HOME: home, TMPDIR: temporary, SEEN: fake.file("seen") };
  return { fake, context: { ...fake.context, env } satisfies TerraformContext, temporary, home };
}

/** What is applied here: its SHA-256 is that of an empty file. */
const SAVED = {
  file: "deploy.tfplan",
  json: {},
  digest: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
};

const planAndShow = async (context: TerraformContext) => {
  await terraform(context, ["plan"]);
  await terraform(context, ["show"]);
};
const pidIn = (seen: string) => Number(seen.split(" ")[0]);

type Stack = ReturnType<typeof stack>;

const startsIn = ({ read }: Stack["fake"]) => read("seen").split("\n").filter(Boolean).length;
const lastPidIn = ({ read }: Stack["fake"]) => pidIn(read("seen").split("\n").at(-1) ?? "");

test("a plan and its show use one provider, which has ended by the end, and its directory with it", async () => {
  const { fake, context, temporary } = stack();
  using _ = fake;
  await sharingProvider(context, async (sharing) => {
    await planAndShow(sharing);
    const [own = ""] = readdirSync(temporary);
    expect((await execa("stat", ["-c", "%a", join(temporary, own)])).stdout).toBe("700");
  });
  const seen = fake.read("seen");
  expect(seen).toMatch(/^\d+ -debug$/);
  const told = new RegExp(`"${ADDRESS}":.*/socket".*"Pid":${pidIn(seen)},`);
  const [plan = "", show = "", ...more] = fake.read("log").split("\n");
  expect(plan).toMatch(told);
  expect(show).toMatch(told);
  expect(more).toEqual([]);
  expect(isAlive(pidIn(seen))).toBe(false);
  expect(readdirSync(temporary)).toEqual([]);
});

test.each<[string, string, object, string | undefined]>([
  ["reads only the schemas it needs", "/filter", { resource: {} }, "{}"],
  ["reads them all where the state is not known", "/socket", { resource: {} }, undefined],
  [
    "reads them all where there are thousands of people",
    "/socket",
    { resource: "x".repeat(1_000_001) },
    "{}",
  ],
])("Terraform %s", async (_, end, configuration, state) => {
  const { fake, context, temporary } = stack();
  using __ = fake;
  writeFileSync(fake.file("cdk.tf.json"), JSON.stringify(configuration));
  await sharingProvider(context, planAndShow, state);
  expect(fake.read("log")).toMatch(new RegExp(`^plan .*${end}".*\nshow .*${end}"`));
  expect(isAlive(pidIn(fake.read("seen")))).toBe(false);
  expect(readdirSync(temporary)).toEqual([]);
});

const AWS = { region: "eu-west-1" };
const REQUIRED = {
  required_providers: {
    aws: { source: "aws" },
    other: { source: "hashicorp/aws" },
    random: { source: "hashicorp/random" },
  },
};

test.each<[string, object, boolean]>([
  ["has one configuration", { provider: { aws: [AWS] } }, true],
  [
    "has one beside another provider's",
    { provider: { aws: AWS, random: [{}, {}] }, terraform: REQUIRED },
    true,
  ],
  [
    "has one more, as for another region",
    { provider: { aws: [AWS, { alias: "us" }] }, terraform: REQUIRED },
    false,
  ],
  ["has one more by another name", { provider: { aws: [AWS], other: {} }, terraform: REQUIRED }, false],
  ["has one with a name, and so one without", { provider: { aws: [{ alias: "us" }] } }, false],
  ["may have one more in a module", { module: {} }, false],
])("a provider that %s is shared: %s", async (_, configuration, shared) => {
  const { fake, context } = stack();
  using __ = fake;
  writeFileSync(fake.file("cdk.tf.json"), JSON.stringify(configuration));
  await sharingProvider(context, planAndShow, "{}");
  writeFileSync(fake.file(SAVED.file), "");
  await applySavedPlan(context, { ...SAVED, state: "{}" }, { parallelism: 1, onEvent: () => {} });
  expect(startsIn(fake)).toBe(shared ? 2 : 0);
});

test.each(["extra.tf", "override.tf.json", "extra.tofu"])(
  "nor is one that may have another configuration in %s",
  async (other) => {
    const { fake, context } = stack();
    using _ = fake;
    writeFileSync(fake.file(other), "{}");
    await sharingProvider(context, planAndShow, "{}");
    expect(startsIn(fake)).toBe(0);
  },
);

test.each([
  ["no schema available for aws_sns_topic.news while reading state", true],
  ["Plugin did not respond", true],
  ["Invalid for_each argument", false],
])("after '%s' the plan is made once more in the ordinary way: %s", async (summary, again) => {
  const diagnostic = JSON.stringify({
    "@level": "error",
    "@message": summary,
    type: "diagnostic",
    diagnostic: { severity: "error", summary },
  });
  const { fake, context } = stack(
    `echo "$1 $TF_REATTACH_PROVIDERS" >> log; [ -z "$TF_REATTACH_PROVIDERS" ] || { echo '${diagnostic}'; exit 1; }`,
  );
  using _ = fake;
  writeFileSync(fake.file("cdk.tf.json"), "{}");
  const plan = sharingProvider(context, (sharing) => terraform(sharing, ["plan", "-json"]), "{}");
  await (again ? expect(plan).resolves.toBeDefined() : expect(plan).rejects.toThrow(summary));
  expect(fake.read("log").split("\n")).toHaveLength(again ? 2 : 1);
});

test("it ends also when the plan fails, which is not tried again", async () => {
  const { fake, context, temporary } = stack('echo "$1" >> log; exit 1');
  using _ = fake;
  await expect(sharingProvider(context, planAndShow)).rejects.toThrow("terraform plan failed");
  expect(fake.read("log")).toBe("plan");
  expect(isAlive(pidIn(fake.read("seen")))).toBe(false);
  expect(readdirSync(temporary)).toEqual([]);
});

test("when the provider dies in the middle, the plan is made once more in the ordinary way", async () => {
  const { fake, context } = stack(
    'echo "$1 $TF_REATTACH_PROVIDERS" >> log; [ -z "$TF_REATTACH_PROVIDERS" ] || { kill -9 $(cut -d" " -f1 "$SEEN"); sleep 0.1; exit 1; }',
  );
  using _ = fake;
  await sharingProvider(context, planAndShow);
  expect(fake.read("log")).toMatch(/^plan \{.*\}\nplan \nshow$/);
});

test.each([
  ["ends at once, as one that does not know -debug", "#!/bin/sh\nexit 2\n"],
  ["says something else", "#!/bin/sh\necho \"TF_REATTACH_PROVIDERS='{}'\"\nexec cat\n"],
])("a provider that %s is not shared", async (_, provider) => {
  const { fake, context, temporary } = stack(undefined, provider);
  using __ = fake;
  await sharingProvider(context, planAndShow);
  expect(fake.read("log")).toBe("plan \nshow");
  expect(readdirSync(temporary)).toEqual([]);
});

test.each<[string, (made: Stack) => NodeJS.ProcessEnv]>([
  ["watches it", () => ({ TF_LOG_PROVIDER: "debug" })],
  ["has one of their own running", () => ({ TF_REATTACH_PROVIDERS: "{}" })],
  [
    "replaces it by one of their own",
    ({ home }) => {
      writeFileSync(join(home, ".terraformrc"), "provider_installation { dev_overrides {} }");
      return {};
    },
  ],
  [
    "has another version in the lock file than is installed",
    ({ fake }) => {
      writeFileSync(fake.file(".terraform.lock.hcl"), `provider "${ADDRESS}" {\n  version = "5.99.0"\n}\n`);
      return {};
    },
  ],
])("whoever %s, for them nothing is started", async (_, prepare) => {
  const made = stack();
  using __ = made.fake;
  const { context } = made;
  await sharingProvider({ ...context, env: { ...context.env, ...prepare(made) } }, planAndShow);
  expect(existsSync(made.fake.file("seen"))).toBe(false);
  expect(made.fake.read("log").split("\n")).toHaveLength(2);
});

test("a kept provider does for one plan after the other, until it is stopped; then another one is started", async () => {
  const { fake, context, temporary } = stack();
  using _ = fake;
  writeFileSync(fake.file("cdk.tf.json"), "{}");
  const provider = keepProvider(context, "{}");
  await provider?.stop();
  for (const __ of [1, 2]) await sharingProvider({ ...context, provider }, planAndShow);
  expect(startsIn(fake)).toBe(1);
  const told = fake
    .read("log")
    .replaceAll(/^(plan|show) /gm, "")
    .split("\n");
  expect(told).toHaveLength(4);
  expect([...new Set(told)]).toEqual([expect.stringContaining('/filter"')]);
  expect(isAlive(pidIn(fake.read("seen")))).toBe(true);
  await provider?.stop();
  expect(isAlive(pidIn(fake.read("seen")))).toBe(false);
  expect(readdirSync(temporary)).toEqual([]);
  await sharingProvider({ ...context, provider }, planAndShow);
  expect(startsIn(fake)).toBe(2);
  await provider?.stop();
  expect(readdirSync(temporary)).toEqual([]);
});

test("a plan that fails with a provider which another one has used is made once more without it; the first one is not", async () => {
  const { fake, context } = stack(
    'echo "$1 $TF_REATTACH_PROVIDERS" >> log; [ ! -e broken ] || [ -z "$TF_REATTACH_PROVIDERS" ]',
  );
  using _ = fake;
  writeFileSync(fake.file("cdk.tf.json"), "{}");
  const provider = keepProvider(context, "{}");
  const plan = () => sharingProvider({ ...context, provider }, planAndShow);
  await plan();
  writeFileSync(fake.file("broken"), "");
  await plan();
  expect(fake.read("log")).toMatch(/^plan \{.*\nshow \{.*\nplan \{.*\nplan \nshow$/);
  expect(isAlive(pidIn(fake.read("seen")))).toBe(false);
  await expect(plan()).rejects.toThrow("terraform plan failed");
  expect(startsIn(fake)).toBe(2);
  await provider?.stop();
});

test.each<[string, boolean, Partial<Diagnostic>]>([
  ["a person, who can't be read", false, { summary: "operation error", address: "aws_cognito_user.users" }],
  ["the state, which is locked", false, { summary: "Error acquiring the state lock" }],
  [
    "the provider, which can't be configured again",
    true,
    { summary: "unable to add custom RootCAs", address: `provider["${ADDRESS}"]` },
  ],
  ["something else", true, { summary: "Plugin error" }],
])("when that plan's error is about %s, it is made once more: %s", async (_, again, error) => {
  const { fake, context } = stack(
    `echo "$1 $TF_REATTACH_PROVIDERS" >> log; [ ! -e broken ] || { cat broken; exit 1; }`,
  );
  using __ = fake;
  writeFileSync(fake.file("cdk.tf.json"), "{}");
  const provider = keepProvider(context, "{}");
  const plan = () =>
    sharingProvider({ ...context, provider }, (sharing) => terraform(sharing, ["plan", "-json"]));
  await plan();
  const diagnostic = { severity: "error", ...error };
  const told = { "@level": "error", "@message": error.summary, type: "diagnostic", diagnostic };
  writeFileSync(fake.file("broken"), `${JSON.stringify(told)}\n`);
  await expect(plan()).rejects.toThrow(error.summary);
  expect(fake.read("log").split("\n")).toHaveLength(again ? 3 : 2);
  await provider?.stop();
});

test("after a plan that could not use a shared provider, its apply does not either", async () => {
  const { fake, context } = stack(
    'echo "$1 $TF_REATTACH_PROVIDERS" >> log; [ "$1" != show ] || echo "{}"; [ -z "$TF_REATTACH_PROVIDERS" ] || { kill -9 $(cut -d" " -f1 "$SEEN"); sleep 0.1; exit 1; }',
  );
  using _ = fake;
  await withSavedPlan(context, { refresh: false, state: "{}" }, (saved) =>
    applySavedPlan(context, saved, { parallelism: 1, onEvent: () => {} }),
  );
  expect(startsIn(fake)).toBe(1);
  expect(fake.read("log")).toMatch(/^plan \{.*\}\nplan \nshow \napply$/);
});

test("an apply uses the provider of its plans; a new one where that has not planned twice, has died, or is stopped", async () => {
  const { fake, context, temporary } = stack();
  using _ = fake;
  writeFileSync(fake.file("cdk.tf.json"), "{}");
  writeFileSync(fake.file(SAVED.file), "");
  const provider = keepProvider(context, "{}");
  const apply = () =>
    applySavedPlan(
      { ...context, provider },
      { ...SAVED, state: "{}" },
      { parallelism: 1, onEvent: () => {} },
    );
  const plan = () => sharingProvider({ ...context, provider }, (sharing) => terraform(sharing, ["plan"]));
  await plan();
  await apply();
  expect(startsIn(fake)).toBe(2);
  await plan();
  await plan();
  await apply();
  expect(startsIn(fake)).toBe(2);
  process.kill(lastPidIn(fake), "SIGKILL");
  await expect.poll(() => readdirSync(temporary)).toEqual([]);
  await apply();
  expect(startsIn(fake)).toBe(3);
  await provider?.stop();
  await apply();
  expect(startsIn(fake)).toBe(4);
  await provider?.stop();
  expect(isAlive(lastPidIn(fake))).toBe(false);
  const log = fake.read("log").split("\n");
  expect(log).toHaveLength(7);
  for (const line of log) expect(line).toMatch(/^(plan|apply) .*\/filter"/);
});

test.each<[string, NodeJS.ProcessEnv, string, string | undefined]>([
  ["in a first deploy: one of its own", {}, "{}", "/filter"],
  ["with a CA bundle: one of its own", { AWS_CA_BUNDLE: "/ca.pem" }, "{}", "/filter"],
  ["with thousands of people: Terraform's", {}, " ".repeat(1_000_001), undefined],
])("an apply for which no provider is kept, %s, which ends with it", async (_, env, configuration, told) => {
  const { fake, context, temporary } = stack();
  using __ = fake;
  writeFileSync(fake.file("cdk.tf.json"), configuration);
  writeFileSync(fake.file(SAVED.file), "");
  const own = { ...context, env: { ...context.env, ...env } };
  await applySavedPlan(own, { ...SAVED, state: "{}" }, { parallelism: 1, onEvent: () => {} });
  const starts = told === undefined ? 0 : 1;
  expect(startsIn(fake)).toBe(starts);
  expect(fake.read("log")).toMatch(told === undefined ? /^apply$/ : new RegExp(`^apply .*${told}"`));
  if (starts > 0) expect(isAlive(lastPidIn(fake))).toBe(false);
  expect(readdirSync(temporary)).toEqual([]);
});

/** A call as Terraform makes it, through TF_REATTACH_PROVIDERS, also after a first Ctrl-C; keeps the length of the answer. */
const ASKING = `
  process.on("SIGINT", () => {});
  const { appendFileSync } = require("node:fs");
  const [{ Addr }] = Object.values(JSON.parse(process.env.TF_REATTACH_PROVIDERS));
  const createConnection = () => require("node:net").connect(Addr.String);
  const session = require("node:http2").connect("http://provider", { createConnection });
  const call = session.request({ ":method": "POST", ":path": "/tfplugin5.Provider/" + process.argv[1] });
  let length = 0;
  call.on("data", (part) => { length += part.length; }).once("close", () => {
    appendFileSync("log", process.argv[1] + " " + length + "\\n");
    session.destroy();
  });
  call.on("error", () => {}).end();
`;

/** As the AWS provider answers: with the schemas of two types; other calls after a second. */
const ANSWERING = PROVIDER.replace(
  'require("node:net").createServer()',
  `require("node:http2").createServer().on("stream", (stream, headers) => {
  appendFileSync(process.env.SEEN + "-calls", headers[":path"] + "\\n");
  const entry = (type) => Buffer.from([18, type.length + 2, 10, type.length, ...Buffer.from(type)]);
  const schemas = Buffer.concat([entry("aws_cognito_user"), entry("aws_instance")]);
  setTimeout(() => {
    stream.respond({ "content-type": "application/grpc" });
    stream.end(Buffer.concat([Buffer.from([0, 0, 0, 0, schemas.length]), schemas]));
  }, headers[":path"].endsWith("GetSchema") ? 0 : 1000);
})`,
);

test("all schemas are asked for once for each provider: what it answered is kept", async () => {
  const { fake, context } = stack(`exec "${process.execPath}" -e '${ASKING}' GetSchema`, ANSWERING);
  using _ = fake;
  writeFileSync(fake.file("cdk.tf.json"), '{ "resource": { "aws_cognito_user": {} } }');
  const cacheDirectory = fake.file("cache");
  const plan = (more: object = { cacheDirectory }) =>
    sharingProvider({ ...context, ...more }, (sharing) => terraform(sharing, ["plan"]), "{}");
  const asked = () => fake.read("seen-calls").split("\n").length;
  await plan();
  await plan();
  expect(asked()).toBe(1);
  const [first, ...others] = fake.read("log").split("\n");
  expect(first).toMatch(/^GetSchema 2\d$/);
  expect(others).toEqual([first]);
  await plan({});
  expect(asked()).toBe(2);
  // Another one, by what the lock file says.
  writeFileSync(
    fake.file(".terraform.lock.hcl"),
    `${fake.read(".terraform.lock.hcl").slice(0, -1)}  hashes = []\n}\n`,
  );
  await plan();
  await plan();
  expect(asked()).toBe(3);
});

test("while a process waits for Terraform before it exits, the calls of an apply are still answered", async () => {
  const { fake, context, temporary } = stack(
    `exec "${process.execPath}" -e '${ASKING}' ApplyResourceChange`,
    ANSWERING,
  );
  using _ = fake;
  writeFileSync(fake.file("cdk.tf.json"), "{}");
  writeFileSync(fake.file(SAVED.file), "");
  const run = applyingApart(
    context,
    "setInterval(() => existsSync(process.env.SEEN + '-calls') && process.exit(7), 10);",
  );
  expect((await run).exitCode).toBe(7);
  expect(fake.read("log")).toMatch(/^ApplyResourceChange [1-9]/);
  const left = () => readdirSync(temporary).filter((name) => name.startsWith("roster-tf"));
  await expect.poll(left, { timeout: 10_000 }).toEqual([]);
});

/** Applies in a process of its own. */
function applyingApart({ binary, directory, env }: TerraformContext, before = "") {
  const lib = join(import.meta.dirname, "../../lib/terraform");
  const script = `
    import { existsSync } from "node:fs";
    import { applySavedPlan } from ${JSON.stringify(`${lib}/plan.ts`)};
    ${before}
    const context = ${JSON.stringify({ binary, directory })};
    const saved = ${JSON.stringify({ ...SAVED, state: "{}" })};
    await applySavedPlan(context, saved, { parallelism: 1, onEvent: () => {} });
  `;
  return execa(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
    cwd: join(lib, "../.."),
    env: env ?? {},
    extendEnv: false,
    reject: false,
  });
}

test.each<[string, NodeJS.ProcessEnv, string]>([
  ["with a CA bundle, which the provider takes only once", { AWS_CA_BUNDLE: "/ca.pem" }, "{}"],
  ["with thousands of people", {}, " ".repeat(1_000_001)],
])("%s, none is kept", (_, env, configuration) => {
  const { fake, context } = stack();
  using __ = fake;
  writeFileSync(fake.file("cdk.tf.json"), configuration);
  expect(keepProvider({ ...context, env: { ...context.env, ...env } }, "{}")).toBeUndefined();
});

test("the guard that it is started by ends it when we are killed, and can't see to it", async () => {
  const { fake, context, temporary } = stack();
  using _ = fake;
  const own = join(temporary, "roster-tf");
  mkdirSync(own);
  const provider = join(context.directory, ".terraform/providers", ADDRESS, VERSION, "linux_amd64", FILE);
  const killed = `
    const guard = require("node:child_process").spawn("/bin/sh", ["-c", ...process.argv.slice(1)], { stdio: ["pipe", "pipe", "ignore"], detached: true });
    guard.stdout.once("data", () => process.kill(process.pid, "SIGKILL"));
  `;
  const env = { ...context.env, TMPDIR: own };
  await execa(process.execPath, ["-e", killed, GUARD, provider, own], {
    env,
    extendEnv: false,
    reject: false,
  });
  const pid = pidIn(fake.read("seen"));
  await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  await expect.poll(() => existsSync(own), { timeout: 10_000 }).toBe(false);
});

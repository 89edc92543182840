import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { TerraformError } from "../../lib/terraform/errors.ts";
import { terraform } from "../../lib/terraform/run.ts";
import { fakeTerraform, isAlive, realTerraform } from "./fakes.ts";

/** Stops in good order, as Terraform does: counts SIGINTs, and takes a moment in which a second one would be seen. */
const ORDERLY = `
count=0; trap 'count=$((count+1))' INT
echo started >> log
while [ $count -eq 0 ]; do sleep 0.05; done
i=0; while [ $i -lt 10 ]; do sleep 0.05; i=$((i+1)); done
echo "stopped after $count SIGINT" >> log
exit 1`;

/** Ignores everything, and has a provider that does, too. */
const STUBBORN = `
trap '' INT TERM
sleep 60 & echo $! > provider.pid
echo $$ > terraform.pid; echo started >> log
wait`;

async function interrupted(work: Promise<unknown>): Promise<TerraformError> {
  const error = await work.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(TerraformError);
  expect(error).toMatchObject({ interrupted: true });
  return error as TerraformError;
}

test("an abort reaches Terraform as exactly one SIGINT, and its own end is waited for", async () => {
  using fake = fakeTerraform(ORDERLY);
  const stop = new AbortController();
  const work = interrupted(terraform({ ...fake.context, signal: stop.signal }, ["apply"]));
  await fake.until("log", "started");
  stop.abort(new Error("Ctrl-C"));
  const error = await work;
  expect(fake.read("log")).toBe("started\nstopped after 1 SIGINT");
  expect(error.why).toContain("saved its state");
  expect(error.cause).toEqual(new Error("Ctrl-C"));
});

test("one that does not stop in time is killed with its provider, and the error says what that may cost", async () => {
  using fake = fakeTerraform(STUBBORN);
  const stop = new AbortController();
  const work = interrupted(
    terraform({ ...fake.context, signal: stop.signal }, ["apply"], { gracePeriodMs: 300 }),
  );
  await fake.until("log", "started");
  stop.abort();
  expect((await work).why).toMatch(/did not stop within 0\.3 seconds and was killed\. Its state may lack/);
  expect(isAlive(Number(fake.read("terraform.pid")))).toBe(false);
  expect(isAlive(Number(fake.read("provider.pid")))).toBe(false);
});

test("a provider that outlives Terraform is ended and holds nothing up", async () => {
  using fake = fakeTerraform("sleep 60 & echo $! > provider.pid; echo done");
  expect(await terraform(fake.context, ["plan"])).toEqual({ stdout: "done" });
  expect(isAlive(Number(fake.read("provider.pid")))).toBe(false);
});

test("when the work was done before the SIGINT counted, it counts as done", async () => {
  using fake = fakeTerraform(
    "trap 'echo complete; exit 0' INT; echo started >> log; while true; do sleep 0.05; done",
  );
  const stop = new AbortController();
  const work = terraform({ ...fake.context, signal: stop.signal }, ["apply"]);
  await fake.until("log", "started");
  stop.abort();
  expect(await work).toEqual({ stdout: "complete" });
});

test("what was aborted before it began is not started", async () => {
  using fake = fakeTerraform("echo started >> log");
  await interrupted(terraform({ ...fake.context, signal: AbortSignal.abort() }, ["apply"]));
  expect(fake.read("log")).toBe("");
});

test("a signal that lives on keeps no listener of a finished run", async () => {
  using fake = fakeTerraform("true");
  const before = process.listenerCount("exit");
  await terraform({ ...fake.context, signal: new AbortController().signal }, ["plan"]);
  expect(process.listenerCount("exit")).toBe(before);
});

/** A script of ours in its own terminal-like process group, running the fake. */
function script(fake: ReturnType<typeof fakeTerraform>, code: string) {
  const source = `
    import { terraform } from ${JSON.stringify(join(import.meta.dirname, "../../lib/terraform/run.ts"))};
    const context = ${JSON.stringify(fake.context)};
    ${code}`;
  return execa(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", source], {
    detached: true,
    reject: false,
    stdin: "ignore",
  });
}

test("the terminal's Ctrl-C, which goes to a whole process group, still reaches Terraform only once", async () => {
  using fake = fakeTerraform(ORDERLY);
  const child = script(
    fake,
    `const stop = new AbortController();
     // later, or two signals at the same moment would be seen as one
     process.on("SIGINT", () => setTimeout(() => stop.abort(), 200));
     await terraform({ ...context, signal: stop.signal }, ["apply"]).catch((error) => console.log(error.message));`,
  );
  await fake.until("log", "started");
  process.kill(-(child.pid ?? Number.NaN), "SIGINT");
  expect((await child).stdout).toBe("terraform apply was interrupted");
  expect(fake.read("log")).toBe("started\nstopped after 1 SIGINT");
});

test("the real Terraform, interrupted in the middle, has saved what it had created", async () => {
  using real = await realTerraform({
    resource: {
      terraform_data: {
        first: {},
        second: {
          depends_on: ["terraform_data.first"],
          provisioner: [{ "local-exec": { command: "sleep 61" } }],
        },
      },
    },
  });
  await terraform(real.context, ["init"]);
  const stop = new AbortController();
  const work = terraform({ ...real.context, signal: stop.signal }, ["apply", "-json", "-auto-approve"], {
    onEvent: ({ type, hook }) => {
      if (type === "provision_start" && hook?.resource.addr === "terraform_data.second") stop.abort();
    },
  });
  expect((await interrupted(work)).why).toContain("saved its state");
  expect((await terraform(real.context, ["state", "list"])).stdout.split("\n")).toContain(
    "terraform_data.first",
  );
});

test("when our own process exits, Terraform is stopped first, in good order", async () => {
  using fake = fakeTerraform(ORDERLY);
  const child = script(fake, `void terraform(context, ["apply"]); setTimeout(() => process.exit(3), 1000);`);
  expect((await child).exitCode).toBe(3);
  expect(fake.read("log")).toBe("started\nstopped after 1 SIGINT");
});

test("… or killed with its provider, when it does not stop", async () => {
  using fake = fakeTerraform(STUBBORN);
  const child = script(
    fake,
    `void terraform(context, ["apply"], { gracePeriodMs: 300 }); setTimeout(() => process.exit(3), 1000);`,
  );
  expect((await child).exitCode).toBe(3);
  expect(isAlive(Number(fake.read("terraform.pid")))).toBe(false);
  expect(isAlive(Number(fake.read("provider.pid")))).toBe(false);
});

import { startFaultyProxy } from "../__tests__/support/faulty-proxy.ts";
import { emulatorEnvironment, Project } from "../__tests__/support/project.ts";
import { startMoto } from "../lib/local/moto.ts";
import { entries } from "./support/people.ts";
import { type BenchContext, count, type Section } from "./support/section.ts";

/** Calls to Cognito that a plan costs, counted between it and moto. */
export async function planCalls({ sizes, signal, say }: BenchContext): Promise<Section> {
  const moto = await startMoto();
  const calls: string[] = [];
  const proxy = await startFaultyProxy(moto.endpoint, {
    faults: { throttle: 0, drop: 0, delay: 0 },
    random: () => 0.5,
    onCall: (operation) => void calls.push(operation),
  });
  const project = new Project(emulatorEnvironment(proxy.endpoint));
  const run = async (command: string) => {
    signal.throwIfAborted();
    calls.length = 0;
    const { exitCode, all } = await project.run(`node scripts/run.mjs ${command}`);
    signal.throwIfAborted();
    if (exitCode !== 0) throw new Error(`${command} failed:\n${all}`);
    const listed = calls.filter((operation) => operation === "ListUsers").length;
    const read = calls.filter((operation) => operation === "AdminGetUser").length;
    return { listed, read, others: calls.length - listed - read };
  };
  try {
    const counted: { people: number; listed: number; read: number; others: number }[] = [];
    for (const people of sizes.calls) {
      say("Plan's calls to Cognito", `deploying ${count(people)} people to moto`);
      project.writeRoster(entries(people));
      await run("deploy --yes");
      say("Plan's calls to Cognito", `planning ${count(people)} people`);
      counted.push({ people, ...(await run("plan")) });
    }
    const constant = counted[0]?.others;
    return {
      title: "Calls to Cognito of a plan",
      how: "`npm run plan` after `npm run deploy` on moto, through a counting proxy. Terraform's own refresh makes one billed AdminGetUser for each person.",
      head: ["people", "ListUsers", "AdminGetUser (billed)", "others"],
      rows: counted.map(({ people, listed, read, others }) => [people, listed, read, others].map(count)),
      targets: [
        {
          asks: "ceil(N/60) + a constant, and nobody billed",
          measured: counted
            .map(({ people, listed, others }) => `${count(people)} people: ${listed} + ${others}`)
            .join("; "),
          met: counted.every(
            ({ people, listed, read, others }) =>
              listed === Math.ceil(people / 60) && read === 0 && others === constant,
          ),
        },
      ],
    };
  } finally {
    project.remove();
    await proxy.stop();
    await moto.stop();
  }
}

import { rmSync } from "node:fs";
import { join } from "node:path";
import { Project } from "../__tests__/support/project.ts";
import { type Measured, measure, median } from "./support/measure.ts";
import { entries } from "./support/people.ts";
import { inScratch } from "./support/scratch.ts";
import { type BenchContext, count, type Section, seconds, type Target, times } from "./support/section.ts";
import { stockTemplate, TOOLCHAIN } from "./synth/stock-template.ts";

/** What our cdktf.json says. */
const COMMAND = "node scripts/run.mjs ../main";

/** Roster → cdk.tf.json, beside the template that `cdktf init` makes. */
export async function synth({ sizes, signal, say }: BenchContext): Promise<Section> {
  const { few, growing } = sizes.synth;
  const many = growing[1];
  const project = new Project();
  try {
    return await inScratch(async (scratch) => {
      say("Synth", "preparing the stock template");
      const stock = await stockTemplate(scratch, few, signal);
      const env = { ...process.env, CI: "1" };
      const runs = new Map<string, Measured[]>();
      const run = async (name: string, command: string, directory: string) => {
        say("Synth", name);
        const options = { directory, env, limits: { seconds: 300 }, signal };
        const measured = await measure(command.split(" "), options);
        runs.set(name, [...(runs.get(name) ?? []), measured]);
      };
      const ours = async (people: number) => {
        project.writeRoster(entries(people));
        if (people === few) {
          rmSync(join(project.directory, ".cache/build"), { recursive: true, force: true });
          await run(`ours, ${count(people)} people, to be compiled first`, COMMAND, project.directory);
        }
        await run(`ours, ${count(people)} people`, COMMAND, project.directory);
        if (people === few)
          await run(`ours, ${count(people)} people, by npm`, "npm run --silent synth", project.directory);
      };
      // In turns: what else the machine does in the meantime befalls all of them.
      for (let round = 0; round < sizes.repeats; round++) {
        if (typeof stock !== "string") {
          await run("stock template as it comes, empty", "npx ts-node main.ts", stock.empty);
          await run(`stock template, ${count(few)} people`, "npx ts-node main.ts", stock.withPeople);
        }
        for (const people of [few, ...growing]) await ours(people);
      }
      const middle = (name: string) => {
        const all = runs.get(name);
        return all === undefined ? undefined : median(all, "wall");
      };
      const own = (people: number) => middle(`ours, ${count(people)} people`) as Measured;
      const empty = middle("stock template as it comes, empty");
      return {
        title: "Synth",
        how:
          "The middle of " +
          `${sizes.repeats} runs, in turns. Stock: the files of \`cdktf init --template=typescript\` with ${TOOLCHAIN.slice(0, 2).join(" and ")}, ` +
          "run as its `cdktf.json` says, `npx ts-node main.ts`. Ours: `node scripts/run.mjs ../main`, what our `cdktf.json` says; it compiles when a source has changed, which users.json is not." +
          (typeof stock === "string" ? ` **The stock template was not measured: ${stock}**` : ""),
        head: ["", "wall", "beside stock, empty", "user CPU", "memory"],
        rows: [...runs.keys()].map((name) => {
          const { wall, user, megabytes } = middle(name) as Measured;
          return [
            name,
            seconds(wall),
            empty === undefined ? "–" : times(wall / empty.wall),
            seconds(user),
            `${megabytes} MB`,
          ];
        }),
        targets: [
          quarter(own(few), empty, few),
          {
            asks: `${count(many)} people in under 2 s more`,
            measured: `${seconds(own(many).user - own(few).user)} of CPU more, ${seconds(own(many).wall - own(few).wall)} by the clock`,
            met: own(many).user - own(few).user < 2,
            inTheWay: "Every person is written out as JSON once for its values and once for its block.",
          },
          linear(growing, [own(growing[0]), own(growing[1]), own(growing[2])]),
        ],
      };
    });
  } finally {
    project.remove();
  }
}

function quarter(ours: Measured, stock: Measured | undefined, few: number): Target {
  const asks = `${few} people in at most a quarter of the wall time of the stock template's \`npx ts-node main.ts\``;
  if (stock === undefined) return { asks, measured: "the stock template was not measured", met: undefined };
  const ratio = ours.wall / stock.wall;
  return {
    asks,
    measured: `${seconds(ours.wall)} beside ${seconds(stock.wall)}: ${times(ratio)}; by CPU ${times(ours.user / stock.user)}`,
    met: ratio <= 0.25,
    inTheWay: "What is left is Node's own start, cdktf's loading, and its synthesis.",
  };
}

function linear(
  people: readonly [number, number, number],
  runs: readonly [Measured, Measured, Measured],
): Target {
  const perPerson = (a: 0 | 1, b: 1 | 2) =>
    ((runs[b].megabytes - runs[a].megabytes) * 1_000) / (people[b] - people[a]);
  const [below, above] = [perPerson(0, 1), perPerson(1, 2)];
  return {
    asks: "memory linear",
    measured:
      `${below.toFixed(1)} kB a person from ${count(people[0])} to ${count(people[1])} people, ` +
      `${above.toFixed(1)} kB from there to ${count(people[2])}`,
    met: above <= Math.max(below, 1) * 1.5,
    inTheWay: "Node collects garbage when it likes; the first megabytes are not a measure of the rest.",
  };
}

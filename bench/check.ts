import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Project } from "../__tests__/support/project.ts";
import { type Measured, measure, median } from "./support/measure.ts";
import { entries } from "./support/people.ts";
import { inScratch } from "./support/scratch.ts";
import { type BenchContext, count, type Section, seconds } from "./support/section.ts";

const LAUNCHER = fileURLToPath(new URL("../scripts/run.mjs", import.meta.url));

/** Of a roster that many teams share. */
const PARTS = 100;

/** A team's copy, with the same people in many files. */
function inManyFiles(people: number): Project {
  const team = new Project();
  team.configure('roster: "users.json"', 'roster: "people/*.json"');
  mkdirSync(join(team.directory, "people"));
  const everybody = Object.entries(entries(people));
  for (let part = 0; part < PARTS; part++) {
    const users = Object.fromEntries(everybody.filter((_, index) => index % PARTS === part));
    writeFileSync(join(team.directory, "people", `${part}.json`), JSON.stringify({ users }, null, 2));
  }
  return team;
}

/** Every problem of a roster: what a pull request's check and editors wait for. */
export async function check({ sizes, signal, say }: BenchContext): Promise<Section> {
  const { few, many } = sizes.check;
  return await inScratch(async (scratch) => {
    const commands: Record<string, readonly string[]> = { "node -e 0": ["node", "-e", "0"] };
    for (const people of [few, many]) {
      const file = join(scratch, `${people}.json`);
      writeFileSync(file, JSON.stringify({ users: entries(people) }, null, 2));
      commands[`check, ${count(people)} people`] = ["node", LAUNCHER, "check", file];
    }
    const several = `check, ${count(many)} people in ${PARTS} files`;
    const team = inManyFiles(many);
    commands[several] = ["node", join(team.directory, "scripts", "run.mjs"), "check"];
    const runs: Record<string, Measured[]> = {};
    for (let round = 0; round < sizes.repeats; round++) {
      for (const [name, command] of Object.entries(commands)) {
        say("Check", name);
        const options = { directory: scratch, env: process.env, limits: { seconds: 300 }, signal };
        runs[name] = [...(runs[name] ?? []), await measure(command, options)];
      }
    }
    team.remove();
    const middle = (name: string) => median(runs[name] ?? [], "user");
    const start = middle(`check, ${count(few)} people`);
    const all = middle(`check, ${count(many)} people`);
    const node = middle("node -e 0");
    return {
      title: "Check",
      how: `\`npm run check\` without npm: \`node scripts/run.mjs check FILE\`. The middle of ${sizes.repeats} runs, in turns.`,
      head: ["", "user CPU", "wall", "memory"],
      rows: Object.keys(commands).map((name) => {
        const { user, wall, megabytes } = middle(name);
        return [name, seconds(user), seconds(wall), `${megabytes} MB`];
      }),
      targets: [
        {
          asks: `${count(many)} people checked in well under a second above Node's start`,
          measured:
            `${seconds(all.user - start.user)} of CPU more than with ${few}; ` +
            `${seconds(all.user - node.user)} more than \`node -e 0\`, the loading of this package included`,
          met: all.user - start.user < 0.75,
          inTheWay:
            "Each entry is parsed with its place in the file, validated, and compared with all others.",
        },
        {
          asks: `${PARTS} files not slower than one`,
          measured: `${seconds(middle(several).user)} of CPU, with one file ${seconds(all.user)}`,
          met: middle(several).user < 1.1 * all.user,
          inTheWay: "Each file is opened and parsed by itself.",
        },
      ],
    };
  });
}

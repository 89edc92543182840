import { inline, oneEach, ours, type Shape } from "./plan/shapes.ts";
import { type Planned, Workbench } from "./plan/workbench.ts";
import { type Measured, median } from "./support/measure.ts";
import { people } from "./support/people.ts";
import { inScratch } from "./support/scratch.ts";
import { type BenchContext, count, type Section, seconds, type Target, times } from "./support/section.ts";

const SHAPES: Readonly<Record<string, Shape>> = {
  // Of nobody: a pool and a client.
  floor: oneEach,
  ours,
  "one resource each": oneEach,
  "inline for_each": inline,
};
const GROUPS = 3;

interface Case {
  readonly shape: string;
  readonly people: number;
  readonly groups: number;
  readonly runs: readonly Planned[];
}

/** CPU of a plan, as people grow, beside the shapes that a team would write first. */
export async function plan({ sizes, signal, say }: BenchContext): Promise<Section> {
  return await inScratch(async (scratch) => {
    say("Plan", "preparing Terraform");
    const workbench = await Workbench.open(scratch, signal);
    const cases: Case[] = [];
    const tooBig = new Set<string>();
    const tryCase = async (shape: string, size: number, groups: number) => {
      const kind = `${shape}, ${groups} groups`;
      if (tooBig.has(kind)) return;
      say("Plan", `${kind}, ${count(size)} people`);
      const one = await workbench.plan(SHAPES[shape] ?? ours, people(size, groups));
      const at = cases.findIndex((c) => c.shape === shape && c.people === size && c.groups === groups);
      if (at < 0) cases.push({ shape, people: size, groups, runs: [one] });
      else cases.splice(at, 1, { shape, people: size, groups, runs: [...(cases[at]?.runs ?? []), one] });
      if (one.create.outcome !== "done") tooBig.add(kind);
    };
    const { people: peopled, inline: inlined, inlineInGroups, compared, repeats } = sizes.plan;
    for (const groups of [0, GROUPS]) {
      for (const size of groups === 0 ? [0, ...peopled] : peopled) {
        // What decides is planned several times, in turns.
        const rounds = size === 0 || size === compared ? repeats : 1;
        for (let round = 0; round < rounds; round++) {
          if (size === 0) await tryCase("floor", size, groups);
          else {
            await tryCase("ours", size, groups);
            await tryCase("one resource each", size, groups);
          }
        }
      }
      for (const size of groups === 0 ? inlined : inlineInGroups)
        await tryCase("inline for_each", size, groups);
    }
    const found = (shape: string, size: number, groups = 0) =>
      cases.find((c) => c.shape === shape && c.people === size && c.groups === groups);
    const floor = userOf(found("floor", 0), "create");
    return {
      title: "Plan",
      how:
        "User CPU of `terraform plan -refresh=false`, Terraform and provider together, above the floor: the same plan with a pool, a client and nobody, " +
        `**${seconds(floor)}**. First with everybody new, then from a state that has everybody (fabricated from a real apply's). ` +
        `Stopped at 5 minutes of CPU or 9 GB of address space; no bigger one of that shape was tried then. At ${count(compared)} people the middle of ${repeats} runs, in turns.`,
      head: ["people", "groups each", "shape", "all new", "unchanged", "wall, all new", "memory", "state"],
      rows: cases
        .filter((one) => one.people > 0)
        .toSorted((a, b) => a.groups - b.groups || a.people - b.people)
        .map((one) => rowOf(one, floor)),
      targets: targetsOf(found, floor, sizes.plan),
    };
  });
}

function rowOf({ shape, people, groups, runs }: Case, floor: number): string[] {
  const create = median(
    runs.map((run) => run.create),
    "user",
  );
  const unchanged = runs.flatMap((run) => (run.unchanged === undefined ? [] : [run.unchanged]));
  return [
    count(people),
    String(groups),
    shape,
    told(create, floor),
    unchanged.length === 0 ? "–" : told(median(unchanged, "user"), floor),
    create.outcome === "done" ? seconds(create.wall) : "–",
    create.megabytes === 0 ? "–" : `${count(create.megabytes)} MB`,
    `${(runs[0]?.state ?? 0).toFixed(1)} MB`,
  ];
}

function told({ outcome, user }: Measured, floor: number): string {
  const time = seconds(Math.max(0, user - floor));
  if (outcome === "over-time") return `over 5 minutes`;
  return outcome === "over-memory" ? `over 9 GB (after ${time})` : time;
}

function userOf(one: Case | undefined, which: "create" | "unchanged"): number {
  const runs = one?.runs.flatMap((run) => run[which] ?? []) ?? [];
  return runs.length === 0 ? Number.NaN : median(runs, "user").user;
}

function targetsOf(
  found: (shape: string, size: number, groups?: number) => Case | undefined,
  floor: number,
  { compared, grown, inline: inlined }: BenchContext["sizes"]["plan"],
): Target[] {
  const above = (one: Case | undefined, which: "create" | "unchanged" = "create") =>
    userOf(one, which) - floor;
  const our = above(found("ours", compared));
  const biggest = inlined.findLast((size) => size <= compared && found("inline for_each", size)) ?? 0;
  const theirs = found("inline for_each", biggest);
  const stopped = theirs?.runs[0]?.create.outcome !== "done";
  // Quadratic or worse: what a smaller one took, times the square, is the least that this one takes.
  const inlineAbove = above(theirs) * (biggest / compared > 0 ? (compared / biggest) ** 2 : 1);
  const each = above(found("one resource each", compared));
  const growth = (shape: string, groups: number, which: "create" | "unchanged") =>
    above(found(shape, grown, groups), which) / above(found(shape, compared, groups), which);
  const grew = (shape: string, groups: number) =>
    `${times(growth(shape, groups, "create"))} all new, ${times(growth(shape, groups, "unchanged"))} unchanged`;
  return [
    {
      asks: `at ${count(compared)} people at most 1/20 of the inline for_each, above the floor`,
      measured: `${seconds(our)} beside ${stopped ? "more than " : ""}${seconds(inlineAbove)}: ${stopped ? "less than " : ""}1/${(inlineAbove / our).toFixed(0)}`,
      met: our <= inlineAbove / 20,
    },
    {
      asks: `at ${count(compared)} people at most 1.3 × one resource each, above the floor`,
      measured: `${seconds(our)} beside ${seconds(each)}: ${times(our / each)}`,
      met: our <= 1.3 * each,
      inTheWay:
        "Terraform evaluates a block's for_each again for each of its instances, and starts each block's expansion in a fresh scope.",
    },
    {
      asks: `from ${count(compared)} to ${count(grown)} people at most 11 ×, above the floor`,
      measured: `${grew("ours", 0)}; in ${GROUPS} groups each ${grew("ours", GROUPS)}`,
      met: growth("ours", 0, "create") <= 11 && growth("ours", 0, "unchanged") <= 11,
      inTheWay:
        `Terraform's graph itself: one resource each, without any for_each, grows ${grew("one resource each", 0)}; in ${GROUPS} groups each ` +
        `${grew("one resource each", GROUPS)}. Beyond that, each of a fixed number of blocks has ten times the people, and evaluates its for_each ten times more often.`,
    },
  ];
}

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { person } from "../__tests__/support/people.ts";
import { seededRandom } from "../__tests__/support/random.ts";
import { changedPeople, type RawState } from "../lib/deploy/changed-people.ts";
import { type PlanInputs, reducedInputs } from "../lib/deploy/reduced-inputs.ts";
import { parsePlan, type ResourceChange } from "../lib/review/plan.ts";
import { isLarge, parseAnswer, type TerraformContext, terraform } from "../lib/terraform/run.ts";
import { type KeptProvider, keepProvider, sharingProvider } from "../lib/terraform/shared-provider.ts";
import { MISTAKES } from "./equality/mistakes.ts";
import { randomPair, type Tried } from "./equality/pairs.ts";
import { apart, prefixOf, type Staged, stage, together } from "./equality/stage.ts";
import { Workbench, write } from "./plan/workbench.ts";
import { inScratch } from "./support/scratch.ts";
import { type BenchContext, count, type Section } from "./support/section.ts";

type Changes = ReadonlyMap<string, ResourceChange>;

/** How many pairs still count as few people: those who stand in blocks, and others. */
const AT_A_TIME = { spread: 2, others: 25 };

/**
 * Whether a plan of those of whom something changes is the whole plan: random rosters and random edits, all of them beside each other
 * in one configuration and one state, planned whole and with targets by the real Terraform and provider.
 * @throws Error with the seed and what differs
 */
export async function equality({ sizes, signal, say }: BenchContext): Promise<Section> {
  const seed = Number(process.env.EQUALITY_SEED || Math.floor(Math.random() * 1e9));
  process.stderr.write(`EQUALITY_SEED=${seed}\n`);
  return await inScratch(async (scratch) => {
    const random = seededRandom(seed);
    const { context, model } = await Workbench.open(scratch, signal, [
      person("one@example.com", { groups: ["all"] }),
      person("two@example.com", { leaving: true }),
    ]);
    const tried: Tried = new Map();
    const { pairs, spread } = sizes.equality;
    const [env, outdir] = [context.env ?? {}, join(scratch, "staged")];
    const staged = Array.from({ length: pairs }, (_, index) => {
      const size = index < spread ? 200 + Math.floor(random() * 60) : 3 + Math.floor(random() * 12);
      return stage(randomPair(random, size, tried), { model, random, tried, env, outdir });
    });
    const compared = comparison(staged);
    const all = together(staged);
    write(context.directory, all.configuration);
    writeFileSync(join(context.directory, "terraform.tfstate"), JSON.stringify(all.state));
    say("Equality", `${count(pairs)} pairs: planning everyone`);
    const whole = await planned(context, []);
    say("Equality", `${count(pairs)} pairs: planning those of whom something changes`);
    const part = await planned(context, compared.targets.flat());
    say("Equality", `${count(pairs)} pairs: planning them without anyone else`);
    const reduced = staged.map((one, index) => withoutOthers(one, compared.people[index] ?? []));
    const shown = new Map<string, ResourceChange>();
    let provider: KeptProvider | undefined;
    // Of more at a time, Terraform would read all schemas.
    for (let from = 0, to = 0; from < pairs; from = to) {
      to = from < spread ? Math.min(from + AT_A_TIME.spread, spread) : from + AT_A_TIME.others;
      const some = together(reduced.slice(from, to), from);
      const state = JSON.stringify(some.state);
      write(context.directory, some.configuration);
      writeFileSync(join(context.directory, "terraform.tfstate"), state);
      if (isLarge(context.directory)) throw new Error("Too many pairs at a time");
      const targets = compared.targets.slice(from, to).flat();
      provider ??= keepProvider(context, JSON.stringify(all.state));
      const changes = await sharingProvider(
        { ...context, provider },
        (sharing) => planned(sharing, targets),
        state,
      );
      for (const [address, change] of changes) shown.set(address, change);
    }
    await provider?.stop();
    const wrong = [...missedBy(compared, whole), ...differences(whole, part), ...differences(whole, shown)];
    if (wrong.length > 0) {
      const some = wrong.slice(0, 10).join("\n");
      throw new Error(`EQUALITY_SEED=${seed}: ${wrong.length} differences between the plans:\n${some}`);
    }
    const needless = [...compared.changed].filter((address) => !whole.has(address)).length;
    const mistakes = Object.entries(MISTAKES).map(([name, mistake]) => {
      const missed = missedBy(comparison(staged.map(mistake)), whole).length;
      return { name, missed };
    });
    return {
      title: "Equality of whole and partial plans",
      how:
        `${count(pairs)} random pairs of a roster that was deployed and one that is to be (seed ${seed}; ${spread} of them with so many people that they stand in blocks), ` +
        "beside each other in one configuration and one state, planned whole and with `-target` of what differs by the real Terraform and provider, without a refresh and without AWS; " +
        "the latter from all of it, as `deploy` does, and from a configuration and a state without anyone else and with the schemas in use alone, one after the other with one provider, as `plan` does. " +
        `Of ${count(compared.changed.size + compared.equal)} people and memberships ${count(compared.equal)} were left out as equal; ${count(whole.size)} changes of the whole plan, the same in both partial ones; ` +
        `${count(needless)} were planned for nothing. What this leaves out: outputs, a pool that is replaced, and imports, with any of which the whole plan is made.`,
      head: ["tried", "times"],
      rows: [...tried].sort().map(([name, times]) => [name, count(times)]),
      targets: [
        { asks: "the same changes in all three plans", measured: `${count(whole.size)} changes`, met: true },
        ...mistakes.map(({ name, missed }) => ({
          asks: `a comparison that overlooks ${name} is found out`,
          measured: `${count(missed)} changes missed`,
          met: missed > 0,
        })),
      ],
    };
  });
}

interface Compared {
  readonly changed: ReadonlySet<string>;
  readonly equal: number;
  /** Of each pair. */
  readonly targets: readonly (readonly string[])[];
  /** Those who are planned of each pair, by their own addresses. */
  readonly people: readonly (readonly string[])[];
}

function comparison(staged: readonly Staged[]): Compared {
  const found = staged.map(({ configuration, state }, index) => {
    const one = changedPeople(configuration, state as unknown as RawState);
    const named = (addresses: readonly string[]) => addresses.map((at) => apart(at, prefixOf(index)));
    const others = one.others.filter((address) => !address.startsWith("data."));
    return {
      ...one,
      changed: named(one.changed),
      targets: named([...one.changed, ...one.moving, ...others]),
      people: [...one.changed, ...one.moving],
    };
  });
  return {
    changed: new Set(found.flatMap(({ changed }) => changed)),
    equal: found.reduce((sum, { equal }) => sum + equal, 0),
    targets: found.map(({ targets }) => targets),
    people: found.map(({ people }) => people),
  };
}

function withoutOthers(staged: Staged, people: readonly string[]): Staged {
  return reducedInputs(staged as unknown as PlanInputs, people) as unknown as Staged;
}

/**
 * What happens to people in the whole plan, and the comparison took for nothing. Also where a partial plan would have it by chance,
 * since Terraform plans what a target depends on.
 */
function missedBy({ changed }: Compared, whole: Changes): string[] {
  return [...whole]
    .filter(([address, { type }]) => /^aws_cognito_user(_in_group)?$/.test(type) && !changed.has(address))
    .map(([address]) => `${address} changes, and was taken for equal`);
}

function differences(whole: Changes, part: Changes): string[] {
  return [...new Set([...whole.keys(), ...part.keys()])]
    .filter((address) => !isDeepStrictEqual(whole.get(address), part.get(address)))
    .map((address) => {
      const [all, some] = [whole, part].map(
        (one) => one.get(address)?.change.actions.join(" and ") ?? "nothing",
      );
      return `${address}: ${all} in the whole plan, ${some} in the partial one`;
    });
}

/** Every change of a plan, by address. */
async function planned(context: TerraformContext, targets: readonly string[]): Promise<Changes> {
  const args = ["-json", "-input=false", "-refresh=false", "-lock=false", "-out=equality.tfplan"];
  await terraform(context, ["plan", ...args, ...targets.map((address) => `-target=${address}`)]);
  const { stdout } = await terraform(context, ["show", "-json", "equality.tfplan"]);
  const { resource_changes: all } = parsePlan(parseAnswer("terraform show", stdout), {
    partial: targets.length > 0,
  });
  return new Map(
    all
      .filter(
        ({ change, previous_address }) =>
          change.importing != null || previous_address !== undefined || !change.actions.includes("no-op"),
      )
      .map((change) => [change.address, change]),
  );
}

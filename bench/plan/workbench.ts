import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rehearsalEnvironment, withoutSteering } from "../../lib/local/emulator-environment.ts";
import { startMoto } from "../../lib/local/moto.ts";
import type { Person } from "../../lib/roster/roster.ts";
import { AWS_PROVIDER } from "../../lib/stack/synth/roster-stack.ts";
import { findTerraform } from "../../lib/terraform/find.ts";
import { useProviderMirror } from "../../lib/terraform/provider-mirror.ts";
import { type TerraformContext, terraform, terraformEnvironment } from "../../lib/terraform/run.ts";
import { instancesOf } from "../../lib/terraform/state.ts";
import { type Measured, measure } from "../support/measure.ts";
import { people } from "../support/people.ts";
import { type Configuration, ours, type Shape } from "./shapes.ts";
import { parseState, type State, stateOf } from "./state.ts";

const CACHE = fileURLToPath(new URL("../../.cache", import.meta.url));

/** What the issue gives a slow shape, and what this machine has: a bad shape once took all of its memory. */
const LIMITS = { userSeconds: 300, seconds: 1_200, megabytes: 9_000 };

export interface Planned {
  /** From an empty state: everybody is created. */
  readonly create: Measured;
  /** From a state that has everybody. Undefined where the other one was stopped by a limit. */
  readonly unchanged?: Measured;
  /** Megabytes of that state, as Terraform writes it. */
  readonly state: number;
}

/** A directory in which Terraform and the provider are ready for any shape, by the state of a real apply on moto. */
export class Workbench {
  readonly #context: TerraformContext;
  readonly #scratch: string;
  readonly #model: State;
  readonly #signal: AbortSignal;

  private constructor(context: TerraformContext, scratch: string, model: State, signal: AbortSignal) {
    this.#context = context;
    this.#scratch = scratch;
    this.#model = model;
    this.#signal = signal;
  }

  /** Where Terraform is ready to plan what is written there. */
  get context(): TerraformContext {
    return this.#context;
  }

  /** The state of the real apply. */
  get model(): State {
    return this.#model;
  }

  /** @param roster whom the real apply creates */
  static async open(
    scratch: string,
    signal: AbortSignal,
    roster: readonly Person[] = people(1, 1),
  ): Promise<Workbench> {
    const moto = await startMoto();
    try {
      // Plans ask nothing of it: they are made without refresh, when moto has gone.
      const env = { ...withoutSteering(process.env), ...rehearsalEnvironment(moto.endpoint) };
      const { path: binary } = await findTerraform({ cacheDirectory: CACHE, env, signal });
      const directory = join(scratch, "terraform");
      mkdirSync(directory);
      const context = { binary, directory, env, signal };
      const one = { people: roster, recorded: [], env, outdir: join(scratch, "model") };
      write(directory, ours(one));
      useProviderMirror(directory, AWS_PROVIDER, { env });
      await terraform(context, ["init", "-input=false"]);
      await terraform(context, ["apply", "-auto-approve", "-input=false"]);
      const model = parseState(readFileSync(join(directory, "terraform.tfstate"), "utf8"));
      return new Workbench(context, scratch, model, signal);
    } finally {
      await moto.stop();
    }
  }

  /** Plans these people in that shape, twice. */
  async plan(shape: Shape, people: readonly Person[]): Promise<Planned> {
    const outdir = join(this.#scratch, "synthesized");
    const { env = {} } = this.#context;
    const fresh = shape({ people, recorded: [], env, outdir });
    const resources = people.reduce((sum, { groups }) => sum + 1 + groups.length, 0);
    const create = await this.#run(fresh, undefined, (summary) => {
      const planned = Number(/Plan: (\d+) to add, 0 to change, 0 to destroy/.exec(summary)?.[1]);
      // The pool, the client, and the groups, of which there are 3 at most.
      return planned >= resources + 2 && planned <= resources + 5;
    });
    const text = stateOf(fresh, this.#model);
    const state = Buffer.byteLength(JSON.stringify(JSON.parse(text), null, 2)) / 1e6;
    if (create.outcome !== "done") return { create, state };
    const known = shape({ people, recorded: instancesOf(text), env, outdir });
    const unchanged = await this.#run(known, text, (summary) => /No changes\./.test(summary));
    return { create, unchanged, state };
  }

  /** @param asExpected whether Terraform's words are about what was to be measured */
  async #run(
    configuration: Configuration,
    state: string | undefined,
    asExpected: (summary: string) => boolean,
  ): Promise<Measured> {
    const { binary, directory, env = {} } = this.#context;
    write(directory, configuration);
    const stateFile = join(directory, "terraform.tfstate");
    if (state !== undefined) writeFileSync(stateFile, state);
    else if (existsSync(stateFile)) rmSync(stateFile);
    const command = [binary, "plan", "-refresh=false", "-input=false", "-no-color", "-lock=false"];
    const options = { directory, env: terraformEnvironment(env), limits: LIMITS, signal: this.#signal };
    const measured = await measure(command, options);
    if (measured.outcome === "done" && !asExpected(measured.stdout))
      throw new Error(`the plan is not the one that was to be measured: ${measured.stdout.slice(-2_000)}`);
    return measured;
  }
}

/** Without the backend, so that every shape is planned from the one state file here. */
export function write(
  directory: string,
  { terraform: { backend: _, ...terraform }, ...rest }: Configuration,
): void {
  writeFileSync(join(directory, "cdk.tf.json"), JSON.stringify({ terraform, ...rest }));
}

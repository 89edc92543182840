import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { emulatorEnvironment, Project } from "../__tests__/support/project.ts";
import { plannedWith } from "../lib/deploy/plan-extent.ts";
import { withoutSteering } from "../lib/local/emulator-environment.ts";
import { startMoto } from "../lib/local/moto.ts";
import { PLANNED_WITH } from "../lib/stack/synth/outputs.ts";
import { findTerraform } from "../lib/terraform/find.ts";
import { terraformEnvironment } from "../lib/terraform/run.ts";
import type { Configuration } from "./plan/shapes.ts";
import { parseState, type State, stateOf } from "./plan/state.ts";
import { type Measured, measure } from "./support/measure.ts";
import { entries } from "./support/people.ts";
import { type PeopleServer, startPeopleServer, subOf } from "./support/people-server.ts";
import { type BenchContext, count, type Section, seconds, type Target, times } from "./support/section.ts";

const LIMITS = { seconds: 3_600 };
const STATE = "terraform.cognito-roster.tfstate";

/** How many people change, or whether there is nobody yet. */
type Change = number | "all new";

interface Case {
  readonly people: number;
  readonly groups: number;
  readonly change: Change;
  readonly command: "plan" | "deploy";
  readonly measured: Measured;
  readonly calls: number;
  /** `terraform plan -refresh=false` and `terraform show -json`, one after the other. */
  readonly alone: Measured;
}

/** What `npm run plan` and `npm run deploy` cost as a user runs them, beside what Terraform alone takes for the same plan. */
export async function endToEnd({ sizes, signal, say }: BenchContext): Promise<Section> {
  const { people: peopled, groups: grouped, deployed, target } = sizes.endToEnd;
  const moto = await startMoto();
  const server = await startPeopleServer(moto.endpoint);
  let project: Project | undefined;
  try {
    project = new Project(emulatorEnvironment(server.endpoint));
    const bench = await Stand.open(project, server, signal);
    const cases: Case[] = [];
    for (const people of peopled) {
      for (const groups of grouped) {
        for (const change of [0, 1, 100, "all new"] as const) {
          if (change !== "all new" && change >= people && change > 1) continue;
          say("End to end", `${count(people)} people in ${groups} groups each, ${wordsFor(change)}`);
          cases.push(...(await bench.run(people, groups, change, people <= deployed)));
        }
      }
    }
    return {
      title: "End to end",
      how:
        "`npm run plan` and `npm run deploy -- --yes` as they are typed, npm and Node included, with the local backend; beside them, in the same " +
        "run, `terraform plan -refresh=false` and `terraform show -json` of the same change. Memory is the most that all processes had resident together, " +
        "twice a second. The pool and its client are moto's; people, groups and memberships are answered from memory, and states with people are made " +
        `(fabricated from a real apply's), since filling moto takes minutes. Deploys up to ${count(deployed)} people.`,
      head: [
        "people",
        "groups each",
        "change",
        "command",
        "user CPU",
        "beside Terraform alone",
        "wall",
        "memory",
        "calls",
      ],
      rows: cases.map(({ people, groups, change, command, measured, alone, calls }) => [
        count(people),
        String(groups),
        wordsFor(change),
        command,
        seconds(measured.user),
        `${times(measured.user / alone.user)} of ${seconds(alone.user)}`,
        seconds(measured.wall),
        `${count(measured.megabytes)} MB of ${count(alone.megabytes)}`,
        count(calls),
      ]),
      targets: targetsOf(cases, target),
    };
  } finally {
    project?.remove();
    await server.stop();
    await moto.stop();
  }
}

const wordsFor = (change: Change) => {
  if (change === 0) return "nothing";
  return change === "all new" ? change : `${change} changed`;
};

function targetsOf(
  cases: readonly Case[],
  { few, many }: BenchContext["sizes"]["endToEnd"]["target"],
): Target[] {
  const planOf = (people: number, groups: number, change: Change) =>
    cases.find(
      (one) =>
        one.people === people && one.groups === groups && one.change === change && one.command === "plan",
    );
  const small = planOf(few, 0, 0);
  const big = planOf(many, 3, 1);
  const ratio = (one: Case) => one.measured.user / one.alone.user;
  return [
    {
      asks: `at ${few} people \`npm run plan\` at most 1.4 × \`terraform plan -refresh=false\` and \`terraform show -json\``,
      measured: small === undefined ? "–" : times(ratio(small)),
      met: small && ratio(small) <= 1.4,
    },
    {
      asks: `at ${count(many)} people in 3 groups each with one change: at most 1/6 of the whole plan's CPU, and half of its memory`,
      measured:
        big === undefined
          ? "–"
          : `${times(ratio(big))} the CPU, ${times(big.measured.megabytes / big.alone.megabytes)} the memory`,
      met: big && ratio(big) <= 1 / 6 && big.measured.megabytes <= big.alone.megabytes / 2,
      inTheWay: "Without a plan of those alone of whom something changes, all of it is planned.",
    },
  ];
}

/** A project, deployed with one person, in which any number of people can be had. */
class Stand {
  readonly #project: Project;
  readonly #server: PeopleServer;
  readonly #signal: AbortSignal;
  readonly #terraform: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #model: State;

  private constructor(
    project: Project,
    server: PeopleServer,
    signal: AbortSignal,
    terraform: string,
    model: State,
  ) {
    this.#project = project;
    this.#server = server;
    this.#signal = signal;
    this.#terraform = terraform;
    this.#env = { ...withoutSteering(process.env), ...emulatorEnvironment(server.endpoint), NO_COLOR: "1" };
    this.#model = model;
  }

  static async open(project: Project, server: PeopleServer, signal: AbortSignal): Promise<Stand> {
    project.writeRoster(entries(1, 1));
    const { exitCode, all } = await project.run("node scripts/run.mjs deploy --yes");
    if (exitCode !== 0) throw new Error(`the first deploy failed:\n${all}`);
    const { path } = await findTerraform({
      cacheDirectory: fileURLToPath(new URL("../.cache", import.meta.url)),
      signal,
    });
    return new Stand(project, server, signal, path, parseState(project.read(STATE)));
  }

  async run(people: number, groups: number, change: Change, deploys: boolean): Promise<Case[]> {
    const state = await this.#stateWith(change === "all new" ? 0 : people, groups);
    const users = entries(people, groups);
    for (const name of Object.keys(users).slice(0, change === "all new" ? 0 : change))
      users[name] = { ...users[name], attributes: { name: "Somebody Else" } };
    const begin = () => {
      writeFileSync(join(this.#project.directory, STATE), state);
      rmSync(join(this.#project.directory, `${STATE}.last`), { force: true });
      this.#project.writeRoster(users);
      this.#server.load(state);
    };
    begin();
    const plan = await this.#npm("plan", people, change);
    const calls = this.#server.calls();
    const alone = await this.#alone();
    const one = { people, groups, change };
    const planned: Case = { ...one, command: "plan", measured: plan, calls, alone };
    if (!deploys) return [planned];
    begin();
    const deploy = await this.#npm("deploy", people, change);
    return [planned, { ...one, command: "deploy", measured: deploy, calls: this.#server.calls(), alone }];
  }

  /** As after a deploy of these people. */
  async #stateWith(people: number, groups: number): Promise<string> {
    const { directory } = this.#project;
    const empty = { ...this.#model, resources: this.#model.resources.filter(notOfPeople) };
    writeFileSync(join(directory, STATE), JSON.stringify(empty));
    if (people === 0) return JSON.stringify(empty);
    this.#project.writeRoster(entries(people, groups));
    const { exitCode, all } = await this.#project.run("node scripts/run.mjs synth");
    if (exitCode !== 0) throw new Error(`synth failed:\n${all}`);
    const synthesized = this.#project.read("cdktf.out/stacks/cognito-roster/cdk.tf.json");
    const made = parseState(stateOf(JSON.parse(synthesized) as Configuration, this.#model));
    // Each person is a copy of one, whose account they are not.
    for (const { type, instances } of made.resources) {
      if (type !== "aws_cognito_user") continue;
      for (const { attributes } of instances) {
        const sub = subOf(String(attributes.username));
        Object.assign(attributes, { sub, attributes: { ...(attributes.attributes as object), sub } });
      }
    }
    const stack = join(directory, "cdktf.out", "stacks", "cognito-roster");
    const remembered = await plannedWith({ binary: this.#terraform, directory: stack, env: this.#env });
    const planned = { value: remembered, type: "string" };
    return JSON.stringify({ ...made, outputs: { ...Object(made.outputs), [PLANNED_WITH]: planned } });
  }

  async #npm(command: "plan" | "deploy", people: number, change: Change): Promise<Measured> {
    const args = ["npm", "run", "--silent", command, ...(command === "deploy" ? ["--", "--yes"] : [])];
    const { directory } = this.#project;
    const measured = await measure(args, {
      directory,
      env: this.#env,
      limits: LIMITS,
      signal: this.#signal,
      tree: true,
    });
    const wanted = change === "all new" ? `${people} to add` : `0 to add, ${change} to change, 0 to destroy`;
    // Groups are new, too.
    const asExpected =
      change === "all new"
        ? / [1-9]\d* to add, \d+ to change, 0 to destroy/.test(measured.stdout)
        : measured.stdout.includes(wanted);
    if (!asExpected) throw new Error(`${command}: not ${wanted}:\n${measured.stdout.slice(-2_000)}`);
    return measured;
  }

  /** What was synthesized last, planned and shown by Terraform's own commands. */
  async #alone(): Promise<Measured> {
    const directory = join(this.#project.directory, "cdktf.out", "stacks", "cognito-roster");
    const script =
      '"$0" plan -refresh=false -input=false -lock=false -out=alone.tfplan && "$0" show -json alone.tfplan >/dev/null; rm alone.tfplan';
    return await measure(["sh", "-c", script, this.#terraform], {
      directory,
      env: terraformEnvironment(this.#env),
      limits: LIMITS,
      signal: this.#signal,
      tree: true,
    });
  }
}

const notOfPeople = ({ type }: { readonly type: string }) =>
  !["aws_cognito_user", "aws_cognito_user_in_group", "aws_cognito_user_group"].includes(type);

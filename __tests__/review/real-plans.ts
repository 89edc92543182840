import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AdminCreateUserCommand } from "@aws-sdk/client-cognito-identity-provider";
import { readOutputs } from "../../lib/terraform/deployment.ts";
import { applySavedPlan, prepareTerraform, withSavedPlan } from "../../lib/terraform/plan.ts";
import { terraform } from "../../lib/terraform/run.ts";
import { emulatorClient } from "../support/live-people.ts";
import { startProvider } from "../support/one-provider.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";
import { type Fixture, pruned } from "./fixtures.ts";

const HANAKO = "hanako@example.com";
const TARO = "taro@example.com";
const BOT = "ci-bot@example.com";
const JOINING = {
  [HANAKO]: { attributes: { name: "Hanako", nickname: "花子" }, groups: ["ops"] },
  [TARO]: { groups: ["ops"] },
  [BOT]: { invite: "none", groups: ["robots"] },
  "maria@example.com": { phone: "+34600000000", invite: "sms" },
  // Has a nickname as well: one that no line names any more would stay, as a person's own.
  "guest@example.com": { enabled: false, attributes: { nickname: "Guest" } },
  "kenji@example.com": {},
};
const EVERYDAY = {
  ...JOINING,
  [HANAKO]: { attributes: { name: "Hanako Yamada", locale: "ja-JP" }, groups: ["dev"] },
  [TARO]: { ...JOINING[TARO], leaving: true },
  [BOT]: { ...JOINING[BOT], leaving: true },
  "maria@example.com": { phone: "+34611111111", invite: "sms" },
  "kenji@example.com": { enabled: false },
};

/**
 * Plans of the real Terraform and the real provider, on moto, one or more for every consequence that a review tells; as
 * fixtures, by name. moto is trusted for what it stores and answers; the plans are the provider's.
 */
export async function* realPlans(endpoint: string): AsyncGenerator<Fixture & { readonly name: string }> {
  const env = emulatorEnvironment(endpoint);
  const provider = await startProvider(env);
  try {
    yield* plansOf(endpoint, { ...process.env, ...env, ...provider?.env });
  } finally {
    await provider?.stop();
  }
}

async function* plansOf(endpoint: string, env: NodeJS.ProcessEnv): ReturnType<typeof realPlans> {
  using team = new Team(env);
  team.write(JOINING);
  yield { name: "joins", ...(await team.plan({ apply: true })) };

  team.write(EVERYDAY);
  yield { name: "everyday", ...(await team.plan({ apply: true })) };

  yield { name: "thrown-back", ...(await team.plan({ password: "Thrown-back-to-1!" })) };

  const { [BOT]: _, ...withoutBot } = EVERYDAY;
  team.write({ ...withoutBot, [TARO]: JOINING[TARO] });
  yield { name: "returns-and-deleted", ...(await team.plan()) };

  await team.createByHand(endpoint, "found@example.com");
  team.write({ ...EVERYDAY, "found@example.com": {} });
  yield { name: "adopted", ...(await team.plan()) };
  team.forgetAdoption();

  // Planned, and not applied: moto forgets by an update of the pool that its people have e-mail addresses for names.
  team.write(EVERYDAY);
  team.configure(
    'pool: { name: "people"',
    'destroyable: true, pool: { name: "people", mfa: "required", passwordPolicy: { minimumLength: 16 }',
  );
  team.configure(
    'client: { name: "app"',
    'client: { name: "app", authFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"], tokenValidity: { refreshToken: "1 days" }',
  );
  yield { name: "settings", ...(await team.plan()) };

  team.configure('name: "people"', 'name: "humans"');
  yield { name: "pool-replaced", ...(await team.plan()) };

  using named = new Team(env);
  named.configure('name: "people"', 'name: "people", signInWith: "username"');
  named.write({ hanako: { email: HANAKO, phone: "+819012345678" } });
  await named.plan({ apply: true });
  named.write({ hanako: { email: "hanako.yamada@example.com", phone: "+819087654321" } });
  yield { name: "re-verify", ...(await named.plan()) };
}

/** A team's repository, planned by Terraform itself: no guard of ours stands in the way. */
class Team {
  readonly #project: Project;
  readonly #env: NodeJS.ProcessEnv;

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
    this.#project = new Project(env);
    // One of them is invited by SMS.
    this.#project.configure(
      'pool: { name: "people" }',
      'pool: { name: "people", asIs: { smsConfiguration: { snsCallerArn: "arn:aws:iam::123456789012:role/sms", externalId: "people" } } }',
    );
  }

  write(users: Record<string, object>): void {
    this.#project.writeRoster(users);
  }

  configure(piece: string, replacement: string): void {
    this.#project.configure(piece, replacement);
  }

  /** A person whom the state does not know. */
  async createByHand(endpoint: string, email: string): Promise<void> {
    const { user_pool_id } = await readOutputs(await this.#terraform());
    const userPoolId = String(user_pool_id);
    await emulatorClient(endpoint).send(
      new AdminCreateUserCommand({ UserPoolId: userPoolId, Username: email, MessageAction: "SUPPRESS" }),
    );
    const adoption = { userPoolId, people: [email], groups: [] };
    writeFileSync(join(this.#project.directory, "adopt.json"), JSON.stringify(adoption));
  }

  forgetAdoption(): void {
    rmSync(join(this.#project.directory, "adopt.json"));
  }

  /**
   * @param options.apply whether to carry it out, so that the next plan goes on from there
   * @param options.password a temporary password for HANAKO, in a stack that does not ignore its changes
   */
  async plan({ apply = false, password }: { apply?: boolean; password?: string } = {}): Promise<Fixture> {
    const synth = await this.#project.run("npm run --silent synth");
    if (synth.exitCode !== 0) throw new Error(synth.all);
    const context = await this.#terraform();
    if (password !== undefined) this.#takeAwayIgnoreChanges();
    const secrets =
      password === undefined ? {} : { TF_VAR_temporary_passwords: JSON.stringify({ [HANAKO]: password }) };
    const here = { ...context, env: { ...context.env, ...secrets } };
    return await withSavedPlan(here, { refresh: false }, async (plan) => {
      const { stdout } = await terraform(here, ["show", "-no-color", plan.file]);
      const summary = /^(?:No changes\.|Plan: .*)/m.exec(stdout)?.[0] ?? "";
      if (apply) await applySavedPlan(here, plan, { parallelism: 10, onEvent: () => {} });
      return { summary, plan: pruned(plan.json) };
    });
  }

  #terraform() {
    return prepareTerraform({
      directory: join(this.#project.directory, "cdktf.out", "stacks", "cognito-roster"),
      cacheDirectory: fileURLToPath(new URL("../../.cache", import.meta.url)),
      env: this.#env,
      signal: AbortSignal.timeout(120_000),
      onProgress: () => {},
    });
  }

  #takeAwayIgnoreChanges(): void {
    const file = join(this.#project.directory, "cdktf.out", "stacks", "cognito-roster", "cdk.tf.json");
    const text = readFileSync(file, "utf8");
    const without = text.replace(/("ignore_changes": \[)\s*"temporary_password",/g, "$1");
    if (without === text) throw new Error("The stack ignores no temporary_password");
    writeFileSync(file, without);
  }

  [Symbol.dispose](): void {
    this.#project.remove();
  }
}

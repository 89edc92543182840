import { existsSync } from "node:fs";
import { cognitoClient } from "../cognito/client.ts";
import { explainPoolFailure } from "../cognito/explain-error.ts";
import { identityOf, type PoolIdentity } from "../directory/pool/facts.ts";
import { listPeople, nameKey, rosterName } from "../directory/pool/people.ts";
import { EXIT, UserError } from "../errors.ts";
import { type Destruction, thingsDestroyed } from "../review/destruction.ts";
import { calledAt, parsePlan, personAt } from "../review/plan.ts";
import { counted } from "../review/refusals.ts";
import { POOL } from "../stack/defaults.ts";
import { parseGuardsOutput } from "../stack/guards.ts";
import { quotasOf } from "../stack/quotas.ts";
import { statePlace } from "../stack/state-place.ts";
import { applyProgress } from "../terraform/events.ts";
import { keepLocalState } from "../terraform/local-state.ts";
import { applySavedPlan, prepareTerraform, terraformParallelism, withSavedPlan } from "../terraform/plan.ts";
import { type PulledState, pullState } from "../terraform/state.ts";
import { endApply } from "./adoption-proof.ts";
import { type Project, synthesizeProject } from "./project.ts";
import { deployedPool, refuseOtherRegion, workingRegion } from "./target.ts";

export interface DestroyOptions {
  readonly project: Project;
  /** Where a downloaded Terraform is kept. */
  readonly cacheDirectory: string;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly onProgress: (step: string, detail?: string) => void;
}

/** What would be destroyed, and the function that does it. */
export interface ProposedDestruction extends Destruction {
  /** Absent if the pool is no longer in the state: what remains of an interrupted run is destroyed. */
  readonly pool?: PoolIdentity;
  /** Destroys exactly this. @returns what is left, in words: files of this stack */
  readonly destroy: () => Promise<readonly string[]>;
}

/**
 * Determines what destroying config.ts's stack would delete, and passes it to `use`; the saved plan is deleted afterwards.
 * @returns undefined where nothing is deployed
 * @throws UserError (exit 3) unless config.ts says `destroyable` and the last deploy did too; TerraformError
 */
export async function withDestruction<T>(
  options: DestroyOptions,
  use: (destruction: ProposedDestruction) => Promise<T>,
): Promise<T | undefined> {
  const { signal, onProgress, cacheDirectory } = options;
  // People to be adopted aren't the stack's to destroy.
  const { adoption: _, ...project } = options.project;
  const { settings } = project;
  if (settings.destroyable !== true) throw notDestroyable(project);
  const { stackDirectory, stateFile } = synthesizeProject(project, { lookOnly: true });
  const context = await prepareTerraform({ ...options, directory: stackDirectory });
  onProgress("Reading the state");
  const recorded = await pullState(context);
  if (recorded.instances.length === 0) return undefined;
  requireDestroyable(recorded, project);
  const { userPoolId, region } = deployedPool(recorded.instances);
  refuseOtherRegion(region, await workingRegion(settings, context.env ?? process.env));

  const look = async (): Promise<readonly string[]> => {
    if (userPoolId === undefined) return [];
    onProgress("Checking the user pool");
    const client = cognitoClient({ region, quotas: settings.quotas, signal });
    const found = await listPeople(client, { userPoolId, signal }).catch((error: unknown) => {
      throw explainPoolFailure(error, { userPoolId });
    });
    return found.map((person) => rosterName(person, settings.pool.signInWith ?? POOL.signInWith)).sort();
  };
  const people = await look();
  const { caseSensitive = POOL.caseSensitive } = settings.pool;
  const same = nameKey({ caseSensitive });
  const declared = new Set(
    recorded.instances.flatMap((instance) => same(personAt(instance)?.username ?? "") || []),
  );

  onProgress("Terraform: planning");
  const planning = { refresh: false, destroy: true, state: recorded.text };
  return await withSavedPlan(context, planning, async (saved) => {
    const things = thingsDestroyed(parsePlan(saved.json), somethingElse);
    return use({
      people,
      undeclared: people.filter((name) => !declared.has(same(name))),
      things,
      ...(userPoolId !== undefined && { pool: identityIn(recorded, userPoolId) }),
      destroy: async () => {
        refuseOthers(people, await look());
        if (stateFile !== undefined) keepLocalState(stateFile);
        onProgress("Destroying");
        await applySavedPlan(context, saved, {
          parallelism: terraformParallelism(quotasOf(settings.quotas), ["UserUpdate"]),
          onEvent: applyProgress(({ done, total, current }) =>
            onProgress("Destroying", `${done} of ${total}: ${calledAt(current)}`),
          ),
        });
        endApply(cacheDirectory, settings.stack);
        if (stateFile !== undefined) keepLocalState(stateFile);
        const left = (await pullState(context)).instances.length;
        if (left > 0) throw notAll(left);
        return leftovers(project, stateFile);
      },
    });
  });
}

function notDestroyable({ environment }: Pick<Project, "environment">): UserError {
  const where = environment === undefined ? "config.ts" : `environments.${environment} in config.ts`;
  return new UserError("REFUSED: this stack isn't destroyable", {
    why: "Everyone in its user pool would be deleted for good. Nothing was changed.",
    next: [
      `if it is only a rehearsal, set destroyable: true in ${where} and deploy that by itself first: npm run deploy`,
    ],
    exitCode: EXIT.refused,
  });
}

/**
 * One edit must not remove both the guard and what it guards. If an interrupted destruction already removed the outputs, the
 * pool decides: only a destroyable stack has deletion protection off.
 */
function requireDestroyable({ outputs, instances }: PulledState, { environment }: Project): void {
  const last = parseGuardsOutput(outputs.guards);
  const pool = instances.find(({ type, name }) => type === "aws_cognito_user_pool" && name === "pool");
  const unprotected = pool === undefined || pool.attributes.deletion_protection === "INACTIVE";
  if (last === undefined ? unprotected : last.destroyable) return;
  throw new UserError("REFUSED: the deployed stack isn't destroyable yet", {
    why: `config.ts loosens that in this change${environment === undefined ? "" : `, for ${environment}`}. Nothing was changed.`,
    next: ["deploy destroyable: true by itself first, after a review: npm run deploy"],
    exitCode: EXIT.refused,
  });
}

function identityIn({ instances }: PulledState, userPoolId: string): PoolIdentity {
  const pool = instances.find(({ type, name }) => type === "aws_cognito_user_pool" && name === "pool");
  const { name, arn } = pool?.attributes ?? {};
  return identityOf(
    { ...(typeof name === "string" && { Name: name }), ...(typeof arn === "string" && { Arn: arn }) },
    { userPoolId },
  );
}

const somethingElse = ({ address }: { readonly address: string }) =>
  new UserError(`REFUSED: the plan would do more than delete: ${address}`, {
    why: "Nothing was changed.",
    next: ["deploy the stack first: npm run deploy"],
    exitCode: EXIT.refused,
  });

/** Deletes no one who wasn't in the review. */
function refuseOthers(reviewed: readonly string[], now: readonly string[]): void {
  const seen = new Set(reviewed);
  const others = now.filter((name) => !seen.has(name));
  if (others.length === 0) return;
  throw new UserError(
    `REFUSED: ${counted(others.length, "account was", "accounts were")} added to the user pool meanwhile`,
    {
      why: "They weren't reviewed. Nothing was changed.",
      next: ["review it again: npm run destroy"],
      exitCode: EXIT.refused,
    },
  );
}

const notAll = (left: number) =>
  new UserError(`${counted(left, "thing is", "things are")} still in the state`, {
    why: "Terraform ended without destroying everything.",
    next: ["run it again: npm run destroy"],
  });

function leftovers({ settings }: Project, stateFile: string | undefined): string[] {
  if (stateFile === undefined)
    return [`an empty state and its earlier versions: ${statePlace(settings.backend, settings.stack)}`];
  return ["", ".backup", ".last"].map((end) => `${stateFile}${end}`).filter((file) => existsSync(file));
}

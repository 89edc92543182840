import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PRIVATE } from "../files.ts";
import { type TerraformContext, terraform } from "./run.ts";
import { type PulledState, pullState } from "./state.ts";

/** Without credentials, Terraform tries those of an AWS machine, which takes a while. */
const PATIENCE_MS = 60_000;

/**
 * The state that a synthesized stack has in a remote backend, where Terraform may not have been initialised yet: with the
 * backend's part of the configuration alone, in a separate directory, so that no provider is needed. Writes and locks nothing
 * there.
 * @throws TerraformError if it can't be reached; UserError if its format is unknown
 */
export async function pullRemoteState(context: TerraformContext): Promise<PulledState> {
  const { env = process.env } = context;
  const directory = await mkdtemp(join(tmpdir(), "cognito-roster-"));
  const apart = {
    ...context,
    directory,
    env: { ...env, TF_DATA_DIR: join(directory, ".terraform") },
    signal: AbortSignal.timeout(PATIENCE_MS),
  };
  try {
    const { terraform: whole } = JSON.parse(await readFile(join(context.directory, "cdk.tf.json"), "utf8"));
    const { backend, cloud } = whole as { readonly backend?: object; readonly cloud?: object };
    await mkdir(apart.env.TF_DATA_DIR, { mode: 0o700 });
    await writeFile(join(directory, "cdk.tf.json"), JSON.stringify({ terraform: { backend, cloud } }), {
      mode: PRIVATE,
    });
    await connect(apart);
    return await pullState(apart);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * `init` connects to the backend first, and then installs the providers of what it finds in the state: hundreds of megabytes
 * that aren't needed here. With an empty directory as their only source, that fails at once.
 */
async function connect(apart: TerraformContext): Promise<void> {
  const none = join(apart.directory, "no-plugins");
  await mkdir(none);
  try {
    await terraform(apart, ["init", "-input=false", "-no-color", `-plugin-dir=${none}`]);
  } catch (error) {
    if (!existsSync(join(apart.directory, ".terraform", "terraform.tfstate"))) throw error;
  }
}

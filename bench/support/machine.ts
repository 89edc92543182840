import { cpus, release, totalmem, type } from "node:os";
import { execa } from "execa";
import { AWS_PROVIDER } from "../../lib/stack/synth/roster-stack.ts";
import packages from "../../package.json" with { type: "json" };

/** What the numbers were measured with. */
export async function machine(terraform: string): Promise<string> {
  const { stdout } = await execa(terraform, ["version", "-json"]);
  const { terraform_version: version } = JSON.parse(stdout) as { terraform_version: string };
  const [cpu] = cpus();
  return [
    `Measured on ${cpu?.model.trim() ?? "an unknown CPU"}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB of memory, ${type()} ${release()}`,
    `with Node ${process.versions.node}, Terraform ${version}, AWS provider ${AWS_PROVIDER.version}, cdktf ${packages.peerDependencies.cdktf}`,
    `on ${new Date().toISOString().slice(0, 10)}.`,
  ].join(", ");
}

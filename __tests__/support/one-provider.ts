import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AWS_PROVIDER } from "../../lib/stack/synth/roster-stack.ts";
import { terraformPlatform } from "../../lib/terraform/install.ts";
import { findProviderMirror, lockProvider } from "../../lib/terraform/provider-mirror.ts";
import { keepProvider } from "../../lib/terraform/shared-provider.ts";
import { sharedCache } from "./shared-cache.ts";

const LIB = fileURLToPath(new URL("../../lib", import.meta.url));

/** Of tests' own constructs. */
const TESTED = [
  "aws_cognito_log_delivery_configuration",
  "aws_cognito_risk_configuration",
  "aws_lambda_function",
  "aws_lb_listener_rule",
  "aws_s3_bucket",
  "aws_sns_topic",
];

/** Those, and what our own constructs are: Terraform gets the schemas of no others. */
function types(): string[] {
  const files = readdirSync(LIB, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  const imported = files.flatMap((file) => [
    ...readFileSync(join(LIB, file), "utf8").matchAll(/@cdktf\/provider-aws\/lib\/(?:data-aws-)?([a-z-]+)/g),
  ]);
  return [...TESTED, ...imported.map(([, name = ""]) => `aws_${name.replaceAll("-", "_")}`)];
}

/**
 * A provider for all that a project plans and applies, as the provider's own tests run it (TF_REATTACH_PROVIDERS). With one for each
 * command, most of a test's CPU is theirs. It is for tests of what commands do to a pool: they then leave the provider alone, as one
 * that the operator has started. How they start, share and end their own, the others test.
 * @param env what it reads: the endpoint and the credentials. The project's commands can't have others
 * @returns what the project's commands need to find it; undefined where there is no unpacked mirror
 */
export async function startProvider(
  env: NodeJS.ProcessEnv,
): Promise<{ readonly env: NodeJS.ProcessEnv; readonly stop: () => Promise<void> } | undefined> {
  const mirror = findProviderMirror(AWS_PROVIDER);
  if (mirror === undefined) return undefined;
  const directory = mkdtempSync(join(tmpdir(), "roster-provider-"));
  const version = join("registry.terraform.io", AWS_PROVIDER.source, AWS_PROVIDER.version);
  const providers = join(directory, ".terraform", "providers", version);
  mkdirSync(providers, { recursive: true });
  symlinkSync(mirror, join(providers, terraformPlatform()));
  lockProvider(directory, AWS_PROVIDER);
  writeFileSync(join(directory, "cdk.tf.json"), JSON.stringify({ types: types() }));
  const own = { ...process.env, ...env };
  const provider = keepProvider({ binary: "", directory, env: own, cacheDirectory: sharedCache() }, "");
  const running = await provider?.start();
  const stop = async () => {
    await provider?.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  if (running !== undefined) return { env: { TF_REATTACH_PROVIDERS: running.reattach }, stop };
  await stop();
  return undefined;
}

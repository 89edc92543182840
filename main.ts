import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { readProject, synthesizeUnaided } from "./lib/deploy/project.ts";
import { main, warnOf } from "./scripts/frame/main.ts";
import { config, requireSettings } from "./scripts/frame/settings.ts";

/** The cdktf CLI runs this file for every command (cdktf.json's `app`): roster and config.ts → cdk.tf.json. */
main(async () => {
  requireSettings();
  const root = dirname(fileURLToPath(import.meta.url));
  const project = readProject(root, config);
  const synthesized = await synthesizeUnaided(project, { root, env: process.env });
  warnOf(project);
  warnOf(synthesized, synthesized);
});

import { readProject, synthesizeUnaided } from "./lib/deploy/project.ts";
import { main, ROOT, warnOf } from "./scripts/frame/main.ts";
import { ownResources } from "./scripts/frame/resources.ts";
import { environment, requireEnvironment, requireSettings, written } from "./scripts/frame/settings.ts";

/** The cdktf CLI runs this file for every command (cdktf.json's `app`): roster, config.ts and resources.ts → cdk.tf.json. */
main(async () => {
  requireEnvironment("npx cdktf …", false);
  requireSettings();
  const project = readProject(ROOT, written, environment, await ownResources());
  const synthesized = await synthesizeUnaided(project, { root: ROOT, env: process.env });
  warnOf(project);
  warnOf(synthesized, synthesized);
});

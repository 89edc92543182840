import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { config } from "./config.ts";
import { readProject, synthesizeProject } from "./lib/deploy/project.ts";
import { main, warnOf } from "./scripts/frame/main.ts";

/** The cdktf CLI runs this file for every command (cdktf.json's `app`): roster and config.ts → cdk.tf.json. */
main(async () => {
  const project = readProject(dirname(fileURLToPath(import.meta.url)), config);
  warnOf(project, synthesizeProject(project));
});

// npm run synth: cdk.tf.json without the cdktf CLI.

import { relative } from "node:path";
import { readProject, synthesizeProject } from "../lib/deploy/project.ts";
import { main, newCommand, ROOT, warnOf } from "./frame/main.ts";
import { ownResources } from "./frame/resources.ts";
import { environment, written } from "./frame/settings.ts";

main(async () => {
  newCommand("synth", "Writes cdk.tf.json, without the cdktf CLI.").parse();
  const project = readProject(ROOT, written, environment, await ownResources());
  // Without reading a remote state: CI asks this first, to learn where that is.
  const synthesized = synthesizeProject(project);
  warnOf(project, synthesized);
  process.stdout.write(`${relative("", synthesized.stackDirectory)}/cdk.tf.json\n`);
});

// npm run synth: cdk.tf.json without the cdktf CLI.

import { relative } from "node:path";
import { readProject, synthesizeProject } from "../lib/deploy/project.ts";
import { main, newCommand, ROOT, warnOf } from "./frame/main.ts";
import { config } from "./frame/settings.ts";

main(async () => {
  newCommand("synth", "Writes cdk.tf.json, as the cdktf CLI would.").parse();
  const project = readProject(ROOT, config);
  const synthesized = synthesizeProject(project);
  warnOf(project, synthesized);
  process.stdout.write(`${relative("", synthesized.stackDirectory)}/cdk.tf.json\n`);
});

// npm run synth: cdk.tf.json without the cdktf CLI.

import { relative } from "node:path";
import { readProject, synthesizeUnaided } from "../lib/deploy/project.ts";
import { main, newCommand, ROOT, warnOf } from "./frame/main.ts";
import { config } from "./frame/settings.ts";

main(async () => {
  newCommand("synth", "Writes cdk.tf.json, as the cdktf CLI would.").parse();
  const project = readProject(ROOT, config);
  const synthesized = await synthesizeUnaided(project, { root: ROOT, env: process.env });
  warnOf(project);
  warnOf(synthesized, synthesized);
  process.stdout.write(`${relative("", synthesized.stackDirectory)}/cdk.tf.json\n`);
});

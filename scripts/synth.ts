// npm run synth: cdk.tf.json without the cdktf CLI.

import { relative } from "node:path";
import { compose } from "../main.ts";
import { main, newCommand } from "./frame/main.ts";

main(async () => {
  newCommand("synth", "Writes cdk.tf.json, as the cdktf CLI would.").parse();
  const { stackDirectory } = compose();
  process.stdout.write(`${relative("", stackDirectory)}/cdk.tf.json\n`);
});

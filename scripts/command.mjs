// Runs one of our TypeScript files as a command, in this same process: what both launchers do once the dependencies are
// installed.
import { pathToFileURL } from "node:url";
import util from "node:util";
import { compile } from "./compile.mjs";
import { explainFailure, explainThrown } from "./explain-compile.mjs";

/**
 * @param {string} root the project, absolute: the folder of config.ts
 * @param {string} source the file to run, absolute
 * @param {readonly string[]} argv its arguments
 */
export async function runCommand(root, source, argv) {
  // On Node 20 the AWS SDK warns at every start that its releases of 2027 will need Node 22; our version is pinned.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  // cdktf calls Array.isArray by its old name, about which Node 22 and later warn at every synth (DEP0044).
  util.isArray = Array.isArray;
  process.argv = [process.argv[0], source, ...argv];
  const compiled = await compile(root, source).catch(explainFailure);
  if (compiled !== undefined)
    await import(pathToFileURL(compiled)).catch((error) => explainThrown(error, root));
}

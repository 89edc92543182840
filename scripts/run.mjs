// The launcher behind the npm scripts: plain JavaScript, because it must work before anything is installed.
// `node scripts/run.mjs` installs the dependencies if they are missing or older than package-lock.json, unless they are another
// package manager's or workspace's;
// `node scripts/run.mjs NAME [arguments]` then compiles scripts/NAME.ts and runs it in this same process.
import { spawnSync } from "node:child_process";
import { fileURLToPath, pathToFileURL } from "node:url";
import util from "node:util";
import { isStale, missing, otherOwner } from "./dependencies.mjs";

const root = fileURLToPath(new URL("..", import.meta.url)).replace(/(?<=.)[\\/]$/, "");

const owner = otherOwner(root);
if (owner !== undefined) {
  const names = missing(root);
  if (names.length > 0) {
    const { tool, directory, reason } = owner;
    const more = names.length > 3 ? ` and ${names.length - 3} more` : "";
    process.stderr.write(
      `These dependencies are not installed: ${names.slice(0, 3).join(", ")}${more}\n` +
        `Here they are ${tool}'s, of ${directory}: ${reason}. So nothing was installed, and nothing done.\n` +
        `Run ${tool} install in ${directory}, then the command again.\n`,
    );
    process.exit(1);
  }
} else if (isStale(root)) {
  process.stderr.write("Installing dependencies (npm ci) …\n");
  // Said here as well as in .npmrc, which npm's environment variables overrule: without its peers there is no stack.
  const options = ["--no-legacy-peer-deps", "--no-audit", "--no-fund", "--loglevel=error"];
  // stdout is kept for the command's own output
  const install = spawnSync("npm", ["ci", ...options], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (install.status !== 0) {
    process.stderr.write(
      "Could not install the dependencies: see npm's message above, then run the command again.\n",
    );
    process.exit(1);
  }
}

const [name, ...argv] = process.argv.slice(2);
if (name !== undefined) {
  // On Node 20 the AWS SDK warns at every start that its releases of 2027 will need Node 22; ours is pinned.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  // cdktf calls Array.isArray by its old name, about which Node 22 and later warn at every synth (DEP0044).
  util.isArray = Array.isArray;
  const source = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
  process.argv = [process.argv[0], source, ...argv];
  const { compile } = await import("./compile.mjs");
  const { explainFailure, explainThrown } = await import("./explain-compile.mjs");
  const compiled = await compile(root, source).catch(explainFailure);
  if (compiled !== undefined)
    await import(pathToFileURL(compiled)).catch((error) => explainThrown(error, root));
}

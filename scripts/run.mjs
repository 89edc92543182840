// The launcher behind the npm scripts: plain JavaScript, because it must work before anything is installed.
// `node scripts/run.mjs` installs the dependencies if they are missing or older than package-lock.json, unless they are another
// package manager's or workspace's;
// `node scripts/run.mjs NAME [arguments]` then compiles scripts/NAME.ts and runs it in this same process.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { howToInstall, isStale, missing, otherOwner } from "./dependencies.mjs";

const root = fileURLToPath(new URL("..", import.meta.url)).replace(/(?<=.)[\\/]$/, "");

const owner = otherOwner(root);
if (owner !== undefined) {
  const names = missing(root);
  if (names.length > 0) {
    const { tool, directory, reason } = owner;
    const more = names.length > 3 ? ` and ${names.length - 3} more` : "";
    process.stderr.write(
      `These dependencies are not installed: ${names.slice(0, 3).join(", ")}${more}\n` +
        `They are managed by ${tool} in ${directory}: ${reason}. Nothing was installed or done.\n` +
        `${howToInstall(root, owner, names)}, then run the command again.\n`,
    );
    process.exit(1);
  }
} else if (isStale(root)) {
  process.stderr.write("Installing dependencies (npm ci) …\n");
  // Set here as well as in .npmrc, which npm's environment variables override: without peer dependencies there is no stack.
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
  const { runCommand } = await import("./command.mjs");
  await runCommand(root, fileURLToPath(new URL(`${name}.ts`, import.meta.url)), argv);
}

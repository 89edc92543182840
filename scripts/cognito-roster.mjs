#!/usr/bin/env node
// The launcher of a project that depends on this package: `npx cognito-roster NAME [arguments]`, or "NAME": "cognito-roster NAME" among
// its npm scripts. Plain JavaScript, because Node reads no TypeScript below node_modules. It installs nothing.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const PACKAGE = dirname(dirname(fileURLToPath(import.meta.url)));
const { scripts, version } = readJson(join(PACKAGE, "package.json"));

/** `main` is what the cdktf CLI runs. */
const COMMANDS = Object.keys(scripts).filter((name) => scripts[name] === `node scripts/run.mjs ${name}`);

const [name, ...argv] = process.argv.slice(2);
if (name === "--version") process.stdout.write(`${version}\n`);
else if (name === undefined || name === "--help" || name === "-h") {
  const help = `Usage: cognito-roster COMMAND [options]\n\nCommands: ${COMMANDS.join(", ")}\n\nWhat one does: cognito-roster COMMAND --help\n`;
  (name === undefined ? process.stderr : process.stdout).write(help);
  process.exitCode = name === undefined ? 2 : 0;
} else if (name !== "main" && !COMMANDS.includes(name)) {
  // The input isn't quoted: an argument in the wrong place may be a secret.
  refuse("There is no such command", `The commands are: ${COMMANDS.join(", ")}.`);
} else {
  const project = projectOf(process.cwd());
  if (project === undefined)
    refuse(
      "This folder belongs to no project of cognito-roster, nor does one above it",
      "Go to the folder whose package.json depends on cognito-roster, or make one: npm create cognito-roster.",
    );
  else {
    // As with npm's scripts: paths in options are relative to the project, whatever the current folder.
    process.env.INIT_CWD ??= process.cwd();
    process.chdir(project);
    const own = join(project, "main.ts");
    const source = name === "main" && existsSync(own) ? own : join(PACKAGE, ...sourceOf(name).split("/"));
    const { runCommand } = await import("./command.mjs");
    await runCommand(project, source, argv);
  }
}

function sourceOf(command) {
  return command === "main" ? "main.ts" : `scripts/${command}.ts`;
}

/** The nearest folder, from this one up, whose package.json depends on us, or is ours. */
function projectOf(folder) {
  for (let at = folder, below; at !== below; below = at, at = dirname(at)) {
    const { name, dependencies, devDependencies } = readJson(join(at, "package.json")) ?? {};
    const depends = { ...devDependencies, ...dependencies }["cognito-roster"] !== undefined;
    if (depends || (name === "cognito-roster" && existsSync(join(at, "config.ts")))) return at;
  }
  return undefined;
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function refuse(message, next) {
  process.stderr.write(`${message}. Nothing was done.\n  → ${next}\n`);
  process.exitCode = 2;
}

import { rosterJsonSchema } from "../lib/roster/schema.ts";
import type { SignInWith } from "../lib/roster/sign-in-names.ts";
import type { BackendSettings } from "../lib/stack/backend-settings.ts";
import { type ConfigText, configText, rosterText } from "../lib/stack/config-text.ts";
import { rosterRules, type Settings } from "../lib/stack/settings.ts";

/** What the four questions ask. */
export interface Answers {
  readonly pool: string;
  readonly region: string;
  readonly signIn: SignInWith;
  /** `local`, or `s3://BUCKET`. */
  readonly state: string;
}

/** The defaults of a new project, before any answer. */
export const DEFAULTS: Answers = { pool: "people", region: "us-east-1", signIn: "email", state: "local" };

/** From this package, as packed: what a new project depends on, and what it gets unchanged. */
export interface Packed {
  /** The package.json of cognito-roster. */
  readonly manifest: {
    readonly version: string;
    readonly engines: Readonly<Record<string, string>>;
    readonly scripts: Readonly<Record<string, string>>;
    readonly peerDependencies: Readonly<Record<string, string>>;
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  /** By path: .gitignore, .npmrc and the workflows for a team. */
  readonly asTheyAre: Readonly<Record<string, string>>;
}

export interface ProjectFile {
  readonly path: string;
  readonly text: string;
}

/** The settings for the answers. */
export function settingsFor({ pool, region, signIn, state }: Answers): Settings {
  const backend = backendFor(state);
  return {
    stack: "cognito-roster",
    roster: "users.json",
    region,
    pool: { name: pool, signInWith: signIn },
    client: { name: "app" },
    ...(backend && { backend }),
  };
}

/** @returns undefined for a file beside cdktf.out, which is the default */
function backendFor(state: string): BackendSettings | undefined {
  return state === "local" ? undefined : { type: "s3", bucket: state.replace(/^s3:\/\//, "") };
}

/** config.ts and users.json: the files to edit. */
export function teamFiles(
  settings: Settings,
  users: Readonly<Record<string, object>>,
  text: ConfigText,
): ProjectFile[] {
  return [
    { path: "config.ts", text: configText(settings, text) },
    { path: "users.json", text: rosterText(users) },
  ];
}

/**
 * Every file of a new project.
 * @param packageSpec what it depends on as cognito-roster. @default the release that this one belongs to
 */
export function projectFiles(
  answers: Answers,
  packed: Packed,
  packageSpec = packed.manifest.version,
): ProjectFile[] {
  const settings = settingsFor(answers);
  return [
    ...teamFiles(settings, {}, { from: "cognito-roster", notes: NOTES }),
    { path: "users.schema.json", text: rosterJsonSchema(rosterRules(settings)) },
    { path: "main.ts", text: MAIN },
    { path: "cdktf.json", text: json(CDKTF) },
    { path: "package.json", text: json(manifestFor(answers, packed, packageSpec)) },
    ...Object.entries(packed.asTheyAre).map(([path, text]) => ({ path, text })),
  ];
}

const NOTES = { "pool.signInWith": "It can't be changed later: another one would be another pool." };

const MAIN = `// What the cdktf CLI runs (cdktf.json's app): config.ts, users.json and resources.ts, where there is one → cdk.tf.json.
import "cognito-roster/main";
`;

const CDKTF = {
  language: "typescript",
  app: "npx cognito-roster main",
  sendCrashReports: "false",
  terraformProviders: [],
  terraformModules: [],
  context: {},
};

/** The cdktf CLI, with a terminal package that needs no compiler. */
const CLI = ["@cdktf/node-pty-prebuilt-multiarch", "cdktf-cli", "cognito-local"] as const;

function manifestFor({ pool }: Answers, { manifest }: Packed, packageSpec: string) {
  const { engines, scripts, peerDependencies, devDependencies } = manifest;
  const commands = Object.keys(scripts).filter((name) => scripts[name] === `node scripts/run.mjs ${name}`);
  const name = pool
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  return {
    name: `${name || "people"}-roster`,
    private: true,
    type: "module",
    engines,
    scripts: Object.fromEntries(commands.map((command) => [command, `cognito-roster ${command}`])),
    dependencies: {
      ...peerDependencies,
      "cognito-roster": packageSpec,
      constructs: devDependencies.constructs,
    },
    devDependencies: Object.fromEntries(CLI.map((name) => [name, devDependencies[name]])),
    overrides: { [CLI[0]]: `$${CLI[0]}` },
  };
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import { findTerraform } from "../../lib/terraform/find.ts";
import { type TerraformContext, terraform } from "../../lib/terraform/run.ts";
import { sharingProvider } from "../../lib/terraform/shared-provider.ts";
import { startProvider } from "./one-provider.ts";
import { shareCache } from "./shared-cache.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What a clone of this repository has, without what runs leave behind. */
const LEFT_OUT = new Set([
  ".git",
  ".cache",
  "adopt.json",
  "cdktf.out",
  "coverage",
  "dist",
  "node_modules",
  "resources.ts",
]);

/** config.ts and users.json as they come with a clone: the tests here hold whatever a team has made of its own. */
const AS_CLONED = join(ROOT, "__tests__", "as-cloned");

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Goes to standard input. @default nothing */
  readonly input?: string;
}

/** A team's copy of this repository in a directory of its own, with our installed dependencies. */
export class Project {
  readonly directory = mkdtempSync(join(tmpdir(), "roster-project-"));
  readonly #env: NodeJS.ProcessEnv;
  #stopProvider: (() => Promise<void>) | undefined;

  /** @param env added to every run, such as an emulator's endpoint */
  constructor(env: NodeJS.ProcessEnv = {}) {
    this.#env = env;
    for (const entry of readdirSync(ROOT)) {
      if (!LEFT_OUT.has(entry) && !entry.includes(".tfstate")) {
        cpSync(join(ROOT, entry), join(this.directory, entry), { recursive: true, preserveTimestamps: true });
      }
    }
    cpSync(join(AS_CLONED, "users.json"), join(this.directory, "users.json"));
    const config = readFileSync(join(AS_CLONED, "config.ts"), "utf8");
    writeFileSync(join(this.directory, "config.ts"), config.replace("../../lib", "./lib"));
    symlinkSync(join(ROOT, "node_modules"), join(this.directory, "node_modules"));
    shareCache(this.directory);
  }

  /** Likewise, with one provider for all of its commands: see {@link startProvider}. */
  static async withProvider(env: NodeJS.ProcessEnv): Promise<Project> {
    const provider = await startProvider(env);
    const project = new Project({ ...env, ...provider?.env });
    project.#stopProvider = provider?.stop;
    return project;
  }

  read(file: string): string {
    return readFileSync(join(this.directory, file), "utf8");
  }

  writeRoster(users: Record<string, object>): void {
    writeFileSync(join(this.directory, "users.json"), JSON.stringify({ users }, null, 2));
  }

  /** Replaces a piece of config.ts, which must be there. */
  configure(piece: string, replacement: string): void {
    this.replace("config.ts", piece, replacement);
  }

  /** Replaces a piece of any file of the copy, which must be there. */
  replace(file: string, piece: string, replacement: string): void {
    const text = this.read(file);
    if (!text.includes(piece)) throw new Error(`${file} has no ${piece}`);
    writeFileSync(join(this.directory, file), text.replace(piece, replacement));
  }

  /**
   * Runs a command as a person would type it, in the project's directory.
   * @returns also the `words` of all that it printed, however they were coloured and wrapped
   */
  async run(command: string, options: RunOptions = {}) {
    const [file = "", ...args] = command.split(" ");
    shareCache(this.directory);
    const result = await execa(file, args, {
      cwd: this.directory,
      env: { ...this.#env, ...options.env, NO_COLOR: "1" },
      input: options.input ?? "",
      reject: false,
      all: true,
    });
    shareCache(this.directory);
    return { ...result, words: stripVTControlCharacters(result.all).replace(/\s+/g, " ") };
  }

  /**
   * Synthesizes, and plans what a deploy would do now.
   * @returns Terraform's words, and what they come down to
   * @throws TerraformError where Terraform refuses
   */
  async plan(options: RunOptions = {}): Promise<{ text: string; summary: string }> {
    const env = { ...process.env, ...this.#env, ...options.env };
    await execa("npm", ["run", "--silent", "synth"], { cwd: this.directory, env });
    const { path: binary } = await findTerraform({ cacheDirectory: join(ROOT, ".cache"), env });
    const directory = join(this.directory, "cdktf.out", "stacks", "cognito-roster");
    const context = { binary, directory, env, cacheDirectory: join(this.directory, ".cache") };
    const planning = (sharing: TerraformContext) => terraform(sharing, ["plan", "-input=false"]);
    const text = stripVTControlCharacters((await sharingProvider(context, planning, "{}")).stdout);
    const summary = /^(No changes\.|Plan: .*)/m.exec(text)?.[1] ?? "neither a plan nor no changes";
    return { text, summary };
  }

  remove(): void {
    void this.#stopProvider?.();
    shareCache(this.directory);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Dummy credentials for an emulator, as a person would export them. */
export function emulatorEnvironment(endpoint: string): NodeJS.ProcessEnv {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: "us-east-1",
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

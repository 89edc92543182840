import { existsSync, readFileSync, statSync } from "node:fs";
import { type ParseError, parse } from "jsonc-parser";
import { describe, expect, test } from "vitest";
import biome from "../../biome.json" with { type: "json" };
import { TERRAFORM_VERSION } from "../../lib/terraform/find.ts";
import packageJson from "../../package.json" with { type: "json" };
import { config } from "../as-cloned/config.ts";
import { OWN } from "../docs/tracked.ts";

const textOf = (file: string) => readFileSync(file, "utf8");

const isText = (file: string) => statSync(file).isFile() && !readFileSync(file).includes(0);

/** JSON with comments, as these files may have them, and without a mistake. */
function read<T>(file: string): T {
  const errors: ParseError[] = [];
  const value = parse(textOf(file), errors);
  expect(errors).toEqual([]);
  return value;
}

describe("VS Code", () => {
  const settings = read<{ "json.schemas": { fileMatch: string[]; url: string }[] } & Record<string, unknown>>(
    ".vscode/settings.json",
  );
  const { recommendations } = read<{ recommendations: string[] }>(".vscode/extensions.json");

  test("knows the fields of the roster, and of a backup, by the schema that npm run schema writes", () => {
    const [schema, ...more] = settings["json.schemas"];
    expect(more).toEqual([]);
    const files = ["users.json", "users.jsonc", "people/*.json", "people/*.jsonc", "backup.json"];
    expect(schema?.fileMatch).toEqual(files.map((file) => `/${file}`));
    expect(files).toContain(config.roster);
    expect(schema?.url).toBe("./users.schema.json");
    expect(existsSync(schema?.url ?? "")).toBe(true);
    expect(textOf("docs/restore.md")).toContain("--out backup.json");
  });

  test("formats with what npm run format does, and recommends the extension for it", () => {
    expect(settings["editor.defaultFormatter"]).toBe("biomejs.biome");
    expect(recommendations).toContain(settings["editor.defaultFormatter"]);
    expect(packageJson.scripts.format).toMatch(/^biome /);
  });
});

test("any other editor finds the schema by the roster itself", () => {
  expect(read<{ $schema: string }>("__tests__/as-cloned/users.json").$schema).toBe("./users.schema.json");
});

describe(".editorconfig", () => {
  test("says of indentation what biome does", () => {
    const { indentStyle, indentWidth } = biome.formatter;
    expect(textOf(".editorconfig")).toContain(
      `indent_style = ${indentStyle}\nindent_size = ${indentWidth}\n`,
    );
  });

  test("holds for every text that is here, so that no editor changes what nobody has touched", () => {
    const texts = OWN.filter((file) => existsSync(file) && isText(file));
    expect(texts.length).toBeGreaterThan(400);
    const wrong = texts.filter((file) => {
      const text = textOf(file);
      const untrimmed = !/^__tests__\/terraform\/[^/]*\.ts$/.test(file) && /[ \t]$/m.test(text);
      return text.includes("\r") || untrimmed || (text !== "" && !text.endsWith("\n"));
    });
    expect(wrong).toEqual([]);
  });
});

describe("the dev container", () => {
  /** Of https://containers.dev/implementors/json_reference/, those that are used here. */
  const DOCUMENTED = ["name", "image", "features", "postCreateCommand", "customizations"];
  /** Of github.com/devcontainers/features, src/terraform/devcontainer-feature.json. */
  const TERRAFORM = "ghcr.io/devcontainers/features/terraform:1";
  const TERRAFORM_OPTIONS = ["version", "tflint", "terragrunt", "installTFsec", "installTerraformDocs"];

  const container = read<{
    image: string;
    features: Record<string, Record<string, string>>;
    postCreateCommand: Record<string, string>;
    customizations: { vscode: { extensions: string[] } };
  }>(".devcontainer/devcontainer.json");

  test("is JSON with comments, of documented properties", () => {
    expect(DOCUMENTED).toEqual(expect.arrayContaining(Object.keys(container)));
  });

  test("has the oldest Node that package.json promises", () => {
    const [, oldest] = /^>=(\d+)/.exec(packageJson.engines.node) ?? [];
    expect(container.image).toBe(`mcr.microsoft.com/devcontainers/typescript-node:${oldest}-bookworm`);
  });

  test("has the Terraform that is fetched elsewhere, and nothing else with it", () => {
    expect(Object.keys(container.features)).toEqual([TERRAFORM]);
    const options = container.features[TERRAFORM] ?? {};
    expect(options.version).toBe(TERRAFORM_VERSION);
    expect(TERRAFORM_OPTIONS).toEqual(expect.arrayContaining(Object.keys(options)));
  });

  test("installs the dependencies, and the emulator that the end-to-end tests name when it is required", () => {
    const commands = Object.values(container.postCreateCommand).join("\n");
    const [moto] = /moto\[server\]==[\d.]+/.exec(textOf("__tests__/e2e/setup.ts")) ?? ["missing"];
    expect(commands).toContain(`pipx install '${moto}'`);
    expect(commands).toContain("node scripts/run.mjs");
    for (const tool of ["chromium", "jq"]) expect(textOf(".ci/run")).toContain(tool);
    expect(commands).toMatch(/apt-get install .* pipx chromium jq /);
  });

  test("recommends what .vscode does", () => {
    const { recommendations } = read<{ recommendations: string[] }>(".vscode/extensions.json");
    expect(container.customizations.vscode.extensions).toEqual(recommendations);
  });
});

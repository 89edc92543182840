import { describe, expect, test } from "vitest";
import { PAGES, type Page, parsePage } from "./pages.ts";
import { DIRECTORIES, isIgnored, OWN, read, TRACKED } from "./tracked.ts";

/** What the package does, as opposed to what is said or tested about it. */
const CODE = OWN.filter((file) => !file.startsWith("__tests__/") && !/\.(md|png)$|^package-lock/.test(file))
  .map(read)
  .join("\n");

const TOP = new Set(TRACKED.map((file) => file.split("/")[0] ?? ""));
const EXTENSIONS = /\.(ts|mjs|js|json|md|yml|yaml|css|py|txt)$/;

const escaped = (text: string) => text.replace(/[.+^${}()|[\]\\]/g, "\\$&");

/**
 * Whether a piece of code is the name of a file here: without blanks and placeholders, and either below one of our own
 * directories, or a bare name with an extension that our files have.
 */
function looksLikePath(text: string): boolean {
  if (!/^[\w.*@/-]+$/.test(text) || /\b(NAME|FILE)\b/.test(text)) return false;
  const [top = "", ...rest] = text.replace(/^\.\//, "").split("/");
  if (rest.length > 0) return DIRECTORIES.has(top) || (text.startsWith("./") && EXTENSIONS.test(text));
  return EXTENSIONS.test(top) || (TOP.has(top) && top.includes("."));
}

/** Tracked, or its last part is (`roster-stack.ts` beside a link to its directory); or what a command writes. */
function exists(path: string): boolean {
  const name = path.replace(/^\.\//, "").replace(/\/$/, "");
  if (DIRECTORIES.has(name)) return true;
  const pattern = new RegExp(
    `(^|/)${escaped(name)
      .replaceAll("**", ".+")
      .replace(/(?<!\.)\*/g, "[^/]*")}$`,
  );
  if (TRACKED.some((file) => pattern.test(file))) return true;
  const written = !name.includes("/") && new RegExp(`["'\`/ ]${escaped(name)}\\b`).test(CODE);
  return written || isIgnored(name);
}

const missingFiles = ({ file, code }: Page) =>
  code.flatMap(({ line, text }) =>
    looksLikePath(text) && !exists(text) ? [`${file}:${line}: there is no ${text}`] : [],
  );

/** Environment variables that others read, so that our code need not name them. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  "the AWS SDK and the AWS provider": [
    "AWS_ACCESS_KEY_ID",
    "AWS_CA_BUNDLE",
    "AWS_PROFILE",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_USE_FIPS_ENDPOINT",
  ],
  Terraform: [
    "TF_CLI_ARGS_plan",
    "TF_LOG",
    "TF_PLUGIN_CACHE_DIR",
    "TF_TOKEN_app_terraform_io",
    "TF_VAR_temporary_passwords",
  ],
  Node: ["NODE_EXTRA_CA_CERTS", "NODE_OPTIONS"],
};
const KNOWN = new Set(Object.values(OTHERS).flat());

/** Environment variables, GitHub's variables and Cognito's words in capitals alike. */
const unknownVariables = ({ file, code, blocks }: Page) =>
  [...code, ...blocks.filter(({ info }) => info === "sh")].flatMap(({ line, text }) =>
    (text.match(/(?<![\w-])[A-Z][A-Z0-9]*(?:_[A-Za-z0-9]+)+(?![\w-])/g) ?? []).flatMap((name) =>
      KNOWN.has(name) || new RegExp(`\\b${name}\\b`).test(CODE)
        ? []
        : [`${file}:${line}: nothing reads ${name}`],
    ),
  );

describe("what the documents name", () => {
  test("files in code are files of the repository, or what its commands write", () => {
    expect(
      PAGES.flatMap(({ code }) => code.filter(({ text }) => looksLikePath(text))).length,
    ).toBeGreaterThan(20);
    expect(PAGES.flatMap(missingFiles)).toEqual([]);
  });

  test("environment variables are read by the code, or by the tools that it runs", () => {
    expect(PAGES.flatMap(unknownVariables)).toEqual([]);
  });
});

describe("what this test would find", () => {
  test.each([
    "lib/auth/nothing.ts",
    "lib/nothing",
    "scripts/nothing.*",
    ".github/nothing.yml",
    "nothing-of-the-kind.ts",
    "nothing-of-the-kind.json",
    "__tests__/e2e/nothing.test.ts",
  ])("`%s`", (path) => {
    expect(missingFiles(parsePage("a.md", `# A\n\nin \`${path}\``))).toEqual([`a.md:3: there is no ${path}`]);
  });

  test.each([
    ["tracked", "lib/auth/flows.ts"],
    ["a directory", "lib/auth"],
    ["a directory, with its slash", "examples/"],
    ["several", "lib/*/explain-error.ts"],
    ["ignored by git", "cdktf.out/stacks"],
    ["written by a command", "adopt.json"],
    ["the last part of a path", "roster-stack.ts"],
    ["not one of ours", "s3://bucket/x.json"],
    ["not a file", "npm run plan"],
  ])("but not one that is %s: `%s`", (_, path) => {
    expect(missingFiles(parsePage("a.md", `\`${path}\``))).toEqual([]);
  });

  test.each(["`COGNITO_USER_POOL`", "`export AWS_REIGON=x`", "```sh\nTF_PLUGIN_MIROR=x npm run plan\n```"])(
    "a variable that nothing reads: %s",
    (text) => {
      expect(unknownVariables(parsePage("a.md", text))).toHaveLength(1);
    },
  );
});

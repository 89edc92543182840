import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * An end-to-end test says in its first line when it runs: `@module-tag smoke`, in a comment. An unknown tag fails the run, and
 * __tests__/repository/test-tags.test.ts checks that none is missing.
 */
const TAGS = [
  { name: "smoke", description: "End to end, the main way: part of npm test" },
  { name: "full", description: "End to end, everything else: only in npm run test:all" },
  { name: "nodes", description: "End to end, under each Node that we support: .ci/nodes" },
  { name: "isolated", description: "A unit test that mocks modules, and so needs modules of its own" },
  { name: "static", description: "Types, lint and unused code: part of npm test" },
];

const ROOT = fileURLToPath(new URL(".", import.meta.url));
const TESTS = readdirSync(`${ROOT}__tests__`, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.ts"))
  .map((file) => `__tests__/${file.replaceAll("\\", "/")}`);

const tagged = (tag: string) =>
  TESTS.filter((file) => readFileSync(ROOT + file, "utf8").startsWith(`/** @module-tag ${tag} */\n`));

/** What waits for other processes first: the unit tests then fill the gaps. By default, the largest files come first. */
class OthersFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isUnit = ({ project }: TestSpecification) => project.name.startsWith("unit");
    return [...sorted.filter((file) => !isUnit(file)), ...sorted.filter(isUnit)];
  }
}

const endToEnd = {
  env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
  globalSetup: "__tests__/e2e/setup.ts",
  testTimeout: 240_000,
  hookTimeout: 240_000,
};
// Long enough on a machine that is not alone.
const unit = { testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    // Terraform and the emulators run beside the tests: by default one worker would wait for them on two cores.
    maxWorkers: 3,
    sequence: { sequencer: OthersFirst },
    tags: TAGS,
    projects: [
      { extends: true, test: { name: "smoke", include: tagged("smoke"), ...endToEnd } },
      { extends: true, test: { name: "full", include: tagged("full"), ...endToEnd } },
      { extends: true, test: { name: "nodes", include: tagged("nodes"), ...endToEnd } },
      { extends: true, test: { name: "static", include: tagged("static"), testTimeout: 240_000 } },
      { extends: true, test: { name: "unit-isolated", include: tagged("isolated"), ...unit } },
      {
        extends: true,
        test: {
          name: "unit",
          include: ["__tests__/**/*.test.ts"],
          exclude: ["__tests__/e2e/**", ...tagged("isolated"), ...tagged("static")],
          // Loading the modules anew for each file took half of the time.
          isolate: false,
          ...unit,
        },
      },
    ],
  },
});

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
  { name: "long", description: "Also: takes a minute or more, and so starts first" },
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

/**
 * What takes long first, so that nothing has to wait for it alone at the end; then what waits for other processes: the unit tests then
 * fill the gaps. Otherwise, the largest files come first.
 */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ project, moduleId }: TestSpecification) => {
      if (project.name.startsWith("unit")) return 2;
      return readFileSync(moduleId, "utf8").includes("\n/** @module-tag long */\n") ? 0 : 1;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

const endToEnd = {
  // Loading the same modules anew for each file, as below.
  isolate: false,
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
    sequence: { sequencer: LongestFirst },
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

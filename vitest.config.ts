import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/**
 * A test file says in its first line which of these it is: `@module-tag smoke`, in a comment. An unknown tag fails the run, and
 * __tests__/repository/test-tags.test.ts checks that none is missing.
 */
const TAGS = [
  { name: "smoke", description: "End to end, the main way: part of npm test" },
  { name: "full", description: "End to end, everything else: npm run test:all only" },
  { name: "isolated", description: "A unit test that mocks modules, and so needs modules of its own" },
];

const ROOT = fileURLToPath(new URL(".", import.meta.url));
const TESTS = readdirSync(`${ROOT}__tests__`, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.ts"))
  .map((file) => `__tests__/${file.replaceAll("\\", "/")}`);

const tagged = (tag: string) =>
  TESTS.filter((file) => new RegExp(`@module-tag ${tag}\\b`).test(readFileSync(ROOT + file, "utf8")));

const unit = { testTimeout: 20_000 };
/** End-to-end tests start real Terraform and real emulators. */
const endToEnd = {
  env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
  globalSetup: "__tests__/e2e/setup.ts",
  testTimeout: 240_000,
  hookTimeout: 240_000,
};

/** Vitest runs projects by name: the long end-to-end files start first, and the short unit files fill both cores at the end. */
export default defineConfig({
  test: {
    // Terraform and the emulators run beside the tests: by default one worker would wait for them on two cores.
    maxWorkers: 2,
    tags: TAGS,
    projects: [
      {
        extends: true,
        test: {
          name: "e2e-full",
          include: ["__tests__/e2e/**/*.test.ts"],
          exclude: tagged("smoke"),
          ...endToEnd,
        },
      },
      { extends: true, test: { name: "e2e-smoke", include: tagged("smoke"), ...endToEnd } },
      { extends: true, test: { name: "unit-isolated", include: tagged("isolated"), ...unit } },
      {
        extends: true,
        test: {
          name: "unit",
          include: ["__tests__/**/*.test.ts"],
          exclude: ["__tests__/e2e/**", ...tagged("isolated")],
          // Loading the modules anew for each file cost half of the time.
          isolate: false,
          ...unit,
        },
      },
    ],
  },
});

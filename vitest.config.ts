import { defineConfig } from "vitest/config";

/** End-to-end tests that take more than a minute each: `npm run test:long`, and in CI. */
const LONG = [
  "import-users",
  "self-healing",
  "state-lock",
  "faulty-network",
  "secrets",
  "drift",
  "shards",
  "review",
  "workflows",
  "status",
  "invitations",
  "export-users",
  "iam-roles",
  "comparison",
  "cdktn",
].map((name) => `__tests__/e2e/${name}.test.ts`);

/** The main way, under each Node that we support: `.ci/nodes`. */
const EACH_NODE = "__tests__/e2e/node-versions.test.ts";

const endToEnd = {
  env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
  globalSetup: "__tests__/e2e/setup.ts",
  testTimeout: 240_000,
  hookTimeout: 240_000,
};

/** Units run anywhere in seconds; end-to-end tests start real Terraform and real emulators. */
export default defineConfig({
  test: {
    // Terraform and the emulators run beside the tests: by default one worker would wait for them on two cores.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: "unit",
          include: ["__tests__/**/*.test.ts"],
          exclude: ["__tests__/e2e/**"],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["__tests__/e2e/**/*.test.ts"],
          exclude: [...LONG, EACH_NODE],
          ...endToEnd,
        },
      },
      {
        test: {
          name: "nodes",
          include: [EACH_NODE],
          ...endToEnd,
        },
      },
      {
        test: {
          name: "long",
          include: LONG,
          ...endToEnd,
        },
      },
    ],
  },
});

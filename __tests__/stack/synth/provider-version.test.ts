import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { AWS_PROVIDER } from "../../../lib/stack/synth/roster-stack.ts";

test("the provider that is looked for in mirrors is the one that the bindings were generated from", () => {
  const { cdktf } = createRequire(import.meta.url)("@cdktf/provider-aws/package.json") as {
    cdktf: { provider: { name: string; version: string } };
  };
  expect(cdktf.provider).toMatchObject({
    name: `registry.terraform.io/${AWS_PROVIDER.source}`,
    version: AWS_PROVIDER.version,
  });
});

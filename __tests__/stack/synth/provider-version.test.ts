import { expect, test } from "vitest";
import { AWS_PROVIDER } from "../../../lib/stack/synth/roster-stack.ts";
import { person } from "../../support/people.ts";
import { synth } from "./synth.ts";

test("the provider that is looked for in mirrors is the one that Terraform is told to use", () => {
  const { source, version } = synth([person("a@example.com")]).terraform.required_providers.aws;
  // Without a namespace, Terraform takes HashiCorp's.
  expect({ source: `hashicorp/${source}`, version }).toEqual(AWS_PROVIDER);
});

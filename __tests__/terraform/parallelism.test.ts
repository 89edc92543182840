import { describe, expect, test } from "vitest";
import { quotasOf } from "../../lib/stack/quotas.ts";
import { parallelismArguments, terraformParallelism } from "../../lib/terraform/plan.ts";

describe("how many resources Terraform works on at once", () => {
  test.each([
    ["creating people, with the published quotas", {}, ["UserCreation"], 10],
    ["changing them, or putting them into groups", {}, ["UserUpdate"], 5],
    ["both", {}, undefined, 5],
    ["a raised quota", { UserCreation: 200 }, ["UserCreation"], 40],
    ["a quota that leaves little: one at least", { UserUpdate: 2 }, undefined, 1],
  ] as const)("%s", (_, settings, writes, expected) => {
    expect(terraformParallelism(quotasOf(settings), writes)).toBe(expected);
  });

  test.each<[string, NodeJS.ProcessEnv, string[]]>([
    ["nothing chosen", {}, ["-parallelism=10"]],
    ["other arguments", { TF_CLI_ARGS_apply: "-lock-timeout=5m" }, ["-parallelism=10"]],
    ["another command's", { TF_CLI_ARGS_plan: "-parallelism=3" }, ["-parallelism=10"]],
    ["the operator's", { TF_CLI_ARGS_apply: "-lock=true -parallelism=3" }, []],
    ["the operator's, for all commands", { TF_CLI_ARGS: "--parallelism 3" }, []],
    ["the operator's, quoted", { TF_CLI_ARGS_apply: '"-parallelism=3"' }, []],
  ])("%s: the operator's choice wins", (_, env, expected) => {
    expect(parallelismArguments(10, env)).toEqual(expected);
  });
});

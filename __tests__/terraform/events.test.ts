import { expect, test } from "vitest";
import { type ApplyProgress, applyProgress } from "../../lib/terraform/events.ts";
import { terraform } from "../../lib/terraform/run.ts";
import { realTerraform } from "./fakes.ts";

const people = (triggers: Record<string, string>) => ({
  resource: {
    terraform_data: {
      users: {
        for_each: `\${${JSON.stringify(triggers)}}`,
        triggers_replace: "${each.value}",
      },
    },
  },
});

test("a saved plan is counted from its first change to its last; a replacement is two", async () => {
  using real = await realTerraform(people({ hanako: "1", taro: "1" }));
  const apply = async () => {
    const seen: ApplyProgress[] = [];
    await terraform(real.context, ["plan", "-out=plan"]);
    await terraform(real.context, ["apply", "-json", "plan"], {
      onEvent: applyProgress((now) => seen.push(now)),
    });
    return seen;
  };
  await terraform(real.context, ["init"]);

  const creation = await apply();
  expect(creation).toHaveLength(4);
  expect(creation.at(0)).toMatchObject({ done: 0, total: 2 });
  expect(creation.at(-1)).toMatchObject({ done: 2, total: 2 });
  expect(creation.map(({ current }) => current)).toContain('terraform_data.users["hanako"]');

  real.configure(people({ hanako: "2", taro: "1" }));
  expect((await apply()).at(-1)).toEqual({ done: 2, total: 2, current: 'terraform_data.users["hanako"]' });

  expect(await apply()).toEqual([]);
});

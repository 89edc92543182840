import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { readStateFile } from "../terraform/state.ts";
import { peopleInState } from "./former.ts";
import { counted } from "./verdict.ts";

/**
 * Local states with people that lie beside a stack which has none yet: after `stack` or `backend` in config.ts was changed, a
 * deploy creates everyone a second time, in a second pool, and that looks like any first deploy.
 * @returns a sentence for each
 */
export function otherStates(stackDirectory: string): string[] {
  const root = resolve(stackDirectory, "../../..");
  return readdirSync(root)
    .filter((file) => /^terraform\..+\.tfstate$/.test(file))
    .flatMap((file) => {
      const people = peopleInState(readStateFile(join(root, file)) ?? []).length;
      if (people === 0) return [];
      const those = counted(people, "person is", "people are");
      return `${those} deployed by the state ${file}, which this stack does not use. If the roster means the same people, stop here: they would be created a second time, in a second pool. Put \`stack\` and \`backend\` in config.ts back, or take the state along.`;
    });
}

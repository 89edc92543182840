import type { Checking } from "./checking.ts";
import { fold } from "./formats.ts";
import { shown } from "./shown.ts";
import type { Entry } from "./tree.ts";

/**
 * Reports names that a reader takes for one group and Cognito for two: `ops` and `Ops`. Each further spelling is told
 * once, where it first stands.
 */
export function checkGroups(everyone: readonly Entry[], { tree, report, lineOf }: Checking): void {
  const spellings = new Map<string, { readonly name: string; readonly line: number; seen: Set<string> }>();
  for (const { value: person } of everyone) {
    for (const group of tree.entry(person, "groups")?.value.children ?? []) {
      if (group.type !== "string") continue;
      const name = String(group.value);
      const same = fold(name);
      const first = spellings.get(same);
      if (first === undefined) {
        spellings.set(same, { name, line: lineOf(group), seen: new Set([name]) });
      } else if (!first.seen.has(name)) {
        first.seen.add(name);
        report(group, {
          message:
            `the groups ${shown(name, "identifier", "(not shown)")} and ` +
            `${shown(first.name, "identifier", "(not shown)")} (line ${first.line}) differ only in letter case ` +
            "or in how characters are written: they would be two groups",
          hint: "Write the same name everywhere.",
        });
      }
    }
  }
}

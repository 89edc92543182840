import { z } from "zod";
import { EXIT, UserError } from "../errors.ts";
import { fold } from "../roster/formats.ts";
import type { Problem } from "../roster/problem.ts";
import { quote } from "../roster/redact.ts";
import type { Roster } from "../roster/roster.ts";
import type { GuardSettings, Settings } from "./settings.ts";

/** prow's peribolos stops at a quarter of an organisation; people who would lose their accounts deserve more care. */
const DEFAULT_PART = 0.1;
const DEFAULT_COUNT = 3;

/** An empty roster is refused anyway. */
const DEFAULT_MIN = 1;

/**
 * The problems of this roster with those guards that apply wherever it is synthesized.
 * @param guards as the settings' rules accept them
 */
export function guardProblems(guards: GuardSettings, { file, people }: Roster): Problem[] {
  const { required = [], minPeople = DEFAULT_MIN } = guards;
  const at = (message: string, hint: string) => ({ location: { file }, message, hint });
  const staying = people.filter(({ leaving }) => !leaving);
  const byName = new Map(people.map((person) => [person.username, person]));

  const problems = required.flatMap((username) => {
    const name = quote(username);
    const way = `Undo the change, or remove ${name} from guards.required in config.ts first.`;
    const person = byName.get(username);
    if (person === undefined) {
      const alike = people.find((other) => fold(other.username) === fold(username));
      const renamed = people.find(({ formerly }) => formerly === username);
      if (renamed !== undefined)
        return at(
          `${name} is required by config.ts, but is renamed to ${quote(renamed.username)} ("formerly")`,
          `Write ${quote(renamed.username)} in guards.required, too.`,
        );
      return alike
        ? at(
            `${name} is required, but spelled ${quote(alike.username)} in the roster`,
            "Use the same spelling in both places.",
          )
        : at(`${name} is required by config.ts, but not in the roster`, way);
    }
    if (person.leaving) return at(`${name} is required by config.ts, but leaving`, way);
    if (person.until !== undefined)
      return at(
        `${name} is required by config.ts, but has an "until": ${person.until}`,
        `Once that day is over, nothing could be deployed. Take "until" out, or ${name} out of guards.required in config.ts first.`,
      );
    return person.enabled ? [] : at(`${name} is required by config.ts, but not enabled`, way);
  });
  if (staying.length < minPeople) {
    problems.push(
      at(
        `only ${staying.length} of at least ${minPeople} people would stay`,
        "Is part of the file missing? If it is right, lower guards.minPeople in config.ts.",
      ),
    );
  }
  return problems;
}

/**
 * How many people a deploy may delete and disable.
 * @param deployed how many are deployed now
 */
export function removalLimit({ maxRemovals }: Pick<GuardSettings, "maxRemovals">, deployed: number): number {
  if (maxRemovals === undefined) return Math.max(DEFAULT_COUNT, Math.floor(deployed * DEFAULT_PART));
  if (typeof maxRemovals === "number") return maxRemovals;
  return Math.floor((deployed * Number.parseFloat(maxRemovals)) / 100);
}

/** The guards that a deploy was made under: its output `guards`, which also judges the next deploy. */
export interface DeployedGuards {
  readonly destroyable: boolean;
  readonly required: readonly string[];
  /** @default that of `guards.maxRemovals` */
  readonly maxRemovals?: NonNullable<GuardSettings["maxRemovals"]>;
  readonly minPeople: number;
  /** Groups that `groups` in config.ts declared privileged. */
  readonly privileged: readonly string[];
  /** Groups that the pool had before they were in the roster: no change removes one as a side effect. @default none */
  readonly adopted?: readonly string[];
}

/**
 * The settings' guards, in the form of a deploy's output.
 * @param adopted the groups that the pool had before. @default none
 */
export function guardsOf(
  { guards = {}, destroyable = false, groups = {} }: Pick<Settings, "guards" | "destroyable" | "groups">,
  adopted: readonly string[] = [],
): DeployedGuards {
  const { required = [], maxRemovals, minPeople = DEFAULT_MIN } = guards;
  return {
    destroyable,
    required,
    ...(maxRemovals === undefined ? {} : { maxRemovals }),
    minPeople,
    privileged: Object.entries(groups).flatMap(([name, { privileged }]) => (privileged ? [name] : [])),
    ...(adopted.length > 0 ? { adopted: [...new Set(adopted)].sort() } : {}),
  };
}

/** A newer version may record more. */
const DEPLOYED = z.object({
  destroyable: z.boolean(),
  required: z.array(z.string()).readonly(),
  max_removals: z
    .union([z.int().nonnegative(), z.templateLiteral([z.number().min(0).max(100), "%"])])
    .exactOptional(),
  min_people: z.number(),
  privileged: z.array(z.string()).readonly(),
  adopted: z.array(z.string()).readonly().exactOptional(),
});

/** The value of the output `guards`, with names in Terraform's style. */
export function guardsOutput({
  maxRemovals,
  minPeople,
  ...guards
}: DeployedGuards): z.input<typeof DEPLOYED> {
  return {
    ...guards,
    ...(maxRemovals === undefined ? {} : { max_removals: maxRemovals }),
    min_people: minPeople,
  };
}

/**
 * Reads what `guardsOutput` wrote.
 * @param output the value in the state. @default none: nothing is deployed yet, or an older version recorded no guards
 * @throws UserError (exit 3) for an unreadable value: unknown guards can't be enforced
 */
export function parseGuardsOutput(output: unknown): DeployedGuards | undefined {
  if (output === undefined) return undefined;
  const parsed = DEPLOYED.safeParse(output);
  if (!parsed.success) {
    throw new UserError("REFUSED: could not read the guards of the last deploy", {
      why: "The output `guards` in the state has an unknown format, and those guards apply to this deploy too.",
      next: ["use the version that deployed last, or a newer one"],
      exitCode: EXIT.refused,
      cause: parsed.error,
    });
  }
  const { max_removals: maxRemovals, min_people: minPeople, ...guards } = parsed.data;
  return { ...guards, ...(maxRemovals === undefined ? {} : { maxRemovals }), minPeople };
}

/** The guards that judge a deploy: for each, the stricter one of config.ts and the last deploy. */
export interface GuardsInForce {
  readonly destroyable: boolean;
  readonly required: readonly string[];
  /** How many people may lose access. */
  readonly removals: number;
  readonly minPeople: number;
  readonly privileged: readonly string[];
  readonly loosened: Loosened;
}

/** Guards that apply only because the last deploy had them: this change loosens them in config.ts. */
export interface Loosened {
  readonly destroyable?: true;
  readonly removals?: true;
  readonly minPeople?: true;
  /** Usernames that config.ts no longer requires. */
  readonly required?: readonly string[];
  /** Groups that config.ts no longer marks as privileged. */
  readonly privileged?: readonly string[];
}

/**
 * Loosening a guard and making use of it takes two deploys: otherwise one edit could do both, and the guard would be useless.
 * @param last the guards of the last deploy. @default only those of config.ts apply
 * @param people how many are deployed now
 */
export function guardsInForce(
  settings: Pick<Settings, "guards" | "destroyable" | "groups">,
  last: DeployedGuards | undefined,
  people: number,
): GuardsInForce {
  const own = guardsOf(settings);
  const ownLimit = removalLimit(own, people);
  if (last === undefined) return { ...own, removals: ownLimit, loosened: {} };
  const lastLimit = removalLimit(last, people);
  const only = (name: "required" | "privileged") => last[name].filter((one) => !own[name].includes(one));
  const [required, privileged] = [only("required"), only("privileged")];
  return {
    destroyable: own.destroyable && last.destroyable,
    required: [...own.required, ...required],
    removals: Math.min(ownLimit, lastLimit),
    minPeople: Math.max(own.minPeople, last.minPeople),
    privileged: [...own.privileged, ...privileged],
    loosened: {
      ...(own.destroyable && !last.destroyable ? { destroyable: true } : {}),
      ...(lastLimit < ownLimit ? { removals: true } : {}),
      ...(last.minPeople > own.minPeople ? { minPeople: true } : {}),
      ...(required.length > 0 ? { required } : {}),
      ...(privileged.length > 0 ? { privileged } : {}),
    },
  };
}

/**
 * What a deploy should report about a change that loosens guards, which a plan doesn't show.
 * @returns a sentence; nothing if it loosens none
 */
export function looseningNotices(loosened: Loosened): string[] {
  const { destroyable, removals, minPeople, required = [], privileged = [] } = loosened;
  const names = [
    ...(destroyable ? ["destroyable"] : []),
    ...(removals ? ["guards.maxRemovals"] : []),
    ...(minPeople ? ["guards.minPeople"] : []),
    ...(required.length > 0 ? [`guards.required without ${required.map(quote).join(", ")}`] : []),
    ...(privileged.length > 0 ? [`privileged without ${privileged.map(quote).join(", ")}`] : []),
  ];
  if (names.length === 0) return [];
  return [
    `config.ts loosens guards: ${names.join("; ")}. This deploy is still judged by those of the last one; what is looser holds from the next deploy on.`,
  ];
}

import { quote } from "../../roster/redact.ts";
import { ENVIRONMENT_NAME, environmentIn, environmentsOf, settingsOf } from "../environments.ts";
import type { Settings } from "../settings.ts";
import { statePlace } from "../state-place.ts";
import { pathOf } from "./locate.ts";
import { doubtful, type SettingProblem, settingPath, wrong } from "./problem.ts";

/**
 * What is wrong with settings that have environments: each problem once, where it is written, with the environments that have
 * it unless all do.
 * @param problemsOf what is wrong with one environment's settings
 */
export function problemsOfEnvironments(
  settings: Settings,
  problemsOf: (settings: Settings) => readonly SettingProblem[],
): SettingProblem[] {
  const all = environmentsOf(settings);
  const usable = all.filter(
    (name) => ENVIRONMENT_NAME.test(name) && environmentIn(settings, name) !== undefined,
  );
  const found = new Map<string, SettingProblem & { readonly environments: string[] }>();
  for (const name of usable) {
    for (const problem of problemsOf(settingsOf(settings, name))) {
      const placed = { ...problem, setting: placeOf(settings, name, problem.setting) };
      const key = JSON.stringify([placed.severity, placed.setting, placed.message, placed.next]);
      const before = found.get(key)?.environments ?? [];
      found.set(key, { ...placed, environments: [...before, name] });
    }
  }
  const problems = [...found.values()].map((problem) => {
    const { setting, message, environments } = problem;
    const said = setting.startsWith("environments") || environments.length === usable.length;
    return said ? problem : { ...problem, message: `${message} (in ${environments.join(", ")})` };
  });
  return [
    ...(usable.length === 0 ? problemsOf(settingsOf(settings)) : []),
    ...namesAndKinds(settings, all),
    ...usable.flatMap((name) => [...ownProblems(settings, name)]),
    ...problems,
    ...mixing(settings, usable),
  ];
}

/**
 * Where config.ts has it: in the environment, if that has the setting or more of its path, else in the common settings.
 * @param name the environment. @default the common settings
 * @param setting its path in the environment's settings
 */
export function placeOf(settings: Settings, name: string | undefined, setting: string): string {
  const steps = pathOf(setting);
  if (name === undefined || steps.length === 0) return setting;
  const { environments: _, ...common } = settings;
  const [own, shared] = [depth(environmentIn(settings, name), steps), depth(common, steps)];
  if (own < steps.length && own <= shared) return setting;
  const inside = `${settingPath(["environments", name])}`;
  return `${inside}${setting.startsWith("[") ? "" : "."}${setting}`;
}

/** How many steps of a path exist in a value. */
function depth(value: unknown, steps: readonly string[]): number {
  let inner = value;
  for (const [index, step] of steps.entries()) {
    if (typeof inner !== "object" || inner === null || !Object.hasOwn(inner, step)) return index;
    inner = (inner as Record<string, unknown>)[step];
  }
  return steps.length;
}

const WHY_NAMES =
  "The name becomes part of the stack's name, of file names and of command lines, and names GitHub's environment.";

function* namesAndKinds(settings: Settings, names: readonly string[]): Generator<SettingProblem> {
  if (names.length === 0) {
    yield wrong({
      setting: "environments",
      message: "it has no environments",
      why: "Commands couldn't tell which pool is meant.",
      next: "Add environments: { dev: {}, prod: { protected: true } }, or leave it out.",
    });
  }
  for (const name of names) {
    const setting = settingPath(["environments", name]);
    if (!ENVIRONMENT_NAME.test(name)) {
      yield wrong({
        setting,
        message: `${quote(name)} can't be the name of an environment`,
        why: WHY_NAMES,
        next: "Use 1–32 lowercase letters a–z, digits and hyphens, starting with a letter and not ending with a hyphen.",
      });
    }
    if (environmentIn(settings, name) === undefined) {
      yield wrong({
        setting,
        message: "it must be an object",
        why: "It holds what differs in this environment.",
        next: "Write {} if nothing differs.",
      });
    }
  }
}

/** What only an environment has. */
function* ownProblems(settings: Settings, name: string): Generator<SettingProblem> {
  const own: Readonly<Record<string, unknown>> = environmentIn(settings, name) ?? {};
  const at = (key: string) => settingPath(["environments", name, key]);
  if (Object.hasOwn(own, "environments")) {
    yield wrong({
      setting: at("environments"),
      message: "unknown setting",
      why: "Environments can't be nested.",
      next: "Put it beside the others.",
    });
  }
  if (Object.hasOwn(own, "protected") && own.protected !== true && own.protected !== undefined) {
    yield wrong({
      setting: at("protected"),
      message: "this is not an allowed value",
      why: "Unknown settings are refused, not ignored: everyone in the pool depends on them.",
      next: "Write true, or leave it out.",
    });
  }
  if (own.protected === true && settingsOf(settings, name).destroyable === true) {
    yield wrong({
      setting: at("protected"),
      message: "it is also destroyable",
      why: "protected guards against mistakes; destroyable allows everyone to be deleted.",
      next: `Remove protected, or set destroyable: false for ${name}.`,
    });
  }
}

/** Two environments that would share something that each must have for itself. */
function* mixing(settings: Settings, names: readonly string[]): Generator<SettingProblem> {
  const each = names.map((name) => ({ name, settings: settingsOf(settings, name) }));
  const shared = function* (
    what: (settings: Settings) => string | undefined,
    words: (name: string, first: string) => SettingProblem,
  ): Generator<SettingProblem> {
    const seen = new Map<string, string>();
    for (const { name, settings } of each) {
      const value = what(settings);
      if (value === undefined) continue;
      const first = seen.get(value);
      if (first === undefined) seen.set(value, name);
      else yield { ...words(name, first), environments: [first, name] };
    }
  };
  // A disk may treat Dev and dev as the same.
  yield* shared(
    ({ stack }) => (typeof stack === "string" ? stack.toLowerCase() : undefined),
    (name, first) =>
      wrong({
        setting: settingPath(["environments", name]),
        message: `it has the same stack as ${first}`,
        why: "The stack names the directory and the state, so deploying one would deploy the other.",
        next: `Leave \`stack\` out of ${name} and ${first}, or use different names.`,
      }),
  );
  yield* shared(
    ({ backend, stack }) => (isBackend(backend) && stack ? statePlace(backend, stack) : undefined),
    (name, first) =>
      wrong({
        setting: settingPath(["environments", name]),
        message: `its state is in the same place as that of ${first}`,
        why: "Deploying one would delete everyone in the other.",
        next: "Give each its own key, bucket, workspace or address; without `key`, the stack's name is used.",
      }),
  );
  yield* shared(
    ({ pool, region }) => {
      const { domainPrefix, domain } = Object(pool) as Partial<Settings["pool"]>;
      const { custom, prefix = domainPrefix } = Object(domain) as { custom?: unknown; prefix?: unknown };
      if (typeof custom === "string") return JSON.stringify([custom]);
      return typeof prefix === "string" ? JSON.stringify([prefix, region]) : undefined;
    },
    (name, first) => {
      const said = each.find((one) => one.name === name)?.settings.pool;
      return doubtful({
        setting: settingPath(["environments", name]),
        message: `it has the same ${said?.domain === undefined ? "pool.domainPrefix" : "pool.domain"} as ${first}`,
        why: "A prefix must be unique in its region and a custom domain everywhere, across AWS accounts: Cognito would refuse the second one halfway through its deploy.",
        next: "Use another one, or leave it out.",
      });
    },
  );
}

/** The local one is a file named after the stack, which is compared already. */
const isBackend = (backend: Settings["backend"]) =>
  typeof backend?.type === "string" && backend.type !== "local";

/**
 * Whether a problem affects an environment.
 * @param name @default every problem does
 */
export function concerns({ environments }: SettingProblem, name: string | undefined): boolean {
  return name === undefined || environments === undefined || environments.includes(name);
}
